"""Drafting with a small model: one sentence at a time, several candidates, and the checks choose.

The model writes every sentence of the letter and its subject line. The code decides which notes are taken up and in what order, turns
down every candidate that a check has something against or that isn't likely enough to be true, and takes the likeliest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.brief import Brief, Fact
from assistant.checks.faithful import faults
from assistant.checks.parts import closing_faults, main_title, opening_faults, subject_faults
from assistant.errors import Interrupted, ProviderError
from assistant.letter import Letter
from assistant.providers import OnText
from assistant.writing.candidates import Ask, Candidates, start_of
from assistant.writing.draft import LeftOut
from assistant.writing.frame import greeting, letter_text, sign_off
from assistant.writing.plan import Plan
from assistant.zones import parse_letter

# How likely a sentence on a fact must be true (`checks.soundness`); how far the candidates of a wish tied to their work must agree.
SURE = 0.86  # of the surest sentence a note, four in five lie above it, and of those one in thirty is untrue
SURE_WISH = 0.85
FEW = 2  # facts: a letter with fewer takes up more than its plan wanted of a kind
MOST_DRAWN = 6  # facts that sentences are drawn for: the plan's, and of the reserve what makes up the number
# What may stand in for each other, and in this order in the letter: what was talked about and their work, the sender, the next step.
GROUPS = (("conversation", "their_work"), ("about_me",), ("next_step",))
LONGEST_NOTE = 600  # bytes: beyond, no one or two sentences carry a note, and the engine's slots wouldn't hold it

OnNote = Callable[[str], None]


@dataclass
class SentenceWriter:
    """One letter in the making. `left_out` names every fact that it doesn't take up."""

    brief: Brief
    candidates: Candidates
    on_text: OnText
    on_note: OnNote
    left_out: list[LeftOut] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)

    def write(self, plan: Plan) -> Letter:
        """The whole letter, said aloud through `on_text` as it grows. Raises ProviderError when not even an opening could be had."""
        try:
            return self._write(plan)
        except Interrupted:
            raise Interrupted("".join(self._text)) from None

    def _write(self, plan: Plan) -> Letter:
        cited: dict[str, tuple[str, ...]] = {}
        subject, opening = self._top()
        self._say(f"Subject: {subject}\n\n{greeting(self.brief)}\n\n{opening}\n\n")

        chosen = self._choose(plan)
        works = [f for f in chosen if f.kind == "their_work"]
        self.candidates.draw(map(self._wish, works))
        middle = self._tell([f for f in chosen if f.kind != "next_step"], cited)
        if middle:
            self._say("\n\n")
        last = self._tell([f for f in chosen if f.kind == "next_step"], cited)
        closing = self._closing(works, cited)
        if closing:
            self._say((" " if last else "") + closing)
        ending = sign_off(self.brief)
        self._say(f"\n\n{ending}\n")
        paragraphs = [opening, " ".join(middle), " ".join([*last, closing] if closing else last)]
        return parse_letter(letter_text(subject, greeting(self.brief), paragraphs, ending)).citing(cited)

    def _choose(self, plan: Plan) -> list[Fact]:
        """The facts that the letter takes up: of each group as many as planned, those whose sentences are likeliest right.

        What is left out is named: that no sentence was found, or that others were better.
        """
        facts = [f for f in (*plan.facts, *plan.reserve) if self._fits(f)][:MOST_DRAWN]
        self.candidates.draw([*map(self._ask, facts), self._wish(None)])
        for group in GROUPS:
            planned = [f for f in plan.facts if f.kind in group]
            if sum(f.kind in group and self._had(f) for f in facts) >= min(2, len(planned)):
                continue
            self.candidates.draw(
                ask
                for f in planned
                if f in facts and not self._had(f) and not self.candidates.hopeless(ask := self._ask(f))
            )
        chosen: list[Fact] = []
        for group in GROUPS:
            had = [f for f in facts if f.kind in group and self._had(f)]
            best = sorted(had, key=lambda f: -self.candidates.worth(self._ask(f)))
            chosen += best[: sum(f.kind in group for f in plan.facts)]
        if len(chosen) < FEW:  # a short letter takes what else is sound
            rest = [f for f in facts if self._had(f) and f not in chosen]
            chosen += sorted(rest, key=lambda f: -self.candidates.worth(self._ask(f)))[: FEW - len(chosen)]
        chosen.sort(key=lambda f: ([f.kind in group for group in GROUPS].index(True), facts.index(f)))
        self.left_out += [LeftOut(f, self._reason(f, plan)) for f in (*plan.facts, *plan.reserve) if f not in chosen]
        for out in self.left_out:
            if out.fact in plan.facts and not self._had(out.fact):
                self.on_note(f"left out {out.fact.id}: no faithful sentence")
        return chosen

    def _had(self, fact: Fact) -> bool:
        return self.candidates.worth(self._ask(fact)) > 0

    def _reason(self, fact: Fact, plan: Plan) -> str:
        if not self._fits(fact):
            return "it is too long for one sentence; split it"
        if self._had(fact) or fact not in plan.facts:
            return "the letter has enough without it"
        return "the model found no sentence that says just this"

    def _top(self) -> tuple[str, str]:
        """Subject line, and the decision in one line; for a long or divided job title the opening may use its main part."""
        line = self._subject()
        openings = [
            Ask("opening", self._situation(title), lambda s: opening_faults(s, self.brief), varied=True)
            for title in dict.fromkeys((self.brief.job_title, main_title(self.brief.job_title)))
        ]
        self.candidates.draw([line, *openings])
        self.candidates.draw(ask for ask in (line, openings[0]) if not self.candidates.best(ask))
        opening = next(filter(None, map(self.candidates.best, openings)), "")
        if not opening:
            model = self.candidates.provider.model
            raise ProviderError(f"{model} found no sound opening sentence; try another --seed, or another model")
        # The one line the code supplies when the model fails: the bare job title claims nothing and is what a thread would be called.
        return self.candidates.best(line) or self.brief.job_title, opening

    def _fits(self, fact: Fact) -> bool:
        return len(fact.text.encode()) <= LONGEST_NOTE

    def _tell(self, facts: list[Fact], cited: dict[str, tuple[str, ...]]) -> list[str]:
        """The sentences on these facts, each said aloud once."""
        out: list[str] = []
        for fact in facts:
            sentence = self.candidates.best(self._ask(fact), frozenset(map(start_of, cited)))
            if sentence in cited:  # two notes that say the same
                cited[sentence] += (fact.id,)
                continue
            self._say((" " if out else "") + sentence)
            out.append(sentence)
            cited[sentence] = (fact.id,)
        return out

    def _closing(self, works: list[Fact], cited: dict[str, tuple[str, ...]]) -> str:
        """Good wishes tied to their work where a sentence on it stands and bears that, plain ones otherwise."""
        used = {i for ids in cited.values() for i in ids}
        for work in works:
            if work.id in used and (tied := self.candidates.best(self._wish(work))) and tied not in cited:
                cited[tied] = (work.id,)
                return tied
        return self.candidates.best(self._wish(None))

    def _ask(self, fact: Fact) -> Ask:
        return Ask(fact.kind, fact.text, lambda s: faults(s, fact, self.brief), SURE, fact)

    def _wish(self, work: Fact | None) -> Ask:
        stage = f"stage: {self.brief.stage or 'interview'}; region: {self.brief.region or 'US'}"
        if not work:
            return Ask("closing", stage, lambda s: closing_faults(s, "", self.brief), varied=True)
        note = f"{stage}; about: {work.text}"
        return Ask("closing", note, lambda s: closing_faults(s, work.text, self.brief), SURE_WISH)

    def _subject(self) -> Ask:
        """The role and the company: lines on what was talked about were tried and came out odd too often to be the first thing read."""
        note = f"job: {self.brief.job_title}; company: {self._employer()}"
        return Ask("subject", note, lambda s: subject_faults(s, "", self.brief), whole=False)

    def _situation(self, title: str) -> str:
        parts = {"job": title, "company": self._employer(), "stage": self.brief.stage, "region": self.brief.region}
        return "; ".join(f"{key}: {value}" for key, value in parts.items() if value)

    def _employer(self) -> str:
        """The company, but not to a recruiter: theirs is often another one than the job's."""
        return "" if self.brief.recipient_role == "recruiter" else self.brief.company

    def _say(self, text: str) -> None:
        self._text.append(text)
        self.on_text(text)
