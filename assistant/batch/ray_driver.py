"""The process that Ray runs in: it takes blocks of rows from a pipe, has the cluster write them, and puts the results into the pipe.

One small actor beside it, the desk, holds what all machines share: the rate limit, which is one for all of them, what is to be written and
with which key, and whether to stop. The key is in memory there and in the processes that ask for it, in no argument, no environment and no
file; but it travels between the machines as all of Ray's messages do: in the clear, unless the cluster was begun with RAY_USE_TLS.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import signal
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from assistant.batch.ray_cluster import connect
from assistant.batch.ray_work import Desk, likeness, write_batch
from assistant.batch.rows import Row
from assistant.batch.work import Work
from assistant.errors import AfternoteError, Unavailable
from assistant.text import one_line, shorten

ROUNDS = 8  # rows that a batch has for each of its threads: fewer leave threads idle at its end, more are asked again when it is lost
BATCHES = 8  # that a block has for each task that may run at once
LARGEST = 8192  # rows of a block


@dataclass(frozen=True)
class Plan:
    """What is to be written where: 0 `letters` at once or `tasks` leave that open, `each` is then a task's letters.

    `limits` are requests and tokens a minute, for all together; 0 for what the endpoint says.
    """

    address: str
    work: Work
    letters: int
    tasks: int
    each: int
    limits: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Size:
    """How much goes on at once in the cluster: `tasks`, each of which takes `cpus` and runs `threads`; and how many `blocks` of rows."""

    tasks: int
    threads: int
    cpus: float = 1.0
    blocks: int = 2

    @property
    def batch(self) -> int:
        """Rows of a batch."""
        return self.threads * ROUNDS

    @property
    def block(self) -> int:
        """Rows of a block."""
        return max(self.batch, min(LARGEST, self.tasks * self.batch * BATCHES))

    def share(self, rows: int) -> int:
        """Rows of a batch in a block of so many: fewer in a small one, so that every task has some."""
        return self.threads * max(1, rows // (self.tasks * self.threads * BATCHES))


def size_of(nodes: list[Mapping[str, Any]], plan: Plan) -> Size:
    """What suits a cluster of these nodes, as `ray.nodes()` tells them. Raises Unavailable for one without processors.

    An endpoint gets a task for each processor; the embedded model, which uses all it finds, one for each machine. When fewer tasks are
    wanted than there is room for, blocks go one by one: two would run twice as many.
    """
    cpus = [int(node["Resources"].get("CPU", 0)) for node in nodes if node["Alive"]]
    cpus = [count for count in cpus if count]
    if not cpus:
        raise Unavailable("the Ray cluster has no processors to give: none of its machines offers a CPU")
    embedded = plan.work.settings.provider == "local"
    room = len(cpus) if embedded else sum(cpus)
    most = min(plan.tasks or room, room, plan.letters or room)
    threads = -(-plan.letters // most) if plan.letters else plan.each
    return Size(most, threads, float(min(cpus)) if embedded else 1.0, 2 if most == room else 1)


def drive(pipe: Connection, plan: Plan) -> None:
    """What the process does: says how much goes on at once, or why nothing can; then takes blocks of rows, and None to begin no more."""
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, signal.SIG_IGN)  # the parent hears them, and decides
    _silence()
    one_at_a_time = threading.Lock()

    def send(said: object) -> None:
        with one_at_a_time, contextlib.suppress(OSError):
            pipe.send(said)

    def stream(rows: list[Row], batch: int) -> None:
        try:
            for result in cluster.results(rows, batch):
                send(result)
            send([row.number for row in rows])
        except Exception as error:
            send(Unavailable(_why(error)))

    try:
        ray = connect(plan.address)
        size = size_of(ray.nodes(), plan)
        cluster = Cluster(ray, plan, size)
    except AfternoteError as error:
        send(error)
        os._exit(0)
    send((size, sum(node["Alive"] for node in ray.nodes())))
    try:
        while True:
            block = pipe.recv()
            if block is None:
                cluster.withhold()
            else:
                threading.Thread(target=stream, args=block, daemon=True).start()
    except (EOFError, OSError):
        os._exit(0)  # the parent is done, or dead; with this process Ray ends all that it began


class Cluster:
    """Blocks of rows on a cluster that `ray` is connected to."""

    def __init__(self, ray: Any, plan: Plan, size: Size) -> None:
        """Set up the desk, on this machine, so that it lives as long as this program."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        self._ray, self._size = ray, size
        ray.data.DataContext.get_current().target_max_block_size = (
            1  # each result comes when it is there, not with many
        )
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        self._desk = ray.remote(Desk).options(num_cpus=0, scheduling_strategy=here).remote(plan.limits)
        # The key is in `work`: what an actor is begun with, Ray keeps; what it is told afterwards, it doesn't.
        ray.get(self._desk.keep.remote(plan.work, likeness()))

    def results(self, rows: list[Row], batch: int) -> Iterator[str]:
        """The results of a block, as JSON, as they come."""
        items = [{"row": json.dumps(dataclasses.asdict(row))} for row in rows]
        dataset = self._ray.data.from_items(items, override_num_blocks=-(-len(items) // batch)).map_batches(
            write_batch,
            batch_size=None,
            batch_format="pyarrow",
            fn_kwargs={"desk": self._desk, "threads": self._size.threads},
            concurrency=self._size.tasks,
            num_cpus=self._size.cpus,
        )
        for came in dataset.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0):
            yield from came["result"].to_pylist()

    def withhold(self) -> None:
        """Begin no further row."""
        self._desk.stop.remote()


def _why(error: Exception) -> str:
    """What a block failed of, in one line; Ray tells the cause last."""
    if missing := re.search(r"No module named '[\w.]+'", str(error)):
        return f"a machine of the Ray cluster can't write ({missing[0]}): pip install 'afternote[ray]' on each of them"
    last = one_line((str(error).strip().splitlines() or [""])[-1])
    return f"the Ray cluster failed: {type(error).__name__}: {shorten(last, 200)}; --resume goes on"


def _silence() -> None:
    """Whatever Ray prints here, and it prints much, is nothing for the user: the errors go through the pipe."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
