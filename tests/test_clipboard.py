"""The clipboard: what is copied is there, and what can't be is said in a line, at once."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pyperclip
import pytest
from conftest import ROOT

from assistant.cli.clipboard import copy
from assistant.errors import UsageError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stands in for the programs of X11 and Wayland")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No display and no clipboard program but those that a test puts into this folder; pyperclip looks anew."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HELD", str(tmp_path / "held"))
    monkeypatch.setattr("platform.release", lambda: "6.1.0-generic")
    monkeypatch.setattr(pyperclip, "determine_clipboard", _without_wsl(pyperclip.determine_clipboard, monkeypatch))
    monkeypatch.setattr(pyperclip, "copy", pyperclip.lazy_load_stub_copy)
    monkeypatch.setattr(pyperclip, "paste", pyperclip.lazy_load_stub_paste)
    return folder


def _without_wsl(determine, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]  # the library has no types
    """The tests' Linux is one of its own, even where the machine's runs inside Windows."""

    def inner():  # type: ignore[no-untyped-def]
        with monkeypatch.context() as patch:
            patch.setattr(pyperclip.os.path, "isfile", lambda _path: False)
            return determine()

    return inner


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    path.chmod(0o755)


# Reads back with -o, else keeps its input and stays, as the real one does, with the output it was started with in hand.
XCLIP = """case "$*" in
*-o*) cat "$HELD" ;;
*) cat > "$HELD"; sleep 15 & ;;
esac"""


def test_the_text_arrives_cleaned(bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISPLAY", ":1")
    program(bare, "xclip", 'case "$*" in *-o*) cat "$HELD" ;; *) cat > "$HELD" ;; esac')
    copy("Dear Renske,\r\n\r\nThe rye \x1b[31mstarter\x1b[0m – שלום 🙂\x00\ud800\n")
    assert (tmp_path / "held").read_bytes().decode() == "Dear Renske,\n\nThe rye starter – שלום 🙂?\n"


def test_wayland_has_its_own_program(bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    program(bare, "wl-copy", 'cat > "$HELD"')
    program(bare, "wl-paste", 'cat "$HELD"')
    copy("Kind regards,\nIfeoma")
    assert (tmp_path / "held").read_text() == "Kind regards,\nIfeoma"


def test_without_a_display_it_is_said_at_once() -> None:
    before = time.monotonic()
    with pytest.raises(UsageError, match=r"^nothing copied: .*xclip \(X11\) or wl-clipboard \(Wayland\)$"):
        copy("a letter")
    assert time.monotonic() - before < 1


def test_a_display_without_a_program_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":1")
    monkeypatch.setitem(sys.modules, "qtpy", None)
    monkeypatch.setitem(sys.modules, "PyQt5", None)
    with pytest.raises(UsageError, match="xclip"):
        copy("a letter")


def test_a_program_that_fails_is_not_taken_for_success(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPLAY", ":99")
    program(bare, "xclip", 'echo "Error: Can\'t open display: :99" >&2; exit 1')
    with pytest.raises(UsageError, match="nothing copied"):
        copy("a letter")
    assert capfd.readouterr() == ("", "")  # the caller's one line is all that is said


def test_a_program_that_can_not_be_started_is_said(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":1")
    (bare / "xclip").write_bytes(b"\x7fELF no program")
    (bare / "xclip").chmod(0o755)
    with pytest.raises(UsageError, match="nothing copied"):
        copy("a letter")


def test_elsewhere_the_reason_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_text: str) -> None:
        raise pyperclip.PyperclipException("Error calling OpenClipboard\n(access denied)")

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(pyperclip, "copy", busy)
    with pytest.raises(UsageError, match=r"^nothing copied: Error calling OpenClipboard \(access denied\)$"):
        copy("a letter")


def test_what_follows_in_a_pipe_is_not_kept_waiting(bare: Path) -> None:
    program(bare, "xclip", XCLIP)
    code = "from assistant.cli.clipboard import copy; copy('a letter'); print('written')"
    before = time.monotonic()
    # run() waits until everyone has let go of the pipe: the program in the background must not hold it.
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"DISPLAY": ":1", "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout == "written\n"
    assert time.monotonic() - before < 10
