"""Whole processes, timed in turn: seconds from the start of a program to its end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What the installed `afternote` script runs; so the checkout is measured, installed or not.
AFTERNOTE = "from assistant.cli.start import main; main()"


@dataclass(frozen=True)
class Command:
    """A command line, and the environment it runs in."""

    line: list[str]
    environment: dict[str, str] = field(default_factory=dict)

    def run(self) -> str:
        """Run it once and return what it printed; a failure ends the benchmark with the program's own words."""
        done = subprocess.run(self.line, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(self.line)[:200]} ended with {done.returncode}:\n{done.stderr[-800:]}")
        return done.stdout

    def seconds(self) -> float:
        """How long one run takes."""
        started = time.perf_counter()
        subprocess.run(
            self.line,
            env=self.environment,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return time.perf_counter() - started


def clean(home: str) -> dict[str, str]:
    """An environment with a home of its own and no settings; compiled modules are kept, as they are on a user's machine."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
    return kept | {"HOME": home, "XDG_CONFIG_HOME": home, "NO_COLOR": "1"}


def afternote(home: str, *arguments: str, python: str = sys.executable) -> Command:
    """Our command, from this checkout."""
    return Command([python, "-c", AFTERNOTE, *arguments], clean(home) | {"PYTHONPATH": str(ROOT)})


def in_turn(commands: dict[str, Command], runs: int) -> dict[str, list[float]]:
    """Seconds of each command, all of them once a round, so that a busy moment hits each alike; one round before goes unmeasured."""
    for command in commands.values():
        command.run()  # files into the cache, modules compiled, and a broken command found
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(command.seconds())
    return taken
