"""What a letter from the embedded model costs: wall time, the first words of the letter, peak memory; medians over whole processes.

python benchmarks/embedded.py [--runs 5]

Each run is a new process that writes to a terminal (a pseudo one), so the time to the first words is what a person waits.
"""

from __future__ import annotations

import argparse
import os
import pty
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("seconds in all", "seconds to the first words", "peak MB", "words, subject line to name")


def draft(seed: int) -> tuple[float, float, float, int]:
    """Seconds in all, seconds to the letter's first words, peak megabytes, words."""
    brief = ROOT / "examples" / "final-round.toml"
    program = str(Path(sys.executable).with_name("afternote"))
    command = [program, "draft", str(brief), "--provider", "local", "--seed", str(seed), "-q"]
    terminal, inside = pty.openpty()
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=inside, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    os.close(inside)
    first, shown = 0.0, b""
    while piece := _read(terminal):
        first = first or time.perf_counter() - started
        shown += piece
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"draft failed with status {status}")
    return time.perf_counter() - started, first, usage.ru_maxrss / 1024, len(shown.split())


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how a pseudo terminal says that the other side has gone
        return b""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    rows = [draft(seed) for seed in range(1, parser.parse_args().runs + 1)]
    for name, column in zip(NAMES, zip(*rows, strict=True), strict=True):
        print(f"{name}: median {statistics.median(column):.2f}, from {min(column):.2f} to {max(column):.2f}")


if __name__ == "__main__":
    main()
