"""What every test stands on: a home of its own, no keys, no network, and the command line in one call."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant import Brief

ROOT = Path(__file__).resolve().parent.parent
if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # as a shell has it for what it runs in the background; Ctrl-C is tested here
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """With `pytest -n 2`, the engine's tests run while no other does: its threads wait for each other, and on a busy core it crawls."""
    if "PYTEST_XDIST_WORKER" not in os.environ or sys.platform == "win32":
        return (yield)
    import fcntl

    alone = item.get_closest_marker("weights") is not None
    with (
        (ROOT / "pyproject.toml").open() as room,
        (ROOT / "LICENSE").open() as door,
    ):  # any two files, only to be locked
        fcntl.flock(door, fcntl.LOCK_EX)  # who waits for an empty room keeps the door, or others would go in for ever
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        try:
            return (yield)
        finally:
            fcntl.flock(room, fcntl.LOCK_UN)  # closing doesn't let go while a child that a test forked has a copy


def gap(reason: str) -> pytest.MarkDecorator:
    """Marks what the product can't do yet, with the reason; strict, so that mending it turns the mark red."""
    return pytest.mark.xfail(strict=True, reason=reason)


@dataclass(frozen=True)
class Outcome:
    """How a command ended: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine reaches a test, and no test reaches the network."""
    for name in (
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "AFTERNOTE_API_KEY",
        "AFTERNOTE_MODEL",
        "AFTERNOTE_PROVIDER",
        "AFTERNOTE_BASE_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    connect = socket.socket.connect

    def only_loopback(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(("127.", "::1", "localhost")):
            raise AssertionError(f"a test wanted to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_loopback)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run `afternote …` in this process."""
    from assistant.cli import app

    def call(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["afternote", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            app.main()
        said = capsys.readouterr()
        code = stop.value.code
        return Outcome(code if isinstance(code, int) else int(bool(code)), said.out, said.err)

    return call


@pytest.fixture(scope="session")
def real_weights() -> Path:
    """The weights in this user's cache, fetched if they aren't there; without a network the tests say why they didn't run."""
    from assistant.errors import Unavailable
    from assistant.providers import weights

    try:
        return weights.verified() if weights.present() else weights.fetch(lambda had, whole: None)
    except Unavailable as error:
        pytest.skip(str(error))


@pytest.fixture
def brief() -> Brief:
    """A full brief of a bakery job."""
    return Brief(
        sender="Ifeoma Adeyemi",
        recipient="Renske Bakker",
        recipient_role="hiring manager",
        company="Krume Bakery",
        job_title="Night Baker",
        stage="final",
        region="NL",
        conversation=[
            "she said the rye starter sulks below 22 degrees",
            "told her we proofed overnight at 4 degrees in Lagos",
        ],
        their_work=["opening a 2nd shop in Delft in may"],
        about_me=["ran a 12 hour night line for 3 yrs"],
        next_step=["can send her the proofing chart i made"],
    )


GOOD_LETTER = """Subject: The rye starter

Dear Renske,

I was sorry to hear that the Night Baker job at Krume Bakery won't be mine.

You said the rye starter sulks below 22 degrees, and I told you we proofed overnight at 4 degrees in Lagos. You are opening a second shop \
in Delft in May. I ran a 12-hour night line for 3 years, so the early shifts there sound familiar.

I can send you the proofing chart I made, if it is useful. I hope the opening in Delft goes well.

Kind regards,
Ifeoma Adeyemi
"""


@pytest.fixture
def good_letter() -> str:
    """A letter on that brief with which nothing is wrong."""
    return GOOD_LETTER
