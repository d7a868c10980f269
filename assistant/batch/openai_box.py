"""Which letters of a batch are under way at a Batch API, in a private SQLite file beside the results, so that none is asked for twice."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from assistant.batch.rows import Row
from assistant.database import reason
from assistant.errors import UsageError
from assistant.text import one_line

if TYPE_CHECKING:
    import sqlite3

MOST_REQUESTS, MOST_BYTES = 50_000, 200_000_000  # of one file: what the Batch API takes
_TABLES = """
CREATE TABLE IF NOT EXISTS how (one INTEGER PRIMARY KEY CHECK (one = 1), said TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS part (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, file TEXT NOT NULL DEFAULT '',
    batch TEXT NOT NULL DEFAULT '', tried INTEGER NOT NULL DEFAULT 0, by_hand INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS letter (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL, row TEXT NOT NULL, answers TEXT NOT NULL,
    line BLOB, part INTEGER REFERENCES part
);
CREATE INDEX IF NOT EXISTS letter_of ON letter (part, number);
"""


@dataclass(frozen=True)
class Asked:
    """A letter that is being asked for: `answers` are those that came so far, as `openai_answers.answer_of` makes them."""

    id: str
    row: Row
    answers: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """One file of requests. `name` marks its batch at the endpoint; `file` and `batch` are the endpoint's names, "" before it gave them.

    `tried`: a batch may have been begun for it though nothing was heard of that.
    """

    number: int
    name: str
    file: str = ""
    batch: str = ""
    tried: bool = False


class Box:
    """The letters under way. A change is on the disk when its call returns, or with its `changes`, whatever ends the program then."""

    def __init__(self, path: Path, how: dict[str, Any]) -> None:
        """Open it, or begin it for a batch that is made as `how` says. Raises UsageError, also when one made otherwise is under way."""
        import sqlite3

        self.name = one_line(str(path))
        self._path = path
        try:
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            handle = os.open(path, flags, 0o600)
            mode = os.fstat(handle).st_mode
            os.close(handle)
            if not stat.S_ISREG(mode):
                raise UsageError(f"{self.name}: not a file; move it away")
            if mode & 0o077:
                path.chmod(0o600)
            self._db: sqlite3.Connection = sqlite3.connect(path, isolation_level=None)
        except OSError as error:
            raise UsageError(f"{self.name}: {error.strerror or error}") from None
        try:
            with self._told():
                self._db.executescript(_TABLES)
                self._begin(how)
        except BaseException:
            self._db.close()
            raise

    def __len__(self) -> int:
        """How many letters are under way, sent or not."""
        return self._number("SELECT count(*) FROM letter")

    @property
    def unsent(self) -> int:
        """How many wait to be asked for."""
        return self._number("SELECT count(*) FROM letter WHERE part IS NULL")

    @property
    def begun(self) -> bool:
        """Whether something may be under way at the endpoint, was handed out, or came back."""
        parts = self._number("SELECT count(*) FROM part WHERE tried OR file != '' OR by_hand")
        return bool(parts or self._number("SELECT count(*) FROM letter WHERE answers != '[]'"))

    @contextlib.contextmanager
    def changes(self) -> Iterator[None]:
        """All changes in this `with`, or none of them; one within another is a part of it. Raises UsageError when they can't be kept."""
        if self._db.in_transaction:
            yield
            return
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def put(self, asked: Asked, line: bytes) -> None:
        """Take a letter in, or back in with one more answer; `line` is the request to be made for it."""
        values = (asked.id, asked.row.key, json.dumps(asdict(asked.row)), json.dumps(asked.answers), line)
        again = "ON CONFLICT (id) DO UPDATE SET answers = excluded.answers, line = excluded.line, part = NULL"
        self._do(f"INSERT INTO letter (id, key, row, answers, line) VALUES (?, ?, ?, ?, ?) {again}", values)

    def out(self, name: object, part: int | None = None) -> Asked | None:
        """The letter of that id, if an answer to it is expected, from this part or from any."""
        where, values = ("part = ?", (str(name), part)) if part else ("part IS NOT NULL", (str(name),))
        with self._told():
            found = self._db.execute(f"SELECT id, row, answers FROM letter WHERE id = ? AND {where}", values).fetchone()
        return Asked(found[0], Row(**json.loads(found[1])), json.loads(found[2])) if found else None

    def missing(self, part: int) -> Iterator[str]:
        """The ids of the letters of a part that still expect an answer; each may be put or removed meanwhile."""
        while ids := self._all("SELECT id FROM letter WHERE part = ? ORDER BY number LIMIT 500", (part,)):
            yield from (one for (one,) in ids)

    def row_keys(self) -> Iterator[str]:
        """The key of each letter's row."""
        with self._told():
            for (key,) in self._db.execute("SELECT key FROM letter"):
                yield key

    def remove(self, name: str) -> None:
        """A letter is done."""
        self._do("DELETE FROM letter WHERE id = ?", (name,))

    def plan(self, by_hand: bool = False, name: str = "") -> Part | None:
        """A new part of the letters that wait, as many as one file may hold; None when none waits."""
        last = size = 0
        with self.changes():
            waiting = self._db.execute("SELECT number, length(line) FROM letter WHERE part IS NULL ORDER BY number")
            for count, (number, length) in enumerate(waiting, start=1):
                size += length
                if last and (size > MOST_BYTES or count > MOST_REQUESTS):
                    break
                last = number
            waiting.close()
            if not last:
                return None
            name = name or f"afternote-{os.urandom(8).hex()}"
            insert = "INSERT INTO part (name, by_hand) VALUES (?, ?)"
            part = Part(self._db.execute(insert, (name, by_hand)).lastrowid or 0, name)
            self._db.execute("UPDATE letter SET part = ? WHERE part IS NULL AND number <= ?", (part.number, last))
        return part

    def write(self, part: Part, file: IO[bytes]) -> int:
        """Write a part's requests, a line each; how many there are."""
        count = 0
        with self._told():
            for (line,) in self._db.execute("SELECT line FROM letter WHERE part = ? ORDER BY number", (part.number,)):
                file.write(line)
                count += 1
        return count

    def parts(self) -> list[Part]:
        """Those that are or will be at the endpoint. One whose letters all came another way is dropped."""
        self._do("DELETE FROM part WHERE number NOT IN (SELECT part FROM letter WHERE part IS NOT NULL)")
        columns = "number, name, file, batch, tried"
        return [Part(*found) for found in self._all(f"SELECT {columns} FROM part WHERE NOT by_hand ORDER BY number")]

    def uploaded(self, part: Part, file: str) -> Part:
        """A part's file is at the endpoint, under this name."""
        self._do("UPDATE part SET file = ? WHERE number = ?", (file, part.number))
        return Part(part.number, part.name, file)

    def trying(self, part: Part, tried: bool) -> None:
        """Its batch is about to be begun; or was refused, so that there is none."""
        self._do("UPDATE part SET tried = ? WHERE number = ?", (tried, part.number))

    def tried(self, part: Part) -> bool:
        """Whether a batch may have been begun for it."""
        return bool(self._all("SELECT tried FROM part WHERE number = ?", (part.number,))[0][0])

    def created(self, part: Part, batch: str) -> None:
        """Its batch runs, under this name."""
        with self.changes():
            self._db.execute("UPDATE part SET batch = ? WHERE number = ?", (batch, part.number))
            self.sent(part)

    def sent(self, part: Part) -> None:
        """Its requests needn't be written again."""
        self._do("UPDATE letter SET line = NULL WHERE part = ?", (part.number,))

    def close(self) -> None:
        """Let the file go; where nothing was asked that has no answer yet there is nothing to keep."""
        done = False
        with contextlib.suppress(UsageError):
            done = not len(self) or not self.begun
        self._db.close()
        if done:
            self._path.unlink(missing_ok=True)

    def _begin(self, how: dict[str, Any]) -> None:
        """Keep how it is made, or hold that against how the batch under way was. Raises UsageError where they differ."""
        before = json.loads((self._all("SELECT said FROM how") or [("{}",)])[0][0])
        other = [f"{name} ({before.get(name)})" for name in how if how[name] != before.get(name)]
        if other and not self.begun:  # nobody was asked for anything yet: it is planned afresh
            with self.changes():
                for table in ("letter", "part", "how"):
                    self._db.execute(f"DELETE FROM {table}")
                self._db.execute("INSERT INTO how VALUES (1, ?)", (json.dumps(how),))
        elif other:
            raise UsageError(
                f"a batch is under way, made with another {' and '.join(other)}: give the same, or give it up by removing {self.name}"
            )

    def _number(self, query: str) -> int:
        return int(self._all(query)[0][0])

    def _all(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._told():
            return self._db.execute(query, values).fetchall()

    def _do(self, statement: str, values: tuple[object, ...] = ()) -> None:
        with self._told():
            self._db.execute(statement, values)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite raises, and what another file holds, into one line of ours."""
        import sqlite3

        try:
            yield
        except sqlite3.Error as error:
            raise UsageError(f"{self.name}: {reason(error)}") from None


def box_path(results: Path) -> Path:
    """Where the letters under way for a file of results are kept."""
    return results.with_name(f"{results.name}.batch")
