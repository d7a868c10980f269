"""Letters written on a Ray cluster, by the same function as on this machine.

The rows go out in blocks, each a Ray Data dataset of many small batches; a batch is a task that runs its rows in threads, and every result
comes back when it is there. Two blocks are under way at once, so that the end of one leaves nobody idle. Only this program writes results.

Of a machine that dies Ray gives the batches to another: their rows are asked for again, since nobody knows how far they were, and a row
that comes twice is taken once. A row that never comes goes out once more, in a batch of its own, and is then given up with a reason.

Ray itself runs in a process of its own (`ray_driver`): whatever it prints, catches or dies of, this program goes on or ends as it wants.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

from assistant.batch.ray_driver import Plan, Size, drive
from assistant.batch.ray_work import BROKEN, LOST, WITHHELD, error_of
from assistant.batch.rows import Row
from assistant.batch.work import FAILED
from assistant.errors import Unavailable

TICK = 0.25  # seconds after which the program looks at the clock though nothing came
AT_A_TIME = 256  # results after which the program looks around though more came
TRIES = 2  # blocks in which a row may go out before it is given up


def begin(plan: Plan) -> RayCrew:
    """Those who write on the cluster of the plan, once they are ready. Raises Unavailable in one line, and UsageError."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=drive, args=(theirs, plan), daemon=True)
    process.start()
    theirs.close()

    def end() -> None:
        process.kill()
        ours.close()
        process.join(5)

    try:
        said = ours.recv()
    except (EOFError, OSError):
        end()
        raise Unavailable("Ray ended before it was ready; its reasons stand in the logs of the cluster") from None
    except BaseException:
        end()
        raise
    if isinstance(said, Exception):
        end()
        raise said
    size, machines = said
    crew = RayCrew(ours, size, end)
    crew.about = (
        f"a Ray cluster writes: machines {machines}, tasks {size.tasks}, letters at once {size.tasks * size.threads}"
    )
    return crew


class RayCrew:
    """The `Writers` of `run` for a cluster. `withheld` counts rows that were taken and, because the user ended it, never begun.

    `ending` tells that the user wants an end; then what is under way comes home, and no more.
    """

    def __init__(self, pipe: Connection, size: Size, end: Callable[[], None]) -> None:
        """Nothing is sent until the first row is there. On the other side of the pipe is Ray; `end` ends it."""
        self.withheld, self.about = 0, ""
        self.ending: Callable[[], bool] = lambda: False
        self._pipe, self._size, self._end = pipe, size, end
        self._ready: list[Row] = []
        self._out: dict[int, Row] = {}  # by number: rows of the blocks under way, without a result
        self._again: list[Row] = []
        self._tries: dict[int, int] = {}
        self._running, self._stopping = 0, False

    @property
    def under_way(self) -> int:
        """Rows that were taken and have no result yet."""
        return len(self._ready) + len(self._out) + len(self._again)

    @property
    def room(self) -> bool:
        """Whether another row can be taken: until the next block is full."""
        return len(self._ready) < self._size.block

    def send(self, row: Row) -> None:
        """Take a row for the next block."""
        self._ready.append(row)

    def results(self) -> Iterator[dict[str, Any]]:
        """Those there are, after a moment's wait. Raises the error of a machine that can't write at all, and Unavailable."""
        if self.ending() and not self._stopping:
            self._stopping = True
            self._tell(None)
        if self._stopping:
            self.withheld += len(self._ready) + len(self._again)
            self._ready, self._again = [], []
        self._begin()
        wait = TICK
        for _ in range(AT_A_TIME):
            came = self._came(wait)
            if came is None:
                return
            yield from self._take(came)
            wait = 0

    def stop(self) -> None:
        """End all that goes on in the cluster."""
        self._end()

    def _begin(self) -> None:
        """Begin what blocks there is room for; rows that were lost go out first, each in a batch of its own."""
        for rows, batch in ((self._again, 1), (self._ready, self._size.batch)):
            if not rows or self._running >= self._size.blocks:
                continue
            block = rows[: self._size.block]
            del rows[: len(block)]
            self._out |= {row.number: row for row in block}
            self._running += 1
            self._tell((block, min(batch, self._size.share(len(block)))))

    def _tell(self, what: tuple[list[Row], int] | None) -> None:
        """Hand it on; that nobody takes it any more is noticed when what had come by then is read."""
        with contextlib.suppress(OSError):
            self._pipe.send(what)

    def _came(self, seconds: float) -> str | list[int] | Exception | None:
        """What came within so many seconds, None for nothing. Raises Unavailable when no more can come."""
        try:
            came: str | list[int] | Exception | None = self._pipe.recv() if self._pipe.poll(seconds) else None
        except (EOFError, OSError):
            raise Unavailable("the Ray cluster broke off; what came is kept, and --resume goes on") from None
        return came

    def _take(self, came: str | list[int] | Exception) -> Iterator[dict[str, Any]]:
        """What came: a result as JSON, the numbers of a block that is over, or why there is no more."""
        if isinstance(came, Exception):
            raise came
        if isinstance(came, list):
            self._running -= 1
            for number in came:
                yield from self._missed(number)
            return
        result = json.loads(came)
        if result["status"] == BROKEN:
            raise error_of(result)
        if result["status"] == LOST:
            yield from self._missed(result["row"])
            return
        if self._out.pop(result["row"], None) is None:
            return  # it came before, from a machine that was lost then
        if result["status"] == WITHHELD:
            self.withheld += 1
            return
        yield result

    def _missed(self, number: int) -> Iterator[dict[str, Any]]:
        """No more comes for that row from its block: without a result it goes again, or has failed."""
        row = self._out.pop(number, None)
        if row is None:
            return
        self._tries[number] = self._tries.get(number, 0) + 1
        if self._tries[number] < TRIES:
            self._again.append(row)
            return
        why = f"no result came from the Ray cluster, {TRIES} times; is there memory enough on its machines?"
        yield {"row": number, "id": row.id, "key": row.key, "status": FAILED, "error": why, "exit_code": 1}
