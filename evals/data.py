"""The labelled letters, the faulty sentences and the letters on briefs, as they stand in the files."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from assistant import Brief
from assistant.brief_file import brief_from_values, read_brief_values

HERE = Path(__file__).parent
LABELS = ("good", "perfunctory", "obsequious", "bitter", "pushy", "other")
FAULT_OF = {
    **dict.fromkeys(("thanks", "flattery", "abasement", "apology"), "obsequious"),
    **dict.fromkeys(("pleading", "pressure"), "pushy"),
    "bitterness": "bitter",
    **dict.fromkeys(("boast", "oversharing", "padding"), "other"),
}


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON lines of a file, or of all files of a folder, each with its author: the name of the file."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    return [
        {**json.loads(line), "author": file.stem}
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def letters(part: str) -> list[dict[str, Any]]:
    """The labelled letters of `test` or `development`."""
    return read_lines(HERE / "letters" / part)


def ratings() -> dict[str, str]:
    """The label that the second rater, who saw the text alone, gave to each letter, by its id."""
    return {row["id"]: row["label"] for row in read_lines(HERE / "letters" / "ratings")}


def faulty_sentences(part: str) -> list[dict[str, Any]]:
    """Sentences to be put into good letters, each with its family."""
    return read_lines(HERE / "perturbations" / f"{part}.jsonl")


def grounded(part: str) -> list[dict[str, Any]]:
    """Honest letters on briefs, each with inventions and swaps."""
    return read_lines(HERE / "grounding" / part)


@functools.cache
def brief_of(case: str) -> Brief:
    """The brief of a case, by its path from the top of the checkout."""
    path = HERE.parent / case
    return brief_from_values(read_brief_values(path), path.name)
