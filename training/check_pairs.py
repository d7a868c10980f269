"""Check the pairs: what the model is shown is what it will do.

    python training/check_pairs.py [FILE.jsonl …]

Of every pair: whole and of a known kind, nothing that a letter never says; of a note's sentence also: no number and no name that the note
doesn't have, none lost, the reader spoken to and not about. Prints each pair that fails, with the reason, and ends with 1 if any does.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data import PAIRS, brief_of

from assistant.brief import FACT_LISTS
from assistant.checks.faithful import signs
from assistant.checks.vocabulary import cue

EDITS = ("shorter", "plainer", "warmer", "more formal", "joint", "turned", "two in one")
KINDS = (*FACT_LISTS, *EDITS, "opening", "closing", "subject")
KEYS, MORE_KEYS = {"kind", "recipient", "note", "sentence"}, {"trade", "region"}
NOTHING = "∅"
# What a sentence of a note is held to here; the other signs are too often seen in right sentences.
HELD_TO = frozenset(
    {
        *("number_added", "number_lost", "name_added", "name_lost"),
        *("reader_named", "reader_reads", "new_people", "thing_speaks", "who_calls"),
    }
)


def wrong(pair: Any) -> Iterator[str]:
    """Reasons in words."""
    if (
        not isinstance(pair, dict)
        or set(pair) - MORE_KEYS != KEYS
        or not all(isinstance(v, str) for v in pair.values())
    ):
        yield f"must have the keys {', '.join(sorted(KEYS))}, all text"
        return
    sentence, kind = pair["sentence"], pair["kind"]
    if kind not in KINDS:
        yield f"unknown kind {kind!r}"
    if not pair["note"].strip() or not sentence.strip():
        yield "empty"
        return
    if sentence == NOTHING:
        if kind not in FACT_LISTS:
            yield "only a note may hold nothing usable"
        return
    if kind != "subject" and not sentence.rstrip("\"”’')").endswith((".", "?")):
        yield "no full stop"
    if m := cue("never").search(sentence):
        yield f"says {m.group()!r}"
    if kind in FACT_LISTS:
        brief, fact = brief_of(pair)
        yield from (sign.reason for sign in signs(sentence, fact, brief) if sign.family in HELD_TO)


def main(paths: list[Path]) -> int:
    failed, count = Counter[str](), 0
    for path in paths:
        for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            count += 1
            try:
                pair = json.loads(line)
            except ValueError:
                pair = None
            for reason in wrong(pair):
                failed[path.name] += 1
                print(f"{path.name}:{place}: {reason}: {line}")
    print(f"{count} pairs in {len(paths)} files, {failed.total()} faults")
    return int(failed.total() > 0)


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]] or sorted(PAIRS.glob("*.jsonl"))))
