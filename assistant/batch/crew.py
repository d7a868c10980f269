"""Processes that write letters side by side, each with several threads: an endpoint is waited for by many, and checks use all cores.

The parent hands out rows and takes results through a pipe of its own to each process, so that one that dies, whatever it held, stops
nobody else: its rows go to another. A process whose parent dies ends at once.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from assistant.batch.rows import Row
from assistant.batch.work import FAILED, Work
from assistant.errors import AfternoteError, ProviderError
from assistant.providers.gate import SIZE, Gate

SPARE = 2  # threads: one more for each so many that may ask at once, for the letters that are just being checked
TICK = 0.25  # seconds after which the parent looks at the clock though nothing came
# Linux copies a process that has loaded everything once; elsewhere system libraries don't bear that, and each loads for itself.
_METHOD = "fork" if sys.platform == "linux" else "spawn"


@dataclass(frozen=True)
class _Job:
    """What a process is told when it starts; `state` and `lock` are the gate's, shared by all."""

    work: Work
    threads: int
    state: Any
    lock: Any
    limits: tuple[float, float]
    close: tuple[int, ...]

    @property
    def all_threads(self) -> int:
        """So many that, while some letters are checked here, as many requests as may be are under way there; an engine needs none."""
        return self.threads if self.work.settings.provider == "local" else self.threads + -(-self.threads // SPARE)


@dataclass
class _Process:
    process: Any
    pipe: Connection
    rows: dict[int, Row] = field(default_factory=dict)  # under way there, by their number
    alone: bool = False  # its one row is suspected of having killed a process, and gets no company


class Crew:
    """`processes` with `threads` each. Send rows while there is `room`, take results from `results`; `under_way` counts what is between.

    `close` are files of the parent's that no child should hold open.
    """

    def __init__(self, work: Work, processes: int, threads: int, limits: tuple[float, float], close: tuple[int, ...]):
        """Start them. `limits` are requests and tokens a minute, for all together; 0 for what the endpoint says."""
        self._context: Any = multiprocessing.get_context(_METHOD)
        state, lock = self._context.Array("d", SIZE, lock=False), self._context.Lock()
        self._job = _Job(work, threads, state, lock, limits, close if _METHOD == "fork" else ())
        # One more than there are threads may wait in each process, so that no thread does.
        self._most = self._job.all_threads + 1
        self._again: list[Row] = []
        self._crew: list[_Process] = []
        for _ in range(processes):
            self._crew.append(self._start())

    @property
    def under_way(self) -> int:
        """Rows that were sent and have no result yet."""
        return sum(len(one.rows) for one in self._crew) + len(self._again)

    @property
    def room(self) -> bool:
        """Whether a row can be sent."""
        return not self._again and any(self._takes(one) for one in self._crew)

    def _takes(self, one: _Process) -> bool:
        return len(one.rows) < self._most and not (one.alone and one.rows)

    def send(self, row: Row) -> None:
        """Give a row to the process that has fewest."""
        self._give(row, min(filter(self._takes, self._crew), key=lambda one: len(one.rows)))

    def _give(self, row: Row, one: _Process, alone: bool = False) -> None:
        one.rows[row.number] = row
        one.alone = alone
        with contextlib.suppress(OSError):  # it has just died: its rows are taken up when that is noticed
            one.pipe.send(row)

    def results(self) -> Iterator[dict[str, Any]]:
        """The results there are by now, after waiting a moment for the first. Raises the error of a process that can't write at all."""
        for pipe in wait([one.pipe for one in self._crew], TICK):
            one = next(one for one in self._crew if one.pipe is pipe)
            with contextlib.suppress(EOFError, OSError):
                while one.pipe.poll():
                    result = one.pipe.recv()
                    if isinstance(result, BaseException):
                        raise result
                    one.rows.pop(result["row"], None)
                    yield result
                continue
            yield from self._bury(one)
        for one in self._crew:
            if self._again and not one.rows:
                self._give(self._again.pop(), one, alone=True)

    def stop(self) -> None:
        """End them all, whatever they are doing."""
        for one in self._crew:
            one.process.kill()
            one.pipe.close()
        for one in self._crew:
            one.process.join(5)

    def _start(self) -> _Process:
        ours, theirs = self._context.Pipe()
        # A copied process has copies of our ends of all pipes so far; while it held them open, nobody would notice that we died.
        ends = [ours, *(one.pipe for one in self._crew)] if _METHOD == "fork" else []
        process = self._context.Process(target=_work, args=(theirs, ends, self._job), daemon=True)
        process.start()
        theirs.close()
        return _Process(process, ours)

    def _bury(self, dead: _Process) -> Iterator[dict[str, Any]]:
        """Another process in the place of one that died; its rows go again, each by itself, but for one that did it again alone."""
        dead.process.join(1)
        code = dead.process.exitcode
        self._crew[self._crew.index(dead)] = self._start()
        dead.pipe.close()
        for row in dead.rows.values():
            if not dead.alone:
                self._again.append(row)
                continue
            why = f"the process that wrote it died, twice (last with {code}); is there memory enough?"
            yield {"row": row.number, "id": row.id, "key": row.key, "status": FAILED, "error": why, "exit_code": 1}


def _work(pipe: Connection, parents: list[Connection], job: _Job) -> None:
    """What a process does: rows from the pipe, results into it, until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C, and decides
    for heard in (signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])):
        if signal.getsignal(heard) != signal.SIG_IGN:
            signal.signal(heard, signal.SIG_DFL)
    for end in parents:
        end.close()
    for file in job.close:
        os.close(file)
    gc.freeze()
    # What was loaded is frozen and not looked at again; what a row leaves in circles has to go, or memory would grow with the file.
    gc.set_threshold(100_000, 10, 5)
    rows: queue.SimpleQueue[Row] = queue.SimpleQueue()
    one_at_a_time = threading.Lock()

    def send(result: object) -> None:
        with one_at_a_time, contextlib.suppress(OSError):
            pipe.send(result)

    def serve() -> None:
        while True:
            row = rows.get()
            try:
                result = write(row)
            except Exception as error:
                # A defect of ours in one row is that row's failure, and the others go on; its name is what a report of it needs.
                why = f"a defect of afternote, please report it: {type(error).__name__}"
                result = {"row": row.number, "id": row.id, "key": row.key, "status": FAILED, "error": why}
                result["exit_code"] = 1
            send(result)

    try:
        write = job.work.writer(Gate(job.state, job.lock, job.limits), job.threads)
    except AfternoteError as error:
        send(ProviderError(str(error)) if not error.args else error)
        os._exit(0)
    for _ in range(job.all_threads):
        threading.Thread(target=serve, daemon=True).start()
    try:
        while True:
            rows.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)  # the parent is done, or dead: what is under way here nobody wants
