"""The eval suite on an endpoint that answers after 200 ms, 32 at a time: how much longer than the endpoint itself needs.

    python benchmarks/suite.py [--letters 200] [--latency 0.2] [--concurrency 32] [--runs 3]

The endpoint runs in a process of its own. The ideal is that of the latency alone: letters / concurrency, rounded up, times the latency.
"""

from __future__ import annotations

import argparse
import math
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVE = """
import sys, time
from evals.obedient import obedient
with obedient(float(sys.argv[1])) as endpoint:
    print(endpoint.url, flush=True)
    time.sleep(3600)
"""
# What a run does before its first letter and after its last is done here too, on nothing: the start-up.
DRAFT = """
import sys, time
from pathlib import Path
began = time.perf_counter()
from argparse import Namespace
from evals.suite.drafting import Records, all_wanted, draft_all, key_of
from evals.suite.cases import reference_cases
from evals.suite.writer import writer_of
url, letters, concurrency, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
options = Namespace(provider="", model="obedient", base_url=url, concurrency=concurrency)
provider = writer_of(options, "ours", True)
wanted = all_wanted(reference_cases(), 9, 1)
keys = {key_of(one, "ours", provider): one for one in wanted}
warm = dict(list(keys.items())[letters : letters + concurrency])
draft_all(warm, "ours", provider, Records(folder / "warm.jsonl"), concurrency, lambda one: None)
keys = dict(list(keys.items())[:letters])
ready, spent = time.perf_counter(), time.process_time()
draft_all(keys, "ours", provider, Records(folder / "drafts.jsonl"), concurrency, lambda one: None)
print(ready - began, time.perf_counter() - ready, time.process_time() - spent)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=200)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    ideal = math.ceil(options.letters / options.concurrency) * options.latency
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(options.latency)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        rows = [_drafted(url, options) for _ in range(options.runs)]
        start, wall, cpu = (statistics.median(column) for column in zip(*rows, strict=True))
        whole = statistics.median(_whole(url, options) for _ in range(options.runs))
    finally:
        server.terminate()
    print(
        f"{options.letters} letters, {options.latency} s each, {options.concurrency} at once; medians of {options.runs}"
    )
    each = 1000 * cpu / options.letters
    print(f"ideal {ideal:.2f} s; drafting {wall:.2f} s, {wall / ideal:.2f} of the ideal; {each:.1f} ms of CPU a letter")
    print(f"start-up {start:.2f} s; the whole command, with scoring and the table, {whole:.2f} s for 204 letters")


def _drafted(url: str, options: argparse.Namespace) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", DRAFT, url, str(options.letters), str(options.concurrency), folder]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    start, wall, cpu = map(float, done.stdout.split())
    return start, wall, cpu


def _whole(url: str, options: argparse.Namespace) -> float:
    with tempfile.TemporaryDirectory() as folder:
        asked = [
            "run",
            "--cases",
            "references",
            "--epochs",
            "3",
            "--base-url",
            url,
            "--model",
            "obedient",
            "--out",
            str(Path(folder)),
        ]
        command = [sys.executable, "-m", "evals", *asked, "--concurrency", str(options.concurrency)]
        began = time.perf_counter()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
