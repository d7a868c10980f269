from dataclasses import replace

import pytest

from assistant import Brief
from assistant.writing.plan import QUESTIONS, make_plan


def test_a_plan_opens_takes_up_two_or_three_things_offers_one_and_closes(brief: Brief) -> None:
    plan = make_plan(brief, "note")
    assert [b.part for b in plan.beats] == [
        "opening",
        "conversation",
        "their_work",
        "about_me",
        "next_step",
        "closing",
    ]
    assert all(beat.why for beat in plan.beats)


def test_not_all_facts_are_used(brief: Brief) -> None:
    full = replace(
        brief,
        conversation=("we talked about it", "she said 9 of 12 ovens leak", "Marta runs the rye line"),
        next_step=("send the chart", "at the fair on 4 march"),
    )
    plan = make_plan(full, "note")
    assert [f.id for f in plan.facts if f.kind == "conversation"] == ["C2"]
    assert [f.id for f in plan.reserve] == ["C1", "C3", "N1"]
    only_talked = make_plan(replace(full, their_work=()), "note")
    assert [f.id for f in only_talked.facts if f.kind == "conversation"] == ["C2", "C3"]


def test_without_facts_it_is_an_acknowledgement_with_all_questions() -> None:
    plan = make_plan(Brief(sender="A", company="K", job_title="J"), "note")
    assert plan.kind == "ack"
    assert [b.part for b in plan.beats] == ["opening", "closing"]
    assert plan.questions == tuple(QUESTIONS.values())


def test_an_acknowledgement_that_is_asked_for_leaves_the_facts_out_and_says_so(brief: Brief) -> None:
    plan = make_plan(brief, "ack")
    assert plan.facts == ()
    assert [out.fact.id for out in plan.ruled_out] == ["C1", "C2", "W1", "M1", "N1"]


def test_what_is_to_be_avoided_or_was_said_is_ruled_out_with_the_reason(brief: Brief) -> None:
    plan = make_plan(replace(brief, avoid=("Lagos",), already_said=("opening a second shop in Delft in May",)), "note")
    assert {out.fact.id: out.reason for out in plan.ruled_out} == {
        "C2": "holds 'Lagos', which the brief asks to avoid",
        "W1": "was said in an earlier note",
    }


def test_what_the_sender_says_of_themselves_must_touch_the_rest(brief: Brief) -> None:
    rich = replace(brief, about_me=("sings in a choir", "ran the rye line for 3 yrs"))
    assert [f.id for f in make_plan(rich, "note").facts if f.kind == "about_me"] == ["M2"]


@pytest.mark.parametrize(
    ("fact", "stings"),
    [
        ("the other man imitated my accent, rude, nobody stopped him", True),
        ("found out the job was promised to his niece before the ad", True),
        ("moved my interview 3 times then kept me waiting 2 hrs by the gate", True),
        ("she said nobody laughs at the fermenter joke twice", False),
        ("crude oil smells, he said, they insulate the pipes", False),
        ("we talked about how long residents wait", False),
    ],
)
def test_what_stings_is_left_out_with_the_reason(brief: Brief, fact: str, stings: bool) -> None:
    plan = make_plan(replace(brief, conversation=(fact,)), "note")
    out = [left.reason for left in plan.ruled_out if left.fact.text == fact]
    assert bool(out) is stings
    assert all("better told to a friend" in reason for reason in out)


@pytest.mark.parametrize(
    ("talk", "step"),
    [
        ("imelda says try howard pattinson, all beside the road", "ringing howard monday"),
        (
            "annemiek gave me a lead: pieter lanting at the polytechnic",
            "ring pieter monday, then 1 line to her how it went",
        ),
        ("isla said sandy has a boatyard and is short of joiners till easter", "will put it right at home first"),
    ],
)
def test_a_lead_is_known_by_what_the_sender_will_do_about_it(brief: Brief, talk: str, step: str) -> None:
    told = replace(
        brief, conversation=("the rye starter sulks below 22 degrees", talk), their_work=(), next_step=(step,)
    )
    opening = make_plan(told, "lead").beats[0]
    assert opening.fact is not None
    assert opening.fact.text == talk
