"""A terminal in memory: a program runs in it as a user's would, and what its screen shows can be read."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

PROGRAM = (sys.executable, "-c", "from assistant.cli.app import main; main()")
ENTER = "\r"
CTRL_C, CTRL_D = "\x03", "\x04"


class Terminal:
    """One program on a pseudo-terminal of so many columns and rows."""

    def __init__(self, *arguments: str, env: dict[str, str], cwd: Path, columns: int = 80, rows: int = 24) -> None:
        self.screen = pyte.HistoryScreen(columns, rows, history=100_000, ratio=0.5)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execve(PROGRAM[0], [*PROGRAM, *arguments], {"TERM": "xterm-256color", **env})
        self._size(columns, rows)
        self.screen.write_process_input = lambda data: os.write(self.fd, data.encode())

    def send(self, keys: str) -> None:
        """Press keys; longer texts in pieces, as a terminal's buffer takes them."""
        data = keys.encode()
        while data:
            sent = os.write(self.fd, data[:512])
            data = data[sent:]
            self.pump(0)

    def line(self, text: str) -> None:
        """Type a line and press Enter."""
        self.send(text + ENTER)

    def paste(self, text: str) -> None:
        """Paste as terminals do that mark pastes."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def pump(self, seconds: float) -> bool:
        """Take what the program prints for so long; whether anything came."""
        came = False
        until = time.monotonic() + seconds
        while True:
            ready, _, _ = select.select([self.fd], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                return came
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                return came
            if not data:
                return came
            came = True
            self.raw += data
            self.stream.feed(data)

    def until(self, shown: Callable[[str], bool], seconds: float = 120) -> str:
        """Wait until what was shown since the start fulfils this; the transcript."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text = self.transcript()
            if shown(text):
                return text
            if not self.pump(0.05) and not self.alive():
                break
        raise AssertionError(f"waited in vain; the screen shows:\n{self.transcript()[-3000:]}")

    def wait(self, text: str, seconds: float = 120, after: int = 0) -> str:
        """Wait until a text stands in the transcript, more often than `after` times."""
        flat = " ".join(text.split())
        return self.until(lambda shown: " ".join(shown.split()).count(flat) > after, seconds)

    def transcript(self) -> str:
        """All lines, those scrolled away included."""
        columns = self.screen.columns
        old = ["".join(line[x].data for x in range(columns)).rstrip() for line in self.screen.history.top]
        return "\n".join([*old, *(line.rstrip() for line in self.screen.display)]).rstrip()

    def resize(self, columns: int, rows: int) -> None:
        """Another size, told to the program as terminals tell it."""
        self.screen.resize(rows, columns)
        self._size(columns, rows)
        os.kill(self.pid, signal.SIGWINCH)

    def alive(self) -> bool:
        """Whether the program still runs."""
        try:
            return os.waitpid(self.pid, os.WNOHANG) == (0, 0)
        except ChildProcessError:
            return False

    def ended(self, seconds: float = 20) -> int:
        """Wait for the program's end; its exit code."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.pump(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pump(0.1)
                return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"it still runs; the screen shows:\n{self.transcript()[-2000:]}")

    def kill(self) -> None:
        """End it, whatever it does."""
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        with contextlib.suppress(OSError):
            os.close(self.fd)

    def _size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
