"""The chat on a real terminal: what users of such tools ask for most, point by point."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from chats import ANSWERS, LETTER, MAIL, SHORT
from conftest import ROOT
from endpoints import Answer, Endpoint, serving
from terminal import CTRL_C, CTRL_D, ENTER, Terminal

from assistant.store import Store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
Start = Callable[..., Terminal]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "chat home"
    path.mkdir()
    return path


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """`start(*arguments, columns=…, rows=…, env=…)`: a chat on a terminal of its own."""
    begun: list[Terminal] = []

    def go(*arguments: str, env: dict[str, str] | None = None, columns: int = 80, rows: int = 24) -> Terminal:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        own = {"HOME": str(home), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        begun.append(Terminal("chat", *arguments, env=kept | own | (env or {}), cwd=home, columns=columns, rows=rows))
        return begun[-1]

    yield go
    for terminal in begun:
        terminal.kill()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving(Answer(LETTER)) as server:
        yield server


def at(endpoint: Endpoint) -> tuple[str, ...]:
    return ("--base-url", endpoint.url, "--model", "m")


def store(home: Path) -> Store:
    return Store(home / ".local" / "share" / "afternote", print)


def said(kept: Store, number: int = 1) -> list[str]:
    return [turn.words for turn in kept.turns(number) if turn.who == "you"]


def drafted(terminal: Terminal, mail: str = MAIL) -> None:
    """From the first prompt to the first letter."""
    terminal.wait("begin without one")
    terminal.wait("›", 10)
    terminal.paste(mail.replace("\n", "\r"))
    terminal.send(ENTER)
    terminal.wait("“leave it” ends here")
    terminal.line("")
    for number, answer in enumerate(ANSWERS, start=1):
        terminal.wait(f"{number} of 4")
        terminal.line(answer)
    terminal.wait("nothing else")
    terminal.line("")
    terminal.wait("version 1 ·")


def pasted(terminal: Terminal) -> None:
    """From the first prompt to the advice on the mail."""
    terminal.wait("›", 10)
    terminal.paste(MAIL)
    terminal.send(ENTER)
    terminal.wait("ends here")


def begin_without_facts(terminal: Terminal) -> None:
    """From the first prompt to the moment that a letter begins to come."""
    pasted(terminal)
    terminal.line("")
    terminal.wait("1 of 4")
    terminal.line("that's all I have")
    terminal.wait("Dear Renske,")


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_paste_of_500_lines_arrives_whole(start: Start, home: Path, endpoint: Endpoint) -> None:
    lines = [
        f"line {number}: we regret that, unfortunately, your application number {number} … ünïcode"
        for number in range(500)
    ]
    terminal = start(*at(endpoint))
    terminal.wait("begin without one")
    terminal.wait("›", 10)
    terminal.paste("\r".join(lines))
    terminal.send(ENTER)
    terminal.wait("“leave it” ends here")
    with closing(store(home)) as kept:
        assert said(kept)[0].split("\n") == lines
        assert kept.load(1).mail.decode() == "\n".join(lines)


def test_a_paste_that_the_terminal_does_not_mark_is_one_input_too(start: Start, home: Path, endpoint: Endpoint) -> None:
    terminal = start(*at(endpoint))
    terminal.wait("begin without one")
    terminal.wait("›", 10)
    terminal.pump(0.3)
    terminal.send(MAIL.strip().replace("\n", "\r"))  # one write, as a paste is
    terminal.pump(0.3)
    terminal.send(ENTER)
    terminal.wait("“leave it” ends here")
    with closing(store(home)) as kept:
        assert said(kept)[0] == MAIL.strip()


def test_alt_enter_begins_a_new_line(start: Start, home: Path, endpoint: Endpoint) -> None:
    terminal = start(*at(endpoint))
    terminal.wait("›", 10)
    terminal.line("")
    terminal.wait("1 of")
    terminal.send("night baker\x1b\rat Krume")
    terminal.pump(0.3)
    terminal.send(ENTER)
    terminal.wait("2 of")
    with closing(store(home)) as kept:
        assert said(kept)[-1] == "night baker\nat Krume"


def test_arrow_up_brings_back_what_was_typed_and_tab_completes_commands(start: Start, endpoint: Endpoint) -> None:
    terminal = start(*at(endpoint))
    terminal.wait("›", 10)
    terminal.line("/tokens")
    terminal.wait("0 tokens in")
    terminal.send("\x1b[A")
    terminal.pump(0.3)
    terminal.send(ENTER)
    terminal.wait("0 tokens in", after=1)
    terminal.send("/vers")
    terminal.pump(0.5)
    terminal.send("\t")
    terminal.pump(0.5)
    assert "/versions" in terminal.screen.display[terminal.screen.cursor.y]
    terminal.send(ENTER)
    terminal.wait("there is no letter yet")


def test_the_letter_grows_while_it_comes_and_ctrl_c_keeps_what_came(start: Start, home: Path) -> None:
    with serving(Answer(LETTER, pause=0.15)) as slow:
        terminal = start(*at(slow))
        begin_without_facts(terminal)
        assert "Kind regards" not in terminal.transcript()
        terminal.send(CTRL_C)
        terminal.wait("Stopped.", 10)
        terminal.wait("kept as version 1")
        terminal.wait("› ", after=3)
        assert terminal.alive()
        with closing(store(home)) as kept:
            version = kept.load(1).versions[0]
            assert version.partial
            assert "Dear Renske," in version.letter
            assert "Kind regards" not in version.letter
        terminal.line("")  # one key asks again
        terminal.wait("Kind regards")


def test_ctrl_c_at_the_prompt_hints_and_ctrl_d_leaves(start: Start, endpoint: Endpoint) -> None:
    terminal = start(*at(endpoint))
    terminal.wait("›", 10)
    terminal.pump(0.3)
    terminal.send("half a thought")
    terminal.pump(0.2)
    terminal.send(CTRL_C)
    terminal.wait("Ctrl-D or /exit leaves")
    terminal.send(CTRL_D)
    assert terminal.ended() == 0


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (60, 20), (60, 8), (30, 6)])
def test_nothing_is_doubled_or_cut_on_a_screen_smaller_than_the_letter(
    start: Start, endpoint: Endpoint, columns: int, rows: int
) -> None:
    terminal = start(*at(endpoint), columns=columns, rows=rows)
    drafted(terminal)
    terminal.line("/exit")
    terminal.ended()
    shown = flat(terminal.transcript())
    for sentence in ("You said the rye starter sulks below 22 degrees.", "I hope the opening in Delft goes well."):
        assert shown.count(sentence) == 1
    assert shown.count("Kind regards, Ifeoma Adeyemi") == 1
    letter = terminal.transcript().split("version 1 ──")[1]
    assert "…" not in letter.split("version 1 ·")[0]
    assert max(map(len, terminal.transcript().splitlines())) <= columns


def test_a_word_is_never_broken_at_60_columns(start: Start, endpoint: Endpoint) -> None:
    terminal = start(*at(endpoint), columns=60)
    drafted(terminal)
    body = terminal.transcript().split("version 1 ──")[1].split("version 1 ·")[0]
    known = set(re.findall(r"\S+", re.sub(r" \[[A-Z]\d\]", "", LETTER)))
    assert set(body.split()) <= known


def test_resizing_while_it_streams_doubles_nothing(start: Start) -> None:
    with serving(Answer(LETTER, pause=0.1)) as slow:
        terminal = start(*at(slow), columns=100, rows=30)
        pasted(terminal)
        for line in ("", *ANSWERS, ""):
            terminal.line(line)
            terminal.pump(0.3)
        terminal.wait("Dear Renske,")
        for columns, rows in ((60, 10), (120, 40), (50, 8), (80, 24)):
            terminal.resize(columns, rows)
            terminal.pump(0.4)
        terminal.wait("version 1 ·")
        text = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", terminal.raw).decode()
        assert flat(text).count("You said the rye starter sulks below 22 degrees.") == 1
        assert flat(text).count("I hope the opening in Delft goes well.") == 1


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": "dumb", "NO_COLOR": "1"}])
def test_without_colours_the_difference_is_in_brackets(start: Start, env: dict[str, str]) -> None:
    with serving(Answer(LETTER), Answer(SHORT)) as server:
        terminal = start(*at(server), env=env)
        dumb = env.get("TERM") == "dumb"
        terminal.wait(">" if dumb else "›", 10)
        if dumb:
            for line in ('"""', *MAIL.strip().splitlines(), '"""'):
                terminal.line(line)
        else:
            terminal.paste(MAIL)
            terminal.send(ENTER)
        terminal.wait("ends here")
        for line in ("", *ANSWERS, ""):
            terminal.line(line)
            terminal.pump(0.4)
        terminal.wait("version 1 ·")
        terminal.line("shorter")
        terminal.wait("version 2 ·")
        terminal.raw = b""
        terminal.line("/diff")
        terminal.wait("[-I ran a 12-hour night line")
        assert not re.findall(rb"\x1b\[[0-9;]*3[0-9]m", terminal.raw)  # no foreground colour
        if dumb:
            assert b"\x1b" not in terminal.raw


def test_plain_draws_nothing_and_redraws_nothing(start: Start, endpoint: Endpoint) -> None:
    terminal = start(*at(endpoint), "--plain")
    terminal.wait("begin without one")
    terminal.wait(">", 10)
    for line in ('"""', *MAIL.strip().splitlines(), '"""', "", *ANSWERS, ""):
        terminal.line(line)
        terminal.pump(0.15)
    terminal.wait("version 1 ·")
    text = terminal.raw.decode()
    drawing = re.findall(r"[─│╭╮╰╯━⠋⠙⠹]|\x1b\[[0-9;]*[JKHABm]", text)
    assert not drawing
    assert text.count("You said the rye starter sulks") == 1


@pytest.mark.parametrize("colour", ["15;0", "0;15"])  # a terminal says: light on dark, dark on light
def test_only_colours_that_show_on_light_and_dark_are_used(start: Start, colour: str) -> None:
    with serving(Answer(LETTER), Answer(SHORT)) as server:
        terminal = start(*at(server), env={"COLORFGBG": colour})
        drafted(terminal)
        terminal.raw = b""
        terminal.line("shorter")
        terminal.wait("version 2 ·")
        terminal.line("/diff")
        terminal.wait("version 1 → 2")
        terminal.pump(0.5)
        codes = {int(c) for part in re.findall(rb"\x1b\[([0-9;]+)m", terminal.raw) for c in part.split(b";")}
        # Red and green, bold, dim, underlined, struck; neither white nor black nor yellow, and no background of ours.
        assert codes & {31, 32}
        assert not codes & {30, 33, 37, 40, 41, 42, 43, 44, 45, 46, 47, 90, 93, 97}


def test_errors_of_the_endpoint_end_nothing(start: Start) -> None:
    answers = [Answer(status=429), Answer(status=401), Answer(LETTER, cut=4), Answer(status=404), Answer(LETTER)]
    with serving(*answers) as server:
        terminal = start(*at(server))
        pasted(terminal)
        for line in ("", *ANSWERS, ""):
            terminal.line(line)
            terminal.pump(0.3)
        for message in ("asks to wait 3600 s", "the key isn't accepted", "the reply broke off", "unknown model"):
            terminal.wait(message)
            terminal.wait("Enter tries again")
            terminal.pump(0.3)
            terminal.send(ENTER)
        terminal.wait("Kind regards")
        assert "Traceback" not in terminal.transcript()


def test_a_dead_endpoint_is_said_and_another_model_taken(start: Start, endpoint: Endpoint) -> None:
    terminal = start("--base-url", "http://127.0.0.1:9/v1", "--model", "m")
    pasted(terminal)
    for line in ("", "that's all"):
        terminal.line(line)
        terminal.pump(0.3)
    terminal.wait("can't connect")
    terminal.line(f"/model other {endpoint.url}")
    terminal.wait("other writes")
    terminal.line("")
    terminal.wait("Kind regards")
    assert endpoint.asked[0]["model"] == "other"


def test_two_chats_at_once_do_not_disturb_each_other(start: Start, home: Path, endpoint: Endpoint) -> None:
    one, two = start(*at(endpoint)), start(*at(endpoint))
    drafted(one)
    drafted(two)
    one.line("she prefers Ren")
    two.line("she prefers Bakker")
    one.wait("Dear Ren,")
    two.wait("Dear Bakker,")
    with closing(store(home)) as kept:
        assert sorted(k.versions for k in kept.listed()) == [2, 2]
        assert {kept.load(n).called for n in (1, 2)} == {"Ren", "Bakker"}
    third = start("--continue", *at(endpoint))
    third.wait("all of them are open in other chats")
    assert third.ended() == 2


def test_a_killed_chat_goes_on_where_it_was(start: Start, home: Path, endpoint: Endpoint) -> None:
    terminal = start(*at(endpoint))
    drafted(terminal)
    terminal.kill()
    again = start("--continue", *at(endpoint))
    again.wait("version 1 of 1")
    again.line("she prefers Ren")
    again.wait("Dear Ren,")


def test_what_was_asked_when_it_was_killed_can_be_asked_again(start: Start, home: Path) -> None:
    with serving(Answer(LETTER), Answer(SHORT, pause=1.0), Answer(SHORT)) as server:
        terminal = start(*at(server))
        drafted(terminal)
        terminal.line("shorter")
        terminal.wait("version 2 ──")
        terminal.kill()
        again = start("--continue", *at(server))
        again.wait("Your last words weren't done: “shorter”. Enter does them now.")
        again.line("")
        again.wait("version 2 ·")
        with closing(store(home)) as kept:
            assert [v.asked for v in kept.load(1).versions] == ["draft", "shorter"]


def test_a_vent_leaves_the_screen_and_the_disk(start: Start, home: Path, endpoint: Endpoint) -> None:
    terminal = start(*at(endpoint))
    terminal.wait("›", 10)
    terminal.line("/vent")
    terminal.wait("an empty line ends it")
    terminal.line("those XYZZY people")
    terminal.pump(0.4)
    terminal.line("")
    terminal.wait("Nothing of it was kept")
    assert "XYZZY" not in "\n".join(terminal.screen.display)
    terminal.send("\x1b[A")  # what arrow-up brings back isn't it
    terminal.pump(0.4)
    assert "XYZZY" not in "\n".join(terminal.screen.display)
    terminal.send("\x15")
    terminal.line("/exit")
    terminal.ended()
    assert not [p for p in home.rglob("*") if p.is_file() and b"XYZZY" in p.read_bytes()]


def test_the_editor_opens_on_the_letter_and_the_terminal_is_as_before(
    start: Start, home: Path, endpoint: Endpoint
) -> None:
    editor = home / "edit.sh"
    editor.write_text(
        '#!/bin/sh\nprintf \'press a key: \'; read key; sed -i "s/Kind regards/$key/" "$1"\n', encoding="utf-8"
    )
    editor.chmod(0o755)
    terminal = start(*at(endpoint), env={"VISUAL": f"'{editor}'"})
    drafted(terminal)
    terminal.line("/edit")
    terminal.wait("press a key:")
    terminal.line("With thanks")
    terminal.wait("version 2 ·")
    terminal.line("/versions")
    terminal.wait("/edit", after=1)
    with closing(store(home)) as kept:
        assert "With thanks" in kept.load(1).versions[1].letter


def test_what_is_typed_while_the_letter_comes_is_not_shown_in_its_middle(start: Start) -> None:
    with serving(Answer(LETTER, pause=0.1), Answer(SHORT)) as slow:
        terminal = start(*at(slow))
        begin_without_facts(terminal)
        terminal.line("/tokens")
        terminal.wait("Kind regards,")
        terminal.wait("tokens in")
        before = terminal.transcript().split("Kind regards")[0]
        assert "/tokens" not in before


def test_the_hangup_of_a_closed_window_loses_nothing(start: Start, home: Path, endpoint: Endpoint) -> None:
    terminal = start(*at(endpoint))
    drafted(terminal)
    os.kill(terminal.pid, signal.SIGHUP)
    time.sleep(0.5)
    with closing(store(home)) as kept:
        assert len(kept.load(1).versions) == 1
