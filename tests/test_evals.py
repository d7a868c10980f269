"""The measurements themselves: kappa, spoiling a letter, and that the data is what it says."""

import random

import pytest

from assistant import check
from assistant.zones import parse_letter
from evals.data import FAULT_OF, LABELS, brief_of, faulty_sentences, grounded, letters, ratings
from evals.spoil import insert, renamed, reordered, respelt, without_marked
from evals.validate import kappa

TEXT = "Dear Ann,\n\nThe colour holds. It is good.\n\nI was sorry.\n\nI bring the tile on Friday.\n\nBest,\nBo"


def test_kappa_is_agreement_beyond_chance() -> None:
    assert kappa(["a", "b", "a", "b"], ["a", "b", "a", "b"]) == 1
    assert kappa(["a", "b", "a", "b"], ["a", "a", "b", "b"]) == 0
    assert kappa(["a", "a", "b", "b"], ["a", "b", "b", "b"]) == pytest.approx(0.5)


def test_a_letter_is_spoilt_in_one_place_only() -> None:
    text, span = insert(TEXT, "Please reconsider.", random.Random(3))
    assert span.of(text) == "Please reconsider."
    assert text.replace("Please reconsider. ", "") == TEXT
    row = {"letter": TEXT, "marks": [["specific", "The colour holds."]]}
    assert "colour" not in without_marked(row, "specific")
    assert without_marked(row, "hook") == ""


def test_what_must_change_nothing_changes_something_of_the_text() -> None:
    draw = random.Random(3)
    assert renamed(TEXT, draw) != TEXT
    assert "color" in respelt(TEXT, draw)
    moved = reordered(TEXT, draw)
    assert moved != TEXT
    assert sorted(s.text for s in parse_letter(moved).sentences) == sorted(s.text for s in parse_letter(TEXT).sentences)


@pytest.mark.parametrize("part", ["development", "test"])
def test_the_labelled_letters_are_whole(part: str) -> None:
    rows = letters(part)
    ids = [row["id"] for row in rows]
    assert len(ids) == len(set(ids))
    for row in rows:
        assert row["label"] in LABELS, row["id"]
        assert row["substantive"] in (0, 1, 2), row["id"]
        assert row["hook"] in (0, 1, 2), row["id"]
        assert all(quote in row["letter"] for _, quote in row["marks"]), row["id"]
    counts = {label: sum(row["label"] == label for row in rows) for label in LABELS}
    assert counts["good"] >= 80
    assert all(n >= 40 for n in counts.values())


def test_no_author_is_in_both_parts_and_the_second_rater_saw_every_test_letter() -> None:
    test = letters("test")
    assert not {r["author"] for r in test} & {r["author"] for r in letters("development")}
    assert {r["id"] for r in test} <= ratings().keys()


def test_no_test_letter_and_no_test_sentence_is_in_the_development_part() -> None:
    seen = {s.text for r in letters("development") for s in parse_letter(r["letter"]).sentences if len(s.text) > 60}
    # What a writing program leaves behind it says to everybody in the same words.
    leaks = " ".join(quote for r in letters("test") for family, quote in r["marks"] if family == "leak")
    again = [s.text for r in letters("test") for s in parse_letter(r["letter"]).sentences if s.text in seen]
    assert [text for text in again if text not in leaks] == []
    development = {s["text"] for s in faulty_sentences("development")}
    assert not development & {s["text"] for s in faulty_sentences("test")}


@pytest.mark.parametrize("part", ["development", "test"])
def test_inventions_and_swaps_are_whole(part: str) -> None:
    for row in grounded(part):
        assert brief_of(row["case"]).facts
        assert {i["kind"] for i in row["inventions"]} == {"name", "number", "date", "event", "skill", "acquaintance"}
        assert all(row["letter"].count(s["old"]) == 1 for s in row["swaps"])
    assert {s["family"] for s in faulty_sentences(part)} == set(FAULT_OF)


def test_the_checker_holds_the_marks_it_has_reached_on_the_test_part() -> None:
    """What is measured must not get worse unseen: kappa 0.926 and 0.070 errors a good letter when this was written."""
    rows = letters("test")
    reports = [check(row["letter"]) for row in rows]
    gold = [row["label"] for row in rows]
    assert kappa(gold, [report.verdict for report in reports]) >= 0.9
    for label in LABELS:
        said = [r.verdict == label for r in reports]
        right = sum(s and g == label for s, g in zip(said, gold, strict=True))
        assert right >= 0.9 * sum(said), label
        assert right >= 0.8 * gold.count(label), label
    good = [r for r, g in zip(reports, gold, strict=True) if g == "good"]
    assert sum(len(r.errors) for r in good) <= 0.1 * len(good)
