"""Tone and length as a small profile: measures that can each be said in a sentence, against the band in which good letters lie.

The words counted are in `rules/profile.yaml`; the bands of the note too, computed by `training/bands.py` from the good letters among the
labelled ones (10th to 90th of a hundred). The bands of the other kinds are those of the reference letters, in `rules/bands.yaml`, which
`python -m evals references --write` computes. A measure outside its band is no fault by itself: one in five good letters is, in each.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.checks.length import BANDS
from assistant.checks.vocabulary import rules
from assistant.letter import Letter
from assistant.text import count_words

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True)
class Measure:
    """One measure of a letter: its value, the band of the reference letters, and the ends of the scale that a meter shows."""

    name: str
    about: str
    value: float
    low: float
    high: float
    floor: float
    ceiling: float

    @property
    def distance(self) -> float:
        """0 inside the band, else how far outside, in widths of the band; below it negative."""
        width = max(self.high - self.low, 1e-9)
        return min(0.0, (self.value - self.low) / width) + max(0.0, (self.value - self.high) / width)


def values(letter: Letter, read: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The measures of a letter by name. `read` is what `checks.learned` read in its sentences; shares are of 100 words or sentences."""
    counted = _counted()
    found = [m.group().lower().replace("’", "'") for s in letter.sentences for m in _WORD.finditer(s.text)]
    per = 100 / max(1, len(found))
    text = " ".join(s.text for s in letter.sentences)
    sentences = max(1, len(letter.sentences))
    out: dict[str, float] = {
        "words": letter.words,
        "sentence_words": count_words(text) / sentences,
        "specific": 100 * sum(r["specific"] > 0 for r in read) / max(1, len(read)),
        "ahead": 100 * sum(r["hook"] > -1 for r in read) / max(1, len(read)),
        "questions": text.count("?"),
        "exclamations": text.count("!"),
    }
    for name, words in counted.items():
        hits = sum(w in words for w in found)
        out[name] = hits if name == "gratitude" else hits * per
    return {name: round(out[name], 1) for name in rules("profile")["measures"]}


def profile(letter: Letter, read: Sequence[Mapping[str, float]], kind: str) -> tuple[Measure, ...]:
    """The measures against the band of the letter's kind; for the length that of the length rule."""
    data, own = rules("profile"), rules("bands")["kinds"].get(kind, {})
    out = []
    for name, value in values(letter, read).items():
        entry = data["measures"][name]
        low, high, floor, ceiling = (float(v) for v in entry["band"])
        if name in own:
            low, high = (float(v) for v in own[name])
            ceiling = max(ceiling, high)
        if name == "words" and kind in BANDS:
            band = BANDS[kind]
            low, high, floor, ceiling = band.low, band.high, 0, band.ceiling
        out.append(Measure(name, entry["about"], value, low, high, min(floor, value), max(ceiling, value)))
    return tuple(out)


@functools.cache
def _counted() -> dict[str, frozenset[str]]:
    return {
        name: frozenset(entry["words"].split())
        for name, entry in rules("profile")["measures"].items()
        if "words" in entry
    }
