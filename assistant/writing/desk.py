"""What a revision is made on: the letter, what it may rest on, who writes; and the question that may come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.brief import Brief, Fact
from assistant.letter import Letter
from assistant.providers import OnText, Provider
from assistant.writing.compose import Options
from assistant.writing.wishes import Wish, facts_about, says

HAND = frozenset({"call", "sign", "subject", "replace"})  # wishes that need no model


@dataclass(frozen=True)
class AskBack:
    """A question instead of an invention: what the facts don't say, and the list and words it would be kept under if it is true."""

    question: str
    kind: str
    text: str


@dataclass(frozen=True)
class Desk:
    """What every revision needs: the letter, what it may rest on, its kind, and who writes; None where no model is needed.

    `rested`: whether the letter is held to the brief; one of the sender's own isn't, while no facts are told. `called` is the name that the
    reader prefers.
    """

    letter: Letter
    brief: Brief
    kind: str
    provider: Provider | None
    options: Options
    on_text: OnText
    on_note: Callable[[str], None]
    rested: bool = True
    called: str = ""


def supporting(wish: Wish, brief: Brief) -> list[Fact]:
    """The facts that carry what a wish wants said."""
    if wish.kind == "claim":
        return [fact for fact in brief.facts if says(wish.about, fact)][:1]
    return facts_about(wish.about, brief.facts)
