"""What a letter from the embedded model costs: wall time, the first words of the letter, peak memory; medians over whole processes.

python benchmarks/embedded.py [--runs 5] [--json]

Each run is a new process that writes to a terminal (a pseudo one), so the time to the first words is what a person waits.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time

from processes import AFTERNOTE, ROOT
from rows import alone, options, show

NAMES = (("in all", "s"), ("to the first words", "s"), ("peak memory", "MB"), ("from subject line to name", "words"))


def draft(seed: int) -> tuple[float, float, float, int]:
    """Seconds in all, seconds to the letter's first words, peak megabytes, words."""
    brief = ROOT / "examples" / "final-round.toml"
    command = [sys.executable, "-c", AFTERNOTE, "draft", str(brief), "--provider", "local", "--seed", str(seed), "-q"]
    terminal, inside = pty.openpty()
    started = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, stdout=inside, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
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
    chosen = options(__doc__, runs=5).parse_args()
    columns = zip(*(draft(seed) for seed in range(1, chosen.runs + 1)), strict=True)
    show((alone(f"embedded draft, {n}", c, unit) for (n, unit), c in zip(NAMES, columns, strict=True)), chosen.json)


if __name__ == "__main__":
    main()
