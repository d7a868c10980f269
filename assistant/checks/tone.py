"""The first two checks of tone: what never goes in, and how much thanks a letter bears."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.brief import Brief
from assistant.checks.vocabulary import cue
from assistant.letter import Finding, Letter, Severity, Span


def check_never(letter: Letter, brief: Brief | None, kind: str) -> Iterator[Finding]:
    """`tone.never`: pleading, self-abasement, superlatives, comparison with the person hired (source: 000 article, 002, 004)."""
    for m in cue("never").finditer(letter.text, letter.body.start, letter.body.end):
        if brief and any(m.group().lower() in fact.text.lower() for fact in brief.facts):
            continue  # the sender's own words about something real: "honored to present with you"
        yield Finding(
            "tone.never",
            "error",
            "this costs the letter its dignity",
            Span(m.start(), m.end()),
            m.group(),
            "say it plainly, or not at all",
        )


def check_thanks(letter: Letter, brief: Brief | None, kind: str) -> Iterator[Finding]:
    """`thanks.budget`: one thanks of substance; `thanks.rejection`: never for being turned down (source: 000 article, 004)."""
    rejection = cue("thanks_for_rejection").search(letter.text, letter.body.start, letter.body.end)
    if rejection:
        span = Span(rejection.start(), rejection.end())
        yield Finding(
            "thanks.rejection",
            "error",
            "thanks for the rejection itself",
            span,
            rejection.group(),
            "take the decision in one line, without thanks",
        )
    all_thanks = list(cue("thanks").finditer(letter.text, letter.body.start, letter.body.end))
    for m in all_thanks[1:]:
        severity: Severity = "error" if len(all_thanks) > 2 else "warning"
        yield Finding(
            "thanks.budget",
            severity,
            f"{len(all_thanks)} thanks in one letter",
            Span(m.start(), m.end()),
            m.group(),
            "thank once, for one thing",
        )
