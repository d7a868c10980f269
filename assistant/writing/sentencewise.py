"""Drafting with a small model: one sentence at a time, several candidates, and the checks choose.

The model writes every sentence of the letter and its subject line. The code decides which notes are taken up and in what order, turns
down every candidate that a check has something against or that isn't likely enough to be true, and takes the likeliest.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from assistant.brief import Brief, Fact
from assistant.checks.length import LINKEDIN_CHARACTERS
from assistant.checks.parts import main_title
from assistant.checks.vocabulary import rules
from assistant.errors import Interrupted, NothingWritten
from assistant.letter import Letter
from assistant.providers import OnText
from assistant.text import shorten
from assistant.writing.asks import for_opening, for_subject, for_wish, on_fact
from assistant.writing.candidates import Ask, Candidates, start_of
from assistant.writing.draft import Beat, LeftOut
from assistant.writing.frame import greeting, letter_text, sign_off
from assistant.writing.limits import drawn_facts, limit_of
from assistant.writing.plan import Plan, kinds
from assistant.writing.request import write_request
from assistant.zones import parse_letter

FEW = 2  # facts: a letter with fewer takes up more than its plan wanted of a kind
# What may stand in for each other, and in this order in the letter: what was talked about and their work, the sender, the next step.
GROUPS = (("conversation", "their_work"), ("about_me",), ("next_step",))
OPENINGS = 5  # ways to open that are tried at once
WISH_AGAIN = 3  # times that more are drawn while none holds
NOT_FOUND = "the model found no sentence that says just this; a shorter, plainer note may do"
OWN_WORDS = ", in your own words: the model found no sure sentence"
STANDS_IN = "has a surer sentence than one that was planned"

OnNote = Callable[[str], None]


@dataclass
class SentenceWriter:
    """One letter in the making, the one at `place` in its batch.

    `left_out` names every fact that it doesn't take up, `done` what it does, with the reasons; `alike` are facts all of whose sentences
    begin like one that stands.
    """

    brief: Brief
    candidates: Candidates
    on_text: OnText
    on_note: OnNote
    place: int | None = None
    limit: int = LINKEDIN_CHARACTERS
    left_out: list[LeftOut] = field(default_factory=list)
    done: list[Beat] = field(default_factory=list)
    alike: set[Fact] = field(default_factory=set)
    alike_too: bool = False
    _text: list[str] = field(default_factory=list)

    def write(self, plan: Plan) -> Letter:
        """The whole letter, said aloud through `on_text` as it grows. Raises ProviderError when not even an opening could be had."""
        try:
            return self._write(plan)
        except Interrupted:
            raise Interrupted("".join(self._text)) from None

    def _write(self, plan: Plan) -> Letter:
        if plan.kind == "linkedin":
            return write_request(self, plan, self.limit)
        cited: dict[str, tuple[str, ...]] = {}
        subject, opening = self._top(plan)
        if plan.opening and plan.opening.fact:
            cited[opening] = (plan.opening.fact.id,)
        hello = greeting(self.brief)
        self._say("\n\n".join(filter(None, (f"Subject: {subject}", hello, opening))) + "\n\n")

        self.alike_too = plan.kind == "reopened"  # an answer: two plain sentences are better than a turned one
        chosen = self.choose(plan, opening)
        must = [f for f in plan.middle if f.kind in kinds()[plan.kind].get("must", ())]
        for fact in (f for f in must if f not in chosen):  # once more, plainly begun
            if sentence := self.given(fact.kind, Beat(fact.kind, "", fact, starts=tuple(rules("starts")["plainly"]))):
                chosen[fact] = sentence
        self.left_out = [out for out in self.left_out if out.fact not in chosen]
        if lost := [f for f in must if f not in chosen]:
            what = f"{lost[0].id} ({shorten(lost[0].text)})"
            raise self.failed(f"no sound sentence on {what}, which the letter is for; put it shorter and plainer")
        asked = self.asked(plan)
        taken = [self._taken(plan, f, sentence) for f, sentence in chosen.items()]
        self.done = [
            *plan.beats[: bool(plan.opening)],
            *taken,
            *(b for b in plan.beats if b.notes and b is not plan.opening),
        ]
        works = [f for f in chosen if f.kind == "their_work" and kinds()[plan.kind]["closes"] is True]
        closes = plan.beats[-1].part == "closing"
        self.done += plan.beats[-1:] if closes else []
        self.candidates.draw([for_wish(self.brief, work) for work in works] if closes else [])
        middle = self._tell({f: s for f, s in chosen.items() if f.kind != "next_step"}, cited)
        if middle:
            self._say("\n\n")
        last = self._tell({f: s for f, s in chosen.items() if f.kind == "next_step"}, cited)
        for sentence in filter(None, (asked, self._closing(works, cited) if closes else "")):
            self._say((" " if last else "") + sentence)
            last.append(sentence)
        ending = sign_off(self.brief)
        self._say(f"\n\n{ending}\n")
        return parse_letter(letter_text(subject, hello, [opening, " ".join(middle), " ".join(last)], ending)).citing(
            cited
        )

    def _taken(self, plan: Plan, fact: Fact, sentence: str) -> Beat:
        """The beat that a fact is, with a word where it is said as the note has it."""
        beat = next((b for b in plan.beats if b.fact == fact), Beat(fact.kind, STANDS_IN, fact))
        return replace(beat, why=beat.why + OWN_WORDS) if self.candidates.is_own(sentence) else beat

    def asked(self, plan: Plan) -> str:
        """The sentence that the kind of letter brings itself, such as the question for feedback; "" when it has none."""
        beat = next((b for b in plan.beats if b.notes and b is not plan.opening), None)
        if not beat:
            return ""
        sentence = self.given("next_step", beat)
        if not sentence and plan.asked:
            raise self.failed("no sound question")
        return sentence

    def given(self, part: str, beat: Beat) -> str:
        """The likeliest sentence on a note of the kind's own, or on the fact that a letter must open with."""
        notes = [beat.fact] if beat.fact else [Fact("", part, note) for note in beat.notes]
        for starts in dict.fromkeys(
            (beat.starts, ())
        ):  # where none that begins so is sound, one that begins as it likes
            asks = [replace(on_fact(fact, self.brief), start=start) for fact in notes for start in starts or ("",)]
            self.candidates.draw(asks)
            if sentence := self.candidates.best(max(asks, key=self.candidates.worth)):
                return sentence
        return ""

    def choose(self, plan: Plan, opening: str) -> dict[Fact, str]:
        """The facts that the letter takes up, each with its sentence: of each group as many as planned, the likeliest right.

        What is left out is named: that no sentence was found, or that others were better.
        """
        facts = drawn_facts(plan)
        self.candidates.draw(
            [
                *(on_fact(f, self.brief) for f in facts),
                *([for_wish(self.brief, None)] if plan.beats[-1].part == "closing" else []),
            ]
        )
        for group in GROUPS:
            planned = [f for f in plan.middle if f.kind in group]
            if sum(f.kind in group and self._had(f) for f in facts) >= min(2, len(planned)):
                continue
            self.candidates.draw(
                ask
                for f in planned
                if f in facts and not self._had(f) and not self.candidates.hopeless(ask := on_fact(f, self.brief))
            )
        chosen: dict[Fact, str] = {}
        for kind in dict.fromkeys(f.kind for f in plan.middle):
            self._take([f for f in facts if f.kind == kind], sum(f.kind == kind for f in plan.middle), opening, chosen)
        for group in GROUPS:
            room = sum(f.kind in group for f in plan.middle) - sum(f.kind in group for f in chosen)
            self._take([f for f in facts if f.kind in group], room, opening, chosen)
        # A short letter takes what else is sound, but no more than its kind bears.
        self._take(
            facts,
            min(FEW, len(plan.middle)) - len(chosen) if plan.kind != "note" else FEW - len(chosen),
            opening,
            chosen,
        )
        if plan.kind == "note" and not any(f.kind in GROUPS[0] for f in chosen):
            # What the sender says of themselves, with nothing for it to touch, stands there oddly.
            chosen = {f: sentence for f, sentence in chosen.items() if f.kind == "next_step"}
        self.left_out += [LeftOut(f, self._reason(f, plan)) for f in (*plan.middle, *plan.reserve) if f not in chosen]
        for out in self.left_out:
            if out.fact in plan.middle and out.fact in facts and not self._had(out.fact):
                self.on_note(f"left out {out.fact.id}: no faithful sentence")
        for fact in (f for f, sentence in chosen.items() if self.candidates.is_own(sentence)):
            self.on_note(f"{fact.id} stands in your own words: read it once")
        place = {kind: number for number, group in enumerate(GROUPS) for kind in group}
        return dict(sorted(chosen.items(), key=lambda item: (place[item[0].kind], facts.index(item[0]))))

    def _take(self, facts: list[Fact], room: int, opening: str, chosen: dict[Fact, str]) -> None:
        """Up to `room` more of these facts into `chosen`, the likeliest right first; no two facts' sentences begin alike."""
        for fact in sorted(facts, key=lambda f: -self.candidates.worth(on_fact(f, self.brief))):
            if room < 1:
                return
            starts = frozenset() if self.alike_too else frozenset(map(start_of, (opening, *chosen.values())))
            if fact in chosen or fact in self.alike or not self._had(fact):
                continue
            if sentence := self._sentence(fact, starts):
                chosen[fact] = sentence
                room -= 1
            else:
                self.alike.add(fact)

    def _sentence(self, fact: Fact, starts: frozenset[str]) -> str:
        """The best sentence on a fact that begins unlike these; where all begin so, others are drawn that begin as told."""
        ask = on_fact(fact, self.brief)
        if sentence := self.candidates.best(ask, starts):
            return sentence
        others = [replace(ask, start=start) for start in rules("starts")[fact.kind] if start_of(start) not in starts]
        self.candidates.draw(others)
        best = max(others, key=self.candidates.worth, default=ask)
        return self.candidates.best(best, starts)

    def _had(self, fact: Fact) -> bool:
        return self.candidates.worth(on_fact(fact, self.brief)) > 0

    def _reason(self, fact: Fact, plan: Plan) -> str:
        if limit := limit_of(fact):
            return limit
        if fact in drawn_facts(plan) and not self._had(fact):
            return NOT_FOUND
        if fact in self.alike:
            return "every sentence found on it begins like another of the letter"
        if fact.kind == "about_me":
            return "the letter has nothing for it to touch, or enough without it"
        return "the letter has enough without it"

    def _top(self, plan: Plan) -> tuple[str, str]:
        """Subject line and opening: what the kind opens with, or the decision in one line."""
        beat = plan.opening
        line = for_subject(self.brief)
        # The one line the code supplies when the model fails: the bare title claims nothing and is what a thread would be called.
        if beat and not (beat.fact or beat.notes):
            opening = self._decision(line)
            return self.candidates.best(line) or self.brief.job_title, opening
        self.candidates.draw([line])
        opening = self.given("conversation", beat) if beat else ""
        if beat and not opening:
            about = f" on {beat.fact.id}, where a shorter, plainer note may do" if beat.fact else ""
            raise self.failed(f"no sound opening sentence{about}")
        return self.candidates.best(line) or self.brief.job_title, opening

    def failed(self, what: str) -> NothingWritten:
        """The error that says what the model didn't find."""
        return NothingWritten(f"{self.candidates.provider.model} found {what}; try another --seed, or another model")

    def _decision(self, line: Ask) -> str:
        """The decision in one line; for a long or divided job title the opening may use its main part."""
        starts = list(rules("starts")["opening"])
        random.Random(self.candidates.seed).shuffle(starts)
        place = zlib.crc32(repr(self.brief).encode()) if self.place is None else self.place
        starts = starts[place % len(starts) :] + starts[: place % len(starts)]
        titles = dict.fromkeys((self.brief.job_title, main_title(self.brief.job_title)))
        rounds = [starts[at : at + OPENINGS] for at in range(0, len(starts), OPENINGS)]
        for title, some in ((title, some) for some in rounds for title in titles):
            openings = [for_opening(self.brief, title, start) for start in some]
            self.candidates.draw([*openings, *([line] if self.candidates.fresh(line) else [])])
            if opening := next(filter(None, map(self.candidates.best, openings)), ""):
                return opening
        raise self.failed("no sound opening sentence")

    def _tell(self, sentences: dict[Fact, str], cited: dict[str, tuple[str, ...]]) -> list[str]:
        """These sentences, each said aloud once."""
        out: list[str] = []
        for fact, sentence in sentences.items():
            self._say((" " if out else "") + sentence)
            out.append(sentence)
            cited[sentence] = (fact.id,)
        return out

    def _closing(self, works: list[Fact], cited: dict[str, tuple[str, ...]]) -> str:
        """Good wishes tied to their work where a sentence on it stands and bears that, plain ones otherwise; rather none that begin like
        the sentence before.
        """
        starts = frozenset(map(start_of, cited))
        for work in works:
            if tied := self.candidates.best(for_wish(self.brief, work), starts):
                cited[tied] = (work.id,)
                return tied
        plain = for_wish(self.brief, None)
        for _ in range(WISH_AGAIN):
            if self.candidates.best(plain):
                break
            self.candidates.draw([plain])
        return self.candidates.best(plain, starts) or self.candidates.best(plain)

    def _say(self, text: str) -> None:
        self._text.append(text)
        self.on_text(text)
