"""One draft, or one for each person of a panel, held against each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.cli.terminal import say

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.writing import Draft, Options

AGAIN = 2  # times that a letter too like an earlier one is drafted anew


def drafts_for(
    brief: Brief, people: list[str] | None, options: Options, draft: Callable[[Brief, Options], Draft]
) -> list[tuple[Brief, Draft]]:
    """The drafts, each with its brief. What two letters still share after further tries is said on stderr."""
    if not people:
        return [(brief, draft(brief, options))]
    from assistant.writing.persons import briefs_for, twins

    done: list[tuple[Brief, Draft]] = []
    for place, own in enumerate(briefs_for(brief, people)):
        for attempt in range(1 + AGAIN):
            seed = None if options.seed is None else options.seed + place + 100 * attempt
            made = draft(own, replace(options, seed=seed, place=place + 3 * attempt))
            alike = [t for t in twins([d.letter for _, d in done] + [made.letter]) if t.second == len(done)]
            if not alike:
                break
        for twin in alike:
            say(f"warning: the letters to {people[twin.first]} and {own.recipient} say the same: {twin.text!r}")
        done.append((own, made))
    return done
