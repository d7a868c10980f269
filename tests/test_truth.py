"""Grounding, deep: numbers however written, speakers and owners, and a model's second look that is verified."""

import json
from dataclasses import replace

import pytest

from assistant import Brief, check
from assistant.checks.figures import licensed_numbers, numbers
from assistant.checks.judge import judge
from assistant.prompts import load_template
from assistant.providers.scripted import Scripted
from assistant.zones import parse_letter


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("thirty-one turbines", ["31"]),
        ("a hundred and forty covers", ["140"]),
        ("£52,000, 10k and 1.5 million", ["52000", "10000", "1500000"]),
        ("two or three", ["2", "3"]),
        ("the 3rd, a third time", ["3"]),
        ("two hundred and five", ["205"]),
        ("Sam and one other", []),
    ],
)
def test_numbers_are_one_however_they_are_written(text: str, values: list[str]) -> None:
    assert list(numbers(text)) == values


def test_a_brief_licenses_the_hour_and_the_year_as_people_say_them() -> None:
    assert {"18", "6", "1974", "74"} <= licensed_numbers("rang at 18:00, the engine is from 1974")


@pytest.fixture
def notes(brief: Brief) -> Brief:
    return replace(
        brief,
        conversation=("she said the oven at the back drops 40 degrees in march", "told her we never proof on sundays"),
        their_work=("moving 12 racks to the new cellar in september",),
        about_me=("ran a night line for 3 yrs",),
    )


def grounding(sentence: str, notes: Brief) -> dict[str, str]:
    text = f"Dear Renske,\n\n{sentence}\n\nBest,\nIfeoma Adeyemi\n"
    return {f.rule: f.message for f in check(text, notes).findings if f.rule.startswith("grounding.")}


@pytest.mark.parametrize(
    "sentence",
    [
        "You told me that the back oven loses forty degrees in March.",
        "As I said, we never proof on a Sunday.",
        "The two of you are moving a dozen racks into a new cellar this September.",
        "I worked nights for three years, running a line.",
        "That question has stayed with me, and I still like it.",
        "No hard feelings, I hope it all goes well.",
    ],
)
def test_an_honest_paraphrase_is_left_alone(sentence: str, notes: Brief) -> None:
    assert grounding(sentence, notes) == {}


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("You told me that the back oven loses sixty degrees in March.", "grounding.number"),
        ("You told me that the back oven loses forty degrees in June.", "grounding.date"),
        ("You are moving 3 racks to the new cellar in September.", "grounding.number"),
        ("My old colleague Fatima at Brotwerk sends you her regards.", "grounding.name"),
        ("I have rebuilt several steam ovens for hotels since then.", "grounding.unsupported"),
    ],
)
def test_what_is_new_or_exchanged_is_named(sentence: str, rule: str, notes: Brief) -> None:
    assert rule in grounding(sentence, notes)


def test_a_number_of_another_fact_is_named_with_the_right_one(notes: Brief) -> None:
    assert (
        "the brief says 12 there"
        in grounding("You are moving 3 racks to the new cellar in September.", notes)["grounding.number"]
    )


LETTER = "Dear Renske,\n\nYou said the oven drops 40 degrees. I can send a thermostat.\n\nBest,\nIfeoma"


def answer(*claims: tuple[str, str, str]) -> str:
    return "Sure:\n" + json.dumps(
        {"claims": [dict(zip(("letter", "notes", "verdict"), c, strict=True)) for c in claims]}
    )


def judged(reply: str, notes: Brief) -> tuple[list[tuple[str, str]], str, Scripted]:
    model = Scripted([reply])
    result = judge(parse_letter(LETTER), notes, model, load_template("judge"))
    return [(f.severity, f.text) for f in result.findings], result.unscored, model


def test_the_judge_names_what_the_notes_do_not_carry(notes: Brief) -> None:
    reply = answer(
        ("You said the oven drops 40 degrees", "the oven at the back drops 40 degrees", "supported"),
        ("I can send a thermostat", "", "absent"),
    )
    found, unscored, model = judged(reply, notes)
    assert found == [("warning", "I can send a thermostat")]
    assert unscored == ""
    assert "told her we never proof on sundays" in model.calls[0].messages[-1].content


def test_support_without_words_in_the_notes_counts_for_nothing(notes: Brief) -> None:
    found, _, _ = judged(answer(("You said the oven drops 40 degrees", "the oven is fine", "supported")), notes)
    assert found == [("warning", "You said the oven drops 40 degrees")]


def test_a_contradiction_is_an_error_only_with_a_note_that_is_there(notes: Brief) -> None:
    real = answer(("You said the oven drops 40 degrees", "told her we never proof on sundays", "contradicted"))
    made_up = answer(("You said the oven drops 40 degrees", "he said it rises", "contradicted"))
    assert judged(real, notes)[0][0][0] == "error"
    assert judged(made_up, notes)[0][0][0] == "warning"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("I think it is fine.", "no claims"),
        ('{"claims": [}', "no JSON"),
        ('{"claims": [{"letter": "x"}]}', "lacks its quotations"),
        (answer(("words that stand nowhere", "", "absent")), "none of its quotations"),
    ],
)
def test_a_judge_that_cannot_be_read_is_unscored(reply: str, why: str, notes: Brief) -> None:
    found, unscored, _ = judged(reply, notes)
    assert found == []
    assert why in unscored


@pytest.mark.parametrize(
    ("note", "sentence", "untrue"),
    [
        ("they drilled 22 m and no firm bottom", "You drilled 22 metres without firm bottom.", False),
        (
            "300 m of wall gaps after the flood",
            "Three hundred metres of gaps after the flood: a job I can get a van to.",
            False,
        ),
        ("300 m of wall gaps after the flood", "Four hundred metres of gaps after the flood.", True),
        ("£2m for the new wing", "You have two million pounds for the new wing.", False),
        ("their app has 2m users", "Your app has two million users.", False),
        (
            "my father farm in goias, only the heifers",
            "On my father's farm in Goiás we did this with the heifers.",
            False,
        ),
        (
            "my father farm in goias, only the heifers",
            "On my father's farm in Pará we did this with the heifers.",
            True,
        ),
    ],
)
def test_metres_are_no_millions_and_an_accent_makes_no_other_name(
    brief: Brief, note: str, sentence: str, untrue: bool
) -> None:
    told = replace(brief, conversation=(note,), their_work=(), about_me=(note,))
    text = f"Dear Renske,\n\n{sentence}\n\nIfeoma Adeyemi\n"
    found = [f for f in check(text, told).errors if f.rule in ("grounding.number", "grounding.name")]
    assert bool(found) is untrue, found


def test_a_later_note_may_name_the_month_of_the_earlier_one(brief: Brief) -> None:
    later = replace(brief, already_said=("wrote in march about the rye",))
    text = "Dear Renske,\n\nIn March I wrote to you about the rye.\n\nIfeoma Adeyemi\n"
    assert not [f for f in check(text, later, "keep-in-touch").errors if f.rule == "grounding.date"]
    assert [f for f in check(text, brief, "keep-in-touch").errors if f.rule == "grounding.date"]
