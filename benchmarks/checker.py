"""How fast the checker is: letters a second on one core beside proselint and write-good, and what a letter of one megabyte takes.

    python benchmarks/checker.py [--runs 5] [--peers FOLDER [--install]] [--json]

Each is a library loop in a process of its own over the same letters, warmed up, all kept on one core and asked in turn; what counts is
processor time. They do different work: proselint runs over a hundred checks of usage, pattern after pattern; write-good looks for weak
words, passives and clichés; ours finds zones and sentences, looks for its patterns, judges each sentence and decides a verdict.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from peers import add_options, program, version
from processes import ROOT, clean
from rows import Row, alone, beside, note, options, show

LETTERS = ROOT / "evals" / "letters" / "test"
SIZE = 1_000_000  # characters of a letter that nobody writes
# Each reads the letters, and for each line of its standard input goes through all of them once and prints the seconds.
LOOP = """
import json, sys, time
{load}
letters = json.load(open(sys.argv[1], encoding="utf-8"))
for _ in sys.stdin:
    start = time.process_time()
    for letter in letters:
        {check}
    print(time.process_time() - start, flush=True)
"""
OURS = LOOP.format(load="from assistant.checks import check", check="check(letter)")
PROSELINT = LOOP.format(
    load="""
from proselint.checks import __register__
from proselint.registry import CheckRegistry
from proselint.tools import LintFile
CheckRegistry().register_many(__register__)""",
    check='LintFile("letter", letter).lint()',
)
WRITE_GOOD = """
const writeGood = require(process.argv[2]);
const letters = JSON.parse(require('fs').readFileSync(process.argv[1], 'utf8'));
require('readline').createInterface({ input: process.stdin }).on('line', () => {
  const start = process.cpuUsage();
  for (const letter of letters) writeGood(letter);
  const took = process.cpuUsage(start);
  console.log((took.user + took.system) / 1e6);
});
"""


class Loop:
    """A process that goes through the letters whenever it is asked to."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def seconds(self) -> float:
        """Seconds of the processor for all letters, once."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("go\n")
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def ours(letters: Path) -> Loop:
    """Our checker, going through a file of letters."""
    environment = clean(str(letters.parent)) | {"PYTHONPATH": str(ROOT)}
    return Loop([sys.executable, "-c", OURS, str(letters)], environment)


def others(letters: Path, folder: Path | None, install: bool) -> dict[str, Loop]:
    """The peers that are there, going through the same file."""
    out = {}
    if path := program(folder, "proselint", "python", install):
        out["proselint"] = Loop([str(path), "-c", PROSELINT, str(letters)], clean(str(letters.parent)))
    if path := program(folder, "write-good", "write-good", install):
        out["write-good"] = Loop(["node", "-e", WRITE_GOOD, str(letters), str(path)], clean(str(letters.parent)))
    return out


def taken(loops: dict[str, Loop], runs: int) -> dict[str, list[float]]:
    """Seconds of each loop, in turn; one round before goes unmeasured."""
    with contextlib.ExitStack() as ends:
        for loop in loops.values():
            ends.callback(loop.close)
            loop.seconds()
        rounds = [[loop.seconds() for loop in loops.values()] for _ in range(runs)]
    return dict(zip(loops, map(list, zip(*rounds, strict=True)), strict=True))


def rates(texts: list[str], chosen: argparse.Namespace, home: Path) -> Iterator[Row]:
    """Letters a second, ours alone or beside each peer."""
    letters = home / "letters.json"
    letters.write_text(json.dumps(texts), encoding="utf-8")
    seconds = taken({"": ours(letters), **others(letters, chosen.peers, chosen.install)}, chosen.runs)
    rate = {name: [len(texts) / one for one in each] for name, each in seconds.items()}
    mine = rate.pop("")
    if not rate:
        yield alone("check, one core", mine, "letters/s")
    for peer, theirs in rate.items():
        yield beside("check, one core", peer, mine, theirs, "letters/s", version(chosen.peers, peer))


def long_letters(texts: list[str], runs: int, home: Path) -> Iterator[Row]:
    """A letter of one megabyte, in lines and on one line, beside half of it: a ratio of two is linear."""
    for name, body in (("lines", "\n\n".join(texts)), ("one line", "We talked about the ovens and I liked it. ")):
        whole = (body * (SIZE // len(body) + 1))[:SIZE]
        loops = {}
        for part, text in (("whole", whole), ("half", whole[: SIZE // 2])):
            file = home / f"{part}.json"
            file.write_text(json.dumps([text]), encoding="utf-8")
            loops[part] = ours(file)
        seconds = taken(loops, min(runs, 3))
        yield beside(f"check, 1 MB, {name}", "half of it", seconds["whole"], seconds["half"], "s")


def main() -> None:
    parser = options(__doc__, runs=5)
    add_options(parser)
    chosen = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # and so for all that is started from here
    else:
        note("this system keeps no process on one core; the figures are processor time all the same")
    files = [file.read_text(encoding="utf-8") for file in sorted(LETTERS.glob("*.jsonl"))]
    texts = [json.loads(line)["letter"] for file in files for line in file.splitlines()]
    with tempfile.TemporaryDirectory() as home:
        show(rates(texts, chosen, Path(home)), chosen.json)
        show(long_letters(texts, chosen.runs, Path(home)), chosen.json)


if __name__ == "__main__":
    main()
