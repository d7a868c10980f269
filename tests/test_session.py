"""What a chat has come to: versions, which of them stands, and the facts told so far."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from conftest import gap
from hypothesis import given
from hypothesis import strategies as st

from assistant import Brief
from assistant.brief import FACT_LISTS, MAX_ENTRY
from assistant.errors import BriefError, UsageError
from assistant.session import Session, Version, facts_of, values_of

RYE, OVEN, CHART = "the rye sulks below 22 degrees", "a deck oven from Delft", "can send the proofing chart"
LETTER = "Subject: Rye\n\nDear Renske,\n\nYou said the rye sulks. I saw the deck oven from Delft.\n\nBest,\nBo\n"
SULKS, SAW = "You said the rye sulks.", "I saw the deck oven from Delft."


def version(letter: str = LETTER, **more: Any) -> Version:
    return Version(0, "draft", "note", letter, **more)


def known(**more: Any) -> dict[str, Any]:
    names = {"sender": "Bo Lund", "company": "Krume Bakery", "job_title": "Night Baker", "recipient": "Renske Bakker"}
    return names | {"conversation": [RYE, OVEN], "next_step": [CHART]} | more


def told(session: Session) -> list[tuple[str, str]]:
    return [(fact.id, fact.text) for fact in session.facts]


def full() -> Session:
    """A session with something in each of its parts."""
    session = Session(known(), b"We regret \xff", "note", "letter", ["job"], {"what": "keep", "before": 1})
    session.keep(version(brief=known(), cited={SULKS: ("C1",), SAW: ("C2",)}, seed=7, tokens=(3, 4), model="m"))
    finding = {"rule": "length.long", "severity": "error", "message": "long", "start": 0, "end": 4, "fix": ""}
    session.called = "Ren"
    session.keep(version("Dear Ren,\n\n漢 😀\n", findings=(finding,), verdict="good", partial=True, own=True))
    session.step(-1)
    session.request, session.tokens, session.called = "shorter", (30, 40), "Renske"
    return session


def through_json(session: Session) -> Session:
    versions = [Version.of_json(json.loads(json.dumps(one.as_json()))) for one in session.versions]
    return Session.of_state(json.loads(json.dumps(session.state())), session.mail, versions)


# Versions, and which of them stands


def test_versions_are_numbered_as_they_are_kept_and_the_last_one_stands() -> None:
    session = Session()
    assert session.current is None
    assert [session.keep(version()).number for _ in range(3)] == [1, 2, 3]
    assert session.current == session.version(3)
    assert [one.number for one in session.versions] == [1, 2, 3]


def test_a_version_that_does_not_stand_can_be_had_but_changes_nothing() -> None:
    session = Session()
    session.keep(version())
    kept = session.keep(version(partial=True, brief=known(sender="Eve")), stands=False)
    assert (kept.number, session.version(2)) == (2, kept)
    assert (session.current, session.known) == (session.version(1), {})
    with pytest.raises(UsageError, match="nothing to redo"):
        session.step(1)


@pytest.mark.parametrize(
    ("count", "number", "message"),
    [
        (0, 1, "no version 1; there is none yet"),
        (2, 0, "no version 0; there are 1 to 2"),
        (2, 3, "no version 3; there are 1 to 2"),
        (2, -1, "no version -1; there are 1 to 2"),
    ],
)
def test_an_unknown_version_is_refused_and_nothing_changes(count: int, number: int, message: str) -> None:
    session = Session()
    for _ in range(count):
        session.keep(version())
    before = session.state()
    for ask in (session.version, session.use):
        with pytest.raises(UsageError, match=message):
            ask(number)
    assert session.state() == before


def test_undo_and_redo_go_along_the_versions_that_stood() -> None:
    session = Session()
    for _ in range(3):
        session.keep(version())
    session.use(1)
    assert [session.step(by).number for by in (-1, -1, -1, 1, 1, 1)] == [3, 2, 1, 2, 3, 1]
    assert session.current == session.version(1)


@pytest.mark.parametrize(("by", "message"), [(-1, "nothing to undo"), (1, "nothing to redo")])
@pytest.mark.parametrize("count", [0, 1])
def test_there_is_an_end_either_way(by: int, message: str, count: int) -> None:
    session = Session()
    for _ in range(count):
        session.keep(version())
    with pytest.raises(UsageError, match=message):
        session.step(by)
    assert session.current == (session.version(1) if count else None)


def test_what_was_undone_is_not_redone_once_something_else_stands() -> None:
    session = Session()
    for _ in range(3):
        session.keep(version())
    session.step(-1)
    session.step(-1)
    session.keep(version())
    with pytest.raises(UsageError, match="nothing to redo"):
        session.step(1)
    assert [session.step(-1).number, len(session.versions)] == [1, 4]  # and none is lost


@given(st.lists(st.sampled_from(["keep", "aside", "use", "undo", "redo"]), max_size=30), st.randoms())
def test_undo_and_redo_are_those_of_any_editor(steps: list[str], chance: Any) -> None:
    session = Session()
    undone: list[int] = []  # stacks of numbers; the top of `stood` stands
    stood: list[int] = []
    for step in steps:
        count = len(session.versions)
        if step == "keep":
            session.keep(version())
            stood, undone = [*stood, count + 1], []
        elif step == "aside":
            session.keep(version(), stands=False)
        elif step == "use" and count:
            number = chance.randint(1, count)
            session.use(number)
            stood, undone = [*stood, number], []
        elif step == "undo" and len(stood) > 1:
            session.step(-1)
            undone.append(stood.pop())
        elif step == "redo" and undone:
            session.step(1)
            stood.append(undone.pop())
        assert (session.current.number if session.current else 0) == (stood[-1] if stood else 0)
        assert through_json(session) == session


# What goes with the version that stands


def test_names_and_what_stays_out_go_with_the_version_and_facts_stay() -> None:
    session = Session(known())
    session.keep(version(brief=values_of(session.brief)))
    session.known |= {"sender": "Eve", "avoid": ["the dog"], "region": "NL", "feedback": True}
    session.known["already_said"] = ["thanks"]
    session.add_fact("about_me", "ran a night line")
    session.keep(version(brief=values_of(session.brief)))
    facts = session.facts
    session.step(-1)
    assert [session.known[key] for key in ("sender", "avoid", "region", "feedback")] == ["Bo Lund", [], "", False]
    assert (session.facts, session.known["already_said"]) == (facts, ["thanks"])
    session.step(1)
    assert [session.known[key] for key in ("sender", "avoid", "region", "feedback")] == ["Eve", ["the dog"], "NL", True]
    session.use(1)
    assert (session.known["sender"], session.facts) == ("Bo Lund", facts)


def test_the_name_that_the_reader_prefers_goes_with_the_version() -> None:
    session = Session()
    session.keep(version(called="nobody asked for this"))
    session.called = "Sam"
    assert session.keep(version()).called == "Sam"
    assert session.step(-1).called == session.called == ""
    session.step(1)
    assert session.called == "Sam"
    session.called = "Samuel"
    session.keep(version(), stands=False)
    assert [one.called for one in session.versions] == ["", "Sam", "Samuel"]


def test_what_was_first_to_stay_out_after_a_version_goes_when_it_is_back() -> None:
    session = Session(known())
    session.keep(version(brief=dict(session.known), own=True))  # as versions.by_hand keeps a letter of one's own
    session.keep(version(brief=values_of(replace(session.brief, avoid=("the dog",)))))
    session.step(-1)
    assert session.told.avoid == ()


def test_a_name_that_nobody_told_is_still_missing_after_a_version() -> None:
    session = Session({"company": "Krume Bakery"})
    session.keep(version(brief=values_of(session.told)))  # as letters._take keeps a revision of a letter of one's own
    assert session.missing == ["sender", "job_title"]


# What is told


def test_what_is_missing_is_named_and_no_letter_is_held_to_less() -> None:
    session = Session({"company": "Krume", "sender": ""})
    assert session.missing == ["sender", "job_title"]
    with pytest.raises(BriefError, match="sender is missing"):
        _ = session.brief
    assert (session.told.sender, session.told.company, session.told.job_title) == ("-", "Krume", "-")
    session.known |= {"sender": "Bo", "job_title": "Baker"}
    assert session.missing == []
    assert session.brief == session.told == Brief(sender="Bo", company="Krume", job_title="Baker")


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({}, "no job named yet"),
        ({"company": "Krume"}, "Krume"),
        ({"job_title": "Baker", "company": ""}, "Baker"),
        ({"job_title": "Baker", "company": "Krume"}, "Baker, Krume"),
    ],
)
def test_a_session_is_called_by_its_job(values: dict[str, str], title: str) -> None:
    assert Session(values).title == title


@pytest.mark.parametrize("kind", FACT_LISTS)
def test_facts_are_numbered_in_their_list(kind: str) -> None:
    session = Session()
    added = [session.add_fact(kind, text) for text in (" the  first\n", "the second")]
    letter = FACT_LISTS[kind]
    assert [(fact.id, fact.kind, fact.text) for fact in added] == [
        (f"{letter}1", kind, "the first"),
        (f"{letter}2", kind, "the second"),
    ]
    assert session.facts == tuple(added)


def test_a_fact_is_not_added_twice_to_a_list() -> None:
    session = Session(known())
    assert session.add_fact("conversation", f" {RYE.upper()} ").id == "C1"
    assert told(session) == [("C1", RYE), ("C2", OVEN), ("N1", CHART)]
    assert session.add_fact("their_work", RYE).id == "W1"


def test_a_fact_is_changed_where_it_stands() -> None:
    session = Session(known())
    assert session.change_fact("c1", " the  rye sulked ").text == RYE
    assert told(session) == [("C1", "the rye sulked"), ("C2", OVEN), ("N1", CHART)]


@pytest.mark.parametrize("nothing", ["", " \n", "\x1b[31m"])
def test_a_fact_put_in_no_words_is_dropped_and_those_after_it_move_up(nothing: str) -> None:
    session = Session(known())
    assert session.change_fact("C1", nothing).text == RYE
    assert told(session) == [("C1", OVEN), ("N1", CHART)]
    session.change_fact("N1", nothing)
    assert told(session) == [("C1", OVEN)]
    assert session.change_fact("C1", "a stone oven").text == OVEN
    assert told(session) == [("C1", "a stone oven")]


@pytest.mark.parametrize(
    ("facts", "message"),
    [(known(), "no fact X9; there are: C1, C2, N1"), ({}, "no fact X9; there are: none yet")],
)
def test_an_unknown_fact_is_refused_with_those_there_are(facts: dict[str, Any], message: str) -> None:
    session = Session(dict(facts))
    with pytest.raises(UsageError, match=message):
        session.fact("X9")
    with pytest.raises(UsageError, match=message):
        session.change_fact("X9", "")
    assert session.known == facts


@pytest.mark.parametrize(
    "change",
    [
        lambda session, text: session.add_fact("conversation", text),
        lambda session, text: session.add_fact("about_me", text),
        lambda session, text: session.change_fact("C2", text),
    ],
    ids=["added", "the first of its list", "changed"],
)
def test_a_fact_that_is_too_long_is_refused_and_nothing_changes(change: Callable[[Session, str], Any]) -> None:
    session = Session(known())
    brief = session.brief
    with pytest.raises(BriefError, match=f"{MAX_ENTRY + 1} characters"):
        change(session, "x" * (MAX_ENTRY + 1))
    assert (session.brief, told(session)) == (brief, [("C1", RYE), ("C2", OVEN), ("N1", CHART)])
    change(session, "x" * MAX_ENTRY)
    assert session.brief != brief


@gap("the unknown list stays behind, and no brief can be made any more")
def test_a_fact_for_an_unknown_list_is_refused_and_nothing_changes() -> None:
    session = Session(known())
    with pytest.raises(BriefError, match="unknown key 'hobbies'"):
        session.add_fact("hobbies", "rye")
    assert session.brief.conversation == (RYE, OVEN)


@pytest.mark.parametrize("kind", ["conversation", "about_me"])
def test_a_fact_of_no_words_is_refused(kind: str) -> None:
    session = Session(known())
    with pytest.raises(UsageError):
        session.add_fact(kind, " \n")


# The letter of a version


def test_a_version_has_its_letter_with_the_facts_of_each_sentence() -> None:
    letter = version(cited={SULKS: ("C1",)}).parsed()
    assert [(s.text, s.facts) for s in letter.sentences] == [(SULKS, ("C1",)), (SAW, ())]
    assert letter.text == LETTER


def cited_now(session: Session, one: Version) -> list[tuple[str, ...]]:
    return [s.facts for s in session.letter_of(one).sentences]


def test_a_letter_cites_its_facts_by_the_ids_they_have_now() -> None:
    session = Session(known())
    kept = session.keep(version(brief=values_of(session.brief), cited={SULKS: ("C1",), SAW: ("C2", "N1")}))
    assert cited_now(session, kept) == [("C1",), ("C2", "N1")]
    session.change_fact("C1", "")
    assert cited_now(session, kept) == [(), ("C1", "N1")]
    session.add_fact("conversation", RYE)
    assert cited_now(session, kept) == [("C2",), ("C1", "N1")]
    session.change_fact("C1", "a stone oven")
    assert cited_now(session, kept) == [("C2",), ("N1",)]
    assert kept.cited == {SULKS: ("C1",), SAW: ("C2", "N1")}  # as it was once


def test_an_id_that_never_was_is_no_fact_now() -> None:
    session = Session(known())
    assert cited_now(session, version(brief=known(), cited={SULKS: ("C9", "C1")})) == [("C1",), ()]
    assert cited_now(session, version(brief={}, cited={SULKS: ("C1",)})) == [(), ()]


@pytest.mark.parametrize(("own", "second"), [(True, ("C2",)), (False, ())])
def test_a_letter_of_ones_own_rests_on_the_facts_it_takes_up(own: bool, second: tuple[str, ...]) -> None:
    session = Session(known())
    one = version(brief=known(), cited={SULKS: ("N1",)}, own=own)
    assert cited_now(session, one) == [("N1",), second]


def test_the_facts_of_a_version_are_those_it_was_held_to() -> None:
    session = Session(known())
    kept = session.keep(version(brief=values_of(session.brief)))
    session.change_fact("C1", "")
    assert [(fact.id, fact.text) for fact in facts_of(kept)] == [("C1", RYE), ("C2", OVEN), ("N1", CHART)]
    assert [fact.id for fact in facts_of(version(brief={"conversation": [RYE]}))] == ["C1"]  # of no name yet


def test_the_values_of_a_brief_make_it_again(brief: Brief) -> None:
    values = json.loads(json.dumps(values_of(brief)))
    assert Brief(**values) == brief


# Kept and read again


def test_a_session_comes_back_as_it_was_kept() -> None:
    session = full()
    again = through_json(session)
    assert again == session
    assert isinstance(again.tokens, tuple)
    assert [again.step(1).number, again.known, again.called] == [2, known(), "Ren"]


def test_a_state_is_all_but_the_versions_and_the_mail() -> None:
    assert {field.name for field in fields(Session)} - set(full().state()) == {"versions", "mail"}


@given(
    letter=st.text(max_size=30),
    cited=st.dictionaries(st.text(max_size=9), st.lists(st.sampled_from(["C1", "W2"])).map(tuple), max_size=3),
    seed=st.none() | st.integers(),
    flags=st.tuples(st.booleans(), st.booleans()),
)
def test_a_version_comes_back_as_it_was_kept(
    letter: str, cited: dict[str, tuple[str, ...]], seed: int | None, flags: tuple[bool, bool]
) -> None:
    one = version(letter, cited=cited, brief=known(), seed=seed, tokens=(1, 2), partial=flags[0], own=flags[1])
    again = Version.of_json(json.loads(json.dumps(one.as_json())))
    assert again == one
    assert all(isinstance(ids, tuple) for ids in again.cited.values())


def test_what_a_later_program_adds_to_a_version_is_no_harm() -> None:
    one = full().versions[1]
    assert Version.of_json(one.as_json() | {"mood": "calm"}) == one


@pytest.mark.parametrize("name", [field.name for field in fields(Version)])
def test_a_version_with_a_part_missing_is_refused(name: str) -> None:
    values = full().versions[0].as_json()
    del values[name]
    with pytest.raises(KeyError, match=name):
        Version.of_json(values)


@pytest.mark.parametrize(
    "damage",
    [
        {"findings": None},
        {"tokens": 7},
        {"cited": {SULKS: 1}},
        pytest.param({"cited": [SULKS]}, marks=gap("an AttributeError, which of_json doesn't speak of")),
        pytest.param({"letter": None}, marks=gap("taken, and breaks whatever reads the letter")),
        pytest.param({"brief": ["C1"]}, marks=gap("taken, and breaks whatever reads the brief")),
    ],
    ids=str,
)
def test_a_damaged_version_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Version.of_json(full().versions[0].as_json() | damage)


@pytest.mark.parametrize(
    "damage",
    [
        {"trail": [1, 3]},
        {"trail": [0]},
        {"trail": ["1"]},
        {"trail": 5},
        {"tokens": None},
        {"mood": "calm"},
        {"known": ["sender"]},
        {"known": None},
        {"known": {"sender": 5}},
        {"known": {"hobbies": []}},
        {"known": {"conversation": ["x" * (MAX_ENTRY + 1)]}},
        {"known": {"conversation": RYE}},
        pytest.param(
            {"at": 2},
        ),
        pytest.param(
            {"at": "1"},
        ),
        pytest.param(
            {"tokens": [1]},
        ),
        pytest.param(
            {"asked": None},
        ),
    ],
    ids=lambda damage: str(damage)[:40],
)
def test_a_damaged_state_is_refused(damage: dict[str, Any]) -> None:
    session = full()
    with pytest.raises((TypeError, ValueError, UsageError)):
        Session.of_state(session.state() | damage, session.mail, session.versions)


@gap("a KeyError, which of_state doesn't speak of")
def test_a_state_without_its_count_of_tokens_is_refused() -> None:
    state = full().state()
    del state["tokens"]
    with pytest.raises((TypeError, ValueError)):
        Session.of_state(state, b"", full().versions)


def test_a_state_with_a_version_missing_is_refused() -> None:
    session = full()
    session.keep(version())
    with pytest.raises(ValueError, match="missing"):
        Session.of_state(session.state() | {"trail": [1, 2]}, session.mail, [session.versions[0], session.versions[2]])
