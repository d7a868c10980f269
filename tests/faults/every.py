"""All faults, run several at a time, and the table that comes of them."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from faults.batch_cases import BATCH, CELLS, LINES, ROWS
from faults.endpoint_cases import ENDPOINT
from faults.machine_cases import MACHINE
from faults.runs import Case, Nursery, Outcome, outcome

GROUPS: dict[str, list[Case]] = ENDPOINT | MACHINE | BATCH
CASES = [case for cases in GROUPS.values() for case in cases]
# Rows that can't be used stand together in one file; each is a fault of its own.
BAD_ROWS = {
    name: (case.name, words) for case, kinds in zip(ROWS, (LINES, CELLS), strict=False) for name, _, words in kinds
}
AT_ONCE = (os.cpu_count() or 1) + 1  # most of them wait most of the time
HEAD = "| What goes wrong | Command | What the user sees | Exit | Kept | Requests |\n|---|---|---|---|---|---|"
ABOUT = """# What can go wrong

Each row is a test: {many} faults, caused for real (an endpoint that lies, on a socket; signals; full disks; closed streams; odd
terminals), each against a whole process with a home of its own. The table is written by `python tests/faults` from what came of them,
and [`tests/test_faults.py`](../tests/test_faults.py) fails when it isn't what comes of them now.

No run may end with a traceback, hang, show the key, let a control character through, or leave a file half-written. Exit codes: 0 done ·
1 no letter, or findings · 2 the command line, a file or a setting · 69 not to be had · 75 try later · 77 the key · 128 and the signal's
number. "Requests" are those for a letter; "…" stands for what differs from run to run. `AFTERNOTE_ATTEMPTS` is mostly 2 here (4 by
default), so that "given up" comes soon; a reply that breaks off is asked for once more in any case.
"""


class Runs:
    """Runs cases on a few threads, each with a nursery of its own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="faults-"))
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._own = threading.local()
        self._nurseries: list[Nursery] = []
        self._begun: dict[str, Future[Outcome]] = {}

    def begin(self, cases: Iterable[Case]) -> None:
        """Begin with these, in this order."""
        for case in cases:
            if key(case) not in self._begun:
                self._begun[key(case)] = self._pool.submit(self._run, case)

    def outcome(self, case: Case) -> Outcome:
        """What came of it. Raises what was wrong with the run itself."""
        self.begin([case])
        return self._begun[key(case)].result()

    def close(self) -> None:
        """End the nurseries, and take all folders away."""
        self._pool.shutdown(cancel_futures=True)
        for nursery in self._nurseries:
            nursery.close()
        shutil.rmtree(self._folder)

    def _run(self, case: Case) -> Outcome:
        if not hasattr(self._own, "nursery"):
            self._own.nursery = Nursery()
            self._nurseries.append(self._own.nursery)
        return outcome(case, Path(tempfile.mkdtemp(dir=self._folder)), self._own.nursery)


def key(case: Case) -> str:
    """Its name, with its group's where two have the same."""
    return next(f"{group}: {case.name}" for group, cases in GROUPS.items() if any(case is one for one in cases))


def line(case: Case, came: Outcome) -> str:
    """A case's line of the table."""
    seen = "<br>".join(_cell(shown) for shown in came.seen) or "–"
    cells = (case.name, f"`{_command(case)}`", seen, str(case.code), case.kept, str(case.requests))
    return f"| {' | '.join(cells)} |"


def row_lines(case: Case, came: Outcome) -> dict[str, str]:
    """The lines of the bad rows in a batch, by name."""
    names = [name for name, (of, _) in BAD_ROWS.items() if of == case.name]
    if not names:
        return {}
    return {
        name: f"| {name} | `{_command(case)}` | {_cell(error)} | {case.code} | a result that says so | 0 |"
        for name, error in zip(names, came.errors, strict=True)
    }


def document(runs: Runs) -> str:
    """All of docs/faults.md."""
    runs.begin(CASES)
    parts, gaps = [ABOUT.format(many=len(CASES) + len(BAD_ROWS))], []
    for group, cases in GROUPS.items():
        lines = []
        for case in cases:
            if case.gap:
                gaps.append(f"- {case.name} (`{_command(case)}`): {case.gap}")
                continue
            came = runs.outcome(case)
            lines.append(line(case, came))
            lines += row_lines(case, came).values()
        parts.append(f"## {group}\n\n{HEAD}\n" + "\n".join(lines) + "\n")
    if gaps:
        parts.append("## Not yet as it should be\n\n" + "\n".join(gaps) + "\n")
    return "\n".join(parts)


def _command(case: Case) -> str:
    words = case.command.replace("{url}", "URL").replace("{gone}", "URL").replace("127.0.0.1:{port}", "host")
    return f"{words} {case.redirect}".strip().replace("|", "\\|")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
