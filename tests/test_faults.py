"""Every fault of `tests/faults`: what the user sees, the exit code, what was kept, and how often the endpoint was asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from conftest import ROOT, gap

if sys.platform != "linux":
    pytest.skip("needs /proc, /dev/full, signals and forks", allow_module_level=True)

from faults.every import BAD_ROWS, CASES, GROUPS, Runs, key, line, row_lines
from faults.runs import Case, like

TABLE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8").splitlines()
STALE = "docs/faults.md isn't what came of it; python tests/faults writes it anew"


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest) -> Iterator[Runs]:
    """All cases that are asked for, begun at once and run a few at a time."""
    chosen = [item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")]
    runs = Runs()
    runs.begin(case for case in chosen if isinstance(case, Case))
    yield runs
    runs.close()


@pytest.mark.parametrize("case", [pytest.param(c, id=key(c), marks=[gap(c.gap)] if c.gap else []) for c in CASES])
def test_a_fault(case: Case, runs: Runs) -> None:
    came = runs.outcome(case)
    for words in case.says:
        assert words in came.err + came.out
    assert came.code == case.code, came.err
    assert like(case.kept, came.kept), f"{case.kept} expected, {came.kept} there"
    assert like(case.requests, came.requests), f"{case.requests} requests expected, {came.requests} came"
    if not case.gap:
        assert line(case, came) in TABLE, STALE


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_row_that_cant_be_used(name: str, runs: Runs) -> None:
    of, words = BAD_ROWS[name]
    case = next(case for case in CASES if case.name == of)
    shown = row_lines(case, runs.outcome(case))[name]
    assert words in shown
    assert shown in TABLE, STALE


def test_the_table_holds_every_fault_and_no_other() -> None:
    rows = [
        row.split(" | ")[0].removeprefix("| ") for row in TABLE if row.startswith("| ") and not row.startswith("| What")
    ]
    assert sorted(rows) == sorted([case.name for case in CASES if not case.gap] + list(BAD_ROWS))
    assert [name.removeprefix("## ") for name in TABLE if name.startswith("## ")][: len(GROUPS)] == list(GROUPS)
    missing = [row.partition(" (")[0].removeprefix("- ") for row in TABLE if row.startswith("- ")]
    assert missing == [case.name for case in CASES if case.gap]
