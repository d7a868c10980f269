"""What the tests of the chat share: a mail, answers to the interview, letters that a model might send, and a chat without a terminal."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import Outcome

MAIL = """Subject: Your application as Night Baker

Dear Ifeoma Adeyemi,

Thank you for baking with us on Thursday. We have decided to give the Night Baker job at Krume Bakery to somebody
who lives nearer. I liked our talk about the starter, and I would be glad to hear from you when we open in Delft.

Renske Bakker
Krume Bakery
"""
ANSWERS = (
    "she said the rye starter sulks below 22 degrees",
    "opening a 2nd shop in Delft in may",
    "ran a 12 hour night line for 3 yrs",
    "can send her the proofing chart i made",
)
LETTER = """Subject: The rye starter

Dear Renske,

I was sorry to hear that the Night Baker job at Krume Bakery won't be mine.

You said the rye starter sulks below 22 degrees [C1]. You are opening a second shop in Delft in May [W1]. I ran a \
12-hour night line for 3 years, so the early shifts there sound familiar [M1].

I can send you the proofing chart I made, if it is useful [N1]. I hope the opening in Delft goes well.

Kind regards,
Ifeoma Adeyemi
"""
SHORT = LETTER.replace(" I ran a 12-hour night line for 3 years, so the early shifts there sound familiar [M1].", "")
INVENTED = SHORT.replace("I can send", "I led the whole bakery of 40 people in Rotterdam. I can send")
OWN = """Dear Renske,

Thank you for telling me yourself. I keep thinking of the rye starter that sulks below 22 degrees.

I can send you the proofing chart I made, if it is useful.

Kind regards,
Ifeoma Adeyemi"""

Chat = Callable[..., Outcome]


def quoted(text: str) -> str:
    """A text of several lines as a chat without a terminal takes it."""
    return f'"""\n{text.strip()}\n"""'


def interviewed(*after: str, mail: str = MAIL, answers: Sequence[str] = ANSWERS) -> list[str]:
    """The lines of a talk from the mail to the first letter, and what is said after it."""
    return [quoted(mail), "", *answers, "", *after]


@pytest.fixture
def chat(run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Chat:
    """`chat(lines, *replies)`: a talk in this process whose model sends these replies."""

    def talk(lines: Sequence[str], *replies: str, options: Sequence[object] = ()) -> Outcome:
        script = tmp_path / "replies.json"
        script.write_text(json.dumps(list(replies)), encoding="utf-8")
        text = "\n".join(lines) + "\n"
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        return run("chat", "--provider", "scripted", "--model", script, *options)

    return talk
