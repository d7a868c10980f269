"""A finished run, read back from its log or from a stored baseline: what gate, compare and the reports stand on."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.text import count_words, one_line
from evals.suite.alike import sameness
from evals.suite.drafting import Recorded
from evals.suite.marks import Mark
from evals.suite.stats import Estimate, share

UNFINISHED = "unfinished"  # stands in a run's folder from its beginning until it is scored
CONTINUOUS = ("closeness",)  # marks that are shown and compared, and never pass or fail


@dataclass(frozen=True)
class Row:
    """One letter: its case, which repeat, every check's mark, and the draft itself (None in a baseline, which keeps no letters).

    `owed` are checks that may be silent of some letters, but not of this one.
    """

    case: str
    family: str
    epoch: int
    seed: int
    marks: dict[str, Mark]
    owed: tuple[str, ...] = ()
    recorded: Recorded | None = None

    @property
    def place(self) -> tuple[str, int]:
        """What pairs this letter with that of another run: the case and the seed."""
        return self.case, self.seed


@dataclass(frozen=True)
class Results:
    """All letters of a run. `status` is `success` or what became of it; `troubles` are samples that were not drafted or not
    scored, in words.

    `about` says what was asked: way, model, provider, seed, epochs, cases. `alike` is the share of word runs that a case's letters have in
    common with other cases'.
    """

    status: str
    rows: tuple[Row, ...]
    troubles: tuple[str, ...]
    about: dict[str, Any]
    alike: dict[str, float]

    @property
    def checks(self) -> tuple[str, ...]:
        """The names of all checks that any letter was scored by, in their order."""
        return tuple(dict.fromkeys(name for row in self.rows for name in row.marks))

    def scored(self, check: str) -> list[Row]:
        """The rows to which this check gave a value."""
        return [row for row in self.rows if check in row.marks and row.marks[check].value is not None]

    def estimate(self, check: str) -> Estimate:
        """The share that passed, or the mean, with its interval."""
        rows = self.scored(check)
        return share([value_of(r, check) for r in rows], [r.case for r in rows], [r.family for r in rows])


def value_of(row: Row, check: str) -> float:
    """The value of a mark that is known to have one."""
    value = row.marks[check].value
    if value is None:
        raise ValueError(f"{row.case}: {check} has no value")
    return value


def read_results(path: Path) -> Results:
    """The newest log of a run's folder, a log, or a stored baseline. Raises ValueError in words when there is none or it can't be read."""
    if path.is_dir():
        logs = sorted((path / "logs").glob("*.eval"), key=lambda log: log.stat().st_mtime)
        if not logs:
            raise ValueError(f"{path}: there is no run here; make one with: python -m evals run --out {path}")
        if (path / UNFINISHED).exists():
            raise ValueError(f"{path}: the last run there was not finished; go on with the command that began it")
        path = logs[-1]
    if not path.is_file():
        raise ValueError(f"{path}: no such run")
    try:
        return (
            _from_baseline(json.loads(path.read_text(encoding="utf-8"))) if path.suffix == ".json" else _from_log(path)
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: no run that can be read: {one_line(str(error))[:200]}") from None


def _from_log(path: Path) -> Results:
    from inspect_ai.log import read_eval_log  # two seconds

    log = read_eval_log(str(path))
    rows, troubles = [], []
    for sample in log.samples or []:
        where = f"{sample.id}, repeat {sample.epoch}"
        score = (sample.scores or {}).get("checks")
        if sample.error or score is None or not isinstance(score.value, dict):
            troubles.append(f"{where}: {one_line(sample.error.message if sample.error else 'no scores')[:160]}")
            continue
        why = (score.metadata or {}).get("why", {})
        marks = {name: _mark(value, why.get(name)) for name, value in score.value.items()}
        about_it, one = sample.metadata or {}, Recorded(**sample.metadata["recorded"])
        owed = tuple(about_it["owed"])
        rows.append(Row(str(sample.id), about_it["family"], sample.epoch, one.seed, marks, owed, one))
    about = dict(log.eval.metadata or {})
    wanted = len(about.get("cases", ())) * about.get("epochs", 1)
    if missing := wanted - len(rows) - len(troubles):
        troubles.append(f"{missing} of {wanted} letters are not in the log")
    ordered = sorted(rows, key=lambda row: row.place)
    return Results(log.status, tuple(ordered), tuple(troubles), about, sameness(_letters(ordered)))


def _letters(rows: Iterable[Row]) -> list[tuple[str, str]]:
    return [(row.case, row.recorded.text) for row in rows if row.recorded and row.recorded.text.strip()]


def _mark(value: Any, why: dict[str, Any] | None) -> Mark:
    known = isinstance(value, int | float) and not math.isnan(value)
    return Mark(float(value) if known else None, (why or {}).get("text", ""), bool((why or {}).get("raised")))


def to_baseline(results: Results) -> dict[str, Any]:
    """What is committed of a run: every mark, no letters."""
    rows = [
        {
            "case": r.case,
            "family": r.family,
            "epoch": r.epoch,
            "seed": r.seed,
            "marks": {n: m.value for n, m in r.marks.items()},
        }
        for r in results.rows
    ]
    alike = {case: round(value, 4) for case, value in results.alike.items()}
    return {"status": results.status, "about": results.about, "alike": alike, "rows": rows}


def _from_baseline(values: dict[str, Any]) -> Results:
    rows = tuple(
        Row(r["case"], r["family"], r["epoch"], r["seed"], {n: Mark(v) for n, v in r["marks"].items()})
        for r in values["rows"]
    )
    return Results(values["status"], rows, (), values["about"], values["alike"])


def write_baseline(results: Results, path: Path) -> None:
    """One row a line, so that a change of the baseline can be read as a change."""
    values = to_baseline(results)
    rows = ",\n".join(json.dumps(row) for row in values.pop("rows"))
    path.write_text(json.dumps(values)[:-1] + ', "rows": [\n' + rows + "\n]}\n", encoding="utf-8")


def costs(results: Results) -> dict[str, float]:
    """What a written letter cost: its words, tokens in and out, requests, seconds. What was spent on letters that weren't
    written, as far as
    it is known, is borne by those that were.
    """
    made = [row.recorded for row in results.rows if row.recorded]
    n = max(1, sum(bool(one.text.strip()) for one in made))
    usage = [one.made["usage"] if one.made else {"prompt_tokens": 0, "completion_tokens": 0} for one in made]
    return {
        "words": sum(count_words(one.text) for one in made) / n,
        "prompt tokens": sum(u["prompt_tokens"] for u in usage) / n,
        "completion tokens": sum(u["completion_tokens"] for u in usage) / n,
        "attempts": sum((one.made or {}).get("attempts", 0) for one in made) / n,
        "seconds": sum(one.seconds for one in made) / n,
    }


def pairs(one: Results, other: Results, check: str) -> list[tuple[Row, Row]]:
    """The letters of both runs on the same case and repeat to which both gave this check a value."""
    there: dict[tuple[str, int], Row] = {row.place: row for row in other.scored(check)}
    return [(row, there[row.place]) for row in one.scored(check) if row.place in there]


def families(rows: Sequence[tuple[Row, Row]]) -> list[str]:
    """The clusters of paired rows."""
    return [row.family for row, _ in rows]
