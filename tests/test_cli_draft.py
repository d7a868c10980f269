"""`afternote draft` as a user or a script calls it: streams, exit codes, files, bad input."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Outcome

from assistant.cli import draft
from assistant.errors import Interrupted
from assistant.providers.scripted import Scripted
from assistant.settings import config_folder, state_folder

Run = Callable[..., Outcome]
BRIEF = """sender = "Ifeoma Adeyemi"
recipient = "Renske Bakker"
company = "Krume Bakery"
job_title = "Night Baker"
stage = "final"
region = "NL"
conversation = ["she said the rye starter sulks below 22 degrees", "told her we proofed overnight at 4 degrees in Lagos"]
their_work = ["opening a 2nd shop in Delft in may"]
about_me = ["ran a 12 hour night line for 3 yrs"]
next_step = ["can send her the proofing chart i made"]
"""


@pytest.fixture
def files(tmp_path: Path, good_letter: str) -> Path:
    """A folder with a brief and a script of replies."""
    (tmp_path / "b.toml").write_text(BRIEF)
    (tmp_path / "replies.json").write_text(json.dumps([good_letter] * 3))
    return tmp_path


def scripted(files: Path) -> tuple[object, ...]:
    return ("--provider", "scripted", "--model", files / "replies.json")


def test_the_letter_goes_to_stdout_and_everything_else_to_stderr(run: Run, files: Path, good_letter: str) -> None:
    done = run("draft", files / "b.toml", *scripted(files), "-u")
    assert done.code == 0
    assert done.out == good_letter
    assert "writes on this machine" in done.err
    assert "tokens: " in done.err


def test_quiet_says_nothing(run: Run, files: Path) -> None:
    assert run("draft", files / "b.toml", *scripted(files), "-q").err == ""


def test_json_is_json(run: Run, files: Path) -> None:
    made = json.loads(run("draft", files / "b.toml", *scripted(files), "--json").out)
    assert made["kind"] == "note"
    assert made["provider"] == "scripted"
    assert made["findings"] == []


def test_flags_override_the_file_and_lists_repeat(run: Run, files: Path) -> None:
    arguments = (
        "--company",
        "Other",
        "--talked-about",
        "one",
        "--talked-about",
        "two",
        "--dry-run",
        "--provider",
        "openai",
    )
    sent = json.loads(run("draft", files / "b.toml", *arguments).out)["messages"][1]["content"]
    assert '"Other"' in sent
    assert 'C2 (conversation): "two"' in sent
    assert "sulks" not in sent


def test_flags_alone_make_a_brief(run: Run) -> None:
    done = run(
        "draft",
        "--from",
        "Ana",
        "--company",
        "K",
        "--job",
        "Baker",
        "--dry-run",
        "--provider",
        "openai",
        "--next-step",
        "fair in may",
    )
    assert done.code == 0
    assert "fair in may" in done.out


def test_the_brief_can_come_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch, files: Path) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BRIEF.encode())))
    assert run("draft", "-", *scripted(files)).code == 0


def test_a_dry_run_prints_what_would_be_sent_and_sends_nothing(run: Run, files: Path) -> None:
    done = run("draft", files / "b.toml", "--dry-run", "--base-url", "http://127.0.0.1:9", "--model", "m", "--seed", 5)
    body = json.loads(done.out)
    assert done.code == 0
    assert (body["model"], body["seed"], body["stream"]) == ("m", 5, True)
    assert "temperature" not in body
    assert "http://127.0.0.1:9/v1/chat/completions; nothing was sent" in done.err


def test_the_embedded_dry_run_needs_no_weights(run: Run, files: Path) -> None:
    done = run("draft", files / "b.toml", "--dry-run")
    assert done.code == 0
    assert "nothing would leave it" in done.err
    assert "opening a 2nd shop" in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "draft needs a brief"),
        (("none.toml",), 2, "no such file"),
        (("--from", "A", "--company", "B"), 2, "job_title is missing; add it to the brief or give --job"),
        (
            ("--from", "A", "--company", "B", "--job", "C", "--kind", "poem", "--provider", "openai", "--dry-run"),
            2,
            "unknown kind",
        ),
        (("--from", "A", "--company", "B", "--job", "C", "--provider", "openai"), 77, "OPENAI_API_KEY"),
        (
            ("--from", "A", "--company", "B", "--job", "C", "--base-url", "http://127.0.0.1:9", "-m", "x"),
            69,
            "can't connect",
        ),
        (("--from", "A", "--company", "B", "--job", "C", "--model", "none.gguf"), 69, "no such weights file"),
        (
            ("--from", "A", "--company", "B", "--job", "C", "--provider", "scripted", "-m", "none.json"),
            2,
            "can't be read",
        ),
        (("--nonsense",), 2, "--nonsense"),
        (("--seed", "-1"), 2, "seed"),
    ],
)
def test_what_a_user_gets_wrong_is_one_line_and_an_exit_code(
    run: Run, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = run("draft", *arguments)
    assert done.code == code
    assert message in done.err
    assert done.out == ""
    assert "Traceback" not in done.err


def test_a_file_is_written_once_and_replaced_only_when_forced(run: Run, files: Path, good_letter: str) -> None:
    target = files / "out.md"
    assert run("draft", files / "b.toml", *scripted(files), "-o", target).out == ""
    assert target.read_text() == good_letter
    target.write_text("precious")
    refused = run("draft", files / "b.toml", *scripted(files), "-o", target)
    assert (refused.code, target.read_text()) == (2, "precious")
    assert "--force" in refused.err
    assert run("draft", files / "b.toml", *scripted(files), "-o", target, "--force").code == 0
    assert target.read_text() == good_letter


@pytest.mark.parametrize(
    ("name", "message"),
    [("out.docx", ".txt, .md or .eml"), ("no/out.txt", "there is no folder"), ("sub.txt", "is a directory")],
)
def test_an_output_that_cannot_be_is_refused_before_any_work(run: Run, files: Path, name: str, message: str) -> None:
    (files / "sub.txt").mkdir()
    done = run(
        "draft", files / "b.toml", "--provider", "scripted", "--model", files / "never-read.json", "-o", files / name
    )
    assert done.code == 2
    assert message in done.err


def test_a_stream_cut_half_way_is_kept_and_named(run: Run, files: Path) -> None:
    (files / "replies.json").write_text(json.dumps(["Subject: x\n\nDear Renske,\n\nThe rye [C1] and<cut>"] * 2))
    done = run("draft", files / "b.toml", *scripted(files))
    kept = next(state_folder().glob("partial-*.txt"))
    assert done.code == 69
    assert done.out == ""
    assert str(kept) in done.err
    assert "Dear Renske,\n\nThe rye and\n\n[partial" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_ctrl_c_keeps_the_text_and_exits_with_130(run: Run, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(self: Scripted, *_: object) -> None:
        raise Interrupted("Dear Renske,\n\nThe")

    monkeypatch.setattr(Scripted, "complete", pressed)
    done = run("draft", files / "b.toml", *scripted(files))
    assert done.code == 130
    assert next(state_folder().glob("partial-*.txt")).read_text().startswith("Dear Renske,")


def test_garbage_is_a_clear_error(run: Run, files: Path) -> None:
    (files / "replies.json").write_text('["\\u001b[31mzzz\\u0007"]')
    done = run("draft", files / "b.toml", *scripted(files))
    assert done.code == 1
    assert "sent no letter" in done.err
    assert "\x1b" not in done.err


def test_findings_that_remain_are_said(run: Run, files: Path, good_letter: str) -> None:
    (files / "replies.json").write_text(json.dumps([good_letter.replace("Lagos", "Paris")] * 3))
    done = run("draft", files / "b.toml", *scripted(files))
    assert done.code == 0
    assert "error: the name Paris stands nowhere in the brief [grounding.name]" in done.err


def test_escapes_in_a_brief_never_reach_the_terminal(run: Run, files: Path) -> None:
    (files / "b.json").write_text(
        json.dumps({"sender": "A\u001b[2J", "company": "B", "job_title": "C", "\u001b]0;x\u0007stage": "final"})
    )
    done = run("draft", files / "b.json", *scripted(files))
    assert done.code == 2
    assert "\x1b" not in done.err + done.out


def test_a_broken_settings_file_is_named(run: Run, files: Path) -> None:
    config_folder().mkdir(parents=True)
    (config_folder() / "config.toml").write_text("modell = 'x'")
    done = run("draft", files / "b.toml", "--dry-run")
    assert done.code == 2
    assert "config.toml: unknown setting 'modell'" in done.err


def test_without_facts_the_questions_are_asked(run: Run, files: Path, good_letter: str) -> None:
    bare = "Subject: Night Baker\n\nDear Ann,\n\nI was sorry to hear it. I wish you well.\n\nBest wishes,\nAna\n"
    (files / "replies.json").write_text(json.dumps([bare] * 3))
    done = run("draft", "--from", "Ana", "--to", "Ann", "--company", "K", "--job", "Night Baker", *scripted(files))
    assert done.out == bare
    assert "What did you really talk about?" in done.err


class Terminal(io.StringIO):
    """A standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_letter_is_shown_as_it_grows_and_only_once(
    files: Path, good_letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    draft.draft(str(files / "b.toml"), provider="scripted", model=str(files / "replies.json"), quiet=True)
    assert screen.getvalue().strip() == good_letter.strip()


def test_on_a_terminal_an_earlier_better_attempt_is_shown_again(
    files: Path, good_letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    better = good_letter.replace("Lagos", "Paris")
    worse = better.replace("22", "33")
    (files / "replies.json").write_text(json.dumps([better, worse, worse]))
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    draft.draft(str(files / "b.toml"), provider="scripted", model=str(files / "replies.json"), quiet=True)
    assert screen.getvalue().strip().endswith(better.strip())


def test_help_names_every_option(run: Run) -> None:
    text = run("draft", "--help").out
    for option in (
        "--to",
        "--talked-about",
        "--kind",
        "--model",
        "--base-url",
        "--seed",
        "--json",
        "--dry-run",
        "--no-stream",
        "-u",
        "-q",
        "-o",
    ):
        assert option in text
