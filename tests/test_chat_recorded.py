"""The whole way in a real terminal, with the embedded model and with an endpoint: from the pasted rejection to the saved mail."""

from __future__ import annotations

import email
import os
from contextlib import closing
from pathlib import Path

import pytest
from conftest import ROOT
from endpoints import Answer, serving
from terminal import Terminal
from walk import ANSWERS_OF_MARISOL, walk

from assistant.store import Store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


LETTER = """Subject: The scanners

Dear Anne,

I was sorry to hear that the Operations Manager job won't be mine.

You said the night crew loses two hours a week on handover [C1]. You are replacing the paper pick lists with handheld \
scanners [W1]. I ran a scanner rollout for 60 pickers at my last job [M1].

I can send you the one-page training sheet we used for the scanners [N1]. I hope the first weeks with them go well.

Best wishes,
Marisol
"""


def kept(home: Path) -> Store:
    return Store(home / ".local" / "share" / "afternote", print)


def begin(home: Path, *arguments: str, **env: str) -> Terminal:
    names = ("PATH", "LANG")
    own = {n: os.environ[n] for n in names if n in os.environ} | {"HOME": str(home), "PYTHONPATH": str(ROOT)}
    return Terminal("chat", *arguments, env=own | {"LANG": "C.UTF-8"} | env, cwd=home, columns=80, rows=30)


@pytest.mark.weights
def test_with_the_embedded_model(tmp_path: Path, real_weights: Path) -> None:
    terminal = begin(tmp_path, "--seed", "1", XDG_CACHE_HOME=str(real_weights.parents[2]))
    try:
        walk(terminal)
    finally:
        terminal.kill()
    shown = terminal.transcript()
    assert "You said the night crew loses two hours a week on handover." in shown
    with closing(kept(tmp_path)) as store:
        session = store.load(1)
    letters = [v.letter for v in session.versions]
    assert len(letters) == 4
    assert session.current is not None
    assert session.current.number == 3  # undone
    assert all(v.verdict == "good" for v in session.versions)
    told = " ".join(ANSWERS_OF_MARISOL).lower()
    for sentence, facts in session.versions[0].cited.items():
        assert facts, sentence
    assert "scanners" in told
    mail = email.message_from_bytes((tmp_path / "reply.eml").read_bytes())
    assert mail["Subject"] == "Re: Operations Manager - Harbor Light Foods"
    assert "Annie" in mail.get_payload(decode=True).decode()  # type: ignore[union-attr]  # a plain mail of one part has bytes


def test_with_an_endpoint(tmp_path: Path) -> None:
    casual = LETTER.replace("Dear", "Hi")
    short = LETTER.replace(" I ran a scanner rollout for 60 pickers at my last job [M1].", "")
    with serving(Answer(LETTER), Answer(casual), Answer(short)) as server:
        terminal = begin(tmp_path, "--base-url", server.url, "--model", "m")
        try:
            walk(terminal)
        finally:
            terminal.kill()
        assert len(server.asked) == 3  # a letter and two revisions; the name she prefers needs no model
        assert "she prefers Annie" not in str(server.asked)
    with closing(kept(tmp_path)) as store:
        assert len(store.load(1).versions) == 4
    assert (tmp_path / "reply.eml").is_file()
