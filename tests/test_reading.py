"""The learned reading, the verdict, the profile: what must hold whatever the weights are."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Brief, check
from assistant.checks.book import shipped_book
from assistant.checks.learned import FAMILIES, LABELS, MOST_SENTENCES, letter_measures, ngrams, read, read_letter
from assistant.checks.profile import Measure
from assistant.checks.verdict import CLASSES, sentence_reads
from assistant.cli.findings_text import bar
from assistant.patterns import compiled, plain
from assistant.zones import parse_letter

PIECES = ["so ", "very ", "a ", "the ", "thank you ", "not ", "I ", "reconsider ", "x", " ", ", "]
VERDICTS = {*LABELS, "ungrounded"}


def test_names_and_figures_say_nothing_of_tone() -> None:
    assert ngrams("We met Ngozi on 4 May.") == ngrams("We met Aoife on 17 July.")


def test_likelihoods_are_likelihoods(good_letter: str) -> None:
    letter = parse_letter(good_letter)
    likely = read_letter(letter_measures(letter, read(letter)))
    assert set(likely) == set(LABELS)
    assert sum(likely.values()) == pytest.approx(1)


def test_a_letter_of_ten_thousand_sentences_is_read_in_part() -> None:
    letter = parse_letter("It went well. " * 1000)
    assert len(letter.sentences) == 1000
    assert len(read(letter).sentences) == MOST_SENTENCES


@pytest.mark.parametrize(
    ("sentence", "verdict", "pack"),
    [
        ("I beg you to reconsider and give me one more chance.", "pushy", "pleading"),
        ("It is your loss, and good luck finding anyone who will work for that.", "bitter", "bitterness"),
        (
            "Someone like me is not worthy of such a place, and I thank you from the bottom of my heart.",
            "obsequious",
            "abasement",
        ),
        ("As an AI language model I have drafted this for you.", "other", "form"),
    ],
)
def test_one_blatant_sentence_gives_the_verdict_and_is_named(
    good_letter: str, sentence: str, verdict: str, pack: str
) -> None:
    text = good_letter.replace("I can send", f"{sentence} I can send")
    report = check(text)
    assert report.verdict == verdict
    start = text.index(sentence)
    touched = [f for f in report.errors if f.span.start < start + len(sentence) and f.span.end > start]
    assert pack in {f.rule.partition(".")[0] for f in touched}


@pytest.mark.parametrize(
    "sentence",
    [
        "I was honoured to present the proofing trial with you.",
        "I was sorry to miss the Tuesday demo of the divider.",
        "You said the mill demands payment within a week, which I thought unfair.",
        "I was disappointed, and I understand.",
        "I won't ask you to reconsider.",
        "I'm glad you found the right person.",
    ],
)
def test_alarm_words_about_real_things_pass(good_letter: str, sentence: str) -> None:
    report = check(good_letter.replace("I can send", f"{sentence} I can send"))
    assert report.verdict == "good"
    assert report.errors == ()


def test_a_template_is_perfunctory() -> None:
    text = (
        "Dear [Name],\n\nThank you for the opportunity to interview for the [position] role. I appreciate your time and consideration. "
        "Please keep me in mind for future opportunities. I wish you continued success.\n\nSincerely,\n[Your name]"
    )
    report = check(text)
    assert report.verdict == "perfunctory"
    assert {"form.placeholder", "substance.missing"} <= {f.rule for f in report.errors}


def test_an_acknowledgement_is_not_blamed_for_being_one() -> None:
    text = "Dear Renske,\n\nThank you for letting me know. I was sorry to hear it, and I wish you and the team well.\n\nBest,\nIfeoma"
    assert check(text, kind="ack").verdict == "good"
    assert check(text).verdict == "perfunctory"


def test_with_a_brief_what_was_taken_up_decides(good_letter: str, brief: Brief) -> None:
    assert check(good_letter, brief).verdict == "good"
    other = replace(
        brief, conversation=("the bread van's clutch slips on the bridge",), their_work=(), about_me=(), next_step=()
    )
    assert check(good_letter, other).verdict == "ungrounded"


def test_every_class_of_fault_has_its_families() -> None:
    assert {f for families in CLASSES.values() for f in families} | {"specific", "hook"} == set(FAMILIES)
    assert sentence_reads("I beg you, please reconsider your decision.", "pleading.sense") > 0


def test_the_meter_shows_band_and_place() -> None:
    measure = Measure("words", "words", 95, 60, 130, 0, 175)
    assert measure.distance == 0
    drawn = bar(measure)
    assert drawn.index("[") < drawn.index("●") < drawn.index("]")
    above = replace(measure, value=170)
    assert above.distance > 0
    assert bar(above).index("●") > bar(above).index("]")


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=400))
def test_any_text_gets_a_verdict_and_spans_within_it(text: str) -> None:
    report = check(text)
    assert report.verdict in VERDICTS
    for f in report.findings:
        assert 0 <= f.span.start <= f.span.end <= len(text)
        assert f.text == text[f.span.start : f.span.end]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12))
def test_no_pattern_takes_longer_than_its_text(pieces: list[str]) -> None:
    """RE2 promises it; this holds the promise against whatever the packs and the Python patterns are fed."""
    unit = "".join(pieces)
    expressions = [e for r in shipped_book().rules.values() for e in (*r.patterns, *r.unless)]
    short, long = plain(unit * 40), plain(unit * 400)
    assert all(compiled(e).search(short) is None or compiled(e).search(long) is not None for e in expressions[::7])
    times = []
    for text in (short, long):
        start = time.perf_counter()
        check(text)
        times.append(time.perf_counter() - start)
    assert (
        times[1] < 60 * times[0] + 0.5
    )  # ten times the text: a catastrophic pattern would take a thousand times as long
