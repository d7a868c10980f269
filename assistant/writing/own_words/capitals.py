"""Capitals for what was typed without: names of places, languages, months, makers and the people of the brief."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from assistant.brief import Brief
from assistant.ordinary import is_ordinary

# "may" and "march" are months after what only goes with time.
_MAY = re.compile(
    r"(?i)\b((?:in|of|by|until|till|since|from|early|late|mid|next|last|this|\d{1,2}(?:st|nd|rd|th)?) )(may|march)\b"
    r"(?! (?:be|have|i|we|you|not)\b)"
)
_WORD = re.compile(r"(?<![\w@.])[^\W\d_]+(?:'s)?(?![\w@])")


def with_capitals(text: str, brief: Brief) -> str:
    """The text with the capitals that its names have; what has one already stays as it is."""
    people = re.findall(r"[^\W\d_]{3,}", f"{brief.sender} {brief.recipient}")
    named = {word.lower(): word for word in people if word[0].isupper() and not is_ordinary(word)}
    if brief.company and not is_ordinary(brief.company):
        text = re.sub(rf"(?i)(?<!\w){re.escape(brief.company)}(?!\w)", lambda _: brief.company, text)

    def cased(found: re.Match[str]) -> str:
        word, whose = (found[0][:-2], "'s") if found[0].endswith("'s") else (found[0], "")
        return (named.get(word) or _known().get(word, word)) + whose

    text = _MAY.sub(lambda m: m[1] + m[2].capitalize(), text)
    return re.sub(r"\bi\b", "I", _WORD.sub(cased, text))


def is_known(word: str) -> bool:
    """Whether a word always has a capital, and so says nothing of a person."""
    return word.lower() in _known()


@functools.cache
def _known() -> dict[str, str]:
    """From the small form to the right one. The list was made by `training/capitals.py`."""
    listed = (Path(__file__).parent / "capitals.txt").read_text(encoding="utf-8").split()
    return {word.lower(): word for word in listed}
