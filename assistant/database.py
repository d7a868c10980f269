"""A small SQLite file that only the user can read: made private, brought up to date, and set aside when it is damaged."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.files import private_folder
from assistant.text import one_line

if TYPE_CHECKING:
    import sqlite3

PATIENCE = 20  # seconds that one program waits for another to finish writing
_WHOLE = 32 * 1024 * 1024  # bytes: a larger file isn't read from end to end each time it is opened


@dataclass(frozen=True)
class Database:
    """A file and what is kept in it. `what` is its name for people, such as "the ledger".

    Step n of `steps` leads from version n of the file (PRAGMA user_version; 0 is an empty one) to the next; a step once released stays
    as it is. `read` reads all that a program will want of it, and raises ValueError or TypeError for a cell that holds another thing
    than it should. `wal`: for several programs at once (sqlite.org/wal.html).
    """

    path: Path
    what: str
    steps: tuple[str, ...]
    read: Callable[[sqlite3.Connection], object]
    patience: float = PATIENCE
    wal: bool = False

    @property
    def name(self) -> str:
        """The file as it is called in a message."""
        return f"{self.what} {one_line(str(self.path))}"


@contextlib.contextmanager
def opened(file: Database, on_note: Callable[[str], None]) -> Iterator[sqlite3.Connection]:
    """The database for the time of a `with`; see `connect`. Raises UsageError when it can't be read or written."""
    with told(file), contextlib.closing(connect(file, on_note)) as db:
        yield db


@contextlib.contextmanager
def told(file: Database) -> Iterator[None]:
    """Turn what SQLite raises into one line of ours. Raises UsageError."""
    import sqlite3

    try:
        yield
    except sqlite3.Error as error:
        raise UsageError(f"{file.name}: {reason(error)}") from None
    except OSError as error:
        raise UsageError(f"{file.name}: {error.strerror or error}") from None


def reason(error: Exception) -> str:
    """What an error of SQLite means, in words."""
    import sqlite3

    words = {
        sqlite3.SQLITE_BUSY: "another program is using it; try again in a moment",
        sqlite3.SQLITE_READONLY: "it can be read but not written; is the disk or the file read-only?",
        sqlite3.SQLITE_FULL: "the disk is full; make room and try again",
    }
    return words.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, one_line(str(error)))


def connect(file: Database, on_note: Callable[[str], None]) -> sqlite3.Connection:
    """A connection to the file, begun or brought up to date where needed; its folder becomes the user's alone.

    What is committed outlives the program, whatever ends it (sqlite.org/atomiccommit.html). A damaged file is set aside, `on_note` is
    told its new name, and a new one is begun. Raises sqlite3.Error, OSError, or UsageError for a file of a newer program.
    """
    try:
        return _connect(file)
    except _Damaged:
        aside = _put_aside(file)
        if aside:
            on_note(f"{file.what} was damaged; it is kept as {aside}, and a new one is begun")
        return _connect(file)


def set_aside(path: Path) -> list[Path]:
    """The damaged files that were set aside for this one: they may still hold what is forgotten elsewhere."""
    return sorted(path.parent.glob(f"{path.stem}.damaged-*"))


def forget_aside(path: Path) -> None:
    """Remove them for good. Raises UsageError."""
    for aside in set_aside(path):
        try:
            aside.unlink()
        except OSError as error:
            raise UsageError(f"{one_line(str(aside))}: can't be removed: {error.strerror or error}") from None


def is_damage(error: BaseException) -> bool:
    """Whether an error says that a file is no database, or not a whole one, or holds what it shouldn't."""
    import sqlite3

    damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return damaged or isinstance(error, (AttributeError, TypeError, ValueError))


class _Damaged(UsageError):
    """The file is no database, or not a whole one."""


def _connect(file: Database) -> sqlite3.Connection:
    """A connection to a file that was read from end to end, unless it is large. Raises _Damaged."""
    db = _private(file.path, file.patience)
    try:
        prepare(db, file)
        if file.path.stat().st_size < _WHOLE and db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise ValueError
        _migrate(db, file)
        _read(db, file)
    except BaseException as error:
        db.close()
        if is_damage(error):
            raise _Damaged(f"{file.name} is damaged") from None
        raise
    return db


def prepare(db: sqlite3.Connection, file: Database) -> None:
    """What holds for every connection: half a character is no error, and nothing deleted stays readable."""
    db.text_factory = lambda raw: raw.decode("utf-8", "replace")
    db.execute("PRAGMA secure_delete = ON")
    db.execute("PRAGMA temp_store = MEMORY")  # or VACUUM would put a copy into /var/tmp
    if file.wal:
        _write_ahead(db, file.patience)


def _read(db: sqlite3.Connection, file: Database) -> None:
    """Read what a program will want. Raises ValueError where the tables are others than ours."""
    import sqlite3

    try:
        file.read(db)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # a statement that doesn't fit them
            raise ValueError("other tables") from None
        raise


def _write_ahead(db: sqlite3.Connection, patience: float) -> None:
    """Turn on the write-ahead log. SQLite doesn't wait for another program here, so it is tried again for as long as it would."""
    import sqlite3

    until = time.monotonic() + patience
    while db.execute("PRAGMA journal_mode").fetchone() not in (("wal",), ("memory",)):
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def in_memory(file: Database) -> sqlite3.Connection:
    """The same database, kept nowhere."""
    import sqlite3

    db = sqlite3.connect(":memory:", isolation_level=None)
    prepare(db, file)
    _migrate(db, file)
    return db


def _migrate(db: sqlite3.Connection, file: Database) -> None:
    """Bring the file to the present version, all steps or none; of two programs one does it. Raises UsageError for a newer file."""
    if db.execute("PRAGMA user_version").fetchone()[0] == len(file.steps):
        return
    with db:
        db.execute("BEGIN IMMEDIATE")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if not 0 <= version <= len(file.steps):
            raise UsageError(f"{file.name} is of version {version}: a newer afternote is needed")
        for step in file.steps[version:]:
            db.execute(step)
        db.execute(f"PRAGMA user_version = {len(file.steps)}")


def _private(path: Path, patience: float) -> sqlite3.Connection:
    """A connection to a file that nobody else can open, not even while it is made; SQLite gives its journal the same rights."""
    import sqlite3

    private_folder(path.parent)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return sqlite3.connect(path, timeout=patience, isolation_level=None)


def _put_aside(file: Database) -> Path | None:
    """Rename a damaged file; None when another program just did. A journal it had was played into it when it was opened."""
    # A lock that ends with its holder: without it the second of two programs would set the new file of the first aside.
    with contextlib.closing(_private(file.path.with_suffix(".lock"), file.patience)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        with contextlib.suppress(_Damaged):
            _connect(file).close()
            return None
        aside = file.path.with_name(f"{file.path.stem}.damaged-{datetime.now():%Y%m%d-%H%M%S-%f}{file.path.suffix}")
        for journal in ("-wal", "-shm"):  # they belong to the damaged file; a new one must not meet them
            with contextlib.suppress(FileNotFoundError):
                file.path.with_name(file.path.name + journal).rename(aside.with_name(aside.name + journal))
        return file.path.rename(aside)
