"""What reaches the user's terminal: the letter on stdout, everything else on stderr, nothing uncleaned."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.files import private_folder, reason, write_atomically
from assistant.settings import state_folder
from assistant.text import clean, one_line, shorten

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
) -> bool:
    """Refuse before any work is done what can't or shouldn't be written: asks on a terminal, raises UsageError otherwise.

    A symbolic link isn't followed: it may lead to a file that nobody meant. With `force` a file takes its place. Gives whether the user
    wants something replaced; False where there was nothing, and then nothing that comes meanwhile should be either.
    """
    name = f"-o {shorten(one_line(str(path)), 200)}"
    if not _can_be_written(path, name, suffixes, what) or force:
        return force
    if path.is_symlink():
        raise UsageError(
            f"{name}: a link to {one_line(str(path.readlink()))}; give that name, or --force replaces the link"
        )
    if sys.stdin.isatty() and sys.stderr.isatty():
        sys.stderr.write(f"{name.removeprefix('-o ')} exists. Replace it? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return True
        raise UsageError(f"{name}: left as it was")
    raise UsageError(f"{name} exists; --force replaces it")


def _can_be_written(path: Path, name: str, suffixes: tuple[str, ...], what: str) -> bool:
    """Whether something of that name is there. Raises UsageError where no file of ours can be."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        mode = 0
    except (OSError, ValueError) as error:
        raise UsageError(f"{name}: can't be written: {reason(error)}") from None
    odd = "a device or pipe; without -o it goes to standard output"
    if mode and not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        raise UsageError(f"{name}: {'that is a directory' if stat.S_ISDIR(mode) else odd}")
    if path.suffix.lower() not in suffixes:
        raise UsageError(f"{name}: {odd if name.startswith('-o /dev/') else what}")
    if clean(path.name) != path.name or "\n" in path.name or "\t" in path.name:
        raise UsageError(f"{name}: the name holds control characters; give another")
    if path.is_dir():
        raise UsageError(f"{name}: that is a directory")
    if not path.parent.is_dir():
        raise UsageError(f"{name}: there is no folder {one_line(str(path.parent))}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UsageError(f"{name}: nothing can be written in the folder {one_line(str(path.parent))}")
    return bool(mode)


def write_whole(path: Path, text: str, over: bool) -> None:
    """Write a text file so that it is either the old one or the whole new one; without `over`, only a new one. Raises UsageError."""
    write_bytes(path, text.encode("utf-8"), over)


def write_bytes(path: Path, data: bytes, over: bool, private: bool = False) -> None:
    """Write a file so that it is either the old one or the whole new one; without `over`, only a new one. Raises UsageError.

    A new file only the user can read: letters are private, and whoever wants to share one can. One that is replaced keeps its rights,
    unless what is written is `private` in any case.
    """
    try:
        write_atomically(path, data, private, over)
    except FileExistsError:
        raise UsageError(
            f"-o {one_line(str(path))}: somebody made a file of that name meanwhile; it is left as it was"
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"-o {one_line(str(path))}: can't be written: {reason(error)}") from None


def keep_partial(text: str, whole_letter: bool = False) -> Path | None:
    """Save a text that broke off where only the user can read it; None when there is nothing, or nowhere, to save."""
    if not text.strip():
        return None
    try:
        # The random end keeps apart what breaks off in the same second.
        name = f"partial-{time.strftime('%Y%m%d-%H%M%S')}-{os.urandom(3).hex()}.txt"
        path = private_folder(state_folder()) / name
        whole = text.rstrip() + ("\n" if whole_letter else "\n\n[partial: the reply broke off here]\n")
        write_atomically(path, whole.encode("utf-8", "replace"))
    except OSError:
        return None
    return path
