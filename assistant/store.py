"""Where sessions are kept: one SQLite file in the user's data folder, every turn committed when it happens."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from assistant import database
from assistant.database import Database
from assistant.errors import UsageError
from assistant.session import Session, Version
from assistant.text import one_line

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")
FILE = "sessions.sqlite"
# AUTOINCREMENT: a number is never given twice, so that removing 3 once more can't hit another session.
STEPS = (
    """CREATE TABLE session (
        id INTEGER PRIMARY KEY AUTOINCREMENT, begun_at TEXT NOT NULL, changed_at TEXT NOT NULL, title TEXT NOT NULL,
        mail BLOB NOT NULL, state TEXT NOT NULL, holder INTEGER NOT NULL
    )""",
    """CREATE TABLE turn (
        id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
        at TEXT NOT NULL, who TEXT NOT NULL, words TEXT NOT NULL
    )""",
    """CREATE TABLE version (
        session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE, number INTEGER NOT NULL, at TEXT NOT NULL,
        content TEXT NOT NULL, PRIMARY KEY (session, number)
    ) WITHOUT ROWID""",
    "CREATE INDEX turn_of ON turn (session, id)",
)


@dataclass(frozen=True)
class Kept:
    """A session in the list: times are UTC, ISO 8601; `turns` and `versions` are counts."""

    id: int
    begun_at: str
    changed_at: str
    title: str
    turns: int
    versions: int


@dataclass(frozen=True)
class Turn:
    """What was said: `who` is you or afternote."""

    at: str
    who: str
    words: str


class Store:
    """The sessions. When nothing can be kept any more it says so once, through `on_note`, and goes on in memory."""

    def __init__(self, folder: Path | None, on_note: Callable[[str], None]) -> None:
        """Open the sessions in `folder`; None keeps nothing anywhere. Raises UsageError for a file of a newer afternote."""
        self._file = Database((folder or Path()) / FILE, "the session file", STEPS, _read, wal=True)
        self._on_note = on_note
        self.kept = folder is not None
        if folder is None:
            self._db = database.in_memory(self._file)
            return
        import sqlite3

        try:
            self._db = database.connect(self._file, on_note)
            self._db.execute("PRAGMA foreign_keys = ON")
        except (sqlite3.Error, OSError) as error:
            self._db = database.in_memory(self._file)
            self._lost(error)

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    def begin(self, session: Session) -> int:
        """Keep a new session, held by this program; its number."""
        row = (_now(), _now(), session.title, session.mail, _json(session.state()), os.getpid())

        def work() -> int:
            names = "begun_at, changed_at, title, mail, state, holder"
            return self._db.execute(f"INSERT INTO session ({names}) VALUES (?, ?, ?, ?, ?, ?)", row).lastrowid or 0

        return self._committed(work)

    def say(self, number: int, who: str, words: str) -> None:
        """Keep one turn, at once."""
        row = (number, _now(), who, _whole(words))
        self._committed(
            lambda: self._db.execute("INSERT INTO turn (session, at, who, words) VALUES (?, ?, ?, ?)", row).lastrowid
        )

    def save(self, number: int, session: Session, said: str = "") -> None:
        """Keep what a turn has come to: the answer, the new versions and the state, all of it or nothing."""

        def work() -> None:
            had = self._db.execute("SELECT count(*) FROM version WHERE session = ?", (number,)).fetchone()[0]
            for version in session.versions[had:]:
                new = (number, version.number, _now(), _json(version.as_json()))
                self._db.execute("INSERT INTO version (session, number, at, content) VALUES (?, ?, ?, ?)", new)
            if said:
                turn = (number, _now(), "afternote", _whole(said))
                self._db.execute("INSERT INTO turn (session, at, who, words) VALUES (?, ?, ?, ?)", turn)
            row = (_now(), _whole(session.title), session.mail, _json(session.state()), number)
            self._db.execute("UPDATE session SET changed_at=?, title=?, mail=?, state=? WHERE id=?", row)

        self._committed(work)

    def listed(self) -> list[Kept]:
        """All sessions, the one last worked on first."""
        turns = "(SELECT count(*) FROM turn WHERE turn.session = session.id AND who = 'you')"
        versions = "(SELECT count(*) FROM version WHERE version.session = session.id)"
        order = "ORDER BY changed_at DESC, id DESC"
        with self._told():
            rows = self._db.execute(f"SELECT id, begun_at, changed_at, title, {turns}, {versions} FROM session {order}")
            return [Kept(*row) for row in rows]

    def turns(self, number: int) -> list[Turn]:
        """What was said in a session, in order."""
        with self._told():
            rows = self._db.execute("SELECT at, who, words FROM turn WHERE session = ? ORDER BY id", (number,))
            return [Turn(*row) for row in rows]

    def typed(self, most: int = 200) -> list[str]:
        """The user's last inputs of one line in all sessions, oldest first: what arrow-up brings back."""
        with self._told():
            rows = self._db.execute("SELECT words FROM turn WHERE who = 'you' ORDER BY id DESC LIMIT ?", (most,))
            return [words for (words,) in reversed(rows.fetchall()) if "\n" not in words]

    def load(self, number: int) -> Session:
        """A session as it was last kept. Raises UsageError for an unknown number."""
        with self._told():
            row = self._db.execute("SELECT state, mail FROM session WHERE id = ?", (number,)).fetchone()
            if row is None:
                raise UsageError(f"there is no session {number}; `afternote sessions list` shows those there are")
            rows = self._db.execute("SELECT content FROM version WHERE session = ? ORDER BY number", (number,))
            try:
                versions = [Version.of_json(json.loads(content)) for (content,) in rows]
                return Session.of_state(json.loads(row[0]), bytes(row[1]), versions)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                why = one_line(str(error)) or type(error).__name__
                raise UsageError(
                    f"session {number} can't be read ({why}); `sessions show {number}` shows its words"
                ) from None

    def latest(self) -> int:
        """The session last worked on that no other running chat holds. Raises UsageError when there is none."""
        with self._told():
            rows = self._db.execute("SELECT id, holder FROM session ORDER BY changed_at DESC, id DESC").fetchall()
        free = [number for number, holder in rows if not _runs(holder)]
        if not free:
            why = "all of them are open in other chats" if rows else "there is none"
            raise UsageError(f"no session to continue: {why}; `afternote chat` begins one")
        return int(free[0])

    def hold(self, number: int) -> None:
        """Take a session for this program. Raises UsageError when another running one has it."""

        def work() -> None:
            row = self._db.execute("SELECT holder FROM session WHERE id = ?", (number,)).fetchone()
            if row and _runs(row[0]):
                raise UsageError(f"session {number} is open in another chat (process {row[0]})")
            self._db.execute("UPDATE session SET holder = ? WHERE id = ?", (os.getpid(), number))

        self._committed(work)

    def release(self, number: int) -> None:
        """Let a session go; one in which nothing was said is removed."""

        def work() -> None:
            self._db.execute("UPDATE session SET holder = 0 WHERE id = ?", (number,))
            unsaid = "NOT EXISTS (SELECT 1 FROM turn WHERE session = ? AND who = 'you')"
            self._db.execute(f"DELETE FROM session WHERE id = ? AND {unsaid}", (number, number))

        self._committed(work)

    def remove(self, numbers: list[int]) -> int:
        """Take sessions out for good: their bytes are overwritten, the file and its journal written anew. How many there were.

        What backups, and blocks that the file system has freed, still hold is out of reach. Raises UsageError for an unknown number.
        """
        known = {kept.id for kept in self.listed()}
        for number in numbers:
            if number not in known:
                raise UsageError(f"there is no session {number}; nothing was removed")
        with self._told():
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany("DELETE FROM session WHERE id = ?", [(number,) for number in numbers])
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(numbers)

    def remove_all(self) -> int:
        """Take all sessions out for good, with the damaged files that were set aside."""
        count = self.remove([kept.id for kept in self.listed()])
        database.forget_aside(self._file.path)
        return count

    def older_than(self, age: timedelta) -> list[int]:
        """The sessions that weren't touched for so long."""
        limit = _now(datetime.now(UTC) - age)
        return [kept.id for kept in self.listed() if kept.changed_at < limit]

    def _committed(self, work: Callable[[], T]) -> T:
        """Do this as one transaction. Where the file can't be written any more it is done in memory, and said."""
        import sqlite3

        try:
            return self._transacted(work)
        except sqlite3.Error as error:
            if not self.kept:
                raise
            memory = database.in_memory(self._file)
            with contextlib.suppress(sqlite3.Error):  # of a damaged file not even a copy can be had
                self._db.backup(memory)
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
            self._db = memory
            self._lost(error)
            return self._transacted(work)

    def _transacted(self, work: Callable[[], T]) -> T:
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            return work()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        with database.told(self._file):
            yield

    def _lost(self, error: Exception) -> None:
        self.kept = False
        why = f"{self._file.name}: {database.reason(error)}"
        self._on_note(f"this chat can't be kept any more ({why}); it goes on, and /save keeps the letter")


def _read(db: sqlite3.Connection) -> None:
    """Whether the tables are those of a session file."""
    db.execute("SELECT id, begun_at, changed_at, title, mail, state, holder FROM session LIMIT 1").fetchall()
    db.execute("SELECT id, session, at, who, words FROM turn LIMIT 1").fetchall()
    db.execute("SELECT session, number, at, content FROM version LIMIT 1").fetchall()


def _runs(process: int) -> bool:
    """Whether a program of this number is running, other than this one."""
    if process in (0, os.getpid()) or os.name != "posix":  # elsewhere signal 0 isn't harmless
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it runs, but for another user
        return True
    return True


def _now(moment: datetime | None = None) -> str:
    return (moment or datetime.now(UTC)).isoformat(timespec="milliseconds")


def _json(values: Any) -> str:
    return _whole(json.dumps(values, ensure_ascii=False))


def _whole(text: str) -> str:
    """Text without the halves of surrogate pairs, which UTF-8 can't hold."""
    return text.encode("utf-8", "replace").decode()
