"""Where sessions are kept: private, every turn at once, nothing forgotten left, and a chat that goes on when the disk doesn't."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from assistant import store as stores
from assistant.errors import UsageError
from assistant.session import Session, Version
from assistant.store import FILE, Store

posix = pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")


def silent(note: str) -> None:
    raise AssertionError(note)


def session(company: str = "Krume Bakery") -> Session:
    return Session(known={"sender": "Bo", "company": company, "job_title": "Night Baker"}, mail=b"Dear Bo, \xff no.")


def version(text: str = "Dear Ann,\n\nYou said the ovens are cold.\n\nBo\n") -> Version:
    return Version(0, "draft", "note", text, cited={"You said the ovens are cold.": ("C1",)})


def begun(folder: Path, versions: int = 1) -> int:
    with closing(Store(folder, silent)) as store:
        own = session()
        number = store.begin(own)
        store.say(number, "you", "the ovens")
        for place in range(versions):
            own.keep(version(f"Dear Ann,\n\nOvens {place} are cold.\n\nBo\n"))
            store.save(number, own, f"version {place + 1}")
        store.release(number)
        return number


def test_what_was_kept_comes_back_whole(tmp_path: Path) -> None:
    number = begun(tmp_path, versions=3)
    with closing(Store(tmp_path, silent)) as store:
        own = store.load(number)
        assert [v.number for v in own.versions] == [1, 2, 3]
        assert own.mail == b"Dear Bo, \xff no."
        assert own.current == own.versions[2]
        assert [(t.who, t.words) for t in store.turns(number)][:2] == [("you", "the ovens"), ("afternote", "version 1")]
        (kept,) = store.listed()
        assert (kept.title, kept.turns, kept.versions) == ("Night Baker, Krume Bakery", 1, 3)


def test_a_turn_is_committed_when_it_is_said(tmp_path: Path) -> None:
    with closing(Store(tmp_path, silent)) as store:
        number = store.begin(session())
        store.say(number, "you", "not yet answered")
        with closing(sqlite3.connect(tmp_path / FILE)) as other:
            assert other.execute("SELECT words FROM turn").fetchall() == [("not yet answered",)]


@posix
def test_nobody_else_can_read_it_while_it_is_open_either(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with closing(Store(folder, silent)) as store:
        store.say(store.begin(session()), "you", "x")
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()}
        assert modes[FILE] == 0o600
        assert set(modes.values()) == {0o600}
        assert any(name.endswith("-wal") for name in modes)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_removed_is_removed_from_the_bytes(tmp_path: Path) -> None:
    number = begun(tmp_path)
    with closing(Store(tmp_path, silent)) as store:
        assert store.remove([number]) == 1
        everywhere = b"".join(p.read_bytes() for p in tmp_path.iterdir() if p.is_file())
        assert b"ovens" not in everywhere
        assert b"Krume" not in everywhere
        with pytest.raises(UsageError, match="there is no session 1; nothing was removed"):
            store.remove([1])
        assert store.begin(session()) == number + 1  # a number isn't given twice


def test_those_not_touched_for_so_long_are_found(tmp_path: Path) -> None:
    number = begun(tmp_path)
    with closing(Store(tmp_path, silent)) as store:
        assert store.older_than(timedelta(days=1)) == []
        assert store.older_than(timedelta(seconds=-5)) == [number]


def test_a_full_disk_is_said_once_and_the_chat_goes_on(tmp_path: Path) -> None:
    notes: list[str] = []
    begun(tmp_path)
    with closing(Store(tmp_path, notes.append)) as store:
        own = store.load(1)
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count = {pages}")  # as a full disk: no page more
        own.keep(version("Dear Ann,\n\n" + "Long. " * 20_000))
        store.save(1, own)
        store.say(1, "you", "go on")
        store.save(1, own, "yes")
        assert len(notes) == 1
        assert "the disk is full" in notes[0]
        assert "/save keeps the letter" in notes[0]
        assert not store.kept
        assert store.load(1).versions[-1].letter.startswith("Dear Ann,\n\nLong.")
    with closing(Store(tmp_path, silent)) as store:
        assert len(store.load(1).versions) == 1  # what had been committed is there


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_home_is_said_and_the_chat_goes_on(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    notes: list[str] = []
    with closing(Store(tmp_path / "data", notes.append)) as store:
        assert store.begin(session()) == 1
    assert "Permission denied" in notes[0]


def test_a_folder_that_cannot_be_made_is_said_and_the_chat_goes_on(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")
    notes: list[str] = []
    with closing(Store(tmp_path / "data", notes.append)) as store:
        number = store.begin(session())
        store.say(number, "you", "x")
        assert store.load(number).title == "Night Baker, Krume Bakery"
    assert len(notes) == 1
    assert "can't be kept" in notes[0]


@pytest.mark.parametrize("harm", ["text", "middle", "truncated", "other"])
def test_a_damaged_file_is_set_aside_named_and_a_new_one_begun(tmp_path: Path, harm: str) -> None:
    begun(tmp_path, versions=60)
    path = tmp_path / FILE
    data = path.read_bytes()
    if harm == "text":
        path.write_text("not a database " * 400, encoding="utf-8")
    elif harm == "middle":
        path.write_bytes(data[:5000] + os.urandom(6000) + data[11000:])
    elif harm == "truncated":
        path.write_bytes(data[: len(data) // 3])
    else:
        path.unlink()
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE session (x)")
            db.execute(f"PRAGMA user_version = {len(stores.STEPS)}")
            db.commit()
    notes: list[str] = []
    with closing(Store(tmp_path, notes.append)) as store:
        assert store.kept
        assert store.listed() == []
        store.begin(session())
    (note,) = notes
    assert "the session file was damaged; it is kept as" in note
    assert list(tmp_path.glob("sessions.damaged-*"))


def test_an_older_schema_migrates_with_all_it_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(tmp_path)
    monkeypatch.setattr(
        stores, "STEPS", (*stores.STEPS, "ALTER TABLE session ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'")
    )
    with closing(Store(tmp_path, silent)) as store:
        assert len(store.load(1).versions) == 1
        assert store._db.execute("SELECT mood FROM session").fetchall() == [("calm",)]


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    begun(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(UsageError, match="a newer afternote is needed"):
        Store(tmp_path, silent)


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    Store(tmp_path, silent).close()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with closing(Store(tmp_path, silent)) as store:
                own = session()
                number = store.begin(own)
                for place in range(25):
                    store.say(number, "you", f"turn {place}")
                    own.keep(version())
                    store.save(number, own, "done")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with closing(Store(tmp_path, silent)) as store:
        assert [(k.turns, k.versions) for k in store.listed()] == [(25, 25)] * 4


@posix
def test_a_session_is_one_chats_at_a_time(tmp_path: Path) -> None:
    number = begun(tmp_path)
    with closing(Store(tmp_path, silent)) as store:
        store._db.execute("UPDATE session SET holder = ?", (os.getppid(),))  # a program that runs
        with pytest.raises(UsageError, match=f"session {number} is open in another chat"):
            store.hold(number)
        with pytest.raises(UsageError, match="all of them are open in other chats"):
            store.latest()
        store._db.execute("UPDATE session SET holder = 2000000000")  # one that was killed
        assert store.latest() == number
        store.hold(number)


def test_a_session_in_which_nothing_was_said_is_not_kept(tmp_path: Path) -> None:
    with closing(Store(tmp_path, silent)) as store:
        number = store.begin(Session())
        store.save(number, Session(), "hello")
        store.release(number)
        assert store.listed() == []


def test_without_a_folder_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(Store(None, silent)) as store:
        number = store.begin(session())
        store.say(number, "you", "x")
        assert store.load(number).title
    assert list(tmp_path.rglob("*")) == [tmp_path / "home"]


def test_an_unreadable_state_is_said_and_its_words_can_still_be_seen(tmp_path: Path) -> None:
    number = begun(tmp_path)
    with closing(Store(tmp_path, silent)) as store:
        store._db.execute("UPDATE session SET state = '{\"known\": 3}'")
        with pytest.raises(UsageError, match=r"can't be read .*; `sessions show 1` shows its words"):
            store.load(number)
        assert store.turns(number)[0].words == "the ovens"
