"""The pairs that the adapter is trained on: what the model is shown is what it will do."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT

KINDS = {
    "conversation",
    "their_work",
    "about_me",
    "next_step",
    "opening",
    "closing",
    "subject",
    "joint",
    "shorter",
    "plainer",
    "warmer",
    "more formal",
}
FILES = sorted((ROOT / "training" / "pairs").glob("*.jsonl"))
JUDGED = sorted((ROOT / "training" / "judged").glob("*.jsonl"))
NEVER = re.compile(
    r"\b(?:thrilled|passionate|invaluable|insightful|incredible|means the world|humbled|reconsider my)\b|[!—\[\]{}<>]",
    re.IGNORECASE,
)


def pairs(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_pair_is_whole_and_says_nothing_a_letter_never_says(path: Path) -> None:
    for place, pair in enumerate(pairs(path), start=1):
        where = f"{path.name}, line {place}"
        assert set(pair) == {"kind", "recipient", "note", "sentence"}, where
        assert pair["kind"] in KINDS, where
        assert pair["note"].strip(), where
        assert pair["sentence"] == "∅" or not NEVER.search(pair["sentence"]), where


@pytest.mark.parametrize("path", JUDGED, ids=lambda p: p.name)
def test_every_judged_sentence_has_its_verdict(path: Path) -> None:
    for place, judged in enumerate(pairs(path), start=1):
        where = f"{path.name}, line {place}"
        assert {"kind", "recipient", "note", "sentence", "verdict", "agreement"} <= set(judged), where
        assert judged["verdict"] in ("good", "odd", "wrong"), where
        assert judged["sentence"].strip() not in ("", "∅"), where


def test_hardly_a_pair_stands_there_twice() -> None:
    counts = Counter((p["kind"], p["recipient"], p["note"]) for path in FILES for p in pairs(path))
    assert sum(n - 1 for n in counts.values()) <= 0.01 * len(counts)


def test_no_case_of_the_evals_was_trained_on() -> None:
    trained = {p["note"].strip().lower() for path in FILES for p in pairs(path)}
    cases = " ".join(path.read_text(encoding="utf-8").lower() for path in (ROOT / "evals" / "cases").glob("*.toml"))
    assert not [note for note in trained if len(note) > 25 and note in cases]
