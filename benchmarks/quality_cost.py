"""What an accepted letter costs: tokens, calls and seconds, one plain prompt against afternote's way, on the embedded model.

    python benchmarks/quality_cost.py [--cases 24] [--json]

Accepted is a letter that the checks call good on its brief, and in which they find no error: the plain way gives a letter for each
brief, and most can't go out; ours may give none, and says so. Cases are the suite's, families in turn. Letters are written one by one.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rows import Row, alone, note, options, show

from assistant import check
from assistant.providers import Completion, OnText, Request
from assistant.providers.adapter import verified_adapter
from assistant.providers.local import Local
from assistant.providers.weights import verified
from evals.suite.cases import Case, choose, read_cases, reference_cases
from evals.suite.drafting import Wanted, Way, draft

SEED = 1


@dataclass
class Counted(Local):
    """The engine, with how often it was called."""

    calls: int = 0

    def complete(self, request: Request, on_text: OnText | None = None) -> Completion:
        """As the engine's."""
        self.calls += 1
        return super().complete(request, on_text)

    def complete_all(self, requests: Sequence[Request]) -> list[Completion]:
        """As the engine's: one call for a batch."""
        self.calls += 1
        return super().complete_all(requests)


def measure(way: Way, cases: Sequence[Case]) -> Iterator[Row]:
    model = Counted(verified(), verified_adapter() if way == "ours" else None)
    model.load()
    accepted = tokens = 0
    began = time.perf_counter()
    for case in cases:
        made = draft("", Wanted(case, 1, SEED), way, model)
        usage: dict[str, Any] = (made.made or {}).get("usage", {})
        tokens += usage.get("prompt_tokens", 0) + usage.get("completion_tokens", 0)
        report = check(made.text, case.brief) if made.made else None
        accepted += bool(report and report.verdict == "good" and not report.errors)
    seconds = time.perf_counter() - began
    model.close()
    note(f"{way}: {accepted} of {len(cases)} accepted, {tokens:,} tokens, {model.calls} calls, {seconds:.0f} s")
    what = "plain prompt" if way == "plain" else "our way"
    yield alone(f"{what}: letters accepted of {len(cases)}", [accepted], "")
    for unit, amount in (("tokens", tokens), ("calls", model.calls), ("s", seconds)):
        if accepted:
            yield alone(f"{what}: {unit if unit != 's' else 'seconds'} an accepted letter", [amount / accepted], unit)
        else:
            note(f"{what}: no letter was accepted, for {amount:,.0f} {unit}")


def main() -> None:
    parser = options(__doc__, runs=1)
    parser.add_argument("--cases", type=int, default=24)
    given = parser.parse_args()
    cases = [c for c in choose((*read_cases(), *reference_cases()), given.cases) if c.kind == "note"]
    note(f"{len(cases)} briefs for a note, median of facts {statistics.median(len(c.brief.facts) for c in cases):.0f}")
    for way in ("plain", "ours"):
        show(measure(way, cases), given.json)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
