"""Scoring as a task of Inspect AI: each recorded draft is a sample, each check a score. Nothing here asks a model.

The log that it writes is what `results` reads, and what Inspect's own viewer shows: `inspect view --log-dir FOLDER/logs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver

from evals.suite.cases import Case
from evals.suite.drafting import Recorded
from evals.suite.marks import Mark, marks, owed
from evals.suite.references import read_bands

UNSCORED = float("nan")  # how Inspect knows a score that isn't one
SIDE_BY_SIDE = 4  # scoring is all computing, so more at once gains nothing


@solver
def recorded(drafts: Mapping[tuple[str, int], Recorded]) -> Solver:
    """Hand over what was drafted. Raises LookupError for a draft that isn't there: the run is then incomplete, and says so."""

    async def solve(state: TaskState, _: Generate) -> TaskState:
        one = drafts.get((str(state.sample_id), state.epoch))
        if one is None:
            raise LookupError(f"{state.sample_id}, repeat {state.epoch}: no draft was recorded")
        state.metadata["recorded"] = asdict(one)
        state.output = ModelOutput.from_content(one.model, one.text)
        return state

    return solve


@scorer(metrics={"*": [mean(), stderr(cluster="family")]})
def checks(cases: Mapping[str, Case], judged: Mapping[tuple[str, int], Mark]) -> Scorer:
    """Every check of the suite, a value each; one that has nothing to say, or that failed to run, is unscored with the reason.

    `judged` are the marks of a model as a judge, where there is one.
    """
    bands = read_bands()

    async def score(state: TaskState, _: Target) -> Score:
        one = Recorded(**state.metadata["recorded"])
        found = marks(cases[str(state.sample_id)], one, bands)
        if judged:
            found["rubric"] = judged[str(state.sample_id), state.epoch]
        value: dict[str, str | int | float | bool | None] = {
            name: UNSCORED if m.value is None else m.value for name, m in found.items()
        }
        return Score(value=value, answer=one.text, metadata={"why": {n: _plain(m) for n, m in found.items() if m.why}})

    return score


def _plain(mark: Mark) -> dict[str, Any]:
    return {"text": mark.why, "raised": mark.raised}


def score_all(
    cases: tuple[Case, ...],
    epochs: int,
    drafts: Mapping[tuple[str, int], Recorded],
    judged: Mapping[tuple[str, int], Mark],
    about: dict[str, Any],
    folder: Path,
) -> Path:
    """Score all drafts and write the log; its path. A sample that has no draft, or whose scorer fails as a whole, is an
    error in the log; the others stand.
    """
    samples = [
        Sample(
            id=case.name,
            input=_shown(case),
            metadata={"family": case.family, "probes": case.probes, "kind": case.kind, "owed": list(owed(case))},
        )
        for case in cases
    ]
    task = Task(
        MemoryDataset(samples),
        solver=recorded(drafts),
        scorer=checks({case.name: case for case in cases}, judged),
        name="afternote",
        epochs=epochs,
    )
    logs = eval(
        task,
        model="none/none",
        metadata=about,
        log_dir=str(folder / "logs"),
        display="none",
        max_samples=SIDE_BY_SIDE,
        continue_on_fail=True,
        log_realtime=False,
        score_display=False,
    )
    return Path(logs[0].location.removeprefix("file://"))


def _shown(case: Case) -> str:
    """The brief as the viewer shows it."""
    brief = case.brief
    lines = [
        f"{case.probes}",
        f"{brief.sender} to {brief.recipient or 'nobody named'} ({brief.recipient_role}), {brief.company}",
    ]
    return "\n".join([*lines, *(f"{fact.id}: {fact.text}" for fact in brief.facts)])
