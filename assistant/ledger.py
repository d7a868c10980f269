"""The private ledger: which notes were sent, to whom, and what came back. One SQLite file that only the user can read."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import database
from assistant.database import PATIENCE, Database
from assistant.errors import UsageError
from assistant.text import clean

if TYPE_CHECKING:
    import sqlite3

FILE = "ledger.sqlite"
# Step n leads from version n of the file (PRAGMA user_version; 0 is an empty one) to the next. A step once released stays as it is.
# AUTOINCREMENT: a number is never given twice, so that forgetting 3 once more can't hit another note.
STEPS = (
    """CREATE TABLE entry (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        sent_on TEXT NOT NULL, recipient TEXT NOT NULL, company TEXT NOT NULL, job_title TEXT NOT NULL, kind TEXT NOT NULL,
        letter TEXT NOT NULL, answered_on TEXT, answer TEXT NOT NULL, next_touch TEXT
    )""",
)
_DAYS = ("sent_on", "answered_on", "next_touch")


@dataclass(frozen=True)
class Entry:
    """One note that was sent. `id` is 0 until it is kept; `letter` and `answer` may be "", a day that isn't there is None."""

    id: int
    sent_on: date
    recipient: str
    company: str
    job_title: str
    kind: str = "note"
    letter: str = ""
    answered_on: date | None = None
    answer: str = ""
    next_touch: date | None = None

    def __post_init__(self) -> None:
        """Clean every text, with a question mark for half a character, which UTF-8 can't hold."""
        for key in ("recipient", "company", "job_title", "kind", "letter", "answer"):
            object.__setattr__(self, key, clean(getattr(self, key)).encode("utf-8", "replace").decode())


_COLUMNS = tuple(field.name for field in fields(Entry))


@contextlib.contextmanager
def opened(folder: Path, on_note: Callable[[str], None]) -> Iterator[sqlite3.Connection]:
    """The ledger in `folder` for the time of a `with`, begun or brought up to date where needed; `folder` becomes the user's alone.

    A damaged file is set aside, `on_note` is told its new name, and a new one is begun. Raises UsageError when the file can't be read or
    written.
    """
    with database.opened(Database(folder / FILE, "the ledger", STEPS, entries, PATIENCE), on_note) as db:
        yield db


def add(db: sqlite3.Connection, entry: Entry) -> Entry:
    """Keep an entry; the same comes back with its number."""
    names = _COLUMNS[1:]
    row = f"({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    return replace(entry, id=db.execute(f"INSERT INTO entry {row}", _values(entry)[1:]).lastrowid or 0)


def entries(db: sqlite3.Connection) -> tuple[Entry, ...]:
    """All entries, in the order they were sent."""
    rows = db.execute(f"SELECT {', '.join(_COLUMNS)} FROM entry ORDER BY sent_on, id")
    return tuple(_entry(row) for row in rows)


def done(db: sqlite3.Connection, number: int, answer: str, on: date) -> Entry:
    """Keep what came back, and when; an earlier answer is replaced. Raises UsageError for an unknown number or a day before the note."""
    entry = _find(db, number)
    if on < entry.sent_on:
        raise UsageError(f"entry {number} was sent on {entry.sent_on}; an answer can't have come on {on}")
    entry = replace(entry, answered_on=on, answer=answer)
    db.execute("UPDATE entry SET answered_on = ?, answer = ? WHERE id = ?", (on.isoformat(), entry.answer, number))
    return entry


def forget(db: sqlite3.Connection, number: int) -> None:
    """Take an entry out for good: its bytes are overwritten and the file is written anew. Raises UsageError for an unknown number.

    What backups, and blocks that the file system has freed, still hold is out of reach.
    """
    _find(db, number)
    db.execute("DELETE FROM entry WHERE id = ?", (number,))
    db.execute("VACUUM")


def forget_all(db: sqlite3.Connection, folder: Path) -> int:
    """Take everything out for good, with the damaged files that were set aside in `folder`; how many entries there were."""
    with db:
        db.execute("BEGIN IMMEDIATE")
        count = db.execute("DELETE FROM entry").rowcount
        db.execute("DELETE FROM sqlite_sequence")  # or it would tell how many there had been
    db.execute("VACUUM")
    database.forget_aside(folder / FILE)
    return count


def set_aside(folder: Path) -> list[Path]:
    """The damaged ledgers that were set aside in `folder`: they may still hold what is forgotten elsewhere."""
    return database.set_aside(folder / FILE)


def export(kept: Iterable[Entry], form: str) -> str:
    """The entries as `json` or as `csv` (RFC 4180), days as YYYY-MM-DD.

    A cell of the CSV that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    rows = [dict(zip(_COLUMNS, _values(entry), strict=True)) for entry in kept]
    if form == "json":
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    out = io.StringIO(newline="")
    cells = [[_defused(value) for value in row.values()] for row in rows]
    csv.writer(out, lineterminator="\r\n").writerows([_COLUMNS, *cells])
    return out.getvalue()


def _find(db: sqlite3.Connection, number: int) -> Entry:
    for entry in entries(db):
        if entry.id == number:
            return entry
    raise UsageError(f"the ledger has no entry {number}; `afternote ledger list` shows those it has")


def _values(entry: Entry) -> list[str | int | None]:
    # Of a datetime too only the day.
    return [date.isoformat(value) if isinstance(value, date) else value for value in astuple(entry)]


def _entry(row: tuple[Any, ...]) -> Entry:
    """An entry of a row. Raises TypeError, ValueError or AttributeError where a cell holds another thing than it should."""
    values = dict(zip(_COLUMNS, row, strict=True))
    return Entry(**values | {k: date.fromisoformat(values[k]) for k in _DAYS if values[k] is not None})


def _defused(value: str | int | None) -> str | int | None:
    formula = isinstance(value, str) and value.lstrip().startswith(tuple("=+-@＝＋－＠"))
    return f"'{value}" if formula else value
