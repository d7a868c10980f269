"""Every check of the suite can fail, and fails on what it is about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import GOOD_LETTER

from assistant import Brief
from evals.suite import marks as scorers
from evals.suite.cases import Case
from evals.suite.drafting import Recorded
from evals.suite.marks import CHECKS, NAMED, Mark, kind_of, marks, packs
from evals.suite.references import read_bands, references


def case_of(brief: Brief, **changes: object) -> Case:
    return replace(Case("bakery", "mixed", "a test", "note", brief), **changes)  # type: ignore[arg-type]


def recorded(text: str, kind: str = "note") -> Recorded:
    subject, _, body = text.partition("\n\n")
    return Recorded(
        "k",
        "bakery",
        1,
        1,
        "ours",
        "m",
        0.1,
        "code",
        made={"subject": subject.removeprefix("Subject: "), "body": body, "kind": kind},
    )


def failed(text: str, case: Case) -> set[str]:
    return {
        name
        for name, mark in marks(case, recorded(text), read_bands()).items()
        if mark.value is not None and mark.value < 1
    }


def spoilt(sentence: str) -> str:
    return GOOD_LETTER.replace("I can send you the proofing chart", f"{sentence} I can send you the proofing chart")


def test_a_good_letter_passes_every_check(brief: Brief) -> None:
    found = marks(case_of(brief), recorded(GOOD_LETTER), read_bands())
    assert tuple(found) == NAMED
    assert {name: mark.why for name, mark in found.items() if mark.value not in (1.0, None)} == {}
    assert {name for name, mark in found.items() if mark.value is None} == {"expected", "closeness"}


@pytest.mark.parametrize(
    ("sentence", "check"),
    [
        ("I know somebody like me has no right to ask.", "abasement"),
        ("I am so sorry for having wasted your valuable time.", "apology"),
        ("How nice that my time meant so little to all of you.", "bitterness"),
        ("Everybody who works with me says they've never met anyone so dedicated.", "boast"),
        ("Your bakery is absolutely the most wonderful place in the world.", "flattery"),
        ("You sold 400 loaves on Sunday.", "grounding"),
        ("Please, please reconsider your decision.", "pleading"),
        ("I expect an answer by Friday, or I will call your manager.", "pressure"),
        ("Thank you for rejecting me.", "thanks"),
        ("Sure! Here is your reply to the rejection:", "leak"),
        ("My marriage broke up in spring and I haven't been sleeping since.", "oversharing"),
        ("At the end of the day, communication is key and change is the only constant.", "padding"),
    ],
)
def test_a_faulty_sentence_fails_its_check(brief: Brief, sentence: str, check: str) -> None:
    assert check in failed(spoilt(sentence), case_of(brief)), sentence


def test_sarcasm_is_bitter_negation_is_not_pleading_and_a_company_is_no_other(brief: Brief) -> None:
    """The three that a lexicon gets wrong."""
    assert "verdict" in failed(spoilt("How lovely of you to let six weeks go by before two lines."), case_of(brief))
    assert "pleading" not in failed(spoilt("I won't ask you to reconsider."), case_of(brief))
    assert "expected" in failed(GOOD_LETTER, case_of(brief, must=("Krume Bakery2",)))


def test_wrong_names_an_avoided_word_and_what_the_case_forbids(brief: Brief) -> None:
    assert "names" in failed(GOOD_LETTER.replace("Dear Renske", "Dear Sophie"), case_of(brief))
    assert "names" in failed(GOOD_LETTER.replace("Ifeoma Adeyemi", "Bola Ade"), case_of(brief))
    assert "avoid" in failed(GOOD_LETTER, case_of(replace(brief, avoid=("Lagos",))))
    assert "expected" in failed(GOOD_LETTER, case_of(brief, never=("22 degrees",)))


def test_length_and_tone_are_held_to_the_references(brief: Brief) -> None:
    longer = spoilt(
        "You said the rye starter sulks below 22 degrees, and I told you we proofed overnight at 4 degrees. " * 6
    )
    assert "band_length" in failed(longer, case_of(brief))
    assert {"band_length", "length"} <= failed(
        "Subject: x\n\nDear Renske,\n\nThank you.\n\nIfeoma Adeyemi\n", case_of(brief)
    )
    warm = "Thank you! I loved it so much! It was truly lovely, really wonderful, and I am deeply grateful! Was it not? Who knows? "
    assert "band_tone" in failed(spoilt(warm), case_of(brief))


def test_a_letter_that_gives_up_on_its_facts_is_held_to_what_it_should_be(brief: Brief) -> None:
    said = "I was sorry not to get the Night Baker job. I wish the team a good year."
    bare = f"Subject: Night Baker\n\nDear Renske,\n\n{said}\n\nKind regards,\nIfeoma Adeyemi\n"
    broken = {
        name for name, mark in marks(case_of(brief), recorded(bare, "ack"), read_bands()).items() if mark.value == 0
    }
    assert {"substance", "verdict", "particular"} <= broken
    empty = replace(brief, conversation=(), their_work=(), about_me=(), next_step=())
    assert kind_of(case_of(empty)) == "ack"
    assert "verdict" not in failed(bare, case_of(empty))


def test_no_letter_is_a_failure_of_writing_and_of_nothing_else(brief: Brief) -> None:
    refused = Recorded("k", "bakery", 1, 1, "ours", "m", 0.1, "code", refused="it found no sound sentence")
    found = marks(case_of(brief), refused, read_bands())
    assert found["written"] == Mark(0.0, "it found no sound sentence")
    assert {mark.value for name, mark in found.items() if name != "written"} == {None}
    assert not any(mark.raised for mark in found.values())


def test_a_check_that_raises_is_seen_and_the_others_still_speak(brief: Brief, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(of: object) -> Mark:
        raise ZeroDivisionError("of course")

    monkeypatch.setitem(CHECKS, "hook", broken)
    found = marks(case_of(brief), recorded(GOOD_LETTER), read_bands())
    assert found["hook"] == Mark(None, "ZeroDivisionError: of course", raised=True)
    assert found["grounding"].value == 1.0

    monkeypatch.setattr(scorers, "check", broken)
    found = marks(case_of(brief), recorded(GOOD_LETTER), read_bands())
    assert all(mark.raised for name, mark in found.items() if name != "written")


def test_every_pack_of_the_package_is_a_check() -> None:
    assert set(packs()) < set(CHECKS)
    assert len(packs()) >= 20


def test_a_letter_is_nearest_to_its_own_reference() -> None:
    own = next(r for r in references() if r.name == "note-403-wardrobe")
    case = Case("x", "reference", "y", own.kind, own.brief, reference=own.name)
    same = marks(case, recorded(own.letter), read_bands())["closeness"].value
    other = marks(case, recorded(GOOD_LETTER), read_bands())["closeness"].value
    assert same == 1.0
    assert other is not None
    assert other < 0.3
