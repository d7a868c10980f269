"""`afternote plan` and `afternote ledger` as a user meets them: streams, files, exit codes, bad input."""

import csv
import io
import json
import re
import stat
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import icalendar
import pytest
import typer
from conftest import ROOT, Outcome

from assistant import ledger as kept
from assistant.cli import app as command
from assistant.cli import ledger, plan
from assistant.settings import data_folder

Run = Callable[..., Outcome]
BRIEF = ROOT / "examples" / "final-round.toml"  # to Anne Whitcomb, Harbor Light Foods
TODAY = date.today()


@pytest.fixture(autouse=True)
def _both_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = typer.Typer(name="afternote", rich_markup_mode=None, pretty_exceptions_enable=False)
    fresh.callback()(command.afternote)
    fresh.command("plan")(plan.plan)
    fresh.add_typer(ledger.app, name="ledger")
    monkeypatch.setattr(command, "app", fresh)


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes, bool], None]:
    """Put bytes on standard input, of a terminal or not."""

    def put(data: bytes, terminal: bool = False) -> None:
        lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
        reader = SimpleNamespace(buffer=lines.buffer, readline=lines.readline, isatty=lambda: terminal)
        monkeypatch.setattr(sys, "stdin", reader)
        monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: terminal)

    return put


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# plan


def test_plan_prints_days_and_questions_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    done = run("plan", BRIEF, "--sent", "2095-03-07")
    assert (done.code, done.err) == (0, "")
    assert re.findall(r"^\d{4}-\d\d-\d\d .*", done.out, re.MULTILINE) == [
        "2095-05-06  A word to Anne Whitcomb, Harbor Light Foods?",
        "2095-07-20  A word to Anne Whitcomb, Harbor Light Foods?",
    ]
    assert "What is new since your note of 2095-03-07?" in done.out
    assert "training sheet" in done.out
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert not data_folder().exists()


def test_plan_writes_a_calendar_that_is_the_users_alone(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "plan.ics"
    done = run("plan", BRIEF, "--sent", "2095-03-07", "--months", "12", "-o", path)
    assert done.code == 0
    assert done.err == f"written to {path}\n"
    days = [event.decoded("dtstart") for event in icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")]
    assert [str(day) for day in days] == re.findall(r"^(\d{4}-\d\d-\d\d) ", done.out, re.MULTILINE)
    assert len(days) == 5
    assert mode(path) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "plan.ics"]  # no half-written file beside it


def test_plan_reads_standard_input_and_counts_from_today(run: Run, stdin: Callable[..., None]) -> None:
    stdin(b'{"sender": "Ana", "company": "Krume", "job_title": "Baker"}')
    done = run("plan", "-", "--months", "2")
    assert f"since your note of {TODAY}?" in done.out
    first = date.fromisoformat(done.out[:10])
    assert timedelta(60) <= first - TODAY <= timedelta(62)


def test_plan_says_when_days_are_past(run: Run) -> None:
    assert run("plan", BRIEF, "--sent", "2020-03-02").err == "note: 2 of these 2 days are past already\n"
    ago = TODAY - timedelta(100)
    assert run("plan", BRIEF, "--sent", ago).err == "note: 1 of these 2 days is past already\n"


@pytest.mark.parametrize(
    "day", ["2.3.2026", "2026-02-30", "20260302", "2026-W10-1", "0206-03-02", "tomorrow", "２026-03-02"]
)
@pytest.mark.parametrize(
    "command", [("plan", BRIEF, "--sent"), ("ledger", "add", BRIEF, "--sent"), ("ledger", "done", 1, "--on")]
)
def test_a_wrong_date_is_one_clear_line(run: Run, command: tuple[object, ...], day: str) -> None:
    done = run(*command, day)
    assert done.code == 2
    assert done.out == ""
    assert done.err == f"afternote: {command[-1]} {day!r} is no date; give it as year, month and day: {TODAY}\n"
    assert not data_folder().exists()


@pytest.mark.parametrize("months", ["1", "0", "61", "x"])
def test_a_wrong_horizon_is_refused(run: Run, months: str) -> None:
    done = run("plan", BRIEF, "--months", months)
    assert done.code == 2
    assert "--months" in done.err


def test_a_file_is_replaced_only_when_asked(run: Run, tmp_path: Path, stdin: Callable[..., None]) -> None:
    path = tmp_path / "plan.ics"
    path.write_text("mine")
    stdin(b"")
    done = run("plan", BRIEF, "-o", path)
    assert (done.code, done.err, done.out) == (2, f"afternote: -o {path} exists; --force replaces it\n", "")
    stdin(b"n\n", True)
    done = run("plan", BRIEF, "-o", path)
    assert done.code == 2
    assert done.err.endswith("left as it was\n")
    assert path.read_text() == "mine"
    stdin(b"y\n", True)
    assert run("plan", BRIEF, "-o", path).code == 0
    assert path.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    path.write_text("mine")
    assert run("plan", BRIEF, "-o", path, "--force").code == 0
    assert path.read_bytes().endswith(b"END:VCALENDAR\r\n")


@pytest.mark.parametrize(
    ("name", "message"),
    [("plan.txt", "ends in .ics"), ("nowhere/plan.ics", "there is no folder"), ("folder.ics", "is a directory")],
)
def test_a_place_that_can_take_no_calendar_is_named(run: Run, tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder.ics").mkdir()
    done = run("plan", BRIEF, "-o", tmp_path / name)
    assert done.code == 2
    assert message in done.err
    assert done.err.count("\n") == 1


def test_a_file_that_can_not_be_written_leaves_the_old_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.ics"
    path.write_text("mine")

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    done = run("plan", BRIEF, "-o", path, "--force")
    assert (done.code, done.out) == (2, "")
    assert done.err == f"afternote: -o {path}: can't be written: No space left on device\n"
    assert path.read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "plan.ics"]


@pytest.mark.parametrize("arguments", [("plan",), ("ledger", "add")])
def test_a_brief_that_can_not_be_read_is_named_with_its_line(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    brief = tmp_path / "b.toml"
    brief.write_text('sender = "Ana"\ncompany = "Krume"\njob_title = 3\n')
    done = run(*arguments, brief)
    assert done.code == 2
    assert f"{brief}, line 3: job_title must be text" in done.err
    assert "no such file" in run(*arguments, tmp_path / "none.toml").err


# ledger


def test_a_note_is_kept_answered_and_listed(run: Run, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Anne,\n\nthe slotting.\n")
    done = run("ledger", "add", BRIEF, "--letter", letter, "--sent", "2026-03-02", "--kind", "ack")
    line = "1: written 2026-03-02 to Anne Whitcomb, Harbor Light Foods (Operations Manager)"
    assert (done.code, done.out, done.err) == (0, f"{line}; no answer yet (most get none)\n", "")
    assert run("ledger", "list").out == done.out
    done = run("ledger", "done", 1, "--answer", "Thank you,\n that was kind", "--on", "2026-03-09")
    assert done.out == f"{line}; answered 2026-03-09: Thank you, that was kind\n"
    (entry,) = json.loads(run("ledger", "list", "--json").out)
    assert (entry["letter"], entry["kind"]) == (letter.read_text(), "ack")
    assert (entry["answered_on"], entry["answer"]) == ("2026-03-09", "Thank you,\n that was kind")
    assert mode(data_folder()) == 0o700
    assert mode(data_folder() / kept.FILE) == 0o600


def test_the_next_touch_is_told_while_it_lies_ahead(run: Run) -> None:
    done = run("ledger", "add", BRIEF)
    first = date.fromisoformat(re.findall(r"; next touch (\S+)\n", done.out)[0])
    assert timedelta(60) <= first - TODAY <= timedelta(62)
    second = date.fromisoformat(run("ledger", "add", BRIEF, "--sent", TODAY - timedelta(70)).out[-11:-1])
    assert timedelta(65) <= second - TODAY <= timedelta(67)  # the first is past
    assert "next touch" not in run("ledger", "add", BRIEF, "--sent", "2020-03-02").out


def test_the_list_makes_no_promise_and_counts_nothing(run: Run) -> None:
    for _ in range(3):
        run("ledger", "add", BRIEF, "--sent", "2026-03-02")
    said = run("ledger", "list").out
    assert said.count("\n") == 3
    assert "%" not in said
    assert not re.search(r"rate|chance|likely|odds|of 3", said)


def test_listing_nothing_makes_no_file(run: Run) -> None:
    done = run("ledger", "list")
    assert (done.code, done.out) == (0, "")
    assert "nothing in the ledger yet" in done.err
    assert run("ledger", "list", "--json").out == "[]\n"
    assert not data_folder().exists()


def test_brief_and_letter_can_come_from_standard_input_but_not_both(run: Run, stdin: Callable[..., None]) -> None:
    stdin(BRIEF.read_bytes())
    assert run("ledger", "add", "-").out.startswith("1: written")
    stdin(b"Dear Anne,\n")
    assert run("ledger", "add", BRIEF, "--letter", "-").code == 0
    assert json.loads(run("ledger", "export").out)[1]["letter"] == "Dear Anne,\n"
    done = run("ledger", "add", "-", "--letter", "-")
    assert (done.code, done.err) == (2, "afternote: the brief and the letter can't both come from standard input\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("add", BRIEF, "--kind", "novel"), "unknown kind 'novel'; there are: note"),
        (("add", BRIEF, "--letter", "nowhere.txt"), "nowhere.txt: there is no such file"),
        (("done", "9"), "the ledger has no entry 9"),
        (("done", "9" * 30), "no entry 999"),
        (("forget", "9"), "the ledger has no entry 9"),
        (("forget",), "forget needs the ID of an entry, or --all --yes"),
        (("forget", "1", "--all", "--yes"), "forget needs the ID of an entry, or --all --yes"),
        (("forget", "--all"), "can't be undone; --yes says that you mean it"),
        (("export", "--format", "xml"), "unknown format 'xml'; there are: json, csv"),
        (("export", "-o", "ledger.xls"), "unknown format 'xls'"),
        (("export", "--format", "json", "-o", "ledger.csv"), "written as .json"),
    ],
)
def test_what_can_not_be_done_is_one_clear_line(run: Run, arguments: tuple[object, ...], message: str) -> None:
    run("ledger", "add", BRIEF)
    done = run("ledger", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("afternote: ")
    assert message in done.err
    assert done.err.count("\n") == 1
    assert len(json.loads(run("ledger", "export").out)) == 1


def test_forgetting_one_or_all_leaves_no_trace_of_it(run: Run, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("secret words " * 900)
    for _ in range(3):
        run("ledger", "add", BRIEF, "--letter", letter)
    done = run("ledger", "forget", 2)
    assert (done.code, done.out, done.err) == (0, "", "forgotten: 2\n")
    assert [e["id"] for e in json.loads(run("ledger", "export").out)] == [1, 3]
    assert run("ledger", "forget", "--all", "--yes").err == "forgotten: 2 entries; the ledger is empty\n"
    data = b"".join(p.read_bytes() for p in data_folder().iterdir())
    assert b"secret" not in data
    assert b"Harbor" not in data


def test_a_damaged_ledger_is_named_and_the_command_goes_on(run: Run) -> None:
    run("ledger", "add", BRIEF)
    (data_folder() / kept.FILE).write_text("broken " * 300)
    done = run("ledger", "add", BRIEF)
    (aside,) = kept.set_aside(data_folder())
    assert done.code == 0
    assert done.out.startswith("1: written")
    assert done.err == f"the ledger was damaged; it is kept as {aside}, and a new one is begun\n"
    assert str(aside) in run("ledger", "forget", 1).err  # what is forgotten may still stand there
    assert run("ledger", "forget", "--all", "--yes").code == 0
    assert not aside.exists()


def test_a_ledger_that_can_not_be_made_is_one_clear_line(run: Run) -> None:
    data_folder().parent.mkdir(parents=True)
    data_folder().write_text("in the way")
    done = run("ledger", "add", BRIEF)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"afternote: the ledger {data_folder() / kept.FILE}: ")
    assert done.err.count("\n") == 1


def test_export_goes_to_a_file_that_is_the_users_alone(run: Run, tmp_path: Path) -> None:
    run("ledger", "add", BRIEF)
    path = tmp_path / "out.csv"
    done = run("ledger", "export", "-o", path)
    assert (done.code, done.out, done.err) == (0, "", f"written to {path}\n")
    assert mode(path) == 0o600
    assert path.read_bytes().decode() == run("ledger", "export", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))
    assert [row["company"] for row in rows] == ["Harbor Light Foods"]
    assert "exists; --force replaces it" in run("ledger", "export", "-o", path).err
    assert run("ledger", "export", "-o", path, "--force").code == 0


def test_nothing_uncleaned_reaches_the_terminal(run: Run, tmp_path: Path) -> None:
    brief = tmp_path / "b.json"
    brief.write_text(
        json.dumps(
            {"sender": "A", "company": "K\x1b[31mrume\u202e", "job_title": "B\x07", "next_step": ["\x9bsend\ud800"]}
        )
    )
    letter = tmp_path / "l.txt"
    letter.write_text("\x1b]0;title\x07Dear\x9b all")
    said = [
        run("plan", brief),
        run("ledger", "add", brief, "--letter", letter),
        run("ledger", "done", 1, "--answer", "\x1b[2J\udcffyes\r\n"),
        run("ledger", "export"),
        run("ledger", "export", "--format", "csv"),
    ]
    for done in said:
        assert done.code == 0, done.err
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", done.out + done.err)
    assert json.loads(run("ledger", "export").out)[0]["letter"] == "Dear all"
