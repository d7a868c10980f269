"""Say of any letter what a thoughtful hiring manager would: pure functions that give findings with spans, scores and a verdict.

read_letter  the zones and sentences                               assistant.zones
find         pattern rules, form, grounding, substance, length     engine, form, grounding, substance, length
read         how each sentence reads                               learned
decide       the verdict, by rules, reading and brief              verdict
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from assistant.brief import Brief
from assistant.checks.book import RuleBook, shipped_book
from assistant.checks.form import check_form
from assistant.checks.learned import letter_measures, read, read_letter, read_scales
from assistant.checks.length import BANDS, check_length
from assistant.checks.profile import Measure, profile
from assistant.checks.substance import check_avoid, check_hook, check_repeats, check_substance, takes_up
from assistant.checks.verdict import (
    decide,
    errors_of,
    excused,
    named_fault,
    rule_measures,
    sentence_findings,
    verdict_of,
)
from assistant.letter import Finding, Letter
from assistant.zones import parse_letter

KINDS = tuple(BANDS)


@dataclass(frozen=True)
class Report:
    """A letter and all that the checks have to say of it, in the order of the text.

    `verdict` is one of good, perfunctory, obsequious, bitter, pushy, ungrounded, other; `certainty` how likely it is, 0 to 1; `why`
    one line. `scales` holds `substantive` and `hook`, 0 to 2 each, as `evals/letters` labels them.
    """

    letter: Letter
    findings: tuple[Finding, ...]
    verdict: str = ""
    certainty: float = 0.0
    why: str = ""
    kind: str = "note"
    scales: Mapping[str, int] = field(default_factory=dict)
    read: Sequence[Mapping[str, float]] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that should keep the letter from going out as it is."""
        return tuple(f for f in self.findings if f.severity == "error")

    @cached_property
    def profile(self) -> tuple[Measure, ...]:
        """Tone and length against the reference letters."""
        return profile(self.letter, self.read, self.kind)

    @property
    def scores(self) -> dict[str, float]:
        """Numbers by name: the two scales, the certainty of the verdict, and the measures of the profile."""
        return {**self.scales, "certainty": round(self.certainty, 3), **{m.name: m.value for m in self.profile}}


def check_letter(
    letter: Letter, brief: Brief | None = None, kind: str = "note", book: RuleBook | None = None
) -> Report:
    """Run all checks on a parsed letter."""
    book = book or shipped_book()
    reading = excused(read(letter), letter, book)
    found = find(letter, brief, kind, book)
    measured = letter_measures(letter, reading) | rule_measures(found, book)
    scales = read_scales(measured)
    found += _kept(check_substance(letter, brief, kind, scales["substantive"]), brief, kind, book)
    found += _kept(check_hook(letter, brief, kind, scales["hook"]), brief, kind, book)
    likely = read_letter(measured)
    verdict = decide(likely, found, book, takes_up(letter, brief, kind) if brief else None, kind)
    if verdict.label == "good" and (fault := named_fault(found, book)):
        verdict = verdict_of(fault, likely, kind)
    # What is "other" for its form alone, a wrong name, has no sentence to blame for it.
    reads_so = max(likely, key=lambda label: likely[label]) == verdict.label
    found += _kept(sentence_findings(letter, reading.sentences, verdict, found, book, reads_so), brief, kind, book)
    found = [f for f in (_lenient(f, verdict.label) for f in found) if f]
    if verdict.label == "other" and (named := errors_of("other", found, book)):
        verdict = replace(verdict, why=named[0].message)
    ordered = sorted(found, key=lambda f: (f.span.start, f.span.end, f.rule))
    return Report(
        letter, tuple(ordered), verdict.label, verdict.certainty, verdict.why, kind, scales, reading.sentences
    )


def _lenient(f: Finding, label: str) -> Finding | None:
    """A good letter may be short, and a little long."""
    if label != "good" or not f.rule.startswith("length."):
        return f
    return None if f.rule == "length.short" else replace(f, severity="warning")


def find(letter: Letter, brief: Brief | None, kind: str, book: RuleBook) -> list[Finding]:
    """What the rules find: for single sentences too, which have no verdict."""
    found: list[Finding] = list(book.engine.run(letter, brief, kind))
    for check_part in (check_form, check_avoid, check_repeats, check_length):
        found += _kept(check_part(letter, brief, kind), brief, kind, book)
    if brief:
        # Here, because its patterns cost 40 ms that a letter without a brief needn't wait for.
        from assistant.checks.grounding import check_grounding

        found += _kept(check_grounding(letter, brief, kind), brief, kind, book)
    return found


def check(text: str, brief: Brief | None = None, kind: str = "note", book: RuleBook | None = None) -> Report:
    """Check a letter as pasted. Without a brief nothing is said about truth. Offsets are code points of `text`."""
    return check_letter(parse_letter(text), brief, kind, book)


def _kept(found: Iterable[Finding], brief: Brief | None, kind: str, book: RuleBook) -> Iterator[Finding]:
    """Findings of rules that the book has and that speak to this kind and region."""
    region = brief.region if brief else ""
    for finding in found:
        rule = book.rules.get(finding.rule)
        if rule and rule.applies(kind, region):
            yield finding


def without(report: Report, gone: Iterable[Finding]) -> Report:
    """The report without some findings: what the user has suppressed."""
    removed = set(gone)
    return replace(report, findings=tuple(f for f in report.findings if f not in removed))
