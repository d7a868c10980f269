"""How fast the checker is: letters a second warm, a letter of one megabyte, a cold command beside a bare import of the openai SDK.

python benchmarks/checker.py [--runs 7]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assistant.checks import check

ROOT = Path(__file__).parent.parent
LETTERS = ROOT / "evals" / "letters" / "test"


def timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, check=False)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    args = parser.parse_args()
    texts = [
        json.loads(line)["letter"]
        for f in sorted(LETTERS.glob("*.jsonl"))
        for line in f.read_text(encoding="utf-8").splitlines()
    ]
    for text in texts[:20]:
        check(text)
    rates = []
    for _ in range(args.runs):
        start = time.process_time()
        for text in texts:
            check(text)
        rates.append(len(texts) / (time.process_time() - start))
    print(
        f"warm, one core: {statistics.median(rates):.0f} letters a second ({min(rates):.0f} to {max(rates):.0f}), {len(texts)} letters"
    )

    sizes = {}
    body = "\n\n".join(texts)
    for size in (125_000, 250_000, 500_000, 1_000_000):
        long = (body * (size // len(body) + 1))[:size]
        start = time.perf_counter()
        check(long)
        sizes[size] = time.perf_counter() - start
    line = "".join(("We talked about the ovens and the rye and I liked it. " * 20_000)[:1_000_000])
    start = time.perf_counter()
    check(line)
    print(
        "one letter of n characters: "
        + ", ".join(f"{n // 1000} kB {t:.2f} s" for n, t in sizes.items())
        + f"; 1 MB on one line {time.perf_counter() - start:.2f} s"
    )

    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(texts[0])
        file.flush()
        cold = [sys.executable, "-m", "assistant.cli.app", "check", file.name]
        bare = [sys.executable, "-c", "import openai"]
        timed(cold), timed(bare)
        pairs = [(timed(cold), timed(bare)) for _ in range(args.runs)]
    ours, theirs = (statistics.median(p[i] for p in pairs) for i in (0, 1))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"cold: afternote check {ours:.3f} s, python -c 'import openai' {theirs:.3f} s, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
