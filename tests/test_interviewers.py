"""A note of its own for each person of a panel: who gets which facts, and what happens when two letters say the same."""

import json
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Outcome, gap

from assistant import Brief
from assistant.errors import UsageError
from assistant.writing.persons import Twin, briefs_for, twins
from assistant.zones import parse_letter

Run = Callable[..., Outcome]
RYE, OVEN = "the rye starter sulks below 22 degrees", "the stone oven takes 90 loaves"
BRIEF = f"""sender = "Ifeoma Adeyemi"
recipient = "Ann Ray"
company = "Krume Bakery"
job_title = "Night Baker"
stage = "final"
region = "NL"
conversation = ["Ann said {RYE}", "Tom said {OVEN}"]
next_step = ["can send the proofing chart i made", "will be at the fair in may"]
"""
ANN = f"""Subject: The rye starter

Dear Ann,

I was sorry not to get the Night Baker job at Krume Bakery.

You said {RYE}. I can send you the proofing chart I made.

Kind regards,
Ifeoma Adeyemi
"""
TOM = f"""Subject: The stone oven

Dear Tom,

The answer on the Night Baker post was no, and I take it as it is.

You told me that {OVEN}. I will be at the fair in May.

Kind regards,
Ifeoma Adeyemi
"""


def panel(people: list[str], **facts: list[str]) -> list[list[str]]:
    """The texts that each of these people gets of the facts."""
    brief = Brief(sender="Ifeoma Adeyemi", company="Krume Bakery", job_title="Night Baker", **facts)
    return [[fact.text for fact in own.facts] for own in briefs_for(brief, people)]


@pytest.fixture
def draft(run: Run, tmp_path: Path) -> Callable[..., Outcome]:
    """`draft` for Ann Ray and Tom Lind with these replies of the model; `-o` and others as arguments."""
    (tmp_path / "b.toml").write_text(BRIEF)

    def call(replies: list[str], *arguments: object, people: tuple[str, ...] = ("Ann Ray", "Tom Lind")) -> Outcome:
        (tmp_path / "replies.json").write_text(json.dumps(replies))
        model = ("--provider", "scripted", "--model", tmp_path / "replies.json", "--rounds", 0)
        each = (word for name in people for word in ("--interviewer", name))
        return run("draft", tmp_path / "b.toml", *model, *each, *arguments)

    return call


def test_a_fact_that_names_a_person_is_theirs_and_the_others_go_round() -> None:
    talked = ["Tom showed me the ovens", "rye", "ann RAY likes oats", "wheat"]
    assert panel(["Ann Ray", "Tom Lind"], conversation=talked) == [
        ["rye", "ann RAY likes oats"],
        ["Tom showed me the ovens", "wheat"],
    ]
    assert panel(["Ann Ray"], conversation=talked, next_step=["chart"]) == [[*talked, "chart"]]


@pytest.mark.parametrize("people", [["Ann Ray", "Tom Lind"], ["Ann Ray", "Tom Lind", "Cy Voss", "Dee Moor", "Ed Fox"]])
def test_no_fact_goes_to_two_and_nobody_gets_none_while_there_are_enough(people: list[str]) -> None:
    facts = {
        "conversation": ["rye", "Tom on oats"],
        "their_work": ["shop"],
        "about_me": ["nights"],
        "next_step": ["chart"],
    }
    dealt = panel(people, **facts)
    assert sorted(text for own in dealt for text in own) == ["Tom on oats", "chart", "nights", "rye", "shop"]
    assert all(dealt)


def test_with_too_few_facts_somebody_gets_none() -> None:
    assert panel(["Ann Ray", "Tom Lind"], conversation=["rye"]) == [["rye"], []]


def test_each_is_the_recipient_and_an_interviewer_but_for_the_briefs_own(brief: Brief) -> None:
    made = briefs_for(brief, ["  Tom  Lind ", "Renske Bakker"])
    assert [(own.recipient, own.recipient_role) for own in made] == [
        ("Tom Lind", "interviewer"), ("Renske Bakker", "hiring manager")
    ]  # fmt: skip
    assert {(own.sender, own.company, own.stage, own.region) for own in made} == {
        (brief.sender, brief.company, brief.stage, brief.region)
    }


@pytest.mark.parametrize("people", [["Ann Ray", "ann  ray"], ["Ann Ray", ""], ["Ann Ray", "Tom", "Ann Ray"]])
def test_a_person_twice_or_without_a_name_is_refused(brief: Brief, people: list[str]) -> None:
    with pytest.raises(UsageError, match="--interviewer: each person once, by name"):
        briefs_for(brief, people)


def test_a_later_fact_that_names_somebody_counts_for_them() -> None:
    dealt = panel(["Ann Ray", "Tom Lind"], conversation=["the rye starter"], their_work=["Ann opens a shop in Delft"])
    assert dealt == [["Ann opens a shop in Delft"], ["the rye starter"]]


@pytest.mark.parametrize(
    ("people", "fact"),
    [
        (["Tom Ray", "Ann Ray"], "Ann Ray showed me the ovens"),
        (["Ann Ray", "Bo Lind"], "Bo showed me the ovens"),
        (["Ann Ray", "王明"], "王明 showed me the ovens"),
        (["Ann Ray", "Zoë O'Brien"], "zoë showed me the ovens"),
        (["Ann Ray", "Mrs. Lund"], "Mrs. Lund showed me the ovens"),
    ],
)
def test_a_person_is_known_by_their_own_name(people: list[str], fact: str) -> None:
    assert panel(people, conversation=[fact, "rye"]) == [["rye"], [fact]]


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("Will Green", "they will open at 5"),
        ("May Lund", "the fair in may"),
        ("Miss Lund", "they miss him"),
        pytest.param(
            "Drew Lund", "she drew me the line", marks=gap("a name that is a word as well, and not listed as one")
        ),
    ],
)
def test_an_ordinary_word_is_no_name(name: str, fact: str) -> None:
    assert panel(["Ann Ray", name], conversation=[fact, "rye"]) == [[fact], ["rye"]]


def test_sentences_that_are_nearly_the_same_are_twins() -> None:
    nearly = ANN.replace("You said the rye", "You told me the rye").replace(
        "I was sorry not to get", "It was a pity about"
    )
    letters = [parse_letter(TOM), parse_letter(ANN), parse_letter(nearly)]
    assert twins(letters[:2]) == []
    found = twins(letters)
    assert Twin(1, 2, f"You told me {RYE}.", f"You said {RYE}.") in found
    assert {(twin.first, twin.second) for twin in found} == {(1, 2)}


def test_each_person_gets_a_file_of_their_own(draft: Callable[..., Outcome], tmp_path: Path) -> None:
    done = draft([ANN, TOM], "-o", tmp_path / "notes.eml", "--from-address", "ifeoma@example.org")
    assert (done.code, done.out) == (0, "")
    mails = {path.name: message_from_bytes(path.read_bytes()) for path in tmp_path.glob("*.eml")}
    assert sorted(mails) == ["notes-ann-ray.eml", "notes-tom-lind.eml"]
    assert [mails[name]["Subject"] for name in sorted(mails)] == ["The rye starter", "The stone oven"]
    assert all(mail["From"] == "Ifeoma Adeyemi <ifeoma@example.org>" for mail in mails.values())
    for name, text in (("notes-ann-ray.eml", "Dear Ann,"), ("notes-tom-lind.eml", "Dear Tom,")):
        assert str(mails[name].get_payload()).startswith(text)
        assert f"written to {tmp_path / name}" in done.err
    assert "say the same" not in done.err


def test_one_file_that_exists_stops_all_before_any_work(draft: Callable[..., Outcome], tmp_path: Path) -> None:
    (tmp_path / "notes-tom-lind.txt").write_text("precious")
    done = draft([], "-o", tmp_path / "notes.txt")
    assert (done.code, "notes-tom-lind.txt exists; --force replaces it" in done.err) == (2, True)
    assert not (tmp_path / "notes-ann-ray.txt").exists()


def test_json_is_a_list_that_names_the_person(draft: Callable[..., Outcome]) -> None:
    made: list[dict[str, Any]] = json.loads(draft([ANN, TOM], "--json", "--seed", 5).out)
    assert [(one["to"], one["subject"], one["seed"]) for one in made] == [
        ("Ann Ray", "The rye starter", 5), ("Tom Lind", "The stone oven", 6)
    ]  # fmt: skip
    assert len(json.loads(draft([ANN], "--json", people=("Ann Ray",)).out)) == 1


def test_on_standard_output_the_letters_stand_one_below_the_other(draft: Callable[..., Outcome]) -> None:
    assert draft([ANN, TOM], "-q").out == f"{ANN}\n{TOM}"


def test_a_letter_that_says_the_same_is_drafted_anew_and_then_warned_of(draft: Callable[..., Outcome]) -> None:
    twin = ANN.replace("Dear Ann", "Dear Tom")
    again = draft([ANN, twin, TOM], "--json", "--seed", 5)
    assert "say the same" not in again.err
    assert [one["seed"] for one in json.loads(again.out)] == [5, 106]
    kept = draft([ANN, twin, twin, twin])
    assert kept.code == 0
    assert f"warning: the letters to Ann Ray and Tom Lind say the same: 'You said {RYE}.'" in kept.err


def test_no_letter_is_addressed_to_another_person(draft: Callable[..., Outcome], tmp_path: Path) -> None:
    mail = ROOT / "examples" / "rejections" / "final-round.eml"
    assert draft([ANN, TOM], "-o", tmp_path / "notes.eml", "--rejection", mail).code == 0
    assert "anne.whitcomb" not in str(message_from_bytes((tmp_path / "notes-tom-lind.eml").read_bytes())["To"])


def test_a_letter_that_is_done_is_not_lost_with_the_next(draft: Callable[..., Outcome]) -> None:
    assert "Dear Ann" in draft([ANN]).out


def test_a_kind_that_one_share_cannot_bear_is_refused_before_any_work(draft: Callable[..., Outcome]) -> None:
    done = draft([ANN], "--kind", "reopened", people=("Ann Ray", "Tom Lind", "Cyril Voss"))
    assert (done.code, "writing" in done.err.splitlines()) == (2, False)


def test_all_letters_reach_standard_output_when_the_disk_fails(
    draft: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, text: str, over: bool) -> None:
        raise UsageError("-o: can't be written: no space left on device")

    monkeypatch.setattr("assistant.cli.outputs.write_whole", full)
    done = draft([ANN, TOM], "-o", tmp_path / "notes.txt")
    assert done.code == 2
    assert "Dear Ann" in done.out
    assert "Dear Tom" in done.out


def test_two_people_never_share_a_file(draft: Callable[..., Outcome], tmp_path: Path) -> None:
    done = draft([ANN, TOM], "-o", tmp_path / "notes.txt", people=("Ann Ray", "Ann-Ray"))
    assert done.code == 2 or len(list(tmp_path.glob("notes-*.txt"))) == 2


def test_a_dry_run_prints_what_would_be_sent_for_each(draft: Callable[..., Outcome]) -> None:
    shown = draft([], "--dry-run").out
    assert '"Tom Lind"' in shown.replace("\\", "")
