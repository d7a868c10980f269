"""The pairs that the adapter is taught with: read, held back, encoded, batched."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import Brief
from assistant.brief import FACT_LISTS, Fact

PAIRS = Path(__file__).parent / "pairs"


@dataclass(frozen=True)
class Example:
    """Token ids of one pair: the prompt, and the answer that the loss is taken on."""

    prompt: list[int]
    answer: list[int]

    @property
    def length(self) -> int:
        """Tokens in all."""
        return len(self.prompt) + len(self.answer)


def read_pairs(patterns: list[str], notes: Sequence[str] = ()) -> list[dict[str, str]]:
    """All pairs of the files in `pairs/` whose names match one of the patterns; of those that match one of `notes`, the notes alone."""
    whole, part = files(patterns), files(notes)
    return [
        *lines(whole),
        *(pair for pair in lines(path for path in part if path not in whole) if pair["kind"] in FACT_LISTS),
    ]


def files(patterns: Sequence[str]) -> list[Path]:
    """The files that match, each once. A pattern that matches none ends the program: it is a slip, or data that are missing."""
    if empty := [pattern for pattern in patterns if not list(PAIRS.glob(pattern))]:
        raise SystemExit(f"no file in {PAIRS} matches {empty[0]}")
    return sorted({path for pattern in patterns for path in PAIRS.glob(pattern)})


def lines(paths: Iterable[Path]) -> list[dict[str, str]]:
    """The pairs of these files."""
    return [
        json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]


def brief_of(pair: dict[str, str]) -> tuple[Brief, Fact]:
    """A brief that holds a pair's note and nothing else, and the note as its fact."""
    about: Any = {pair["kind"]: (pair["note"],)}
    brief = Brief(sender="Sam Doe", company="Acme", job_title="Clerk", recipient=pair["recipient"], **about)
    return brief, brief.facts[0]


def held_back(pair: dict[str, str], percent: int) -> bool:
    """The same few pairs are held back in every run, whatever the seed: chosen by the hash of the note."""
    return int(hashlib.sha256(pair["note"].encode()).hexdigest(), 16) % 100 < percent


def encode(pair: dict[str, str], tokenizer: Any) -> Example:
    """A pair in the form in which the product asks: `prompts/sentence.md` between ChatML's turn marks."""
    prompt = (
        f"<|im_start|>user\nTo: {pair['recipient']}\n{pair['kind']}: {pair['note']}<|im_end|>\n<|im_start|>assistant\n"
    )
    return Example(tokenizer(prompt)["input_ids"], tokenizer(pair["sentence"] + "<|im_end|>")["input_ids"])


def batches(examples: list[Example], size: int, rng: random.Random) -> list[list[Example]]:
    """Batches of like length, in random order: little padding, and still a different path each epoch."""
    ordered = sorted(examples, key=lambda e: e.length + rng.random() * 4)
    out = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    rng.shuffle(out)
    return out
