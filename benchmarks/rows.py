"""One measured figure beside another: the row that every benchmark prints, as a line to read or, with `--json`, as a line of JSON.

A row's keys: `name` (what was measured), `beside` (what it was held against, "" for nothing), `ours`, `theirs`, `unit`, `ratio` (the
median of the ratios of the pairs; null without a pair), `runs`, and `version` of the other program where it has one.
`benchmarks/table.py` makes the table from files of such rows. A benchmark that skips something says so on standard error.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """One figure of ours and, where there is one, the figure it is held against."""

    name: str
    beside: str
    ours: float
    theirs: float | None
    unit: str
    ratio: float | None
    runs: int
    version: str = ""

    def line(self) -> str:
        """The row to read."""
        if self.theirs is None:
            return f"{self.name}: {self.ours:.4g} {self.unit}; n {self.runs}"
        other = f"{self.beside} {self.version}".strip()
        return f"{self.name}: {self.ours:.4g} {self.unit}, {other} {self.theirs:.4g}; ratio {self.ratio:.3f}; n {self.runs}"


def beside(name: str, other: str, ours: Sequence[float], theirs: Sequence[float], unit: str, version: str = "") -> Row:
    """A row of figures that were taken in turn: a busy moment hits both of a pair, so the ratio is the median of the pairs'."""
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    return Row(name, other, statistics.median(ours), statistics.median(theirs), unit, ratio, len(ours), version)


def alone(name: str, ours: Sequence[float], unit: str) -> Row:
    """A row of figures that nothing is held against."""
    return Row(name, "", statistics.median(ours), None, unit, None, len(ours))


def options(description: str | None, runs: int) -> argparse.ArgumentParser:
    """A parser with what all benchmarks take; `description` is the module's docstring."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=runs)
    parser.add_argument("--json", action="store_true", help="rows as lines of JSON, for benchmarks/table.py")
    return parser


def show(rows: Iterable[Row], as_json: bool) -> None:
    """Print rows, each as soon as it is there."""
    for row in rows:
        print(json.dumps(asdict(row)) if as_json else row.line(), flush=True)


def note(text: str) -> None:
    """Something to know beside the rows, such as what was skipped."""
    sys.stderr.write(f"{text}\n")
