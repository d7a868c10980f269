"""A batch from its first row to its last: what is sent, what is kept, and when to stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from assistant.batch.cost import Purse
from assistant.batch.results import Results
from assistant.batch.rows import Row
from assistant.batch.work import BAD, FAILED, WRITTEN, usage_of
from assistant.errors import AfternoteError, NotAuthorised, TryLater, Unavailable
from assistant.providers.seam import Usage

# Rows in a row, as they come in, that the endpoint fails before it is taken to be down: each was tried several times already.
DOWN = 10
GRACE = 3.0  # seconds that what is under way is waited for when there is no point in going on
# By their exit code, what an endpoint that is down fails with.
ABSENT = {one.exit_code: one for one in (Unavailable, TryLater, NotAuthorised)}


class Writers(Protocol):
    """Who writes: takes rows while there is room, and gives results as they come."""

    @property
    def under_way(self) -> int:
        """Rows sent without a result."""

    @property
    def room(self) -> bool:
        """Whether another row can be sent."""

    def send(self, row: Row) -> None:
        """Take a row."""

    def results(self) -> Iterator[dict[str, Any]]:
        """Those there are, after a moment's wait."""


@dataclass
class Tally:
    """How a batch went. `before` are letters of earlier runs; `flawed` of the `written` have a finding that is an error."""

    before: int = 0
    written: int = 0
    flawed: int = 0
    bad: int = 0
    failed: int = 0
    usage: Usage = field(default_factory=Usage)
    first_error: str = ""
    stopped: AfternoteError | None = None
    whole: bool = True  # False when there are rows without a result in this run

    @property
    def rows(self) -> int:
        """Rows with a result in this run."""
        return self.written + self.bad + self.failed


def run(
    rows: Iterable[Row],
    writers: Writers,
    results: Results,
    purse: Purse,
    asked_to_end: Callable[[], bool],
    on_result: Callable[[Tally], None],
) -> Tally:
    """Write all rows that aren't done yet, as many at once as the writers take; each result is kept when it comes.

    Stops early when asked to or when the purse is empty, with everything under way brought home; and when the key isn't accepted or the
    endpoint is down: what doesn't come within a moment then is left for a resumed batch. Raises UsageError when results can't be kept.
    """
    tally = Tally()
    misses = 0
    waiting = undone(rows, results, tally)
    row = next(waiting, None)
    while row or writers.under_way:
        ending = asked_to_end()
        while row and not ending and writers.room and purse.bears(writers.under_way):
            writers.send(row)
            row = next(waiting, None)
        if not writers.under_way:
            break
        for result in writers.results():
            results.add(result)
            count(tally, result, purse)
            if result["status"] != BAD:
                misses = misses + 1 if result.get("exit_code") in ABSENT else 0
            tally.stopped = tally.stopped or _reason_to_stop(result, misses)
        on_result(tally)
        if tally.stopped:
            _bring_home(tally, writers, results, purse)
            break
    tally.whole = row is None and not writers.under_way
    return tally


def undone(rows: Iterable[Row], results: Results, tally: Tally) -> Iterator[Row]:
    """The rows that have no letter yet; those that have are counted."""
    for row in rows:
        if results.has(row):
            tally.before += 1
        else:
            yield row


def count(tally: Tally, result: dict[str, Any], purse: Purse) -> None:
    """Count one result, and what it cost."""
    if result["status"] == WRITTEN:
        tally.written += 1
        tally.flawed += any(finding["severity"] == "error" for finding in result["findings"])
        usage = usage_of(result)
        tally.usage += usage
        purse.pay(usage)
        return
    tally.bad += result["status"] == BAD
    tally.failed += result["status"] == FAILED
    if result.get("asked"):  # no letter, and paid for all the same; nobody counted it
        purse.pay(Usage())
    tally.first_error = tally.first_error or f"row {result['row']}: {result['error']}"


def _bring_home(tally: Tally, writers: Writers, results: Results, purse: Purse) -> None:
    """What is under way may still come for a moment: it is paid for."""
    until = time.monotonic() + GRACE
    while writers.under_way and time.monotonic() < until:
        for result in writers.results():
            results.add(result)
            count(tally, result, purse)


def _reason_to_stop(result: dict[str, Any], misses: int) -> AfternoteError | None:
    code = result.get("exit_code", 0)
    if result.get("final"):
        stop = AfternoteError(result["error"])
        stop.exit_code = code
        return stop
    if misses >= DOWN:
        return ABSENT[code](f"{DOWN} rows one after another failed; the last: {result['error']}")
    return None
