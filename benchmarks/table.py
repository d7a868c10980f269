"""The table of docs/performance.md, from the rows that the benchmarks print with `--json`.

    python benchmarks/startup.py --peers peers --json > figures/startup.jsonl
    python benchmarks/table.py figures [--into docs/performance.md]

Each file of FOLDER is named for the benchmark that printed it; what a row holds stands in `rows.py`. The aims are below: each is a ratio,
ours to theirs, since seconds of one machine say nothing of another. An aim without a row is listed as not measured. With `--into` the table
takes the place of the one between the two marks of that file; else it is printed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MARKS = ("<!-- figures -->", "<!-- end of figures -->")
HEAD = "what | ours | beside | ratio | aim | met? | command\n---|---|---|---|---|---|---"
# (what, beside): the aim. Less is better for seconds and memory, more for rates.
AIMS = {
    ("--help", "bare script"): "<= 0.35",
    ("check", "bare script"): "<= 0.35",
    ("advise", "bare script"): "<= 0.35",
    ("draft", "bare script"): "<= 1.05",
    ("draft", "llm"): "< 1",
    ("draft", "shell-gpt"): "< 1",
    ("check, one core", "proselint"): "",
    ("check, one core", "write-good"): "",
    ("batch of 2,000, 200 ms, 64 at once: pace, start apart", "the ideal"): ">= 0.90",
    ("engine, one after another", "llama-bench"): ">= 0.95",
    ("engine, 15 side by side", "llama-batched-bench"): ">= 0.95",
    ("engine, 15 with the adapter", "llama-batched-bench"): ">= 0.95",
}
# What a benchmark is called with, where that is more than its name.
OPTIONS = {
    "startup": "--peers peers",
    "checker": "--peers peers",
    "engine": "--peers peers",
    "quality_cost": "--cases 36",
}


def met(ratio: float | None, aim: str) -> str:
    """Whether a ratio is what was aimed at; "" where nothing was."""
    if not aim or ratio is None:
        return ""
    sign, bar = aim.split()
    held = {"<=": ratio <= float(bar), "<": ratio < float(bar), ">=": ratio >= float(bar)}[sign]
    return "yes" if held else "**no**"


def line(row: dict[str, Any], benchmark: str) -> str:
    """One row of the table."""
    ratio, unit, version = row["ratio"], row["unit"], row.get("version", "")
    other = f"{figure(row['theirs'])} {unit}, {row['beside']} {version}".rstrip() if row["beside"] else ""
    aim = AIMS.get((row["name"], row["beside"]), "")
    command = " ".join(filter(None, (f"python benchmarks/{benchmark}.py", OPTIONS.get(benchmark))))
    shown = "" if ratio is None else f"{ratio:.2f}"
    return _cells(
        row["name"], f"{figure(row['ours'])} {unit}", other, shown, aim and f"`{aim}`", met(ratio, aim), f"`{command}`"
    )


def lines(folder: Path) -> Iterator[str]:
    """All rows of the table, file by file in the order of their names, and then what wasn't measured."""
    seen = set()
    for file in sorted(folder.glob("*.jsonl")):
        for row in map(json.loads, filter(str.strip, file.read_text(encoding="utf-8").splitlines())):
            seen.add((row["name"], row["beside"]))
            yield line(row, file.stem)
    for (name, other), aim in AIMS.items():
        if (name, other) not in seen:
            yield _cells(name, "not measured", other, "", aim and f"`{aim}`", "", "")


def figure(number: float) -> str:
    """Three digits that count."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def _cells(*cells: str) -> str:
    return " | ".join(cells)


def put(table: str, into: Path) -> None:
    """Replace the table between the marks."""
    text = into.read_text(encoding="utf-8")
    before, rest = text.split(MARKS[0], 1)
    after = rest.split(MARKS[1], 1)[1]
    into.write_text(f"{before}{MARKS[0]}\n{table}\n{MARKS[1]}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--into", type=Path)
    chosen = parser.parse_args()
    table = "\n".join([HEAD, *lines(chosen.folder)])
    if chosen.into:
        put(table, chosen.into)
    else:
        print(table)


if __name__ == "__main__":
    main()
