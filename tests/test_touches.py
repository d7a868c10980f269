from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Brief
from assistant.touches import touches

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
LEAST = Brief(sender="Ana Sousa", company="Krume Bakery", job_title="Night Baker")


def test_six_months_hold_two_touches(brief: Brief) -> None:
    # A Monday; 60 days on is Friday 1 May, 135 days on Wednesday 15 July.
    assert [t.on for t in touches(brief, date(2026, 3, 2))] == [date(2026, 5, 1), date(2026, 7, 15)]


@pytest.mark.parametrize(
    ("sent", "on"),
    [
        (date(2026, 3, 3), date(2026, 5, 4)),  # Saturday 2 May
        (date(2026, 3, 4), date(2026, 5, 4)),  # Sunday 3 May
        (date(2026, 3, 5), date(2026, 5, 4)),  # Monday
        (date(2027, 12, 30), date(2028, 2, 28)),  # over a leap year's February
    ],
)
def test_a_weekend_gives_way_to_monday(sent: date, on: date) -> None:
    assert touches(LEAST, sent)[0].on == on


@pytest.mark.parametrize(("months", "count"), [(0, 0), (1, 0), (2, 1), (4, 1), (5, 2), (6, 2), (7, 3), (12, 5)])
def test_the_horizon_decides_how_many(months: int, count: int) -> None:
    assert len(touches(LEAST, date(2026, 3, 2), months)) == count


@given(sent=DAYS, months=st.integers(2, 60))
def test_every_touch_is_a_working_day_at_its_distance(sent: date, months: int) -> None:
    for number, touch in enumerate(touches(LEAST, sent, months)):
        assert touch.on.weekday() < 5
        assert 0 <= (touch.on - sent).days - (60 + 75 * number) <= 2
    assert touches(LEAST, sent, months)[-1].on <= sent + timedelta(30 * months + 2)


def test_each_asks_what_is_new_and_lets_the_day_pass_without_debt() -> None:
    first, second = touches(LEAST, date(2026, 3, 2))
    assert first.question.startswith("What is new since your note of 2026-03-02?")
    assert second.question.startswith("What is new since your note of 2026-03-02, or since you last wrote?")
    for touch in (first, second):
        assert all(
            words in touch.question for words in ("you did", "they did", "you can offer", "let the day pass", "owed")
        )


def test_offer_and_their_work_are_remembered(brief: Brief) -> None:
    for touch in touches(brief, date(2026, 3, 2)):
        assert "ask: can send her the proofing chart i made\n" in touch.question
        assert touch.question.endswith("noted it: opening a 2nd shop in Delft in may")
        assert touch.title == "A word to Renske Bakker, Krume Bakery?"
        assert "rye starter" not in touch.question  # what was talked about is past


def test_without_notes_or_a_name_there_is_nothing_empty() -> None:
    touch = touches(LEAST, date(2026, 3, 2))[0]
    assert touch.title == "A word to Krume Bakery?"
    assert touch.question.count("\n") == 1


def test_long_notes_are_shortened_and_many_are_cut(brief: Brief) -> None:
    long = replace(brief, next_step=("word " * 300,) * 5, company="K" * 900)
    touch = touches(long, date(2026, 3, 2))[0]
    lines = touch.question.split("\n")
    assert len(lines) == 5  # two of the question, two of five offers, their work
    assert all(len(line) < 140 for line in lines)
    assert lines[2].endswith("word…")
    assert len(touch.title) <= 100


def test_what_the_brief_asks_to_avoid_is_not_brought_up(brief: Brief) -> None:
    assert "Delft" not in touches(replace(brief, avoid=("delft",)), date(2026, 3, 2))[0].question


def test_neither_title_nor_question_tells_of_a_rejection_promises_or_presses(brief: Brief) -> None:
    for touch in touches(brief, date(2026, 3, 2), 24):
        said = f"{touch.title} {touch.question}".lower()
        for word in ("reject", "chance", "%", "should", "must", "forgot", "promise", "sorry", "remind"):
            assert word not in said
        assert "\n" not in touch.title
