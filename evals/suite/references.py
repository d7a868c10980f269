"""The reference letters, and the bands of tone and length computed from them.

Each is a TOML file: `kind`, `register`, the `letter`, the `[brief]` it was written on, and `[[contrast]]` letters on the same brief,
each with the `fault` that was put into it. The bands stand in `bands.json` with the hash of the set they were computed from.
"""

from __future__ import annotations

import functools
import hashlib
import json
import statistics
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import Brief, check
from assistant.brief_file import brief_from_values
from assistant.checks.profile import values as measured

HERE = Path(__file__).resolve().parent.parent / "references"
BANDS = HERE / "bands.json"
SHIPPED = HERE.parent.parent / "assistant" / "checks" / "rules" / "bands.yaml"
FAULTS = ("perfunctory", "obsequious", "bitter", "pushy", "other", "ungrounded", "long", "short")
MANY = 20  # letters of a kind from which on the tenth at either end are left out of its band
REACH = 2.0  # widths of a band: further out counts no more
# How far beyond its band a length is still only short or long: half the shortest, one and a half times the longest. The sources'
# letters of 42 and 141 words, which their readers liked, are inside that for a note; those of 16 and of 176, which they didn't,
# outside.
TOO_SHORT, TOO_LONG = 0.5, 1.5


@dataclass(frozen=True)
class Contrast:
    """The same letter gone wrong in one way."""

    fault: str
    letter: str


@dataclass(frozen=True)
class Reference:
    """A letter that a thoughtful hiring manager would call good, the brief it rests on, and its spoilt twins."""

    name: str
    kind: str
    register: str
    brief: Brief
    letter: str
    contrasts: tuple[Contrast, ...]


@dataclass(frozen=True)
class Band:
    """Where a measure lies in the references of a kind. `width` is what distances are counted in: that of the band, or more
    for a narrow one.
    """

    low: float
    high: float
    width: float

    def distance(self, value: float) -> float:
        """0 inside, else how many widths outside, below it negative, no further than REACH."""
        below, above = min(0.0, value - self.low), max(0.0, value - self.high)
        return max(-REACH, min(REACH, (below + above) / self.width))


@dataclass(frozen=True)
class Bands:
    """The bands by kind and measure. `limits` is the tone distance, for each kind, that 19 of 20 references keep when each
    is held to the others.
    """

    set: str
    kinds: Mapping[str, Mapping[str, Band]]
    limits: Mapping[str, float]

    def tone(self, kind: str, values: Mapping[str, float]) -> float:
        """How far a letter's tone lies from the references of its kind: the mean distance of its measures but the length, 0
        when all are inside.
        """
        return tone_distance(self.kinds[kind], values)

    def length(self, kind: str, words: float) -> str:
        """`in`, `short`, `long`, `too short` or `too long`."""
        band = self.kinds[kind]["words"]
        if words < band.low:
            return "too short" if words < TOO_SHORT * band.low else "short"
        if words > band.high:
            return "too long" if words > TOO_LONG * band.high else "long"
        return "in"


def tone_distance(bands: Mapping[str, Band], values: Mapping[str, float]) -> float:
    """The mean of the distances, whatever their direction."""
    return statistics.fmean(abs(band.distance(values[name])) for name, band in bands.items() if name != "words")


@functools.cache
def references(folder: Path = HERE) -> tuple[Reference, ...]:
    """All references in the order of their names. Raises ValueError naming the file and what is wrong."""
    return tuple(_read(path) for path in sorted(folder.glob("*.toml")))


def _read(path: Path) -> Reference:
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        contrasts = tuple(Contrast(c["fault"], c["letter"].strip() + "\n") for c in values.get("contrast", ()))
        brief = brief_from_values(values["brief"], path.name)
        letter = values["letter"].strip() + "\n"
        found = Reference(path.stem, values["kind"], values["register"], brief, letter, contrasts)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(f"{path.name}: {error}") from None
    if unknown := {c.fault for c in contrasts} - set(FAULTS):
        raise ValueError(f"{path.name}: unknown fault {unknown.pop()!r}; there are: {', '.join(FAULTS)}")
    return found


def measures(text: str, kind: str) -> dict[str, float]:
    """The measures of tone and length of a letter by name (`assistant.checks.profile`)."""
    report = check(text, None, kind)
    return measured(report.letter, report.read)


def compute(found: Sequence[Reference]) -> Bands:
    """The bands of these references."""
    rows = [(reference.kind, measures(reference.letter, reference.kind)) for reference in found]
    pooled = {name: _spread([values[name] for _, values in rows]) for name in rows[0][1]}
    kinds = {kind: _bands([v for k, v in rows if k == kind], pooled) for kind in dict.fromkeys(k for k, _ in rows)}
    limits = {}
    for kind in kinds:
        own = [values for k, values in rows if k == kind]
        alone = sorted(tone_distance(_bands([*own[:at], *own[at + 1 :]], pooled), own[at]) for at in range(len(own)))
        limits[kind] = round(_quantile(alone, 0.95), 3)
    return Bands(set_hash(found), kinds, limits)


def _bands(rows: Sequence[Mapping[str, float]], pooled: Mapping[str, float]) -> dict[str, Band]:
    """The middle four fifths where there are many letters, else all of the range."""
    out = {}
    for name in rows[0]:
        values = sorted(row[name] for row in rows)
        edge = 0.1 if len(values) >= MANY else 0.0
        low, high = _quantile(values, edge), _quantile(values, 1 - edge)
        out[name] = Band(round(low, 1), round(high, 1), round(max(high - low, pooled[name] / 2, 0.1), 2))
    return out


def _spread(values: Sequence[float]) -> float:
    return _quantile(sorted(values), 0.9) - _quantile(sorted(values), 0.1)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """With linear interpolation between the values that lie around it."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def set_hash(found: Sequence[Reference]) -> str:
    """Changes with any letter of the set, its kind or its name."""
    text = json.dumps([[reference.name, reference.kind, reference.letter] for reference in found], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write_bands(bands: Bands, path: Path = BANDS) -> None:
    """Store them as JSON."""
    kinds = {k: {n: [b.low, b.high, b.width] for n, b in own.items()} for k, own in bands.kinds.items()}
    lines = json.dumps({"set": bands.set, "limits": bands.limits, "kinds": kinds}, indent=1)
    path.write_text(lines + "\n", encoding="utf-8")


def write_shipped(bands: Bands, path: Path = SHIPPED) -> None:
    """Store for the package what its meter shows: the bands of tone of every kind but the note, which has many more letters behind it."""
    out = [f"# Bands of tone by kind, for the meter: low and high of the reference letters, set {bands.set}.", "kinds:"]
    for kind, own in bands.kinds.items():
        if kind != "note":
            shown = ", ".join(f"{name}: [{band.low:g}, {band.high:g}]" for name, band in own.items() if name != "words")
            out.append(f"  {kind}: {{{shown}}}")
    path.write_text("\n".join(out) + "\n", encoding="utf-8")


def read_bands(path: Path = BANDS) -> Bands:
    """The stored bands. Raises ValueError when they were computed from another set of references than the one that is there."""
    values = json.loads(path.read_text(encoding="utf-8"))
    if values["set"] != (own := set_hash(references())):
        raise ValueError(
            f"{path.name} was computed from the references {values['set']}, and these are {own}; run: python -m evals references --write"
        )
    kinds = {k: {n: Band(*band) for n, band in own.items()} for k, own in values["kinds"].items()}
    return Bands(values["set"], kinds, values["limits"])
