"""What the rules let pass is weighed: a bent sentence must weigh less than the true one beside it."""

import pytest

from assistant import Brief
from assistant.checks.alignment import measures
from assistant.checks.soundness import Drawing, drawing_of, soundness

CASES = [
    ("their_work", "the harbour board took two of their best pilots", "The harbour board took two of your best pilots.",
     "Your harbour board took two best pilots, and pilots, to the board."),
    ("conversation", "she read my cover note out, i laughed", "You read my cover note out, and I laughed.",
     "You read my cover note, and you laughed."),
    ("conversation", "he thinks drones are a fad, i've used them on roofs", "You think drones are a fad, and I have used them on roofs.",
     "I think drones are a fad, and you have used them on roofs."),
    ("about_me", "ran the archive alone for 3 yrs, never lost a box", "I ran the archive alone for 3 years and never lost a box.",
     "I ran for 3 years and lost the archive of a box."),
]  # fmt: skip


def weigh(kind: str, note: str, sentence: str) -> float:
    brief = Brief(sender="Ada Oyelaran", company="Krume", job_title="Clerk", recipient="Jo Lind", **{kind: (note,)})
    return soundness(sentence, brief.facts[0], brief, Drawing(0.8, 0.4)).worth


@pytest.mark.parametrize(("kind", "note", "right", "bent"), CASES, ids=[c[1][:30] for c in CASES])
def test_the_bent_sentence_weighs_less(kind: str, note: str, right: str, bent: str) -> None:
    assert weigh(kind, note, right) > weigh(kind, note, bent) + 0.05


def test_agreement_among_the_candidates_speaks_for_a_sentence() -> None:
    brief = Brief(sender="Ada Oyelaran", company="Krume", job_title="Clerk", conversation=("asked abt nights",))
    low, high = (
        soundness("You asked about nights.", brief.facts[0], brief, Drawing(agreed, agreed / 2))
        for agreed in (0.2, 0.9)
    )
    assert high.faithful > low.faithful
    assert 0 < low.worth < high.worth < 1


def test_what_is_measured() -> None:
    brief = Brief(
        sender="Ada Oyelaran",
        company="Krume",
        job_title="Clerk",
        conversation=("he said the oven dies by june, i didn't know",),
    )
    right = measures("You said the oven dies by June, and I didn't know.", brief.facts[0], brief)
    bent = measures("I said the oven died in June, and you didn't know the oven.", brief.facts[0], brief)
    assert right["lost"] == right["added"] == right["crossed"] == right["small_lost"] == right["tense"] == 0
    assert bent["crossed"] > 0
    assert bent["small_lost"] == 1  # by
    assert bent["tense"] >= 1  # dies, died
    assert bent["repeated"] == 1  # the oven twice


def test_the_models_own_doubt_speaks_against_a_sentence() -> None:
    brief = Brief(sender="Ada Oyelaran", company="Krume", job_title="Clerk", conversation=("asked abt nights",))
    nights = "You asked about nights."
    sure, unsure = (drawing_of(nights, [nights] * 6, logs) for logs in ([-0.01, -0.05, -0.03], [-0.01, -2.5, -0.9]))
    assert unsure.worst == -2.5
    assert unsure.shaky == pytest.approx(2 / 3)
    assert sure.mean > drawing_of(nights, [nights] * 6, []).mean > unsure.mean
    weighed = [soundness(nights, brief.facts[0], brief, drawing).faithful for drawing in (sure, unsure)]
    assert weighed[0] > weighed[1]


def test_how_a_candidate_stands_among_the_others() -> None:
    drawn = ["You asked about nights.", "You asked about nights.", "You asked about the rota."]
    first, last = (drawing_of(text, drawn, []) for text in (drawn[0], drawn[2]))
    assert (first.same, last.same) == (0.5, 0.0)
    assert first.agreement > last.agreement > 0
