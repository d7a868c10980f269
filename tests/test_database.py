"""What the ledger's tests don't show of the database below it: several programs on one file, and files without a disk."""

import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import database
from assistant.database import Database
from assistant.errors import UsageError


def silent(note: str) -> None:
    raise AssertionError(f"nothing was to be said, but: {note}")


def words(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT words FROM note ORDER BY rowid")]


def add(db: sqlite3.Connection, *notes: str) -> None:
    db.executemany("INSERT INTO note VALUES (?)", [(note,) for note in notes])


def kept(file: Database) -> list[str]:
    with database.opened(file, silent) as db:
        return words(db)


def names(file: Database) -> set[str]:
    return {path.name for path in file.path.parent.iterdir()}


@pytest.fixture
def file(tmp_path: Path) -> Database:
    steps = ("CREATE TABLE note (words TEXT NOT NULL)",)
    return Database(tmp_path / "data" / "notes.sqlite", "the notes", steps, words, patience=2, wal=True)


@pytest.fixture
def open_to_all() -> Iterator[None]:
    """A umask that takes no right away."""
    old = os.umask(0)
    yield
    os.umask(old)


@pytest.fixture
def torn(file: Database) -> Iterator[sqlite3.Connection]:
    """Another program that has the file open while it is damaged, so that its journal can't be played in and stays."""
    with closing(database.connect(file, silent)) as other:
        add(other, "in the file")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        add(other, "in the journal alone")
        file.path.write_bytes(b"junk " * 999)
        yield other


# Several programs on one file


def test_a_reader_does_not_keep_a_writer_waiting(file: Database) -> None:
    with database.opened(file, silent) as reader, database.opened(replace(file, patience=0), silent) as writer:
        add(writer, "one")
        reader.execute("BEGIN")
        assert words(reader) == ["one"]
        add(writer, "two")
        assert words(reader) == ["one"]  # all of its reading is of one moment
        reader.execute("COMMIT")
        assert words(reader) == ["one", "two"]


@pytest.mark.parametrize(("wal", "mode"), [(True, "wal"), (False, "delete")])
def test_the_journal_is_as_wanted_for_every_connection(file: Database, wal: bool, mode: str) -> None:
    file = replace(file, wal=wal)
    for _ in range(2):
        with database.opened(file, silent) as db:
            assert db.execute("PRAGMA journal_mode").fetchone() == (mode,)


def test_a_file_that_had_another_journal_keeps_what_is_in_it(file: Database) -> None:
    with database.opened(replace(file, wal=False), silent) as db:
        add(db, "old")
    assert kept(file) == ["old"]
    with closing(sqlite3.connect(file.path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_writer_that_must_wait_too_long_says_so(file: Database) -> None:
    with database.opened(file, silent) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with (
            pytest.raises(UsageError, match="another program is using it"),
            database.opened(replace(file, patience=0.05), silent) as db,
        ):
            add(db, "two")


def test_a_program_that_opens_a_new_file_waits_for_another_that_begins_it(file: Database) -> None:
    file.path.parent.mkdir()
    with closing(sqlite3.connect(file.path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = threading.Timer(0.2, other.execute, ["COMMIT"])
        done.start()
        try:
            assert kept(file) == []
        finally:
            done.join()


@pytest.mark.usefixtures("open_to_all")
def test_nobody_else_can_read_what_stands_beside_the_file(file: Database) -> None:
    with database.opened(file, silent) as db:
        add(db, "private")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.path.parent.iterdir()}
    assert modes == {"notes.sqlite": 0o600, "notes.sqlite-wal": 0o600, "notes.sqlite-shm": 0o600}
    assert names(file) == {"notes.sqlite"}  # all of it is in the file once the last one closes


def test_what_a_killed_program_left_in_the_journal_is_not_lost(file: Database, tmp_path: Path) -> None:
    with database.opened(file, silent) as db:
        add(db, "committed")
        crashed = tmp_path / "crashed"
        crashed.mkdir()
        for name in ("notes.sqlite", "notes.sqlite-wal"):
            shutil.copy(file.path.with_name(name), crashed)
    (crashed / "notes.sqlite").chmod(0o600)
    assert kept(replace(file, path=crashed / "notes.sqlite")) == ["committed"]


# Damage


def test_the_journal_of_a_damaged_file_is_set_aside_with_it(file: Database, torn: sqlite3.Connection) -> None:
    notes: list[str] = []
    with database.opened(file, notes.append) as db:
        assert words(db) == []  # the new file has met no old journal
        add(db, "new")
    aside = database.set_aside(file.path)
    (main,) = (path for path in aside if path.suffix == ".sqlite")
    assert {path.name.removeprefix(main.name) for path in aside} == {"", "-wal", "-shm"}
    assert main.read_bytes() == b"junk " * 999
    assert b"in the journal alone" in main.with_name(f"{main.name}-wal").read_bytes()
    assert notes == [f"the notes was damaged; it is kept as {main}, and a new one is begun"]
    assert kept(file) == ["new"]


def test_all_that_was_set_aside_can_be_forgotten(file: Database, torn: sqlite3.Connection) -> None:
    with database.opened(file, [].append) as db:
        add(db, "new")
    assert len(database.set_aside(file.path)) == 3
    database.forget_aside(file.path)
    assert database.set_aside(file.path) == []
    assert not any("damaged" in name for name in names(file))
    assert kept(file) == ["new"]


@pytest.mark.parametrize(("whole", "found"), [(10**6, 1), (0, 0)], ids=["small", "large"])
def test_only_a_small_file_is_read_from_end_to_end(
    file: Database, monkeypatch: pytest.MonkeyPatch, whole: int, found: int
) -> None:
    with database.opened(replace(file, wal=False), silent) as db:
        add(db, "one")
    data = file.path.read_bytes()
    file.path.write_bytes(data[:36] + b"\x00\x00\x00\x4d" + data[40:])  # seen only by a check of the whole file
    monkeypatch.setattr(database, "_WHOLE", whole)
    with database.opened(file, [].append) as db:
        assert words(db) == (["one"] if not found else [])
    assert len(database.set_aside(file.path)) == found


def test_a_large_file_that_is_no_database_is_set_aside_all_the_same(
    file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kept(file) == []
    file.path.write_bytes(b"junk " * 999)
    monkeypatch.setattr(database, "_WHOLE", 0)
    with database.opened(file, [].append) as db:
        assert words(db) == []
    assert len(database.set_aside(file.path)) == 1


# Versions


@pytest.mark.parametrize("version", [2, 99, -1])
def test_a_file_of_another_program_is_refused_and_left_as_it_was(file: Database, version: int) -> None:
    with database.opened(file, silent) as db:
        add(db, "newer")
        db.execute(f"PRAGMA user_version = {version}")
    before = file.path.read_bytes()
    with pytest.raises(UsageError, match=f"the notes .*notes.sqlite is of version {version}: a newer afternote"):
        kept(file)
    assert (file.path.read_bytes(), names(file)) == (before, {"notes.sqlite"})


def test_each_step_is_taken_once(file: Database) -> None:
    with database.opened(file, silent) as db:
        add(db, "old")
    later = replace(file, steps=(*file.steps, "INSERT INTO note VALUES ('a')", "INSERT INTO note VALUES ('b')"))
    assert kept(later) == kept(later) == ["old", "a", "b"]


# No file at all


def test_in_memory_it_is_the_same_and_leaves_nothing(file: Database) -> None:
    file = replace(file, steps=(*file.steps, "INSERT INTO note VALUES ('step')"))
    with closing(database.in_memory(file)) as one, closing(database.in_memory(file)) as other:
        add(one, "mine")
        assert (words(one), words(other)) == (["step", "mine"], ["step"])
        assert one.execute("PRAGMA user_version").fetchone() == (2,)
        assert one.execute("PRAGMA secure_delete").fetchone() == (1,)
        one.execute("INSERT INTO note VALUES (CAST(x'ff' AS TEXT))")
        assert words(one)[-1] == "\ufffd"  # half a character is no error there either
    assert not file.path.parent.exists()


def test_in_memory_a_change_is_one_with_its_transaction(file: Database) -> None:
    with closing(database.in_memory(file)) as db:
        db.execute("BEGIN IMMEDIATE")
        add(db, "one")
        db.execute("ROLLBACK")
        add(db, "two")
        assert (words(db), db.in_transaction) == (["two"], False)
