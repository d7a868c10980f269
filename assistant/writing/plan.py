"""Which facts make the best note, and in what order: decided before any model is asked."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.brief import FACT_LISTS, Brief, Fact
from assistant.checks.figures import numbers
from assistant.checks.parts import main_title
from assistant.checks.substance import occurrences, overlap
from assistant.checks.vocabulary import content_words, names
from assistant.data_files import read_yaml
from assistant.errors import UsageError
from assistant.text import count_words
from assistant.writing.draft import Beat, LeftOut

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
    """The beats in order, facts held in reserve should one not be carried faithfully, and facts ruled out beforehand.

    `kind` is the kind really planned: an ack where a note was asked for but nothing is known. `asked` says that the letter is worth
    nothing without its question.
    """

    kind: str
    beats: tuple[Beat, ...]
    reserve: tuple[Fact, ...]
    ruled_out: tuple[LeftOut, ...]
    questions: tuple[str, ...]
    asked: bool = False

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that the beats take up."""
        return tuple(beat.fact for beat in self.beats if beat.fact)

    @property
    def opening(self) -> Beat | None:
        """How the letter opens, None when it comes to the point at once."""
        return self.beats[0] if self.beats and self.beats[0].part == "opening" else None

    @property
    def middle(self) -> tuple[Fact, ...]:
        """The facts that are taken up after the opening."""
        return tuple(beat.fact for beat in self.beats if beat.fact and beat is not self.opening)


def make_plan(brief: Brief, kind: str) -> Plan:
    """The plan for a letter of this kind; for an acknowledgement when nothing is known to make a note of.

    Raises UsageError where the kind needs something that the brief doesn't hold.
    """
    spec = kinds()[kind]
    ruled_out = tuple(filter(None, (_ruled_out(fact, brief) for fact in brief.facts)))
    usable = [fact for fact in brief.facts if fact not in [out.fact for out in ruled_out]]
    questions = tuple(text for part, text in QUESTIONS.items() if not any(f.kind == part for f in usable))
    lead = _lead(usable) if spec.get("needs") == "lead" else None
    if not _has(spec.get("needs", ""), usable, lead):
        raise UsageError(f"a note of kind {kind} can't be written: {spec['refusal']}")
    if kind == "note" and not usable:
        kind, spec = "ack", kinds()["ack"]
    if spec.get("needs") == "news":
        old = [f for f in usable if f.kind == "conversation"]
        ruled_out = (*ruled_out, *(LeftOut(f, "was talked about back then, and is no news") for f in old))
        usable = [f for f in usable if f not in old]
    free = [f for f in usable if f != lead and f.kind in spec.get("from", FACT_LISTS)]
    chosen = _choose(free, spec["takes"])
    taken = [fact for fact, _ in chosen]
    beats = [*_opening(kind, brief, lead), *(Beat(fact.kind, why, fact) for fact, why in chosen)]
    asks = tuple(spec.get("asks", kinds()["feedback"]["asks"] if brief.feedback and kind == "note" else ()))
    wanted = spec.get("must_ask") or (brief.feedback and kind == "note")
    if asks and (wanted or not any(f.kind == "next_step" for f in taken)):
        beats.append(Beat("next_step", spec.get("asking", kinds()["feedback"]["asking"]), notes=asks))
    if spec["closes"]:
        beats.append(Beat("closing", "wishes well and ends"))
    left = [f for f in usable if f not in taken and f != lead]
    must = spec.get("must", ())  # no other fact stands in for these
    room = [f for f in left if f in free and f.kind not in must and _room(f, spec["takes"])]
    out = [LeftOut(f, spec.get("leaves", f"a note of kind {kind} has no place for it")) for f in left if f not in room]
    return Plan(kind, tuple(beats), tuple(room), (*ruled_out, *out), questions, bool(spec.get("must_ask")))


@functools.cache
def kinds() -> dict[str, dict[str, Any]]:
    """The kinds of note by name, as `kinds.yaml` describes them."""
    return {name: spec for name, spec in _data().items() if isinstance(spec, dict)}


@functools.cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(Path(__file__).parent / "kinds.yaml")
    return data


def _room(fact: Fact, takes: dict[str, int]) -> bool:
    return takes[{"about_me": "own", "next_step": "steps"}.get(fact.kind, "specifics")] > 0


def _has(needed: str, usable: list[Fact], lead: Fact | None) -> bool:
    if needed == "lead":
        return lead is not None
    wanted = {"news": ("their_work", "about_me", "next_step"), "step": ("next_step",)}.get(needed)
    return wanted is None or any(f.kind in wanted for f in usable)


def _lead(usable: list[Fact]) -> Fact | None:
    """The fact that names what they pointed the sender to: by its words, or because what the sender will do takes up the same name."""
    talked = [f for f in usable if f.kind in ("conversation", "their_work") and not _says("no_lead", f)]
    named = [f for f in talked if _says("lead_words", f)]
    steps = [f for f in usable if f.kind == "next_step" and _says("follow_up", f)]
    return next(iter(named), next((f for f in talked if any(overlap(f.text, step) for step in steps)), None))


def _says(listed: str, fact: Fact) -> bool:
    return _pattern(listed).search(fact.text) is not None


@functools.cache
def _pattern(listed: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_data()[listed].replace(' |', '|')})\b", re.IGNORECASE)


def _opening(kind: str, brief: Brief, lead: Fact | None) -> list[Beat]:
    """How a letter of this kind opens."""
    spec = kinds()[kind]
    starts = tuple(spec.get("starts", ()))
    if lead:
        return [Beat("opening", "thanks for the one thing they named, not for the rejection", lead, starts=starts)]
    if spec["opens"] == "decision":
        return [Beat("opening", "takes the decision in one line and moves on")]
    if spec["opens"] == "none":
        return []
    return [Beat("opening", "says in one line what it is about", notes=reminder(kind, brief), starts=starts)]


def reminder(kind: str, brief: Brief) -> tuple[str, ...]:
    """Notes that say which job it is about: of a talk only to somebody the sender has met."""
    met = "applied" if brief.stage in ("application", "") else "met"
    return tuple(
        note.format(job=main_title(brief.job_title), company=brief.company) for note in kinds()[kind]["reminder"][met]
    )


def particularity(fact: Fact) -> float:
    """How much only this sender could have said it: names, numbers and content words, less for a note too long for one sentence."""
    weight = (
        2 * min(2, len(names(fact.text)))
        + 1.5 * min(2, len(numbers(fact.text)))
        + min(8, len(content_words(fact.text))) / 2
    )
    return weight - max(0, count_words(fact.text) - LONG_NOTE) / 4


def _choose(usable: list[Fact], takes: dict[str, int]) -> list[tuple[Fact, str]]:
    """The facts to take up, as many as the kind takes, in the order of the letter, each with its reason."""
    by_kind = {
        kind: sorted((f for f in usable if f.kind == kind), key=particularity, reverse=True) for kind in FACT_LISTS
    }
    steps = by_kind["next_step"][: takes["steps"]]
    # One thing of each where there are both, so that the letter is neither a record of the talk nor a report on the reader's own work.
    talked = by_kind["conversation"][
        : max(0, takes["specifics"] - (takes["specifics"] > 1 and bool(by_kind["their_work"])))
    ]
    work = by_kind["their_work"][: takes["specifics"] - len(talked)]
    specifics = sorted([*talked, *work], key=lambda f: f.id)
    # What the sender says of themselves earns its place by touching what was talked about; otherwise only where there is room.
    length = FRAME_WORDS + sum(count_words(f.text) + 3 for f in (*specifics, *steps))
    touching = [(sum(1 for s in (*specifics, *steps) if overlap(f.text, s)), f) for f in by_kind["about_me"]]
    fitting = [f for touch, f in sorted(touching, key=lambda t: -t[0]) if touch or length < ROOM]
    own = fitting[: takes["own"]]
    reasons = {
        "conversation": "was really talked about",
        "their_work": "is what they are working on",
        "about_me": "says why the sender can speak to it",
        "next_step": "gives a concrete reason to be in touch",
    }
    return [(fact, reasons[fact.kind]) for fact in (*specifics, *own, *steps)]


def _ruled_out(fact: Fact, brief: Brief) -> LeftOut | None:
    if _says("stings", fact):
        return LeftOut(fact, "it stings, and would in the letter; better told to a friend")
    for phrase in brief.avoid:
        if any(occurrences(fact.text, phrase)):
            return LeftOut(fact, f"holds {phrase!r}, which the brief asks to avoid")
    for said in brief.already_said:
        if said.lower() == fact.text.lower():
            return LeftOut(fact, "was said in an earlier note")
        whole = overlap(fact.text, fact.text)
        if len(whole) >= 2 and len(overlap(said, fact.text)) >= 0.7 * len(whole):
            return LeftOut(fact, "was said in an earlier note")
    return None
