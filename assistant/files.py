"""Reading and writing files without trust in what a path turns out to be: bounded reads, private and atomic writes."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from assistant.text import one_line

STAGE = (".afternote-", ".part")  # a file on its way; one that stays behind was left by a program that was killed
PATIENCE = 60.0  # seconds without a byte from a pipe: whoever fills it may be asking for a passphrase
_CHUNK = 1 << 20


def read_bounded(path: Path, most: int) -> bytes:
    """The bytes of a file or a pipe, such as `<(…)`; when there are more than `most`, the first `most` and one more, which tells so.

    Nothing else is even opened: opening a device can do things. Raises OSError, and IsADirectoryError, with a reason for the user.
    """
    try:
        _refuse_odd(path.stat())
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    except ValueError:  # a NUL in the name
        raise OSError(errno.EINVAL, "that is no file name") from None
    with os.fdopen(handle, "rb", buffering=0):  # closes it
        state = os.fstat(handle)
        _refuse_odd(state)  # it may have been exchanged meanwhile
        data = bytearray()
        while len(data) <= most:
            if stat.S_ISFIFO(state.st_mode):
                _wait(handle)
            piece = os.read(handle, min(_CHUNK, most + 1 - len(data)))
            if not piece:
                break
            data += piece
    return bytes(data)


def read_text_bounded(path: Path, most: int) -> str:
    """The UTF-8 text of a file or pipe, line ends as newlines. Raises OSError, also for more than `most` bytes, and UnicodeDecodeError."""
    data = read_bounded(path, most)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"larger than {most:,} bytes")
    return data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def open_plain(path: Path) -> BinaryIO:
    """A file or a pipe, open for reading, and nothing that isn't one. Raises OSError with a reason for the user."""
    _refuse_odd(path.stat())
    file = path.open("rb")
    try:
        _refuse_odd(os.fstat(file.fileno()))
    except OSError:
        file.close()
        raise
    return file


def reason(error: Exception) -> str:
    """Why a file can't be read or written, in words for the user, without the path that stands before them."""
    return one_line(getattr(error, "strerror", None) or str(error))


def private_folder(path: Path) -> Path:
    """A folder of ours, made where it isn't there; only the user gets in, whatever was before. Raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)
    return path


def write_atomically(path: Path, data: bytes, private: bool = True, over: bool = True) -> None:
    """Write a file so that it is either the old one or the whole new one, also when the power fails. Raises OSError.

    Only the user can read it; without `private`, a file that is replaced keeps its rights, which somebody may have given it on purpose.
    A symbolic link is replaced, never followed. Without `over` nothing is replaced: whatever has the name by then raises FileExistsError.
    """
    mode = 0o600
    with contextlib.suppress(OSError):
        old = os.lstat(path).st_mode
        if not private and stat.S_ISREG(old):
            mode = old & 0o666 | 0o600
    with stage_beside(path) as (stage, file):
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        file.close()
        if mode != 0o600:
            stage.chmod(mode)
        if over or not _linked(stage, path):
            stage.replace(path)
    _sync_folder(path.parent)


def _linked(stage: Path, path: Path) -> bool:
    """Give the file its name unless something has it, in one step; False where a file system has no links, and nothing has the name."""
    try:
        os.link(stage, path)
    except FileExistsError:
        if os.lstat(stage).st_nlink == 2:
            return True  # it is ours: over a network the answer to the first try may be lost
        raise
    except OSError:
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, "File exists") from None
        return False
    return True


@contextlib.contextmanager
def stage_beside(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A private file in the same folder that may take the place of `path`, and its name; if it hasn't in the end, it is removed."""
    stage = (
        path.parent / f"{STAGE[0]}{os.urandom(6).hex()}{STAGE[1]}"
    )  # not of the name, which may be as long as names can be
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(stage, flags, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield stage, file
    finally:
        with contextlib.suppress(OSError):
            stage.unlink()


def _refuse_odd(state: os.stat_result) -> None:
    if stat.S_ISDIR(state.st_mode):
        raise IsADirectoryError(errno.EISDIR, "a directory")
    if not (stat.S_ISREG(state.st_mode) or stat.S_ISFIFO(state.st_mode)):
        raise OSError(errno.EINVAL, "a device or socket, not a file")


def _wait(pipe: int) -> None:
    """Until a pipe has something, or its other end is closed. Raises TimeoutError."""
    import select

    until = time.monotonic() + PATIENCE
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    while not poll.poll(1000):
        if time.monotonic() > until:
            raise TimeoutError(errno.ETIMEDOUT, f"nothing came through this pipe for {PATIENCE:.0f} s")


def _sync_folder(folder: Path) -> None:
    """So that the new name outlives a power cut too; where a system can't, the file is still whole."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
