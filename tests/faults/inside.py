"""Faults that can only be caused inside a process: a clock that jumps, a disk that takes nothing more, a signal at a certain import."""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

DAY = 86_400.0


def cause(name: str) -> None:
    """The fault of that name; `import:MODULE:SIGNAL` is a signal at the moment at which a module is about to be loaded."""
    if name.startswith("import:"):
        _, module, number = name.split(":")
        sys.meta_path.insert(0, _AtImport(module, getattr(signal, number)))  # type: ignore[arg-type]
        return
    FAULTS[name]()


class _AtImport:
    def __init__(self, module: str, number: int) -> None:
        self._module, self._number = module, number

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> None:
        if name == self._module:
            self._module = ""
            os.kill(os.getpid(), self._number)
            time.sleep(0.01)  # the signal is there when this is over


def _clock() -> None:
    """The time of day jumps by a day at each look, forth and back; so does the date."""
    looks = [0]
    real = time.time

    def jumping() -> float:
        looks[0] += 1
        return real() + (DAY if looks[0] % 2 else -DAY)

    time.time = jumping


def _clock_at(days: float) -> Callable[[], None]:
    """A clock that is wrong by so many days."""

    def wrong() -> None:
        from assistant.providers import refusals

        class Wrong(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return datetime.now(UTC) + timedelta(days=days)

        refusals.datetime = Wrong  # type: ignore[misc]

    return wrong


def _full(_handle: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _no_sync() -> None:
    """A disk that says that it is full when it is told to keep what it took."""
    os.fsync = _full


def _interrupted_sync() -> None:
    """Ctrl-C in the moment in which a file is made safe."""
    os.fsync = lambda _handle: os.kill(os.getpid(), signal.SIGINT)


def _full_at_once() -> None:
    """A disk that takes some bytes of each file, and then nothing."""
    real = os.fdopen

    def fdopen(handle: int, mode: str = "r", *more: Any, **others: Any) -> Any:
        file = real(handle, mode, *more, **others)
        return _Filling(file) if "w" in mode else file

    os.fdopen = fdopen


class _Filling:
    """A file whose disk fills after a few bytes."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __enter__(self) -> _Filling:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> int:
        self._file.write(data[:20])
        self._file.flush()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _short_pipes() -> None:
    """A pipe that nobody fills is waited for a moment, and not a minute."""
    from assistant import files

    files.PATIENCE = 1.0


def _full_after(many: int) -> Callable[[], None]:
    """A disk that fills in the midst of the results: after so many bytes it takes a part of a line, and then nothing."""

    def fills() -> None:
        real, left = os.write, [many]

        def write(handle: int, data: Any) -> int:
            if not _is_results(handle):
                return real(handle, data)
            if left[0] <= 0:
                _full(handle)
            part = bytes(data)[: left[0]]
            left[0] -= len(part)
            return real(handle, part)

        os.write = write

    return fills


def _is_results(handle: int) -> bool:
    """Whether it is the batch's file: pipes between its processes are never full."""
    import stat

    return stat.S_ISREG(os.fstat(handle).st_mode)


FAULTS: dict[str, Callable[[], None]] = {
    "clock jumps": _clock,
    "clock a day ahead": _clock_at(1),
    "clock a day behind": _clock_at(-1),
    "disk full at sync": _no_sync,
    "Ctrl-C at sync": _interrupted_sync,
    "disk full at once": _full_at_once,
    "pipes are waited for a moment": _short_pipes,
    "disk full after 4000 bytes": _full_after(4000),
}
