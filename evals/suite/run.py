"""`python -m evals run`: draft what isn't recorded yet, then score all of it. `score`: only the latter."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assistant.checks import check
from assistant.checks.length import BANDS
from assistant.errors import AfternoteError
from assistant.providers import Provider
from evals.suite.cases import Case, choose, read_cases, reference_cases
from evals.suite.code import scoring_code
from evals.suite.drafting import Recorded, Records, Wanted, Way, all_wanted, draft_all, key_of, writing_code
from evals.suite.marks import Mark
from evals.suite.progress import Progress
from evals.suite.references import read_bands, references, set_hash
from evals.suite.results import UNFINISHED
from evals.suite.writer import at_once, judge_of, writer_of

SCORED, STALE, WRONG, FAILED, STOPPED = 0, 1, 2, 75, 130


def run(options: Namespace) -> int:
    """Draft and score; the exit code: 0 scored, 1 recordings are stale (`score` only), 2 the options or the data are wrong, 75 a model
    failed, 130 interrupted. What was finished is kept.
    """
    way: Way = "plain" if options.baseline_prompt else "ours"
    drafting = options.command == "run"
    try:
        cases = select(options)
        provider = writer_of(options, way, drafting)
        records = Records(options.drafts or options.out / "drafts.jsonl")
        read_bands()  # now, and not when all drafts have been paid for
    except (ValueError, OSError, AfternoteError) as error:
        print(f"evals: {error}", file=sys.stderr)
        return WRONG
    keys = {key_of(one, way, provider): one for one in all_wanted(cases, options.epochs, options.seed)}
    unfinished = options.out / UNFINISHED
    options.out.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    if drafting:
        if options.fresh:
            records.found = {}
        if failed := _draft(options, way, keys, provider, records):
            return failed
    elif missing := [one for key, one in keys.items() if key not in records.found]:
        first = f"{missing[0].case.name}, repeat {missing[0].epoch}"
        print(
            f"evals: stale: of {len(keys)} letters {len(missing)} are not recorded in {records.path} as this model would now be asked for "
            f"them, such as {first}; their brief or prompt has changed since. Record them again: python -m evals run --out FOLDER",
            file=sys.stderr,
        )
        return STALE
    if not drafting and any(records.found[key].code != writing_code() for key in keys):
        print("note: recorded by an earlier state of the writing code", file=sys.stderr)
    # A recording stands for every case that asks the same; the repeat it is scored as is that of this run.
    drafts = {
        (one.case.name, one.epoch): replace(records.found[key], case=one.case.name, epoch=one.epoch)
        for key, one in keys.items()
    }
    code = _score(options, way, cases, drafts, provider)
    if code == SCORED:
        unfinished.unlink()
    return code


def _draft(options: Namespace, way: Way, keys: Mapping[str, Wanted], provider: Provider, records: Records) -> int:
    """Draft what isn't recorded; 0, or the exit code when something stopped it."""
    had = sum(map(records.has, keys))
    where = provider.destination or "this machine"
    print(f"{len(keys)} letters by {provider.model} on {where}, {way}; {had} were finished before", file=sys.stderr)
    code = SCORED
    try:
        many = at_once(options, way, provider)
        draft_all(keys, way, provider, records, many, Progress(len(keys) - had))
    except KeyboardInterrupt:
        code = STOPPED
    except AfternoteError as error:
        print(f"evals: {error}", file=sys.stderr)
        code = FAILED
    if code:
        kept, more = sum(map(records.has, keys)), " without --fresh" if options.fresh else ""
        print(f"stopped; {kept} of {len(keys)} letters are kept, and the same command{more} goes on", file=sys.stderr)
    return code


def select(options: Namespace) -> tuple[Case, ...]:
    """The cases that the options ask for. Raises ValueError when there are none."""
    own = str(options.cases) in ("references", "faultless")
    cases = _references(str(options.cases)) if own else read_cases(options.cases)
    if options.family:
        cases = tuple(case for case in cases if case.family in options.family)
    chosen = choose(cases, options.limit)
    if not chosen:
        raise ValueError(f"there are no such cases in {options.cases}")
    return chosen


def _references(which: str) -> tuple[Case, ...]:
    """The references as cases: all, or the `faultless`, whose letters the checks have nothing against, to try everything but the checks."""
    letters = {reference.name: reference.letter for reference in references()}

    def fine(case: Case) -> bool:
        report = check(letters[case.name], case.brief, case.kind)
        return report.verdict == "good" and not report.errors and report.letter.words >= BANDS[case.kind].low

    return tuple(case for case in reference_cases() if which == "references" or fine(case))


def _score(
    options: Namespace,
    way: Way,
    cases: tuple[Case, ...],
    drafts: Mapping[tuple[str, int], Recorded],
    provider: Provider,
) -> int:
    """Score what was recorded, and show the table."""
    from evals.suite.reports import terminal
    from evals.suite.results import read_results
    from evals.suite.task import score_all

    about: dict[str, Any] = {
        "way": way,
        "model": provider.model,
        "provider": provider.name,
        "seed": options.seed,
        "epochs": options.epochs,
        "cases": [case.name for case in cases],
        "references": set_hash(references()),
        "scored_by": scoring_code(),
    }
    try:
        judged = _judged(options, drafts, about)
        log = score_all(cases, options.epochs, drafts, judged, about, options.out)
    except AfternoteError as error:
        print(f"evals: the judge: {error}", file=sys.stderr)
        return FAILED
    except ValueError as error:
        print(f"evals: {error}", file=sys.stderr)
        return WRONG
    terminal.show(read_results(log))
    if "judge" in about:
        print(f"rubric by {about['judge']['shown']}")
    print(f"\nlog: {log}\nnext: python -m evals gate --run {options.out}")
    return SCORED


def _judged(
    options: Namespace, drafts: Mapping[tuple[str, int], Recorded], about: dict[str, Any]
) -> dict[tuple[str, int], Mark]:
    """The marks of the judge that the options name, none when they name none; in `about` stands how far it is to be trusted."""
    if not options.judge:
        return {}
    from evals.suite.judging import judge_all, known_trust, trust

    judge = judge_of(options)
    found = known_trust(options.out / "judges.json", judge, trust, options.concurrency)
    about["judge"] = {"shown": found.shown, "counts": found.counts}
    said = judge_all([one.text for one in drafts.values()], judge, options.concurrency, options.out / "judged.jsonl")
    return dict(zip(drafts, said, strict=True))
