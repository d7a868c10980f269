"""How long a letter of its kind may be, in words from greeting to name (source: the articles' usable letters run 29 to 141 words)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.brief import Brief
from assistant.letter import Finding, Letter, Severity


@dataclass(frozen=True)
class Band:
    """Words: below `low` or above `high` is a warning; below `floor` or above `ceiling` an error."""

    floor: int
    low: int
    high: int
    ceiling: int


# 60 to 130 words is where the good substantive letters lie, 15 to 50 the acknowledgements; the longest letter in the sources, 176 words,
# is the one its readers found too long. A LinkedIn request is bound by its characters.
BANDS = {
    "note": Band(20, 60, 130, 175),
    "ack": Band(6, 15, 50, 75),
    "feedback": Band(12, 30, 110, 150),
    "lead": Band(12, 30, 120, 160),
    "keep-in-touch": Band(15, 40, 130, 170),
    "linkedin": Band(4, 10, 55, 75),
    "reopened": Band(8, 20, 110, 150),
}
_NAMES = {
    "note": "a note",
    "ack": "an acknowledgement",
    "feedback": "a request for feedback",
    "lead": "an answer to a lead",
    "keep-in-touch": "a keep-in-touch note",
    "linkedin": "a LinkedIn request",
    "reopened": "an answer to them coming back",
}
LINKEDIN_CHARACTERS = 300  # of a request note; 200 on a free account


def check_length(letter: Letter, brief: Brief | None, kind: str) -> Iterator[Finding]:
    """`length.short`, `length.long` and, in characters, `length.linkedin`, on the whole body."""
    band, words = BANDS[kind], letter.words
    body = letter.body.of(letter.text)
    message = f"{words} {'word' if words == 1 else 'words'}; {_NAMES[kind]} has {band.low} to {band.high}"
    if words < band.low:
        wanted = "say one more thing that was really talked about" if kind == "note" else "one more plain sentence"
        # A brief with little in it makes a short note, and that is right: length never outranks truth.
        severity: Severity = "error" if words < band.floor else "warning"
        yield Finding("length.short", severity, message, letter.body, body, wanted)
    elif words > band.high:
        severity = "error" if words > band.ceiling else "warning"
        yield Finding("length.long", severity, message, letter.body, body, "cut what is said twice or matters least")
    if kind == "linkedin":
        yield from over(letter, LINKEDIN_CHARACTERS)


def over(letter: Letter, limit: int) -> Iterator[Finding]:
    """`length.linkedin`: a request of more characters than it may have, 300, or 200 on a free account."""
    if len(letter.mail) > limit:
        message = f"{len(letter.mail)} characters; a LinkedIn request takes {limit}"
        yield Finding("length.linkedin", "error", message, letter.body, letter.body.of(letter.text), "shorten it")
