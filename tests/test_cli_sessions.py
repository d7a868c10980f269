"""`afternote sessions`: list, show, export and rm."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from chats import LETTER, MAIL, SHORT, Chat, chat, interviewed
from conftest import Outcome

__all__ = ["chat"]
Run = Callable[..., Outcome]


@pytest.fixture
def two(chat: Chat) -> None:
    chat(interviewed("shorter", "/exit"), LETTER, SHORT)
    chat(["they never wrote back", "leave it"])


def test_the_list_shows_each_with_the_last_first(run: Run, two: None) -> None:
    lines = run("sessions", "list").out.splitlines()
    assert [line.split()[0] for line in lines] == ["2", "1"]
    assert "Night Baker, Krume Bakery" in lines[1]
    assert "2 versions" in lines[1]
    rows = json.loads(run("sessions", "list", "--json").out)
    assert rows[1]["turns"] == len(interviewed("shorter", "/exit"))


def test_an_empty_list_says_how_to_begin(run: Run) -> None:
    done = run("sessions", "list")
    assert (done.code, done.out) == (0, "")
    assert "afternote chat" in done.err


def test_show_has_all_words_in_order(run: Run, two: None) -> None:
    shown = run("sessions", "show", 1).out
    assert MAIL.strip() in shown
    assert shown.index("rye starter sulks") < shown.index("shorter")
    assert run("sessions", "show", 9).code == 2


def test_export_is_private_and_whole(run: Run, two: None, tmp_path: Path) -> None:
    path = tmp_path / "talk.json"
    assert run("sessions", "export", 1, "-o", path).code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert [v["asked"] for v in kept["versions"]] == ["draft", "shorter"]
    assert kept["mail"].strip() == MAIL.strip()
    assert run("sessions", "export", 1, "-o", path).code == 2  # not replaced
    assert run("sessions", "export", 1, "-o", tmp_path / "talk.pdf").code == 2
    assert "shorter" in run("sessions", "export", 1).out
    text = tmp_path / "talk.md"
    run("sessions", "export", 1, "-o", text)
    assert text.read_text(encoding="utf-8") == run("sessions", "show", 1).out


def test_rm_takes_out_what_was_named_and_nothing_else(run: Run, two: None) -> None:
    assert run("sessions", "rm", 7).code == 2
    assert run("sessions", "rm").code == 2
    assert run("sessions", "rm", "--older-than", "soon").code == 2
    assert "0 sessions removed" in run("sessions", "rm", "--older-than", "30d").err
    assert "1 session removed" in run("sessions", "rm", 1).err
    assert len(run("sessions", "list").out.splitlines()) == 1
    assert "1 session removed" in run("sessions", "rm", "--all").err
    assert run("sessions", "list").out == ""
