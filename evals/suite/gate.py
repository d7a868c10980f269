"""`python -m evals gate`: whether a run may pass, with the reason in words. Pure over results; the floors stand in `evals/gate.yaml`."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.data_files import read_yaml
from evals.suite.alike import whole
from evals.suite.code import scoring_code
from evals.suite.marks import MAY_BE_SILENT, NAMED
from evals.suite.results import CONTINUOUS, Results, Row, families, pairs, read_results, value_of
from evals.suite.stats import paired, wilson

GREEN, RED, NOTHING = 0, 1, 2
RUBRIC_READ = 0.9  # of the letters
RUBRIC_FLOOR = 0.8  # of a judge that has shown that it can be trusted
Z99 = 2.576  # one in a hundred: there are thirty checks, and one in twenty would be wrong at each second run


@dataclass(frozen=True)
class Objection:
    """One thing that speaks against a run: which check, what is wrong, with the figures."""

    check: str
    text: str


@dataclass(frozen=True)
class Rules:
    """The gate's own rules, as `gate.yaml` holds them."""

    absolute: tuple[str, ...]
    floors: Mapping[str, float]
    each_case: Mapping[str, float]
    most_alike: float
    known: Mapping[str, Mapping[str, str]]
    least_cases: int


def read_rules(path: Path) -> Rules:
    """Read them. Raises ValueError for a check that doesn't exist, or that has no rule."""
    values: dict[str, Any] = read_yaml(path)
    rules = Rules(
        tuple(values["absolute"]),
        values["floors"],
        values["each_case"],
        values["most_alike"],
        values["known"],
        values["least_cases"],
    )
    named = {*rules.absolute, *rules.floors}
    if wrong := sorted({*named, *rules.each_case} - set(NAMED)):
        raise ValueError(f"{path.name}: there is no check {wrong[0]!r}")
    if wrong := sorted({c for own in rules.known.values() for c in own} - set(rules.each_case)):
        raise ValueError(f"{path.name}: {wrong[0]!r} is under known, but not under each_case")
    if without := sorted(set(NAMED) - named - set(CONTINUOUS)):
        raise ValueError(f"{path.name}: the check {without[0]!r} has no floor")
    return rules


def judge(results: Results, rules: Rules, baseline: Results | None) -> tuple[list[Objection], list[str]]:
    """What speaks against the run, and what is worth a look without doing so."""
    against = [
        *_whole(results, rules),
        *_absolute(results, rules),
        *_each_case(results, rules),
        *_alike(results, rules),
    ]
    remarks = list(_mended(results, rules))
    floors = dict(rules.floors)
    if judged := results.about.get("judge"):
        remarks.append(f"rubric by {judged['shown']}")
        if judged["counts"]:
            floors["rubric"] = RUBRIC_FLOOR
            read, written = (
                len(results.scored("rubric")),
                sum(value_of(r, "written") == 1 for r in results.scored("written")),
            )
            if read < RUBRIC_READ * written:
                against.append(
                    Objection(
                        "rubric", f"the judge gave an answer that can be read on {read} of {written} letters only"
                    )
                )
    for check, floor in floors.items():
        found = results.estimate(check)
        if found.n and found.high < floor:
            shown = f"{found.mean:.2f} of {found.n} letters ({found.low:.2f} to {found.high:.2f}), and {floor:.2f} is the floor"
            against.append(Objection(check, f"{shown}; such as {_example(results, check)}"))
        elif found.n and found.mean < floor:
            remarks.append(
                f"{check}: {found.mean:.2f} is under the floor of {floor:.2f}, but {found.n} letters are too few to say so"
            )
    if baseline:
        more, shared = _drops(results, baseline)
        against += more
        remarks.append(f"compared with the baseline on {shared} letters")
    if max((row.epoch for row in results.rows), default=1) == 1:
        remarks.append("each case was drafted once, so none is judged by its repeats")
    return against, remarks


def _whole(results: Results, rules: Rules) -> Iterator[Objection]:
    """Nothing may be missing: a mean over what was left is no mean. Only where no letter was written, or nothing could be
    said, may a check be silent.
    """
    if results.status != "success":
        yield Objection("run", f"its status is {results.status}, not success")
    for trouble in results.troubles[:5]:
        yield Objection("run", trouble)
    cases = len({row.case for row in results.rows})
    if cases < rules.least_cases:
        yield Objection(
            "run", f"there are letters on {cases} cases, and {rules.least_cases} is the least that the gate judges"
        )
    for check in NAMED:
        raised = [row for row in results.rows if check in row.marks and row.marks[check].raised]
        if raised:
            where = f"{raised[0].case}, repeat {raised[0].epoch}: {raised[0].marks[check].why}"
            yield Objection(check, f"failed to run on {len(raised)} of {len(results.rows)} letters, such as {where}")
        if missing := [row for row in results.rows if check not in row.marks]:
            yield Objection(
                check, f"did not score {len(missing)} of {len(results.rows)} letters, such as {missing[0].case}"
            )
        silent = [row for row in results.rows if check in row.marks and _silent(row, check)]
        if silent:
            yield Objection(
                check, f"has no value for {len(silent)} letters, such as {silent[0].case}: {silent[0].marks[check].why}"
            )


def _silent(row: Row, check: str) -> bool:
    """Whether a check that has something to say of such a letter said nothing of this one."""
    there = row.marks["written"].value == 1 if "written" in row.marks else True
    mark = row.marks[check]
    return there and mark.value is None and not mark.raised and (check not in MAY_BE_SILENT or check in row.owed)


def _absolute(results: Results, rules: Rules) -> Iterator[Objection]:
    for check in rules.absolute:
        failed = [row for row in results.scored(check) if value_of(row, check) < 1]
        if failed:
            low, high = wilson(len(results.scored(check)) - len(failed), len(results.scored(check)))
            more = f"{len(failed)} of {len(results.scored(check))} letters fail what none may ({low:.2f} to {high:.2f} pass)"
            yield Objection(check, f"{more}; such as {_example(results, check)}")


def _each_case(results: Results, rules: Rules) -> Iterator[Objection]:
    """A case that fails in most of its repeats hides in a good mean."""
    by_case: dict[str, list[Row]] = {}
    for row in results.rows:
        by_case.setdefault(row.case, []).append(row)
    for check, floor in rules.each_case.items():
        for case, rows in by_case.items():
            values = _values(rows, check)
            if len(values) > 1 and sum(values) / len(values) < floor and check not in rules.known.get(case, {}):
                shown = f"{case} passes in {sum(values):g} of {len(values)} repeats ({floor:.2f} wanted of each case)"
                why = next(row.marks[check].why for row in rows if row.marks[check].value == min(values))
                yield Objection(check, f"{shown}: {why}")


def _values(rows: Sequence[Row], check: str) -> list[float]:
    """What a check gave to these letters."""
    return [value_of(r, check) for r in rows if r.marks.get(check) and r.marks[check].value is not None]


def _mended(results: Results, rules: Rules) -> Iterator[str]:
    """Cases that are known to fail and don't any more: the list of them is only worth something while it is true."""
    for case, checks in rules.known.items():
        rows = [row for row in results.rows if row.case == case]
        for check in checks:
            values = _values(rows, check)
            if len(values) > 1 and sum(values) / len(values) >= rules.each_case[check]:
                yield f"{case} is known to fail {check}, and passes now: take it out of `known`"


def _alike(results: Results, rules: Rules) -> Iterator[Objection]:
    share = whole(results.alike)
    if share > rules.most_alike:
        worst = max(results.alike, key=lambda case: results.alike[case])
        yield Objection(
            "alike",
            f"the letters share {share:.2f} of their word runs, and {rules.most_alike:.2f} is the most; most so {worst}",
        )


def _drops(results: Results, baseline: Results) -> tuple[list[Objection], int]:
    """Checks that are surely worse than in the baseline, on the letters that both have."""
    found, shared = [], 0
    for check in results.checks:
        if check in CONTINUOUS or (check == "rubric" and not results.about.get("judge", {}).get("counts")):
            continue
        both = pairs(baseline, results, check)
        shared = max(shared, len(both))
        change = paired(
            [value_of(b, check) for b, _ in both], [value_of(a, check) for _, a in both], families(both), Z99
        )
        if change.n and change.high < 0:
            shown = f"{change.mean:+.2f} against the baseline on {change.n} letters ({change.low:+.2f} to {change.high:+.2f})"
            found.append(Objection(check, shown))
    return found, shared


def _example(results: Results, check: str) -> str:
    row = next(row for row in results.scored(check) if value_of(row, check) < 1)
    return f"{row.case}, repeat {row.epoch}: {row.marks[check].why}"


def gate(options: Namespace) -> int:
    """Judge a run: 0 it may pass, 1 it may not, 2 there is nothing to judge."""
    try:
        rules = read_rules(options.rules)
        results = read_results(options.run)
        baseline = read_results(options.baseline) if options.baseline else None
    except ValueError as error:
        print(f"evals: {error}", file=sys.stderr)
        return NOTHING
    if wrong := scored_by_other_code(results) or (_unlike(results, baseline) if baseline else ""):
        print(f"evals: {wrong}", file=sys.stderr)
        return NOTHING
    against, remarks = judge(results, rules, baseline)
    for remark in remarks:
        print(f"note: {remark}")
    for objection in against:
        print(f"RED   {objection.check}: {objection.text}")
    cases = len({row.case for row in results.rows})
    letters = f"{len(results.rows)} letters on {cases} cases, {len(results.checks)} checks"
    print(f"gate: {'red' if against else 'green'}, {letters}" + (f", {len(against)} objections" if against else ""))
    return RED if against else GREEN


def scored_by_other_code(results: Results) -> str:
    """What to say when checks, cases or references have changed since the run was scored; "" when they haven't."""
    scored = results.about.get("scored_by")
    if scored in (None, scoring_code()):
        return ""
    return "the run was scored by checks, cases or references that have changed since; score it again: python -m evals score, as it was run"


def _unlike(results: Results, baseline: Results) -> str:
    """Why the run can't be compared with the baseline; "" when it can."""
    for key in ("way", "model", "references"):
        one, other = (r.about.get(key, "") for r in (results, baseline))
        if one != other:
            return f"the baseline is of {key} {other!r}, the run of {one!r}: say --baseline none, or write the baseline again"
    if not {row.place for row in results.rows} & {row.place for row in baseline.rows}:
        return (
            "the baseline shares no case and seed with this run: say --baseline none, or run with the baseline's seed"
        )
    return ""
