"""The pairs that the adapter is trained on. CI runs the whole checker, `training/check_pairs.py`; here is whether it would notice."""

import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "training"))
from check_pairs import KINDS, wrong

FILES = sorted((ROOT / "training" / "pairs").glob("*.jsonl"))
JUDGED = sorted((ROOT / "training" / "judged").glob("*.jsonl"))
GOOD = {
    "kind": "conversation",
    "recipient": "Priya Nair",
    "note": "she said the crew loses 2 hrs a wk on handover",
    "sentence": "You said the crew loses 2 hours a week on handover.",
}


def pairs(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def test_a_good_pair_has_nothing_against_it() -> None:
    assert list(wrong(GOOD)) == []
    assert list(wrong(GOOD | {"trade": "bakery"})) == []
    assert list(wrong(GOOD | {"sentence": "∅"})) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sentence": "You said the crew loses 3 hours a week on handover."}, "number 3 isn't in the note"),
        ({"sentence": "You said the crew loses hours on handover."}, "number 2 is lost"),
        ({"sentence": "I hear Priya said the crew loses 2 hours a week on handover."}, "speaks of the reader by name"),
        ({"sentence": "I beg you to reconsider: the crew loses 2 hours a week."}, "says"),
        ({"sentence": "You said the crew loses 2 hours a week on handover"}, "no full stop"),
        ({"kind": "poem"}, "unknown kind"),
        ({"note": " "}, "empty"),
        ({"kind": "closing", "sentence": "∅"}, "only a note"),
        ({"extra": "x"}, "must have the keys"),
    ],
)
def test_a_bad_pair_is_named_with_the_reason(change: dict[str, str], reason: str) -> None:
    assert reason in "; ".join(wrong(GOOD | change))


def test_there_are_pairs_of_every_kind_and_of_many_authors() -> None:
    counts = Counter(pair["kind"] for path in FILES for pair in pairs(path))
    assert set(counts) == set(KINDS)
    assert counts.total() > 25_000
    assert min(counts.values()) >= 70
    assert sum(pair["sentence"] == "∅" for path in FILES for pair in pairs(path)) >= 250


@pytest.mark.parametrize("path", JUDGED, ids=lambda p: p.name)
def test_every_judged_sentence_has_its_verdict(path: Path) -> None:
    for place, judged in enumerate(pairs(path), start=1):
        where = f"{path.name}, line {place}"
        assert {"kind", "recipient", "note", "sentence", "verdict", "agreement"} <= set(judged), where
        assert judged["verdict"] in ("good", "odd", "wrong"), where
        assert judged["sentence"].strip() not in ("", "∅"), where


def test_hardly_a_pair_stands_there_twice() -> None:
    counts = Counter((p["kind"], p["recipient"], p["note"], p["sentence"]) for path in FILES for p in pairs(path))
    assert sum(n - 1 for n in counts.values()) <= 0.01 * len(counts)


def test_no_case_of_the_evals_was_trained_on() -> None:
    trained = {p["note"].strip().lower() for path in FILES for p in pairs(path)}
    cases = " ".join(path.read_text(encoding="utf-8").lower() for path in (ROOT / "evals" / "briefs").glob("*.toml"))
    assert not [note for note in trained if len(note) > 25 and note in cases]
