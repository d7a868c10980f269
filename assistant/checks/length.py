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
# is the one its readers found too long.
BANDS = {"note": Band(20, 60, 130, 175), "ack": Band(6, 15, 50, 75)}


def check_length(letter: Letter, brief: Brief | None, kind: str) -> Iterator[Finding]:
    """`length.short` and `length.long`, on the whole body."""
    band, words = BANDS[kind], letter.words
    if words < band.low:
        wanted = "say one more thing that was really talked about" if kind == "note" else "one more plain sentence"
        # A brief with little in it makes a short note, and that is right: length never outranks truth.
        severity: Severity = "error" if words < band.floor else "warning"
        message = f"{words} words; a {kind} has {band.low} to {band.high}"
        yield Finding("length.short", severity, message, letter.body, letter.body.of(letter.text), wanted)
    elif words > band.high:
        severity = "error" if words > band.ceiling else "warning"
        message = f"{words} words; a {kind} has {band.low} to {band.high}"
        yield Finding(
            "length.long",
            severity,
            message,
            letter.body,
            letter.body.of(letter.text),
            "cut what is said twice or matters least",
        )
