"""A batch on a Ray cluster of two nodes, one of which is killed when a third of the rows are written: is any row lost, or doubled?

    python benchmarks/ray_nodes.py [--count 400] [--latency 0.2] [--cpus 1] [--spare] [--runs 1] [--json]

Both nodes are on this machine, each with its own raylet, object store and workers; the one that is killed gets SIGKILL, all of its
processes at once, as when a machine loses its power. The letters come from a server on loopback, which counts how often it is asked for
each row. `--spare` kills nothing: the same run, to compare. Needs Ray (the extra `ray`) and `ps`. Ends with 1 when a row is lost or
doubled.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import crowd
from rows import alone, note, options, show

ROOT = Path(__file__).resolve().parent.parent
STORE = 100_000_000  # bytes of each node's object store: Ray wants 75 MB at least
PATIENCE = 300.0  # seconds for a whole run


@dataclass(frozen=True)
class Outcome:
    """How a run went. `again` are requests beyond one a row; `busy` the tasks that ran on the node when it was killed."""

    code: int
    rows: int
    lost: int
    doubled: int
    unwritten: int
    again: int
    busy: int
    seconds: float
    said: str

    @property
    def sound(self) -> bool:
        """Whether each row has its letter, once."""
        return not (self.code or self.lost or self.doubled or self.unwritten)


class Server:
    """Answers as `crowd.py` does, and counts."""

    def __init__(self, latency: float) -> None:
        self.asked: Counter[bytes] = Counter()
        self._latency, self._url = latency, ""
        self._ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()

    @property
    def url(self) -> str:
        """The base URL."""
        self._ready.wait(10)
        return self._url

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(int(length[1]) if length else 0)
                found = crowd._SENDER.search(body)
                name = found[1] if found else b""
                self.asked[name] += 1
                await asyncio.sleep(self._latency)
                writer.write(crowd._reply(crowd.letter(name.decode()), b'"stream":true' in body.replace(b" ", b"")))
        writer.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=1024)
        self._url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        self._ready.set()
        await server.serve_forever()


def tree(root: int) -> dict[int, str]:
    """All processes that descend from one, and itself, with their names."""
    lines = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    found = [(int(pid), int(parent), name) for pid, parent, name in (x.split(None, 2) for x in lines.splitlines())]
    known = {pid: name for pid, _, name in found if pid == root}
    while more := {pid: name for pid, parent, name in found if parent in known and pid not in known}:
        known |= more
    return known


def tasks(processes: dict[int, str]) -> int:
    """How many of these are writing letters."""
    return sum("write_batch" in name for name in processes.values())


def kill(node: subprocess.Popen[bytes]) -> int:
    """Kill a node, all of its processes, in one go; the number of tasks that it was running."""
    processes = tree(node.pid)
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    node.wait(30)
    return tasks(processes)


def environment(home: Path) -> dict[str, str]:
    """No settings and no keys of this machine; the nodes find this checkout."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("AFTERNOTE_", "OPENAI_", "RAY_", "XDG_"))}
    folder = str(Path(sys.executable).parent)
    found = {"HOME": str(home), "PYTHONPATH": str(ROOT), "PATH": f"{folder}:{keep.get('PATH', '')}"}
    return keep | found | {"RAY_USAGE_STATS_ENABLED": "0"}


@contextlib.contextmanager
def cluster(home: Path, cpus: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A cluster of two nodes, its address and its processes: the head first."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    common = ["--block", "--node-ip-address=127.0.0.1", f"--num-cpus={cpus}", f"--object-store-memory={STORE}"]
    head = ["--head", f"--port={address.rpartition(':')[2]}", "--include-dashboard=false", "--disable-usage-stats"]
    nodes: list[subprocess.Popen[bytes]] = []
    with (home / "ray.log").open("wb") as log:
        try:
            for number, own in enumerate(([*head, f"--temp-dir={home}/ray"], [f"--address={address}"]), start=1):
                command = [sys.executable, "-m", "ray.scripts.scripts", "start", *own, *common]
                nodes.append(subprocess.Popen(command, env=environment(home), stdout=log, stderr=log, cwd=home))
                _wait_for(address, number, home)
            yield address, nodes
        finally:
            for node in reversed(nodes):
                kill(node)


def _wait_for(address: str, count: int, home: Path) -> None:
    """Until so many nodes are there; asked in a process of its own, so that this one stays free of Ray."""
    code = (
        "import sys, time, logging, ray\n"
        "ray.init(address=sys.argv[1], log_to_driver=False, logging_level=logging.CRITICAL)\n"
        "while sum(n['Alive'] for n in ray.nodes()) < int(sys.argv[2]): time.sleep(0.1)\n"
    )
    for _ in range(20):
        asked = [sys.executable, "-c", code, address, str(count)]
        if subprocess.run(asked, env=environment(home), capture_output=True, timeout=60).returncode == 0:
            return
        time.sleep(1)
    raise SystemExit(f"the node didn't come up:\n{(home / 'ray.log').read_text()[-2000:]}")


def run(count: int, latency: float, cpus: int, spare: bool) -> Outcome:
    """One batch, as a whole process, on a cluster of its own."""
    with tempfile.TemporaryDirectory(
        prefix="an", dir="/tmp", ignore_cleanup_errors=True
    ) as name:  # Ray's sockets want a short path
        home = Path(name)
        briefs, out = home / "briefs.jsonl", home / "out.jsonl"
        briefs.write_text("".join(json.dumps(values) + "\n" for values in crowd.briefs(count)), encoding="utf-8")
        server = Server(latency)
        with cluster(home, cpus) as (address, nodes):
            options = [
                "--model",
                "crowd",
                "--base-url",
                server.url,
                "--engine",
                "ray",
                "--ray-address",
                address,
                "--json",
            ]
            command = [sys.executable, "-m", "assistant.cli.app", "batch", str(briefs), "-o", str(out), *options]
            begun = time.monotonic()
            batch = subprocess.Popen(
                command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=home
            )
            try:
                busy = 0 if spare else _kill_at(nodes[1], batch, out, count // 3)
                printed, said = (text.decode() for text in batch.communicate(timeout=PATIENCE))
            finally:
                batch.kill()
            seconds = time.monotonic() - begun
        json.loads(printed or "{}")  # nothing of Ray's gets among what is printed
        results = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()] if out.exists() else []
        had = Counter(result["row"] for result in results)
        return Outcome(
            batch.returncode,
            len(results),
            count - len(had.keys() & set(range(1, count + 1))),
            sum(n - 1 for n in had.values()),
            sum(result["status"] != "written" for result in results),
            sum(server.asked.values()) - count,
            busy,
            seconds,
            said,
        )


def _kill_at(node: subprocess.Popen[bytes], batch: subprocess.Popen[bytes], out: Path, written: int) -> int:
    """Kill the node when so many rows are written and it is writing others; the number of tasks that it was running."""
    while batch.poll() is None:
        if out.exists() and out.read_bytes().count(b"\n") >= written and tasks(tree(node.pid)):
            return kill(node)
        time.sleep(0.05)
    return 0


def main() -> None:
    parser = options(__doc__, runs=1)
    parser.add_argument("--count", type=int, default=400, help="rows")
    parser.add_argument("--latency", type=float, default=0.2, help="seconds that the server takes")
    parser.add_argument("--cpus", type=int, default=1, help="of each node")
    parser.add_argument("--spare", action="store_true", help="kill nothing")
    told = parser.parse_args()
    outcomes = []
    for _ in range(told.runs):
        one = run(told.count, told.latency, told.cpus, told.spare)
        note(
            f"{one.said.strip()}\nexit {one.code}; tasks killed {one.busy}; rows {one.rows}, lost {one.lost}, doubled {one.doubled}, "
            f"unwritten {one.unwritten}; requests beyond one a row {one.again}; {one.seconds:.1f} s"
        )
        outcomes.append(one)
    what = "two Ray nodes" if told.spare else "two Ray nodes, one killed"
    figures = {
        "rows written": [float(o.rows - o.unwritten) for o in outcomes],
        # Of these the worst, since a median would hide the one run in which a row was lost.
        "rows lost": [float(max(o.lost for o in outcomes))] * told.runs,
        "rows doubled": [float(max(o.doubled for o in outcomes))] * told.runs,
        "requests beyond one a row": [float(o.again) for o in outcomes],
    }
    show((alone(f"{what}: {name}", values, "") for name, values in figures.items()), told.json)
    show([alone(f"{what}: the whole run", [o.seconds for o in outcomes], "s")], told.json)
    sys.exit(0 if all(o.sound and (told.spare or o.busy) for o in outcomes) else 1)


if __name__ == "__main__":
    main()
