"""Drafting with a small model: one sentence at a time, several candidates, and the checks choose.

The model writes every sentence of the letter and its subject line. The code decides which notes are taken up and in what order, turns down
every candidate that a check has something against, and takes, of those left, the one most like the others: a small model's
slips differ from each other, its sound renderings agree.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, field

from assistant.brief import Brief, Fact
from assistant.checks import check_letter
from assistant.checks.faithful import faults
from assistant.checks.parts import closing_faults, main_title, opening_faults, subject_faults
from assistant.checks.vocabulary import words
from assistant.errors import Interrupted, ProviderError
from assistant.letter import Letter, parse_letter
from assistant.prompts import Template
from assistant.providers import OnText, Provider, Request, Usage
from assistant.text import clean, count_words
from assistant.writing.draft import LeftOut
from assistant.writing.frame import greeting, letter_text, sign_off
from assistant.writing.plan import Plan

# Rounds of candidates: how many, and how freely drawn. The second is asked for only when the first leaves nothing sure.
ROUNDS = ((6, 0.5), (8, 0.7))
# A sentence on a fact is used only when it shares this much with the other candidates: where a small model is unsure, they differ.
# Read by eye on 22 briefs: below 0.8 about half were wrong or awkward, above it about one in ten; a little more is asked.
SURE = 0.85
SENTENCE_TOKENS = 90
ENOUGH_WORDS = 85  # with this many words in the body, no reserve fact is called up for one that was left out

OnNote = Callable[[str], None]


@dataclass(frozen=True)
class Ask:
    """One sentence wanted: its part and note as the model was taught them, what speaks against a candidate, and how sure it must be.

    `whole` is false for a subject line, which the checks for sentences don't fit.
    """

    part: str
    note: str
    faults: Callable[[str], list[str]]
    sure: float = 0.0
    whole: bool = True


@dataclass
class SentenceWriter:
    """One letter in the making. `usage` grows with every request; `left_out` with every fact that no candidate carried."""

    brief: Brief
    provider: Provider
    template: Template
    seed: int
    on_text: OnText
    on_note: OnNote
    usage: Usage = field(default_factory=Usage)
    left_out: list[LeftOut] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _asked: int = 0

    def write(self, plan: Plan) -> Letter:
        """The whole letter, said aloud through `on_text` as it grows. Raises ProviderError when not even an opening could be had."""
        try:
            return self._write(plan)
        except Interrupted:
            raise Interrupted("".join(self._text)) from None

    def _write(self, plan: Plan) -> Letter:
        cited: dict[str, tuple[str, ...]] = {}
        subject = self._subject()
        self._say(f"Subject: {subject}\n\n{greeting(self.brief)}\n\n")

        opening = self._opening()
        if not opening:
            raise ProviderError(
                f"{self.provider.model} found no sound opening sentence; try another --seed, or another model"
            )
        self._say(opening + "\n\n")

        middle = self._facts(
            [f for f in plan.facts if f.kind != "next_step"], [f for f in plan.reserve if f.kind != "next_step"], cited
        )
        if middle:
            self._say("\n\n")
        last = self._facts(
            [f for f in plan.facts if f.kind == "next_step"], [f for f in plan.reserve if f.kind == "next_step"], cited
        )
        closing = self._closing(plan, cited)
        if closing:
            self._say((" " if last else "") + closing)
        ending = sign_off(self.brief)
        self._say(f"\n\n{ending}\n")
        paragraphs = [opening, " ".join(middle), " ".join([*last, closing] if closing else last)]
        self.left_out += [
            LeftOut(f, "the letter is full without it") for f in plan.reserve if not self._mentioned(f, cited)
        ]
        return parse_letter(letter_text(subject, greeting(self.brief), paragraphs, ending)).citing(cited)

    def _opening(self) -> str:
        """The decision in one line; for a long or divided job title a second try with its main part."""
        for title in dict.fromkeys((self.brief.job_title, main_title(self.brief.job_title))):
            ask = Ask("opening", self._situation(title), lambda s: opening_faults(s, self.brief))
            if sentence := self._pick(ask):
                return sentence
        return ""

    def _mentioned(self, fact: Fact, cited: dict[str, tuple[str, ...]]) -> bool:
        return any(fact.id in ids for ids in cited.values()) or any(out.fact == fact for out in self.left_out)

    def _facts(self, facts: list[Fact], reserve: list[Fact], cited: dict[str, tuple[str, ...]]) -> list[str]:
        """A sentence for each fact; for one that can't be had, the next of the reserve."""
        out: list[str] = []
        spare = list(reserve)
        for fact in facts:
            candidate: Fact | None = fact
            while candidate:
                sentence = self._fact(candidate, [*cited, *out])
                if sentence:
                    self._say((" " if out else "") + sentence)
                    out.append(sentence)
                    cited[sentence] = (candidate.id,)
                    break
                self.left_out.append(LeftOut(candidate, "the model found no sentence that says just this"))
                self.on_note(f"left out {candidate.id}: no faithful sentence")
                candidate = spare.pop(0) if spare and count_words(" ".join(cited)) < ENOUGH_WORDS else None
        return out

    def _fact(self, fact: Fact, before: list[str]) -> str:
        starts = {_start(s) for s in before}
        return self._pick(Ask(fact.kind, fact.text, lambda s: faults(s, fact, self.brief), SURE), starts)

    def _closing(self, plan: Plan, cited: dict[str, tuple[str, ...]]) -> str:
        """Good wishes tied to their work where that bears it, plain ones otherwise."""
        used = {i for ids in cited.values() for i in ids}
        stage = f"stage: {self.brief.stage or 'interview'}; region: {self.brief.region or 'US'}"
        work = next((f for f in plan.facts if f.kind == "their_work" and f.id in used), None)
        if work:
            about = f"{stage}; about: {work.text}"
            tied = self._pick(Ask("closing", about, lambda s: closing_faults(s, work.text, self.brief), SURE))
            if tied:
                cited[tied] = (work.id,)
                return tied
        return self._pick(Ask("closing", stage, lambda s: closing_faults(s, "", self.brief)))

    def _subject(self) -> str:
        """The role and the company: lines on what was talked about were tried and came out odd too often to be the first thing read."""
        note = f"job: {self.brief.job_title}; company: {self.brief.company}"
        line = self._pick(Ask("subject", note, lambda s: subject_faults(s, "", self.brief), whole=False))
        # The one line the code supplies when the model fails: the bare job title claims nothing and is what a thread would be called.
        return line or self.brief.job_title

    def _situation(self, title: str) -> str:
        parts = {"job": title, "company": self.brief.company, "stage": self.brief.stage, "region": self.brief.region}
        return "; ".join(f"{key}: {value}" for key, value in parts.items() if value)

    def _pick(self, ask: Ask, starts: Set[str] = frozenset()) -> str:
        """The best of several candidates that nothing is found against; "" when there is none, or none that is sure enough."""
        messages = self.template.render(recipient=self.brief.recipient, part=ask.part, note=ask.note)
        candidates: list[str] = []
        for n, temperature in ROUNDS:
            self._asked += 1
            seed = self.seed * 1000 + self._asked
            request = Request(messages, n=n, max_tokens=SENTENCE_TOKENS, temperature=temperature, seed=seed)
            completion = self.provider.complete(request)
            self.usage += completion.usage
            candidates += [clean(text).strip() for text in completion.texts]
            if all(c == "∅" for c in candidates):
                return ""
            sound = [c for c in candidates if not ask.faults(c) and (not ask.whole or self._holds(c))]
            sure = {c: agreement for c in sound if (agreement := _agreement(c, candidates)) >= ask.sure}
            if sure:
                return max(sure, key=lambda c: sure[c] - (0.3 if _start(c) in starts else 0.0))
        return ""

    def _holds(self, sentence: str) -> bool:
        """The whole-letter checks have nothing against it either."""
        report = check_letter(
            parse_letter(f"{greeting(self.brief)}\n\n{sentence}\n\n{sign_off(self.brief)}\n"), self.brief, "ack"
        )
        return not any(f.rule.startswith(("grounding.", "tone.", "avoid.", "form.", "thanks.")) for f in report.errors)

    def _say(self, text: str) -> None:
        self._text.append(text)
        self.on_text(text)


def _start(sentence: str) -> str:
    return " ".join(sentence.split()[:2]).lower()


def _agreement(candidate: str, candidates: list[str]) -> float:
    """Mean share of words in common with the other candidates, 0 to 1."""
    others = list(candidates)
    others.remove(candidate)
    own = {w.stem for w in words(candidate)}
    shares = [len(own & other) / max(1, len(own | other)) for other in ({w.stem for w in words(c)} for c in others)]
    return sum(shares) / max(1, len(shares))
