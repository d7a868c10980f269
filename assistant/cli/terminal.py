"""What reaches the user's terminal: the letter on stdout, everything else on stderr, nothing uncleaned."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.settings import state_folder
from assistant.text import clean, one_line

if TYPE_CHECKING:
    from assistant.providers.weights import OnBytes


def say(message: str) -> None:
    """One line on stderr."""
    sys.stderr.write(one_line(message) + "\n")
    sys.stderr.flush()


def show(text: str) -> None:
    """A piece of the letter on stdout, at once."""
    sys.stdout.write(clean(text))
    sys.stdout.flush()


@contextlib.contextmanager
def working(message: str, quiet: bool) -> Iterator[None]:
    """A spinner on stderr while something takes time; a single line where stderr is no terminal; nothing when quiet."""
    if quiet:
        yield
    elif not sys.stderr.isatty():
        say(message)
        yield
    else:
        from rich.console import Console

        with Console(stderr=True).status(one_line(message)):
            yield


@contextlib.contextmanager
def download_bar(message: str, quiet: bool) -> Iterator[OnBytes]:
    """A progress bar on stderr for a download; a single line where stderr is no terminal."""
    if quiet or not sys.stderr.isatty():
        if not quiet:
            say(message)
        yield lambda _had, _whole: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(one_line(message), total=None)
        yield lambda had, whole: progress.update(task, completed=had, total=whole)


def fill_lines(text: str, start: str = "", rule: str = "") -> list[str]:
    """A text in lines of at most 100 characters, the first after `start`, the others indented as far; the rule's id at the end."""
    import textwrap

    whole = f"{one_line(text)} [{rule}]" if rule else one_line(text)
    return textwrap.wrap(whole, 100, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False)


def may_write(
    path: Path,
    force: bool,
    suffixes: tuple[str, ...] = (".txt", ".md", ".eml"),
    what: str = "the letter is written as .txt, .md or .eml",
) -> None:
    """Refuse before any work is done what can't or shouldn't be written: asks on a terminal, raises UsageError otherwise."""
    name = one_line(str(path))
    if path.suffix.lower() not in suffixes:
        raise UsageError(f"-o {name}: {what}")
    if path.is_dir():
        raise UsageError(f"-o {name}: that is a directory")
    if not path.parent.is_dir():
        raise UsageError(f"-o {name}: there is no folder {one_line(str(path.parent))}")
    if not path.exists() or force:
        return
    if sys.stdin.isatty() and sys.stderr.isatty():
        sys.stderr.write(f"{name} exists. Replace it? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return
        raise UsageError(f"-o {name}: left as it was")
    raise UsageError(f"-o {name} exists; --force replaces it")


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that it is either the old one or the whole new one."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes, private: bool = False) -> None:
    """Write a file so that it is either the old one or the whole new one; a `private` one only the user can read. Raises UsageError."""
    stage = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(stage, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        stage.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            stage.unlink()
        raise UsageError(f"-o {one_line(str(path))}: can't be written: {error.strerror or error}") from None


def keep_partial(text: str) -> Path | None:
    """Save a text that broke off where only the user can read it; None when there is nothing, or nowhere, to save."""
    if not text.strip():
        return None
    path = state_folder() / f"partial-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text.rstrip() + "\n\n[partial: the reply broke off here]\n")
    except OSError:
        return None
    return path
