"""Ten thousand mails broken at random: nothing but errors of ours, none over a second, memory flat.

    python benchmarks/fuzz_mail.py [--mails 10000] [--seed 1] [--only 4711]

Mutates the development mails of `evals/mails` and those of `tests/hostile`. Each is read, advised on, a brief is begun from it and an
answer drafted. What goes wrong is told with the number by which `--only` repeats it under the same seed. Seconds are those of
the processor.
"""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from hostile.mutate import mutated, sources  # noqa: E402, the line above is what makes it found
from hostile.outcome import outcome  # noqa: E402, likewise

GIVE_UP = 20  # seconds for one mail


class TooLongError(Exception):
    pass


def late(*_: object) -> None:
    raise TooLongError


def resident() -> float:
    """MB of memory that are in use now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--save", type=Path, help="with --only: write the mail there")
    given = parser.parse_args()
    mails = sources(ROOT / "evals" / "mails" / "development")
    signal.signal(signal.SIGALRM, late)
    for mail in mails:  # what is loaded once, and grows to the size of any mail's work, isn't growth
        outcome(mail)
    before, went, slowest, wrong = resident(), Counter[str](), [(0.0, 0)], 0
    resident_at = [before]
    for number in [given.only] if given.only is not None else range(given.mails):
        raw = mutated(mails, Random(f"{given.seed}:{number}"))
        if given.save:
            given.save.write_bytes(raw)
        signal.alarm(GIVE_UP)
        started = time.process_time()
        try:
            went[outcome(raw)] += 1
        except Exception as error:
            wrong += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            print(f"--only {number}: {error!r:.200} in {Path(where.filename).name}:{where.lineno}, {len(raw):,} bytes")
        signal.alarm(0)
        slowest = sorted([*slowest, (time.process_time() - started, number)], reverse=True)[:5]
        if number % 1000 == 999:
            resident_at.append(resident())
    total = sum(went.values()) + wrong
    print(
        f"{total:,} mails from {len(mails)}, seed {given.seed}:",
        ", ".join(f"{n:,} {how}" for how, n in went.most_common()),
    )
    print(f"exceptions that aren't ours, and faults: {wrong}")
    print("slowest: " + ", ".join(f"{seconds:.2f} s (--only {number})" for seconds, number in slowest))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"memory: {before:.0f} MB before, {resident():.0f} MB after, {peak:.0f} MB at most")
    print("after each 1,000 mails:", *(f"{megabytes:.0f}" for megabytes in resident_at), "MB")


if __name__ == "__main__":
    main()
