"""What goes on in the machines of a Ray cluster: a batch of rows at a time in each process, and one desk that they all ask."""

from __future__ import annotations

import functools
import hashlib
import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from assistant import __version__
from assistant.batch.rows import Row
from assistant.batch.work import FAILED, Work
from assistant.errors import AfternoteError, NotAuthorised, ProviderError, TryLater, Unavailable
from assistant.prompts import load_template, template_names
from assistant.providers.gate import Gate

# What is sent instead of a result: for a row not begun, for one whose batch was begun too often, and by who can't write any.
WITHHELD, LOST, BROKEN = "withheld", "lost", "broken"
BEGUN = 4  # times that a batch may be begun: Ray begins it again for ever, also when the batch is what ends the process


class Desk:
    """What all machines share. An actor: its methods are called from any of them, one after the other."""

    def __init__(self, limits: tuple[float, float]) -> None:
        """Nothing is to be written yet."""
        self._gate, self._stopped = Gate(told=limits), False
        self._begun: Counter[tuple[int, int]] = Counter()

    def keep(self, work: Work, likeness: str) -> None:
        """Hold what is to be written, and with what."""
        self._work = work, likeness

    def work(self) -> tuple[Work, str]:
        """What is to be written."""
        return self._work

    def gate(self, method: str, *values: Any) -> Any:
        """Ask the one rate limit."""
        return getattr(self._gate, method)(*values)

    def begin(self, first: int, rows: int) -> bool:
        """Whether the batch of so many rows, of which that is the first one's number, may be begun once more."""
        self._begun[first, rows] += 1
        return self._begun[first, rows] <= BEGUN

    def stop(self) -> None:
        """No further row is to be begun."""
        self._stopped = True

    def stopped(self) -> bool:
        """Whether no further row is to be begun."""
        return self._stopped


class FarGate(Gate):
    """The rate limit at the desk, asked from another machine: it is told how long to wait, so that clocks needn't agree."""

    def __init__(self, desk: Any) -> None:
        """Limits and times are the desk's."""
        super().__init__()
        self._desk = desk

    def wait(self, tokens: int) -> float:
        """Seconds to wait before asking again whether a request of about so many tokens may go; 0.0 when it may."""
        import ray

        return float(ray.get(self._desk.gate.remote("wait", tokens)))

    def slower(self, age: float) -> None:
        """The endpoint refused, because it is asked too often, what was asked so many seconds ago."""
        self._desk.gate.remote("slower", age)

    def hold(self, seconds: float) -> None:
        """Let nobody ask for so long."""
        self._desk.gate.remote("hold", seconds)

    def served(self, booked: int, used: int) -> None:
        """An answer came."""
        self._desk.gate.remote("served", booked, used)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Hand on what an answer's headers say of limits."""
        if said := {k.lower(): v for k, v in headers.items() if k.lower().startswith("x-ratelimit-")}:
            self._desk.gate.remote("learn", said)


def write_batch(batch: Any, desk: Any, threads: int) -> Iterator[dict[str, list[str]]]:
    """The results of a batch of rows, in their order, each when it and those before it are there.

    The order matters: when the machine dies and another begins the batch again, Ray passes over as many results as had come, whichever.
    """
    import ray

    rows = [Row(**json.loads(text)) for text in batch["row"].to_pylist()]
    try:
        write = _writer(desk, threads)
    except AfternoteError as error:
        said = {"status": BROKEN, "error": f"{socket.gethostname()}, a machine of the Ray cluster: {error}"}
        yield {"result": [json.dumps(said | {"exit_code": error.exit_code})]}
        return

    may_begin = ray.get(desk.begin.remote(rows[0].number, len(rows)))

    def one(row: Row) -> dict[str, Any]:
        head = {"row": row.number, "id": row.id, "key": row.key}
        if not may_begin:
            return head | {"status": LOST}
        if ray.get(desk.stopped.remote()):
            return head | {"status": WITHHELD}
        try:
            return write(row)
        except Exception as error:
            # A defect of ours in one row is that row's failure, and the others go on; its name is what a report of it needs.
            why = f"a defect of afternote, please report it: {type(error).__name__}"
            return head | {"status": FAILED, "error": why, "exit_code": 1}

    with ThreadPoolExecutor(min(threads, len(rows))) as pool:
        for result in pool.map(one, rows):
            yield {"result": [json.dumps(result)]}


def error_of(said: Mapping[str, Any]) -> AfternoteError:
    """The error of a machine that can't write at all, from what it sent."""
    kinds = {kind.exit_code: kind for kind in (Unavailable, TryLater, NotAuthorised)}
    return kinds.get(said["exit_code"], ProviderError)(said["error"])


def likeness() -> str:
    """What must be the same on all machines, so that a letter doesn't depend on where it was written: the version, and all prompts."""
    prompts = " ".join(load_template(name).label for name in template_names())
    return f"{__version__} {hashlib.sha256(prompts.encode()).hexdigest()[:12]}"


@functools.lru_cache(maxsize=1)
def _writer(desk: Any, threads: int) -> Callable[[Row], dict[str, Any]]:
    """How this process writes, made ready once for all its batches. Raises ProviderError."""
    import ray

    work: Work
    work, wanted = ray.get(desk.work.remote())
    if likeness() != wanted:
        raise Unavailable(
            "it has another afternote than the machine that asks, or other prompts in its settings folder"
        )
    return work.writer(FarGate(desk), threads)
