"""Hold a letter to the brief and to the guidance: pure functions, each giving findings with spans.

A check is `(letter, brief or None, kind) -> findings`; the list below is all there is to adding one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assistant.brief import Brief
from assistant.checks.form import check_form
from assistant.checks.grounding import check_grounding
from assistant.checks.length import check_length
from assistant.checks.substance import check_avoid, check_hook, check_repeats, check_substance
from assistant.checks.tone import check_never, check_thanks
from assistant.letter import Finding, Letter, parse_letter

Check = Callable[[Letter, Brief | None, str], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    check_form,
    check_grounding,
    check_avoid,
    check_never,
    check_thanks,
    check_substance,
    check_hook,
    check_repeats,
    check_length,
)


@dataclass(frozen=True)
class Report:
    """A letter and all that the checks have to say of it, in the order of the text."""

    letter: Letter
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that should keep the letter from going out as it is."""
        return tuple(f for f in self.findings if f.severity == "error")


def check_letter(letter: Letter, brief: Brief | None = None, kind: str = "note") -> Report:
    """Run all checks on a parsed letter."""
    found = [finding for check in CHECKS for finding in check(letter, brief, kind)]
    return Report(letter, tuple(sorted(found, key=lambda f: (f.span.start, f.span.end, f.rule))))


def check(text: str, brief: Brief | None = None, kind: str = "note") -> Report:
    """Check a letter as pasted. Without a brief nothing is said about truth. Offsets are code points of `text`."""
    return check_letter(parse_letter(text), brief, kind)
