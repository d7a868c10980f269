"""A note in the sender's own words: what is said, what is turned to the reader, and what is left alone because it could go wrong."""

import json
import re
import tomllib

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from assistant.brief import Brief, Fact
from assistant.checks.faithful import faults
from assistant.writing.own_words import in_own_words

CASES = tomllib.loads((ROOT / "tests" / "own_words.toml").read_text(encoding="utf-8"))


def said(kind: str, note: str, recipient: str = "Deirdre Foley") -> str:
    brief = Brief(sender="Sam Okoro", recipient=recipient, company="Krume Bakery", job_title="Night Baker")
    return in_own_words(Fact("X1", kind, note), brief)


@pytest.mark.parametrize("case", CASES["said"], ids=lambda case: case["note"][:40])
def test_a_plain_note_is_said_as_it_was_noted(case: dict[str, str]) -> None:
    assert said(case["kind"], case["note"]) == case["sentence"]


@pytest.mark.parametrize("case", CASES["left"], ids=lambda case: case["note"][:40])
def test_what_could_go_wrong_is_left_alone(case: dict[str, str]) -> None:
    assert said(case["kind"], case["note"]) == "", case["why"]


@pytest.mark.parametrize(
    ("reader", "note"),
    [
        ("Rosa Baker", "can introduce a baker to the shop"),
        ("Clark Kent", "can move to kent"),
        ("Ann Ford", "can service ford vans"),
        ("Grace Hill", "can send pictures of grace hill church"),
        ("Mr Dunne", "can send her the sheet"),
    ],
)
def test_a_name_that_is_a_word_or_a_place_or_a_wrong_he_or_she_is_left_alone(reader: str, note: str) -> None:
    assert said("next_step", note, reader) == ""


def test_of_a_panel_nobody_is_she_and_nobody_unnamed_either() -> None:
    for recipient in ("the hiring committee", ""):
        assert said("conversation", "she asked how I calm a cat", recipient) == ""
        assert said("conversation", "we talked about calming a cat", recipient) == "We talked about calming a cat."


def test_what_has_a_capital_keeps_it_and_ordinary_words_get_none() -> None:
    assert (
        said("next_step", "can show my march figures for the polish firm in leeds")
        == "I can show my march figures for the polish firm in Leeds."
    )
    assert said("next_step", "can send the iPad app to krume bakery") == "I can send the iPad app to Krume Bakery."


def test_notes_of_strangers_are_said_faithfully() -> None:
    """357 notes by authors of whom nothing was seen: what is said holds before the checks that judge the model's sentences."""
    lines = [
        line for part in (1, 2) for line in (ROOT / f"evals/notes/test-{part}.jsonl").read_text("utf-8").splitlines()
    ]
    notes = [json.loads(line) for line in lines]
    notes = [n for n in notes if n["kind"] in ("conversation", "their_work", "about_me", "next_step")]
    made = {n["note"]: said(n["kind"], n["note"], n["recipient"]) for n in notes}
    assert sum(map(bool, made.values())) > len(notes) / 4
    refused = [n["note"] for n in notes if made[n["note"]] and faults(made[n["note"]], *_of(n))]
    assert len(refused) <= sum(map(bool, made.values())) / 20, refused


def _of(note: dict[str, str]) -> tuple[Fact, Brief]:
    brief = Brief(sender="Sam Okoro", recipient=note["recipient"], company="Krume Bakery", job_title="Night Baker")
    return Fact("X1", note["kind"], note["note"]), brief


@given(st.text(max_size=120), st.sampled_from(["conversation", "their_work", "about_me", "next_step"]))
def test_whatever_was_typed_there_is_a_sentence_or_nothing(note: str, kind: str) -> None:
    text = said(kind, note)
    assert text == "" or re.fullmatch(r"[^\n]+[.?]", text)


WORDS = re.findall(
    r"\S+",
    "can send her his them my the sheet they she we talked about 12 Leeds, and I said is coming asked me if could happy to",
)


@given(
    st.lists(st.sampled_from(WORDS), max_size=14),
    st.sampled_from(["conversation", "their_work", "about_me", "next_step"]),
)
def test_no_number_and_no_name_is_lost_or_added(words: list[str], kind: str) -> None:
    note = " ".join(words)
    text = said(kind, note)
    if text:
        assert re.findall(r"12|Leeds", text) == re.findall(r"12|Leeds", note)
        assert len(text.split()) <= 2 * len(words) + 4
