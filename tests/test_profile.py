"""The measures of tone and length: what each counts, and where it stands against its band."""

from __future__ import annotations

import pytest

from assistant import check
from assistant.checks.length import BANDS
from assistant.checks.profile import Measure, profile, values
from assistant.checks.vocabulary import rules
from assistant.zones import parse_letter

LETTER = (
    "Subject: Rye\n\nDear Renske,\n\nI was glad to hear that you're opening in Delft! Thank you for your time. "
    "Perhaps I could really help you? My chart is yours.\n\nBest,\nIfeoma\n"
)
READ = [
    {"specific": 2.0, "hook": -3.0},
    {"specific": -1.0, "hook": -0.5},
    {"specific": -1.0, "hook": 1.0},
    {"specific": 0.0, "hook": -1.0},
]


def test_each_measure_counts_what_it_says() -> None:
    found = values(parse_letter(LETTER), READ)
    per = 100 / 25
    assert found == {
        "words": 29,
        "sentence_words": 6.2,
        "specific": 25.0,
        "ahead": 50.0,
        "gratitude": 1,
        "warmth": round(1 * per, 1),
        "sender": round(3 * per, 1),
        "reader": round(5 * per, 1),
        "hedging": round(1 * per, 1),
        "intensity": round(1 * per, 1),
        "questions": 1,
        "exclamations": 1,
    }
    assert list(found) == list(rules("profile")["measures"])


def test_a_letter_without_a_word_has_measures_too() -> None:
    assert set(values(parse_letter(""), []).values()) == {0}


@pytest.mark.parametrize(
    ("value", "distance"), [(10.0, 0.0), (20.0, 0.0), (15.0, 0.0), (5.0, -0.5), (30.0, 1.0), (25.0, 0.5)]
)
def test_the_distance_is_counted_in_widths_of_the_band(value: float, distance: float) -> None:
    assert Measure("x", "y", value, 10.0, 20.0, 0.0, 40.0).distance == pytest.approx(distance)


def test_a_band_without_a_width_still_tells_in_from_out() -> None:
    assert Measure("x", "y", 1.0, 1.0, 1.0, 0.0, 2.0).distance == 0
    assert Measure("x", "y", 2.0, 1.0, 1.0, 0.0, 2.0).distance > 1


@pytest.mark.parametrize("kind", list(BANDS))
def test_each_kind_has_its_own_bands(kind: str) -> None:
    found = {m.name: m for m in profile(parse_letter(LETTER), READ, kind)}
    words = found["words"]
    assert (words.low, words.high, words.floor, words.ceiling) == (
        BANDS[kind].low,
        BANDS[kind].high,
        0,
        BANDS[kind].ceiling,
    )
    low, high, floor, ceiling = rules("profile")["measures"]["warmth"]["band"]
    low, high = rules("bands")["kinds"].get(kind, {}).get("warmth", (low, high))
    warmth = found["warmth"]
    assert (warmth.low, warmth.high, warmth.floor) == (low, high, floor)
    assert warmth.ceiling == max(ceiling, high, warmth.value)
    assert all(m.about and m.floor <= m.value <= m.ceiling for m in found.values())


def test_the_profile_of_a_report_is_that_of_its_letter() -> None:
    report = check(LETTER)
    assert report.profile == profile(report.letter, report.read, "note")
    assert report.scores["words"] == report.letter.words == 29
