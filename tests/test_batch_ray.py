"""A batch on a Ray cluster: each row once whatever the cluster does, without Ray by what stands in for it, and with Ray for real."""

from __future__ import annotations

import importlib.util
import json
import multiprocessing
import subprocess
import sys
import threading
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Outcome

from assistant.batch import ray_work
from assistant.batch.cost import Purse
from assistant.batch.ray_cluster import connect
from assistant.batch.ray_driver import Plan, Size, size_of
from assistant.batch.ray_engine import RayCrew
from assistant.batch.ray_work import BROKEN, LOST, WITHHELD, Desk, FarGate, write_batch
from assistant.batch.results import Results
from assistant.batch.rows import Row
from assistant.batch.run import Tally, run
from assistant.batch.work import Work
from assistant.errors import NotAuthorised, Unavailable, UsageError
from assistant.settings import ModelSettings

ROWS = [Row(number, f"key-{number}", id=f"id-{number}") for number in range(1, 41)]
SMALL = Size(tasks=2, threads=1)
Block = tuple[list[Row], int]


def result(row: Row, status: str = "written") -> str:
    return json.dumps({"row": row.number, "id": row.id, "key": row.key, "status": status, "findings": []})


class Cluster:
    """The other side of the pipe: `answer` gives what comes of the block, of which it is the nth."""

    def __init__(self, answer: Callable[[int, list[Row]], Iterator[object]], size: Size = SMALL) -> None:
        self.blocks: list[Block] = []
        self.stopped, self._answer = False, answer
        ours, self._pipe = multiprocessing.Pipe()
        self.crew = RayCrew(ours, size, ours.close)
        threading.Thread(target=self._serve, args=(self._pipe,), daemon=True).start()

    def _serve(self, pipe: Connection) -> None:
        try:
            while True:
                block = pipe.recv()
                if block is None:
                    self.stopped = True
                    continue
                self.blocks.append(block)
                for said in self._answer(len(self.blocks), block[0]):
                    pipe.send(said)
                pipe.send([row.number for row in block[0]])
        except (EOFError, OSError):
            pipe.close()


def batch(cluster: Cluster, path: Path, rows: list[Row] = ROWS) -> tuple[Tally, list[dict[str, Any]]]:
    results = Results(path, resume=False)
    try:
        tally = run(rows, cluster.crew, results, Purse(), cluster.crew.ending, lambda tally: None)
    finally:
        cluster.crew.stop()
        results.close()
    return tally, [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_row_comes_once_though_the_cluster_gives_them_twice_and_in_any_order(tmp_path: Path) -> None:
    cluster = Cluster(lambda nth, rows: (result(row) for row in [*rows[::-1], *rows]))
    tally, had = batch(cluster, tmp_path / "out.jsonl")
    assert sorted(one["row"] for one in had) == [row.number for row in ROWS]
    assert (tally.written, tally.failed, tally.whole) == (40, 0, True)


def test_blocks_hold_what_their_size_says_and_small_ones_have_small_batches(tmp_path: Path) -> None:
    cluster = Cluster(lambda nth, rows: (result(row) for row in rows), Size(tasks=1, threads=1))
    rows = [Row(number, f"key-{number}") for number in range(1, 101)]
    batch(cluster, tmp_path / "out.jsonl", rows)
    assert [(len(block), each) for block, each in cluster.blocks] == [(64, 8), (36, 4)]


@pytest.mark.parametrize("says_so", [True, False], ids=["told that it is lost", "never told"])
def test_a_row_that_is_lost_goes_again_by_itself(tmp_path: Path, says_so: bool) -> None:
    def answer(nth: int, rows: list[Row]) -> Iterator[object]:
        for row in rows:
            if nth > 1 or row.number not in (7, 9):
                yield result(row)
            elif says_so:
                yield result(row, LOST)

    cluster = Cluster(answer)
    tally, had = batch(cluster, tmp_path / "out.jsonl")
    assert sorted(one["row"] for one in had) == [row.number for row in ROWS]
    again = [row.number for block, each in cluster.blocks[1:] for row in block]
    assert sorted(again) == [7, 9]
    assert {each for _, each in cluster.blocks[1:]} == {1}
    assert tally.written == 40


def test_a_row_that_never_comes_has_failed_and_the_others_are_there(tmp_path: Path) -> None:
    cluster = Cluster(lambda nth, rows: (result(row) for row in rows if row.number != 7))
    tally, had = batch(cluster, tmp_path / "out.jsonl")
    assert (tally.written, tally.failed) == (39, 1)
    (failed,) = [one for one in had if one["status"] == "failed"]
    assert failed["row"] == 7
    assert "2 times" in failed["error"]


def test_what_a_machine_cannot_write_with_ends_the_batch_with_its_error(tmp_path: Path) -> None:
    def answer(nth: int, rows: list[Row]) -> Iterator[object]:
        yield result(rows[0])
        yield json.dumps({"status": BROKEN, "error": "a machine has no key", "exit_code": 77})

    with pytest.raises(NotAuthorised, match="a machine has no key"):
        batch(Cluster(answer), tmp_path / "out.jsonl")
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 1


def test_when_ray_dies_what_came_is_kept(tmp_path: Path) -> None:
    def answer(nth: int, rows: list[Row]) -> Iterator[object]:
        yield result(rows[0])
        raise EOFError

    with pytest.raises(Unavailable, match="broke off"):
        batch(Cluster(answer), tmp_path / "out.jsonl")
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 1


def test_asked_to_end_it_brings_home_what_is_under_way_and_begins_no_more(tmp_path: Path) -> None:
    began, goes_on = threading.Event(), threading.Event()

    def answer(nth: int, rows: list[Row]) -> Iterator[object]:
        yield result(rows[0])
        began.set()
        goes_on.wait(10)
        yield result(rows[1])
        yield from (result(row, WITHHELD) for row in rows[2:])

    cluster = Cluster(answer, Size(tasks=1, threads=1, blocks=1))

    def ending() -> bool:
        if began.is_set():
            threading.Timer(0.2, goes_on.set).start()
        return began.is_set()

    cluster.crew.ending = ending
    rows = [Row(number, f"key-{number}") for number in range(1, 201)]
    _, had = batch(cluster, tmp_path / "out.jsonl", rows)
    assert [one["row"] for one in had] == [1, 2]
    assert len(cluster.blocks) == 1
    assert cluster.crew.under_way == 0
    assert cluster.crew.withheld >= 62


def node(cpus: float, alive: bool = True) -> dict[str, Any]:
    return {"Alive": alive, "Resources": {"CPU": cpus} if cpus else {}}


def plan(letters: int = 0, tasks: int = 0, provider: str = "openai") -> Plan:
    return Plan("", Work(ModelSettings(provider, "m")), letters, tasks, each=8)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (plan(), Size(6, 8)),
        (plan(letters=60), Size(6, 10)),
        (plan(letters=4), Size(4, 1, blocks=1)),
        (plan(tasks=2), Size(2, 8, blocks=1)),
        (plan(tasks=99), Size(6, 8)),
        (plan(provider="local"), Size(2, 8, cpus=2.0)),
    ],
)
def test_how_much_goes_on_at_once_suits_the_cluster(asked: Plan, wanted: Size) -> None:
    assert size_of([node(2), node(4), node(0), node(16, alive=False)], asked) == wanted


def test_a_cluster_without_processors_is_told() -> None:
    with pytest.raises(Unavailable, match="no processors"):
        size_of([node(0)], plan())


@dataclass
class Near:
    """An actor that isn't far: each of its methods has a `remote` that answers at once."""

    actor: Any

    def __getattr__(self, name: str) -> Any:
        return types.SimpleNamespace(remote=getattr(self.actor, name))

    def __hash__(self) -> int:
        return id(self)


@dataclass
class Batch:
    rows: list[Row] = field(default_factory=list)

    def __getitem__(self, name: str) -> Any:
        texts = [json.dumps({"number": row.number, "key": row.key, "id": row.id}) for row in self.rows]
        return types.SimpleNamespace(to_pylist=lambda: texts)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Near:
    """The desk of a cluster of one process, which writes its rows' numbers and has a defect in the third."""
    monkeypatch.setitem(sys.modules, "ray", types.SimpleNamespace(get=lambda value: value))

    def write(row: Row) -> dict[str, Any]:
        if row.number == 3:
            raise ZeroDivisionError
        return {"row": row.number, "status": "written"}

    monkeypatch.setattr(Work, "writer", lambda work, gate, threads: write)
    desk = Desk((0.0, 0.0))
    desk.keep(Work(ModelSettings("openai", "m")), ray_work.likeness())
    return Near(desk)


def said(desk: Near, rows: list[Row]) -> list[dict[str, Any]]:
    return [json.loads(text) for each in write_batch(Batch(rows), desk, 4) for text in each["result"]]


def test_a_task_gives_results_in_the_order_of_its_rows_and_survives_a_defect(desk: Near) -> None:
    had = said(desk, ROWS[:8])
    assert [one["row"] for one in had] == list(range(1, 9))
    assert [one["row"] for one in had if one["status"] == "failed"] == [3]


def test_a_task_begins_no_row_after_the_stop(desk: Near) -> None:
    desk.actor.stop()
    assert {one["status"] for one in said(desk, ROWS[:8])} == {WITHHELD}


def test_a_batch_that_is_begun_again_and_again_is_given_up(desk: Near) -> None:
    for _ in range(ray_work.BEGUN):
        said(desk, ROWS[:8])
    assert [one["status"] for one in said(desk, ROWS[:8])] == [LOST] * 8
    assert [one["status"] for one in said(desk, ROWS[:1])] == ["written"]


def test_a_machine_with_other_prompts_says_so(desk: Near) -> None:
    desk.actor.keep(Work(ModelSettings("openai", "m")), "another")
    (one,) = said(desk, ROWS[:8])
    assert one["status"] == BROKEN
    assert "other prompts" in one["error"]


def test_the_rate_limit_is_one_for_all(desk: Near) -> None:
    near = Near(Desk((60.0, 0.0)))
    gates = [FarGate(near), FarGate(near)]
    assert [gate.wait(10) > 0 for gate in gates * 2] == [False, False, True, True]  # a second's worth, whoever asks


def test_an_empty_environment_has_no_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(Unavailable, match=r"pip install 'afternote\[ray\]'"):
        connect("")


@pytest.mark.parametrize("address", ["nonsense", "ray://somewhere:10001", "host:99999999"])
def test_what_is_no_address_is_told(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for name in ("ray", "ray.data"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    with pytest.raises(UsageError, match="--ray-address"):
        connect(address)


def test_without_ray_or_cluster_the_command_ends_in_one_line_and_begins_no_file(
    run: Callable[..., Outcome], tmp_path: Path
) -> None:
    (tmp_path / "briefs.jsonl").write_text("{}\n")
    out = tmp_path / "out.jsonl"
    endpoint = ("--model", "m", "--base-url", "http://127.0.0.1:9")
    ended = run(
        "batch", tmp_path / "briefs.jsonl", "-o", out, *endpoint, "--engine", "ray", "--ray-address", "127.0.0.1:1"
    )
    assert ended.code == 69
    assert ended.err.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize("options", [("--engine", "dask"), ("--ray-address", "127.0.0.1:1")])
def test_options_that_do_not_fit(run: Callable[..., Outcome], tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "briefs.jsonl").write_text("{}\n")
    endpoint = ("--model", "m", "--base-url", "http://127.0.0.1:9")
    assert run("batch", tmp_path / "briefs.jsonl", "-o", tmp_path / "out.jsonl", *endpoint, *options).code == 2


@pytest.mark.ray
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray isn't installed: pip install '.[ray]'")
def test_two_nodes_one_killed_and_no_row_is_lost_or_doubled() -> None:
    script = ROOT / "benchmarks" / "ray_nodes.py"
    command = [sys.executable, str(script), "--count", "300", "--latency", "0.2", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert ended.returncode == 0, ended.stderr
    figures = {row["name"].partition(": ")[2]: row["ours"] for row in map(json.loads, ended.stdout.splitlines())}
    assert (figures["rows written"], figures["rows lost"], figures["rows doubled"]) == (300, 0, 0)
