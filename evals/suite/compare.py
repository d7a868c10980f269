"""`python -m evals compare A B`: what changed from one run to another, check by check, on the letters both have."""

from __future__ import annotations

import math
import sys
from argparse import Namespace

from evals.suite.alike import whole
from evals.suite.results import CONTINUOUS, Results, families, pairs, read_results, value_of
from evals.suite.stats import paired, wilson


def compare(options: Namespace) -> int:
    """Print the table and the cases that flipped; 0, or 2 when a run can't be read."""
    try:
        one, other = read_results(options.a), read_results(options.b)
    except ValueError as error:
        print(f"evals: {error}", file=sys.stderr)
        return 2
    print("\n".join(table(one, other)))
    if options.judge:
        return _judged(options, one, other)
    return 0


def _judged(options: Namespace, one: Results, other: Results) -> int:
    """Which letter of each pair a model would rather have, and how far it is to be trusted with that."""
    from assistant.errors import AfternoteError
    from evals.suite.judging import known_trust, pair_trust, prefer_all
    from evals.suite.writer import judge_of

    try:
        judge = judge_of(options)
        trusted = known_trust(options.b / "judges.json", judge, pair_trust, options.concurrency)
        there = {row.place: row.recorded for row in other.rows if row.recorded}
        both = [(row.recorded, there[row.place]) for row in one.rows if row.recorded and row.place in there]
        said = prefer_all([(a.text, b.text) for a, b in both], judge, options.concurrency)
    except AfternoteError as error:
        print(f"evals: the judge: {error}", file=sys.stderr)
        return 75
    decided = [value for value in said if value is not None]
    low, high = wilson(sum(decided), len(decided))
    shown = f"B in {sum(decided):g} of {len(decided)} pairs ({low:.2f} to {high:.2f}); {len(said) - len(decided)} undecided or unread"
    print(f"\nrather: {shown}\npairs by {trusted.shown}")
    return 0


def table(one: Results, other: Results) -> list[str]:
    """The comparison as Markdown."""
    lines = [f"A: {title(one)}", f"B: {title(other)}", ""]
    wrote = [sum(value_of(row, "written") == 1 for row in run.scored("written")) for run in (one, other)]
    shown = f"A wrote {wrote[0]} of {len(one.rows)} letters, B {wrote[1]} of {len(other.rows)}"
    lines.insert(2, f"{shown}; where one wrote none, only `written` is compared")
    lines += ["| check | letters | A | B | B - A | 95 % | worse | better |", "|---|---|---|---|---|---|---|---|"]
    flips: list[str] = []
    for check in dict.fromkeys((*one.checks, *other.checks)):
        both = pairs(one, other, check)
        before, after = (
            ([value_of(row, check) for row in rows] for rows in zip(*both, strict=True)) if both else ([], [])
        )
        change = paired(before, after, families(both))
        if not change.n:
            lines.append(f"| {check} | 0 | | | | | | |")
            continue
        worse = [b for a, b in both if value_of(b, check) < value_of(a, check)]
        better = [b for a, b in both if value_of(b, check) > value_of(a, check)]
        sure = "" if change.low <= 0 <= change.high or math.isnan(change.mean) else " *"
        lines.append(
            f"| {check} | {change.n} | {sum(before) / change.n:.2f} | {sum(after) / change.n:.2f} | {change.mean:+.2f}{sure} "
            f"| {change.low:+.2f} to {change.high:+.2f} | {len(worse)} | {len(better)} |"
        )
        if check not in CONTINUOUS:
            flips += [f"- {check}, worse: {row.case}, repeat {row.epoch}: {row.marks[check].why}" for row in worse[:4]]
            flips += [f"- {check}, better: {row.case}, repeat {row.epoch}" for row in better[:2]]
    lines += [
        "",
        f"alike: A {whole(one.alike):.2f}, B {whole(other.alike):.2f} of the word runs shared with other cases' letters",
    ]
    lines += ["* surely different", "", "Flipped, a few of each:", *(flips or ["- none"])]
    return lines


def title(results: Results) -> str:
    """Which run it is, in a few words."""
    about = results.about
    return (
        f"{about.get('way', '')}, {about.get('model', '')}, {len(results.rows)} letters, seed {about.get('seed', '')}"
    )
