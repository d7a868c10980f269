"""How close `afternote batch` comes to what an endpoint's latency allows, what a row costs, and whether memory stays level.

    python benchmarks/throughput.py [--rows 2000] [--latency 0.2] [--concurrency 64] [--runs 3]
    python benchmarks/throughput.py --memory 200 2000 20000

The endpoint is `benchmarks/crowd.py` in a process of its own, on the same machine: the processor time that it takes is missing for us. The
ideal is rows x latency / concurrency. It is held against the whole process, and against it without the start, which is the time that
a batch of one row takes beyond one latency. Memory is the sum over all our processes (PSS, which counts shared pages once).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from processes import AFTERNOTE, ROOT, clean
from rows import Row, alone, note, options, show

CROWD = str(Path(__file__).with_name("crowd.py"))
SAMPLED = 0.2  # seconds between two looks at the memory


@dataclass(frozen=True)
class Run:
    """One batch: seconds from start to end, processor seconds of ours, and the most memory at one time, in MB."""

    seconds: float
    cpu: float
    memory: float


@contextmanager
def endpoint(latency: float) -> Iterator[str]:
    """The crowd's endpoint, for the time of a `with`: its base URL."""
    server = subprocess.Popen(
        [sys.executable, CROWD, "serve", "--latency", str(latency)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()


def briefs(folder: str, count: int) -> str:
    """A file of so many briefs."""
    path = Path(folder) / f"{count}.jsonl"
    if not path.exists():
        path.write_text(
            subprocess.run(
                [sys.executable, CROWD, "briefs", str(count)], capture_output=True, text=True, check=True
            ).stdout
        )
    return str(path)


def batch(folder: str, source: str, url: str, concurrency: int, rows: int, weighed: bool = False) -> Run:
    """Run it as a process of its own; ends the benchmark when a row has no letter. `weighed`: look at its memory too, which takes time."""
    out = Path(folder) / "out.jsonl"
    line = [
        sys.executable,
        "-c",
        AFTERNOTE,
        "batch",
        source,
        "-o",
        str(out),
        "--force",
        "--base-url",
        url,
        "--model",
        "m",
        "--json",
    ]
    environment = clean(folder) | {"PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    process = subprocess.Popen(
        [*line, "--concurrency", str(concurrency)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process, peak, weighed), daemon=True)
    watcher.start()
    said, complaint = process.communicate()
    seconds = time.perf_counter() - started
    watcher.join()
    if process.returncode or json.loads(said)["written"] != rows:
        raise SystemExit(f"{said}\n{complaint}")
    return Run(seconds, _cpu.pop() if _cpu else 0.0, peak[0])


_cpu: list[float] = []


def _watch(process: subprocess.Popen[str], peak: list[float], weighed: bool) -> None:
    """Look at the processes now and then; the last look tells the processor time, which a killed child would take with it."""
    spent: dict[int, float] = {}
    while process.poll() is None:
        family = _family(process.pid)
        if weighed:
            peak[0] = max(peak[0], sum(map(_pss, family)))
        for pid in family:
            with suppress(OSError, IndexError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                spent[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        time.sleep(SAMPLED)
    _cpu.append(sum(spent.values()))


def _family(parent: int) -> list[int]:
    """The process and its children."""
    with suppress(OSError):
        return [parent, *map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]
    return []


def _pss(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def speed(folder: str, rows: int, latency: float, concurrency: int, runs: int) -> Iterator[Row]:
    ideal = rows * latency / concurrency
    with endpoint(latency) as url:
        one, many = briefs(folder, 1), briefs(folder, rows)
        batch(folder, one, url, concurrency, 1)  # files into the cache
        starts = [batch(folder, one, url, concurrency, 1).seconds - latency for _ in range(runs)]
        made = [batch(folder, many, url, concurrency, rows) for _ in range(runs)]
    begun = min(starts)
    whole = [ideal / run.seconds for run in made]
    steady = [ideal / (run.seconds - begun) for run in made]
    what = f"batch of {rows:,}, {latency * 1000:.0f} ms, {concurrency} at once"
    yield Row(
        f"{what}: pace, start apart",
        "the ideal",
        max(steady) * rows / ideal,
        rows / ideal,
        "rows/s",
        _middle(steady),
        runs,
    )
    yield Row(
        f"{what}: pace, whole process",
        "the ideal",
        max(whole) * rows / ideal,
        rows / ideal,
        "rows/s",
        _middle(whole),
        runs,
    )
    yield alone("batch: start", starts, "s")
    yield alone("batch: processor time a row, start included", [run.cpu / rows * 1000 for run in made], "ms")


def memory(folder: str, counts: list[int], concurrency: int) -> Iterator[Row]:
    with endpoint(0.0) as url:
        for count in counts:
            run = batch(folder, briefs(folder, count), url, concurrency, count, weighed=True)
            yield alone(f"batch: most memory at {count:,} rows", [run.memory], "MB")
            note(f"{count:,} rows in {run.seconds:.1f} s, {run.cpu / count * 1000:.1f} ms of processor time a row")


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def main() -> None:
    parser = options(__doc__, runs=3)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--memory", type=int, nargs="+", default=[], help="only memory, at these numbers of rows")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.memory:
            show(memory(folder, given.memory, given.concurrency), given.json)
        else:
            show(speed(folder, given.rows, given.latency, given.concurrency, given.runs), given.json)


if __name__ == "__main__":
    main()
