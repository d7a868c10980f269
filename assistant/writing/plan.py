"""Which facts make the best note, and in what order: decided before any model is asked."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.brief import FACT_LISTS, Brief, Fact
from assistant.checks.figures import numbers
from assistant.checks.substance import occurrences, overlap
from assistant.checks.vocabulary import content_words, names
from assistant.text import count_words
from assistant.writing.draft import Beat, LeftOut

# How many facts a note bears. The guidance: one or two specifics and a hook; more is a report, not a note.
SPECIFICS = 2  # of conversation and their_work together
OWN = STEPS = 1  # of about_me, of next_step
FRAME_WORDS = 35  # what opening, closing, greeting and signature come to
ROOM = 95  # words: above this the letter is long enough without the sender's own story
LONG_NOTE = 34  # words: beyond this a note holds several facts, and one sentence can't carry them faithfully

QUESTIONS = {
    "conversation": "What did you really talk about? One thing they said, asked or showed you that you still remember.",
    "their_work": "What are they building, changing or struggling with, as far as you know?",
    "about_me": "What have you done, or done since, that touches it?",
    "next_step": "What could you offer or would you like to know: something to send, a question, an event you will both be at?",
}


@dataclass(frozen=True)
class Plan:
    """The beats in order, facts held in reserve should one not be carried faithfully, and facts ruled out beforehand."""

    kind: str
    beats: tuple[Beat, ...]
    reserve: tuple[Fact, ...]
    ruled_out: tuple[LeftOut, ...]
    questions: tuple[str, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that the beats take up."""
        return tuple(beat.fact for beat in self.beats if beat.fact)


def make_plan(brief: Brief, kind: str) -> Plan:
    """The plan for a note, or for an acknowledgement when that is wanted or when nothing is known to make a note of."""
    ruled_out = tuple(filter(None, (_ruled_out(fact, brief) for fact in brief.facts)))
    usable = [fact for fact in brief.facts if fact not in [out.fact for out in ruled_out]]
    questions = tuple(text for part, text in QUESTIONS.items() if not any(f.kind == part for f in usable))
    if kind == "ack" or not usable:
        short = (Beat("opening", "takes the decision in one line"), Beat("closing", "wishes well and ends"))
        reason = "an acknowledgement claims nothing"
        return Plan("ack", short, (), (*ruled_out, *(LeftOut(f, reason) for f in usable)), questions)
    chosen = _choose(usable)
    beats = (
        Beat("opening", "takes the decision in one line and moves on"),
        *(Beat(fact.kind, why, fact) for fact, why in chosen),
        Beat("closing", "wishes well and ends"),
    )
    taken = [fact for fact, _ in chosen]
    return Plan("note", beats, tuple(f for f in usable if f not in taken), ruled_out, questions)


def particularity(fact: Fact) -> float:
    """How much only this sender could have said it: names, numbers and content words, less for a note too long for one sentence."""
    weight = (
        2 * min(2, len(names(fact.text)))
        + 1.5 * min(2, len(numbers(fact.text)))
        + min(8, len(content_words(fact.text))) / 2
    )
    return weight - max(0, count_words(fact.text) - LONG_NOTE) / 4


def _choose(usable: list[Fact]) -> list[tuple[Fact, str]]:
    """The facts to take up, in the order of the letter, each with its reason."""
    by_kind = {
        kind: sorted((f for f in usable if f.kind == kind), key=particularity, reverse=True) for kind in FACT_LISTS
    }
    steps = by_kind["next_step"][:STEPS]
    # One thing of each where there are both, so that the letter is neither a record of the talk nor a report on the reader's own work.
    talked = by_kind["conversation"][: SPECIFICS - bool(by_kind["their_work"])]
    work = by_kind["their_work"][: SPECIFICS - len(talked)]
    specifics = sorted([*talked, *work], key=lambda f: f.id)
    # What the sender says of themselves earns its place by touching what was talked about; otherwise only where there is room.
    length = FRAME_WORDS + sum(count_words(f.text) + 3 for f in (*specifics, *steps))
    touching = [(sum(1 for s in (*specifics, *steps) if overlap(f.text, s)), f) for f in by_kind["about_me"]]
    fitting = [f for touch, f in sorted(touching, key=lambda t: -t[0]) if touch or length < ROOM]
    own = fitting[:OWN]
    reasons = {
        "conversation": "was really talked about",
        "their_work": "is what they are working on",
        "about_me": "says why the sender can speak to it",
        "next_step": "gives a concrete reason to be in touch",
    }
    return [(fact, reasons[fact.kind]) for fact in (*specifics, *own, *steps)]


def _ruled_out(fact: Fact, brief: Brief) -> LeftOut | None:
    for phrase in brief.avoid:
        if any(occurrences(fact.text, phrase)):
            return LeftOut(fact, f"holds {phrase!r}, which the brief asks to avoid")
    for said in brief.already_said:
        whole = overlap(fact.text, fact.text)
        if len(whole) >= 2 and len(overlap(said, fact.text)) >= 0.7 * len(whole):
            return LeftOut(fact, "was said in an earlier note")
    return None
