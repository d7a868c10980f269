"""What a letter from the embedded model costs: wall time, first sign of progress, peak memory; medians over whole processes.

python benchmarks/embedded.py [--runs 5]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def draft(seed: int) -> tuple[float, float, float, int]:
    """Seconds in all, seconds to the first word on stderr, peak megabytes, words of the letter."""
    brief = ROOT / "examples" / "final-round.toml"
    command = [
        str(Path(sys.executable).with_name("afternote")),
        "draft",
        str(brief),
        "--provider",
        "local",
        "--seed",
        str(seed),
        "--json",
    ]
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stderr is not None
    child.stderr.read(1)
    first = time.perf_counter() - started
    letter = json.loads(child.stdout.read())
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"draft failed with status {status}")
    return time.perf_counter() - started, first, usage.ru_maxrss / 1024, letter["words"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    rows = [draft(seed) for seed in range(1, parser.parse_args().runs + 1)]
    names = ("seconds in all", "seconds to the first sign", "peak MB", "words")
    for name, column in zip(names, zip(*rows, strict=True), strict=True):
        print(f"{name}: median {statistics.median(column):.2f}, from {min(column):.2f} to {max(column):.2f}")


if __name__ == "__main__":
    main()
