"""One draft, or one for each person of a panel, held against each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cli.terminal import say
from assistant.errors import AfternoteError, UsageError
from assistant.text import one_line

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.writing import Draft, Options

AGAIN = 2  # times that a letter too like an earlier one is drafted anew


def drafts_for(
    brief: Brief, people: list[str] | None, options: Options, draft: Callable[[Brief, Options], Draft]
) -> tuple[list[tuple[Brief, Draft]], AfternoteError | None]:
    """The drafts, each with its brief, and the error that kept the later ones from being written: those there are aren't lost.

    What two letters still share after further tries is said on stderr.
    """
    if not people:
        return [(brief, draft(brief, options))], None
    from assistant.writing.persons import briefs_for, twins
    from assistant.writing.plan import make_plan

    briefs = briefs_for(brief, people)
    for own in briefs:
        make_plan(own, options.kind)  # what one of them can't bear is said before any is written
    done: list[tuple[Brief, Draft]] = []
    for place, own in enumerate(briefs):
        try:
            for attempt in range(1 + AGAIN):
                seed = None if options.seed is None else options.seed + place + 100 * attempt
                made = draft(own, replace(options, seed=seed, place=place + 3 * attempt))
                alike = [t for t in twins([d.letter for _, d in done] + [made.letter]) if t.second == len(done)]
                if not alike:
                    break
        except AfternoteError as error:
            if not done:
                raise
            error.args = (f"the letter to {own.recipient}: {error}",)
            return done, error
        for twin in alike:
            say(f"warning: the letters to {people[twin.first]} and {own.recipient} say the same: {twin.text!r}")
        done.append((own, made))
    return done, None


def files_for(output: Path, people: list[str] | None) -> list[Path]:
    """The file of each letter: `notes-ann-ray.eml` for Ann Ray. Raises UsageError where two people would share one."""
    if not people or not output.name:
        return [output]
    names = ["-".join("".join(ch if ch.isalnum() else " " for ch in one_line(p).lower()).split()) for p in people]
    if twice := {name for name in names if names.count(name) > 1}:
        raise UsageError(
            f"--interviewer: two of these names come to the same file name, {min(twice)!r}; write one otherwise"
        )
    return [output.with_name(f"{output.stem}-{name}{output.suffix}") for name in names]
