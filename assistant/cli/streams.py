"""Standard streams that may be closed, full, or read by nobody: a remark that can't be shown is dropped, a letter that can't be is said."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any

from assistant.errors import UsageError


class Steady:
    """A text stream whose writing never raises. `error` is the first thing that kept it from being written; a reader that left is none."""

    def __init__(self, stream: Any, closed: bool = False) -> None:
        """Write to this stream as long as it takes anything; `closed`: it stands for one that was closed."""
        self._stream, self._lost, self.is_closed = stream, False, closed
        self.error: OSError | None = None

    def write(self, text: str) -> int:
        """Write, or drop what can't be written."""
        if self.is_closed and text:
            self.error = OSError(9, "it is closed")
        elif not self._lost:
            try:
                return int(self._stream.write(text))
            except OSError as error:
                self._give_up(error)
        return len(text)

    def flush(self) -> None:
        """See what was written on its way."""
        if not self._lost:
            try:
                self._stream.flush()
            except OSError as error:
                self._give_up(error)

    def isatty(self) -> bool:
        """Whether a person watches."""
        return bool(self._stream.isatty())

    def _give_up(self, error: OSError) -> None:
        self._lost = True
        if not isinstance(error, BrokenPipeError):  # whoever read has enough
            self.error = error
        # What is left in the buffer would be written when Python ends, and complained of.
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        """Whatever else a stream has."""
        return getattr(self._stream, name)


def steady() -> None:
    """Make the standard streams of this program bear anything; a closed one is as if it led to nowhere."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - for as long as the program runs
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        closed = stream is None
        if closed:
            stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - likewise
        if isinstance(stream, io.TextIOWrapper):  # a terminal that knows no `…` shows a `?`, not a traceback
            stream.reconfigure(errors="replace")
            stream = Steady(stream, closed)
        setattr(sys, name, stream)


def shown() -> None:
    """See that everything printed got where it should. Raises UsageError when standard output didn't take it."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    error = getattr(sys.stdout, "error", None)
    if error:
        raise UsageError(f"standard output can't be written ({error.strerror})")


def must_be_open() -> None:
    """Before anything is asked for that would be printed. Raises UsageError where standard output is closed."""
    if getattr(sys.stdout, "is_closed", False):
        raise UsageError("standard output can't be written (it is closed); -o writes a file")
