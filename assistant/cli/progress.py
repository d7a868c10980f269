"""How a batch is coming along, on stderr: a line that renews itself on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.cli.terminal import say
from assistant.text import one_line

if TYPE_CHECKING:
    from assistant.batch.cost import Purse
    from assistant.batch.run import Tally

OFTEN, SELDOM = 0.25, 30.0  # seconds between two lines: on a terminal, and in a log


class Progress:
    """Shows a tally from time to time. `done` gives the part of the rows that were read, 0 to 1, or 0 when nobody knows; `under_way`
    how many of those have no result yet.

    It has no thread of its own: processes may be begun while it shows.
    """

    def __init__(self, done: Callable[[], float], quiet: bool, under_way: Callable[[], int] = lambda: 0) -> None:
        """Nothing is shown yet."""
        self._done, self._quiet, self._under_way = done, quiet, under_way
        self._begun = self._shown = time.monotonic()
        self._status: Any = None

    def __enter__(self) -> Progress:
        """Begin to count the time."""
        self._begun = self._shown = time.monotonic()
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            self._status = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
            self._status.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """Take the line away."""
        if self._status:
            self._status.__exit__(*error)
            self._status = None

    def show(self, tally: Tally) -> None:
        """Show how far it is, unless that was shown just now."""
        if self._due():
            self._put(state_of(tally, self._done(), time.monotonic() - self._begun, self._under_way()))

    def line(self, line: str) -> None:
        """Show this instead, unless something was shown just now."""
        if self._due():
            self._put(line)

    def note(self, line: str) -> None:
        """A remark that stays."""
        if self._quiet:
            return
        if self._status:
            self._status.console.print(one_line(line), markup=False, highlight=False, soft_wrap=True)
        else:
            say(line)

    def _due(self) -> bool:
        return not self._quiet and time.monotonic() - self._shown >= (OFTEN if self._status else SELDOM)

    def _put(self, line: str) -> None:
        self._shown = time.monotonic()
        if self._status:
            from rich.text import Text

            with contextlib.suppress(OSError):  # a terminal that went away is no reason to stop
                self._status.update(Text(line, no_wrap=True, overflow="ellipsis"), refresh=True)
        else:
            say(line)


def state_of(tally: Tally, done: float, seconds: float, under_way: int = 0) -> str:
    """One line: rows with a result, failures, pace, and about how long it will still take."""
    rows = tally.rows
    parts = [f"{rows:,} rows"]
    if rows and done:
        whole = round((rows + under_way + tally.before) / done)
        left = seconds * max(0, whole - rows - tally.before) / rows
        parts = [f"{rows + tally.before:,} of about {max(whole, rows + tally.before):,} rows"]
    if without := tally.bad + tally.failed:
        parts.append(f"{without:,} without a letter")
    if rows and seconds > 1:
        parts.append(f"{60 * rows / seconds:,.0f} a minute")
    if rows and done:
        parts.append(f"about {duration(left)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """`40 s`, `12 min`, `3.5 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def ending(tally: Tally, purse: Purse, output: Path) -> list[str]:
    """How it went, in a few lines."""
    name = one_line(str(output))
    said = f"{tally.written:,} letters written"
    said += f", {tally.flawed:,} of them with an error to look at" if tally.flawed else ""
    said += f"; {tally.before:,} were there before" if tally.before else ""
    lines = [f"{said}: {name}"]
    if tally.bad or tally.failed:
        first = one_line(tally.first_error)
        lines.append(
            f"{tally.bad:,} rows can't be used, {tally.failed:,} failed; --resume tries them again; the first: {first}"
        )
    tokens = f"tokens: {tally.usage.prompt_tokens:,} in, {tally.usage.completion_tokens:,} out"
    if purse.price:
        about = "about " if purse.uncounted else ""
        tokens += f"; cost, with earlier runs: {about}{purse.spent:.4f}"
    lines.append(tokens)
    if not tally.whole and not tally.stopped:
        why = "--max-cost is reached" if purse.limit is not None and not purse.bears(0) else "it was stopped"
        lines.append(f"{why}: the rows that are left wait for --resume")
    return lines
