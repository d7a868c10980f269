"""`afternote advise` as a user meets it: streams, flags, files, exit codes, bad input, and what it never loads."""

import io
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import Outcome

from assistant.advice import advise
from assistant.cli import app as command

Run = Callable[..., Outcome]

FORM = """Dear candidate,

After reviewing your application for the position of Night Baker at Krume Bakery, we have decided not to invite you to an interview.

Kind regards,
The Recruitment Team
Krume Bakery
"""
FINAL = """From: Renske Bakker <renske@krume.example>
To: Ifeoma Adeyemi <ifeoma@adeyemi.example>
Subject: Night Baker

Dear Ifeoma,

You reached the final round of interviews for the position of Night Baker at Krume Bakery. You were one of our two finalists, and we have \
chosen the other one.

Kind regards,
Renske Bakker
"""
BRIEF = """sender = "Ifeoma Adeyemi"
recipient = "Joost Visser"
company = "Krume Bakery"
job_title = "Night Baker"
stage = "interview"
conversation = ["he said the rye starter sulks below 22 degrees"]
"""


@pytest.fixture(autouse=True)
def _each_command_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call of the program registers its commands anew, and each call takes longer for those of all calls before."""
    monkeypatch.setattr(command.app, "registered_commands", [])
    monkeypatch.setattr(command.app, "registered_groups", [])


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "form.txt"
    path.write_text(FORM, encoding="utf-8")
    return path


@pytest.fixture
def final(tmp_path: Path) -> Path:
    path = tmp_path / "final.txt"
    path.write_text(FINAL, encoding="utf-8")
    return path


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Put bytes on standard input."""

    def put(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data), isatty=lambda: False))

    return put


def as_json(done: Outcome) -> dict[str, Any]:
    assert (done.code, done.err) == (0, "")
    said: dict[str, Any] = json.loads(done.out)
    return said


# --- what is printed -------------------------------------------------------------------------------------------------


def test_the_advice_is_printed_with_its_reasons_and_the_mails_own_words(run: Run, final: Path) -> None:
    done = run("advise", final)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "Worth a real note."
    assert "  to    Renske Bakker, as a reply in this thread" in lines
    assert "  when  sleep on it" in lines
    assert "[advice.final]" in done.out
    assert "[feedback.default]" in done.out
    assert "  from person: Renske Bakker" in lines
    assert "Most likely nothing comes of it" in done.out
    assert max(map(len, lines)) <= 130
    assert not [line for line in lines if line != line.rstrip()]


def test_where_no_reply_is_needed_it_says_so_first_and_leaves_the_choice(run: Run, form: Path) -> None:
    done = run("advise", form)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("No reply needed.\n")
    assert "  to " not in done.out
    assert done.out.endswith("It is yours to decide; `afternote draft` writes either way.\n")


def test_json_is_what_the_package_says_and_nothing_else(run: Run, final: Path, form: Path) -> None:
    for path, text in ((final, FINAL), (form, FORM)):
        assert as_json(run("advise", path, "--json")) == advise(text).as_json()


def test_quiet_is_one_line(run: Run, final: Path, form: Path) -> None:
    assert run("advise", form, "-q") == Outcome(0, "No reply needed.\n", "")
    done = run("advise", final, "--quiet")
    assert done == Outcome(0, "Worth a real note. To Renske Bakker, as a reply in this thread; sleep on it.\n", "")


def test_the_mail_is_read_from_standard_input(run: Run, stdin: Callable[[bytes], None], final: Path) -> None:
    for data in (FINAL.encode(), FINAL.replace("\n", "\r\n").encode("utf-16")):
        stdin(data)
        assert as_json(run("advise", "-", "--json")) == as_json(run("advise", final, "--json"))


def test_what_was_odd_in_a_mail_is_said_on_stderr(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "forwarded.txt"
    path.write_text(f"fyi\n\n---------- Forwarded message ---------\n{FINAL}")
    done = run("advise", path)
    assert (done.code, done.err) == (0, "note: a forwarded mail: the one inside was read\n")
    assert run("advise", path, "-q").err == ""


def test_nothing_in_a_mail_steers_the_terminal(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mail.txt"
    path.write_text(FINAL.replace("Renske", "Ren\x1b[31mske\x07").replace("Bakker", "Bak\u202eker"))
    for flags in ((), ("-q",), ("--json",)):
        done = run("advise", path, *flags)
        assert "Renske Bakker" in done.out
        assert not {"\x1b", "\x07", "\u202e"} & set(done.out + done.err)


# --- flags -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "rule"),
    [
        (("--stage", "screen"), "advice.screen"),
        (("--stage", "final"), "advice.final"),
        (("--bad-process",), "advice.bad-process"),
        (("--tired", "--stage", "interview"), "advice.tired"),
        (("--internal", "--stage", "interview"), "advice.internal"),
        (("--small-field",), "advice.small-field"),
        (("--stage", "final", "--region", "uk"), "note.no-thanks"),
        (("--stage", "final", "--region", "UK"), "feedback.uk"),
    ],
)
def test_what_the_user_says_changes_the_advice(flags: tuple[str, ...], rule: str, run: Run, form: Path) -> None:
    assert f"[{rule}]" not in run("advise", form).out
    done = run("advise", form, *flags)
    assert (done.code, done.err) == (0, "")
    assert f"[{rule}]" in " ".join(done.out.split())


def test_ghosted_needs_no_mail(run: Run) -> None:
    done = run("advise", "--ghosted")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("No reply needed.\n")
    assert "What the mail says" not in done.out
    assert as_json(run("advise", "--ghosted", "--json"))["level"] == "skip"


def test_the_brief_tells_how_far_it_went_and_whom_to_write_to(run: Run, form: Path, tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(BRIEF)
    said = as_json(run("advise", form, "--brief", tmp_path / "b.toml", "--json"))
    assert (said["level"], said["to"], said["channel"]) == ("substantive", "Joost Visser", "email")
    assert said["signals"]["stage"] == "application"


# --- -o --------------------------------------------------------------------------------------------------------------


def test_a_brief_is_begun_and_the_advice_still_printed(run: Run, final: Path, tmp_path: Path) -> None:
    path = tmp_path / "brief.toml"
    done = run("advise", final, "-o", path)
    assert (done.code, done.out) == (0, run("advise", final).out)
    assert done.err == f"a brief is begun in {path}: add what only you know, then `afternote draft {path}`\n"
    begun = tomllib.loads(path.read_text(encoding="utf-8"))
    assert {key: value for key, value in begun.items() if value} == {
        "sender": "Ifeoma Adeyemi",
        "recipient": "Renske Bakker",
        "company": "Krume Bakery",
        "job_title": "Night Baker",
        "stage": "final",
    }
    assert run("advise", final, "--brief", path).code == 0


def test_a_brief_that_exists_is_never_written_over_unasked(run: Run, final: Path, tmp_path: Path) -> None:
    path = tmp_path / "brief.toml"
    path.write_text("mine")
    done = run("advise", final, "-o", path)
    assert done == Outcome(2, "", f"afternote: -o {path} exists; --force replaces it\n")
    assert path.read_text() == "mine"
    assert run("advise", final, "-o", path, "--force", "-q").err == ""
    assert tomllib.loads(path.read_text())["company"] == "Krume Bakery"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("brief.txt", "a brief is written as .toml"),
        ("folder.toml", "that is a directory"),
        ("absent/brief.toml", "there is no folder"),
    ],
)
def test_what_no_brief_can_be_written_to_is_refused_before_the_advice(
    name: str, why: str, run: Run, final: Path, tmp_path: Path
) -> None:
    (tmp_path / "folder.toml").mkdir()
    done = run("advise", final, "-o", tmp_path / name)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"afternote: -o {tmp_path / name}: {why}")
    assert done.err.count("\n") == 1


def test_no_brief_is_begun_from_nothing(run: Run, tmp_path: Path) -> None:
    done = run("advise", "--ghosted", "-o", tmp_path / "brief.toml")
    assert done == Outcome(2, "", "afternote: without a rejection there is nothing to read or to begin a brief from\n")
    assert not (tmp_path / "brief.toml").exists()


# --- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "advise needs the rejection: a file, or - for standard input; or --ghosted, when none came"),
        (("MAIL", "--stage", "second"), "unknown stage 'second'; there are: application, screen, interview, final"),
        (("absent.eml",), "absent.eml: no such file; `-` reads the rejection from standard input"),
        ((".",), ".: a directory; give the mail file in it"),
        (("EMPTY",), "EMPTY: there is no text in it to read; paste the mail's text instead"),
        (("ZEROS",), "ZEROS: a binary file, not a mail"),
        (("BOX",), "BOX: a mailbox of 2 mails; save the rejection alone"),
        (("a\x1b[31m\nb.eml",), "a b.eml: no such file; `-` reads the rejection from standard input"),
        (("MAIL", "--brief", "absent.toml"), "absent.toml: no such file; `-` reads the brief from standard input"),
        (("MAIL", "--brief", "BROKEN"), "BROKEN, line 1: unknown key 'nobody'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    arguments: tuple[str, ...], why: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    postmark = b"From renske@krume.example Mon May  4 09:30:00 2026\nMIME-Version: 1.0\n\nNo.\n\n"
    files = {"MAIL": FINAL.encode(), "EMPTY": b"\n", "ZEROS": bytes(99), "BOX": postmark * 2, "BROKEN": b"nobody = 1"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    done = run("advise", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"afternote: {why}")
    assert done.err.count("\n") == 1


def test_an_empty_standard_input_is_named(run: Run, stdin: Callable[[bytes], None]) -> None:
    stdin(b"")
    assert run("advise", "-").err.startswith("afternote: standard input: there is no text in it")


def test_a_broken_character_ends_in_no_traceback(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_text(
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-7\n\nDear Ifeoma,\n\nWe chose +2AA- another.\n\nRenske\n"
    )
    assert run("advise", path).code == 0


def test_an_unknown_flag_is_refused(run: Run, form: Path) -> None:
    done = run("advise", form, "--sad")
    assert (done.code, done.out) == (2, "")
    assert "--sad" in done.err


def test_a_brief_that_was_just_begun_can_be_given_back(run: Run, form: Path, tmp_path: Path) -> None:
    run("advise", form, "-o", tmp_path / "brief.toml")
    done = run("advise", form, "--brief", tmp_path / "brief.toml")
    assert done.code == 0 or "--from" not in done.err


# --- what it never loads ---------------------------------------------------------------------------------------------

WATCHED = """
import socket, sys
def refused(*_):
    raise AssertionError("the network")
socket.socket.connect = refused
from assistant.cli import app
try:
    app.main()
finally:
    sys.stderr.write(" ".join(sorted({"openai", "httpx", "jinja2", "rich", "xllamacpp", "tenacity"} & set(sys.modules))))
"""


@pytest.mark.parametrize("kind", ["text", "html"])
def test_no_model_and_no_network_has_a_part_in_it(kind: str, final: Path, tmp_path: Path) -> None:
    if kind == "html":
        head, _, body = FINAL.partition("\n\n")
        page = (
            body.replace("\n\n", "<p>")
            + '<img src="https://track.example/1.gif"><link rel="stylesheet" href="https://x.example/a.css">'
        )
        final.write_text(f"{head}\nMIME-Version: 1.0\nContent-Type: text/html\n\n{page}")
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, "advise", str(final), "--json"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["level"] == "substantive"
