"""kill -9 at a hundred random moments: whatever the chat had said is done is there."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest
from chats import ANSWERS, LETTER
from conftest import ROOT
from terminal import PROGRAM

from assistant.store import FILE, Store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
KILLS = 100
LINES = 40  # requests in a run: more than are done before the kill


def _until(stdout: IO[bytes], answers: int) -> str:
    """What the chat printed until it had answered so many requests."""
    out = ""
    while out.count("Greeted as") < answers:
        line = stdout.readline()
        assert line, f"the chat ended before it was killed:\n{out}"
        out += line.decode(errors="replace")
    return out


def test_a_hundred_kills_lose_nothing_that_was_committed(tmp_path: Path) -> None:
    moments = random.Random(6)
    script = tmp_path / "replies.json"
    script.write_text(json.dumps([LETTER]), encoding="utf-8")
    folder = tmp_path / "data" / "afternote"
    env = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path / "data")}
    said: dict[str, int] = {}  # each name that the chat said it had greeted, and the version it is in
    heard = killed_at_work = 0
    for run in range(KILLS):
        begun = ["--continue"] if run else ["brief.toml"]
        if not run:
            lists = dict(zip(("conversation", "their_work", "about_me", "next_step"), ANSWERS, strict=True))
            facts = "".join(f'{name} = ["{fact}"]\n' for name, fact in lists.items())
            names = 'sender = "Ifeoma Adeyemi"\nrecipient = "Renske Bakker"\ncompany = "Krume Bakery"\njob_title = "Night Baker"\n'
            (tmp_path / "brief.toml").write_text(names + facts, encoding="utf-8")
        chat = subprocess.Popen(
            [*PROGRAM, "chat", *begun, "--provider", "scripted", "--model", str(script)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, cwd=tmp_path,
        )  # fmt: skip
        assert chat.stdin is not None
        assert chat.stdout is not None
        first = [""] if not run else []
        lines = [*first, *(f"she prefers Ren{run}x{place}" for place in range(LINES))]
        chat.stdin.write(("\n".join(lines) + "\n").encode())
        chat.stdin.flush()
        # Two of three are killed as they answer, wherever this machine is then; the others at any moment from their start on.
        wait_for = moments.randrange(1, LINES // 4) if run == 0 or run % 3 else 0
        out = _until(chat.stdout, wait_for)
        time.sleep(moments.uniform(0.0, 0.05 if wait_for else 0.9))
        os.kill(chat.pid, signal.SIGKILL)
        out += chat.stdout.read().decode(errors="replace")
        chat.wait()
        chat.stdin.close()
        chat.stdout.close()
        killed_at_work += "Greeted as" in out
        for name, version in re.findall(r"Greeted as (\S+)\.\n.*?\nversion (\d+) · ", out, re.DOTALL):
            said[name] = int(version)
        heard += len(re.findall(r"Greeted as", out))
        with closing(sqlite3.connect(folder / FILE)) as db:
            assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)
        with closing(Store(folder, print)) as store:
            session = store.load(1)
            for name, version in said.items():
                assert f"Dear {name}," in session.version(version).letter
            turns = [t.words for t in store.turns(1) if t.who == "you"]
            assert set(re.findall(r"Greeted as (\S+)\.", out)) <= {t.split()[-1] for t in turns if t.split()}
    assert killed_at_work > KILLS / 2  # the moments did hit chats that were working
    assert len(said) > KILLS
    assert not list(folder.glob("*damaged*"))
    print(f"{KILLS} kills, {killed_at_work} of them in the middle of work, {heard} requests done")
