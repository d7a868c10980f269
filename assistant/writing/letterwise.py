"""Drafting with a large model: the whole letter at once, each sentence citing its facts, revised while the checks find errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from assistant.brief import Brief
from assistant.checks import Report, check_letter
from assistant.checks.length import BANDS, LINKEDIN_CHARACTERS, over
from assistant.errors import Interrupted, NothingWritten, ProviderError, StreamCut
from assistant.letter import Finding, Letter
from assistant.prompts import Template, fenced
from assistant.providers import Message, OnText, Provider, Request, Usage
from assistant.regions import BRITISH_SPELLING, THANKING, region_code
from assistant.text import count_words, one_line, shorten
from assistant.writing.citations import StreamFilter, attribute, citing, take_out
from assistant.writing.compare import newly_broken
from assistant.writing.draft import AFRESH, Beat
from assistant.writing.plan import Plan
from assistant.zones import parse_letter

QUESTION = "QUESTION:"  # how `prompts/change.md` has a model ask back


@dataclass
class LetterWriter:
    """Asks for a letter and for its revisions. `usage` grows with every request."""

    brief: Brief
    provider: Provider
    templates: dict[str, Template]
    seed: int | None
    temperature: float | None
    on_text: OnText
    on_note: Callable[[str], None]
    limit: int = LINKEDIN_CHARACTERS
    usage: Usage = field(default_factory=Usage)

    def write(self, plan: Plan, rounds: int) -> tuple[Report, int]:
        """The letter with the fewest errors of up to 1 + `rounds` attempts, and how many there were."""
        messages = first_messages(self.brief, plan, self.templates[plan.kind], self.limit)
        return self._until_quiet(messages, plan.kind, rounds)

    def change(self, letter: Letter, asked: str, before: Report, rested: bool = True) -> tuple[Report | None, str]:
        """The letter changed as the sender asks, and revised once where that broke what `before` wasn't; or None, and the model's question.

        `rested` False: a letter of the sender's own, on facts that nobody told, is held to its form only.
        """
        kind = before.kind
        facts = [f"{fact.id} ({fact.kind.replace('_', ' ')}): {fenced(fact.text)}" for fact in self.brief.facts]
        messages = self.templates["change"].render(
            letter=fenced(citing(letter)),
            facts="\n".join(facts) or "(none)",
            avoid=fenced("; ".join(self.brief.avoid)),
            asked=fenced(asked),
            low=BANDS[kind].low,
            high=BANDS[kind].high,
        )
        raw = self._ask(messages)
        if raw.lstrip().startswith(QUESTION):
            return None, one_line(raw.lstrip().removeprefix(QUESTION))
        report = self._check(raw, kind, rested)
        broken = newly_broken(before, report)
        if not broken or not report.errors:
            return report, ""
        self.on_note(f"revising: {'; '.join(broken[:3])}")
        revision = self.templates["revise"].render(findings=_as_list(report.errors))
        try:
            again = self._check(self._ask((*messages, Message("assistant", raw), *revision)), kind, rested)
        except ProviderError as error:
            self.on_note(f"it couldn't be revised again ({error})")
            return report, ""
        return (again if len(newly_broken(before, again)) <= len(broken) else report), ""

    def _until_quiet(self, messages: tuple[Message, ...], kind: str, rounds: int) -> tuple[Report, int]:
        best: Report | None = None
        attempt = 0
        while True:
            attempt += 1
            try:
                raw = self._ask(messages)
                report = self._check(raw, kind)
            except Interrupted:
                if best is None:
                    raise
                raise Interrupted(best.letter.text, whole=True) from None
            except ProviderError as error:
                if best is None:
                    raise
                self.on_note(f"it couldn't be revised ({error}); the letter before stands")
                return best, attempt
            if best is None or len(report.errors) <= len(best.errors):
                best = report
            if not report.errors or attempt > rounds:
                return best, attempt
            self.on_note(f"revising: {_listed(report.errors)}")
            revision = self.templates["revise"].render(findings=_as_list(report.errors))
            messages = (*messages, Message("assistant", raw), *revision)

    def _ask(self, messages: tuple[Message, ...]) -> str:
        """The reply. One that broke off is asked for afresh, once, and a remark says so: half a letter is none."""
        try:
            return self._ask_once(messages)
        except StreamCut as cut:
            if not cut.passing:
                raise
            self.on_note(f"{cut}; {AFRESH}")
            try:
                return self._ask_once(messages)
            except Interrupted as stop:
                raise Interrupted(max(stop.partial, cut.partial, key=len)) from None
            except ProviderError as error:
                if isinstance(error, StreamCut) and len(error.partial) > len(cut.partial):
                    raise
                error.partial = cut.partial  # the kind of the error is the second's, which tells what to do
                raise

    def _ask_once(self, messages: tuple[Message, ...]) -> str:
        shown, held = StreamFilter(), _Held()
        request = Request(messages, temperature=self.temperature, seed=self.seed)
        try:
            completion = self.provider.complete(request, lambda piece: self.on_text(shown.feed(held.feed(piece))))
        except StreamCut as cut:
            cut.partial = take_out(cut.partial).text
            raise
        except Interrupted as stop:
            raise Interrupted(take_out(stop.partial).text) from None
        if not held.question:
            self.on_text(shown.feed(held.rest()) + shown.rest() + "\n")
        self.usage += completion.usage
        return completion.texts[0]

    def _check(self, raw: str, kind: str, rested: bool = True) -> Report:
        cited = take_out(raw)
        letter, findings = attribute(parse_letter(cited.text), cited, self.brief)
        framed = (
            kind == "linkedin"
            or letter.greeting.end > letter.greeting.start
            or letter.signature.end > letter.signature.start
        )
        if count_words(letter.text) < 5 or not letter.sentences or not framed:
            raise NothingWritten(
                f"{self.provider.model} sent no letter but {shorten(one_line(letter.text), 60)!r}; try again, or another model"
            )
        report = check_letter(letter, self.brief if rested else None, kind)
        kept = [f for f in report.findings if f.rule != "length.linkedin"]  # that was measured by the most there is
        longer = over(letter, self.limit) if kind == "linkedin" else ()
        found = sorted([*kept, *findings, *longer], key=lambda f: (f.span.start, f.span.end, f.rule))
        return replace(report, findings=tuple(found))


class _Held:
    """Holds a reply back until it is sure that it is a letter and no question."""

    def __init__(self) -> None:
        self._text = ""
        self.question = False
        self._sure = False

    def feed(self, piece: str) -> str:
        """What can be shown now."""
        if self._sure:
            return piece
        self._text += piece
        begun = self._text.lstrip()
        self.question = begun.startswith(QUESTION)
        if self.question or QUESTION.startswith(begun[: len(QUESTION)]):
            return ""
        self._sure = True
        return self.rest()

    def rest(self) -> str:
        """What was held, when the reply ended."""
        held, self._text = self._text, ""
        return held


def first_messages(
    brief: Brief, plan: Plan, template: Template, limit: int = LINKEDIN_CHARACTERS
) -> tuple[Message, ...]:
    """Exactly what is sent for the first draft: also what --dry-run prints."""
    band = BANDS[plan.kind]
    about = {
        "sender": brief.sender,
        "recipient": brief.recipient,
        "recipient's role": brief.recipient_role,
    }
    about |= {
        "company": brief.company,
        "job": brief.job_title,
        "stage reached": brief.stage,
        "region": brief.region,
    }
    about |= {
        "said before, don't repeat": "; ".join(brief.already_said),
        "must not appear": "; ".join(brief.avoid),
    }
    facts = [f"{fact.id} ({fact.kind.replace('_', ' ')}): {fenced(fact.text)}" for fact in plan.facts]
    steps = [f"{n}. {_step(beat)}" for n, beat in enumerate(plan.beats, 1)]
    if plan.kind == "linkedin":
        steps.append(f"all of it in at most {limit} characters, greeting and name included")
    return template.render(
        brief="\n".join(f"{key}: {fenced(value)}" for key, value in about.items() if value),
        facts="\n".join(facts) or "(none)",
        plan="\n".join(steps),
        low=band.low,
        high=band.high,
        thanks=_thanks(brief, plan.kind),
    )


def _step(beat: Beat) -> str:
    """One beat of the plan as the model is told it; a note that the kind brings is said in the sender's words."""
    about = f" [{beat.fact.id}]" if beat.fact else ""
    words = f", such as {fenced(beat.notes[0])}" if beat.notes else ""
    return f"{beat.part.replace('_', ' ')}{about}: {beat.why}{words}"


def _thanks(brief: Brief, kind: str) -> str:
    """What is told of thanks, and of spelling, for this kind and region."""
    region = region_code(brief.region)
    spelling = " British spelling." if region in BRITISH_SPELLING else ""
    if kind in ("lead", "reopened"):
        return f"One plain thanks, for what they did; never for the decision.{spelling}"
    if region in THANKING:
        return f"At most one plain thanks, for one thing; never for the decision.{spelling}"
    said = f"In {one_line(brief.region)} thank-you notes are no custom: no thanks at all, keep the substance, lower the temperature."
    return said + spelling


def _listed(findings: tuple[Finding, ...]) -> str:
    return "; ".join(f.message for f in findings[:3]) + ("; …" if len(findings) > 3 else "")


def _as_list(findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"- {fenced(shorten(one_line(f.text), 120))}: {f.message}. {f.fix}" for f in findings)
