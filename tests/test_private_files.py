"""What is ours only the user can read, what is written is whole, and no path leads where it shouldn't."""

import json
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Outcome
from test_cli_draft import BRIEF

from assistant import files
from assistant.checks.packs import read_pack
from assistant.cli import terminal
from assistant.errors import UsageError
from assistant.files import private_folder, read_bounded, read_text_bounded, write_atomically
from assistant.settings import config_folder, data_folder, read_settings_file, state_folder

Run = Callable[..., Outcome]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights, links and pipes as POSIX has them")
MAIL = "From: Ann Ray <ann@kiln.example>\nTo: Bo <bo@example.org>\nSubject: Baker\n\nDear Bo,\n\nWe chose another baker.\n\nAnn Ray\n"


@pytest.fixture
def work(tmp_path: Path, good_letter: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a brief and a script of replies in it."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "b.toml").write_text(BRIEF)
    (folder / "mail.eml").write_text(MAIL)
    (folder / "letter.txt").write_text(good_letter)
    (folder / "replies.json").write_text(json.dumps([good_letter] * 3))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def draft(run: Run, work: Path) -> Run:
    return lambda *more: run("draft", "b.toml", "--provider", "scripted", "--model", "replies.json", *more)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def one_clear_line(done: Outcome, *said: str) -> None:
    last = done.err.splitlines()[-1]
    assert done.code == 2, done.err
    assert last.startswith("afternote: ")
    assert all(words in last for words in said), last
    assert "Traceback" not in done.err
    assert not any(ch in done.err for ch in "\x1b\x07")


# --- all that is ours


def test_every_file_of_ours_is_private_whatever_the_umask_and_the_folder_were(
    tmp_path: Path, good_letter: str, work: Path
) -> None:
    (work / "cut.json").write_text(json.dumps(["Subject: x\n\nDear Renske,\n\nThe rye [C1] and<cut>"] * 2))
    for folder in (data_folder(), state_folder()):
        folder.mkdir(parents=True)
        folder.chmod(0o777)

    def call(*arguments: str, said: str = "") -> int:
        return subprocess.run(
            [sys.executable, "-c", "import os; os.umask(0); from assistant.cli.app import main; main()", *arguments],
            env=os.environ | {"PYTHONPATH": str(ROOT)}, input=said, capture_output=True, text=True, timeout=60, check=False,
        ).returncode  # fmt: skip

    scripted = ("--provider", "scripted", "--model")
    assert call("draft", "b.toml", *scripted, "replies.json", "-o", "out.txt") == 0
    assert call("draft", "b.toml", *scripted, "replies.json", "-o", "out.eml") == 0
    assert call("draft", "b.toml", *scripted, "cut.json") == 69
    assert call("ledger", "add", "b.toml", "--letter", "letter.txt") == 0
    assert call("ledger", "export", "-o", "l.csv") == 0
    assert call("plan", "b.toml", "-o", "t.ics") == 0
    assert call("advise", "mail.eml", "-o", "begun.toml") == 0
    assert call("chat", "b.toml", *scripted, "replies.json", said="hello\n/exit\n") == 0
    assert call("sessions", "export", "1", "-o", "s.json") == 0
    home = Path(os.environ["HOME"])
    ours = [path for path in home.rglob("*") if path.is_file()]
    assert {path.name.partition("-")[0].partition(".")[0] for path in ours} >= {"ledger", "sessions", "partial"}
    made = [work / name for name in ("out.txt", "out.eml", "l.csv", "t.ics", "begun.toml", "s.json")]
    assert {str(path): oct(mode(path)) for path in [*ours, *made] if mode(path) != 0o600} == {}
    assert [oct(mode(folder)) for folder in (data_folder(), state_folder())] == ["0o700"] * 2
    assert not [path for path in [*home.rglob("*"), *work.rglob("*")] if path.name.startswith(files.STAGE[0])]


def test_two_texts_that_break_off_in_the_same_second_are_both_kept() -> None:
    kept = {terminal.keep_partial(f"text {n}") for n in range(20)}
    assert len(kept) == 20


def test_a_folder_of_ours_that_was_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o777)
    (tmp_path / "open").chmod(0o777)
    assert mode(private_folder(tmp_path / "open")) == 0o700
    assert mode(private_folder(tmp_path / "new" / "er")) == 0o700


# --- writing


def test_a_file_is_old_or_new_and_never_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def pressed(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", pressed)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new")
    assert (path.read_text(), [p.name for p in tmp_path.glob("*") if p.name != "home"]) == ("old", ["a.txt"])
    monkeypatch.undo()
    write_atomically(path, b"new")
    assert (path.read_text(), mode(path)) == ("new", 0o600)


def test_what_is_written_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("fsync"), fsync(handle))[1])
    monkeypatch.setattr(Path, "replace", lambda self, to: (order.append("replace"), replace(self, to))[1])
    write_atomically(tmp_path / "a.txt", b"x")
    assert order == ["fsync", "replace", "fsync"]  # and the folder's entry after it


def test_a_name_as_long_as_names_can_be(draft: Run, work: Path) -> None:
    name = "n" * 251 + ".txt"
    assert draft("-o", name).code == 0
    assert (work / name).is_file()


@pytest.mark.parametrize("old", [0o644, 0o640, 0o664, 0o600, 0o400, 0o4755])
def test_a_file_that_is_replaced_keeps_its_rights_and_gets_no_stranger_ones(draft: Run, work: Path, old: int) -> None:
    (work / "out.txt").write_text("old")
    (work / "out.txt").chmod(old)
    assert draft("-o", "out.txt", "--force").code == 0
    assert mode(work / "out.txt") == old & 0o666 | 0o600


def test_an_export_is_private_also_where_an_open_file_was(run: Run, work: Path) -> None:
    (work / "l.json").write_text("[]")
    (work / "l.json").chmod(0o666)
    assert run("ledger", "export", "-o", "l.json", "--force").code == 0
    assert mode(work / "l.json") == 0o600


# --- tricks in -o


@pytest.mark.parametrize("target", ["precious.txt", "nowhere.txt", "out.txt", "/dev/full", "/dev/stdout"])
def test_a_link_is_refused_and_with_force_replaced_but_never_followed(draft: Run, work: Path, target: str) -> None:
    (work / "precious.txt").write_text("precious")
    (work / "out.txt").symlink_to(target)
    one_clear_line(draft("-o", "out.txt"), "-o out.txt: a link to ", "--force replaces the link")
    assert draft("-o", "out.txt", "--force").code == 0
    assert not (work / "out.txt").is_symlink()
    assert "Dear Renske" in (work / "out.txt").read_text()
    assert (work / "precious.txt").read_text() == "precious"
    assert not (work / "nowhere.txt").exists()


def test_a_link_put_there_while_the_letter_is_written_is_not_followed(
    draft: Run, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work / "precious.txt").write_text("precious")
    beside = files.stage_beside

    def late(path: Path) -> object:
        path.symlink_to("precious.txt")
        return beside(path)

    monkeypatch.setattr(files, "stage_beside", late)
    done = draft("-o", "out.txt")
    assert done.code == 2
    assert "made a file of that name meanwhile; it is left as it was; the letter is on standard output" in done.err
    assert "Dear Renske," in done.out
    assert (work / "precious.txt").read_text() == "precious"
    assert (work / "out.txt").is_symlink()


def test_without_hard_links_nothing_is_replaced_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(old: Path, new: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", none)
    path = tmp_path / "a.txt"
    write_atomically(path, b"one", over=False)
    with pytest.raises(FileExistsError):
        write_atomically(path, b"two", over=False)
    assert path.read_bytes() == b"one"
    assert list(tmp_path.glob(".afternote-*")) == []


def test_hard_links_share_nothing_with_what_is_written(draft: Run, work: Path) -> None:
    (work / "precious.txt").write_text("precious")
    (work / "out.txt").hardlink_to(work / "precious.txt")
    assert draft("-o", "out.txt", "--force").code == 0
    assert (work / "precious.txt").read_text() == "precious"


@pytest.mark.parametrize(("name", "said"), [
    ("/dev/stdout", "without -o it goes to standard output"), ("/dev/null", "a device or pipe"), ("/dev/full", "a device or pipe"),
    ("pipe.txt", "a device or pipe"), (".", "that is a directory"), ("..", "that is a directory"), ("sub.txt", "that is a directory"),
    ("sub.txt/..", "that is a directory"), ("", "that is a directory"), ("/", "that is a directory"),
    ("letter.txt/x.txt", "Not a directory"), ("none/x.txt", "there is no folder none"), ("loop/x.txt", "symbolic links"),
    ("n" * 300 + ".txt", "File name too long"), ("a/" * 3000 + "x.txt", "File name too long"),
    ("two\nlines.txt", "control characters"), ("red\x1b[31m.txt", "control characters"), ("tab\t.txt", "control characters"),
    ("gnp.\u202etxt.txt", "control characters"), ("out.exe", ".txt, .md or .eml"), ("txt", ".txt, .md or .eml"),
])  # fmt: skip
@pytest.mark.parametrize("more", [(), ("--force",), ("--interviewer", "Ann Ray")], ids=["plain", "force", "panel"])
def test_an_odd_output_is_one_clear_line_before_any_work(
    run: Run, work: Path, name: str, said: str, more: tuple[str, ...]
) -> None:
    (work / "sub.txt").mkdir()
    (work / "loop").symlink_to("loop")
    os.mkfifo(work / "pipe.txt")
    if more[:1] == ("--interviewer",) and name not in (
        "..",
        "",
        "/",
        "none/x.txt",
        "n" * 300 + ".txt",
        "two\nlines.txt",
    ):
        return  # with a person's name in it that is another name
    before = sorted(work.rglob("*"))
    done = run("draft", "b.toml", "--provider", "scripted", "--model", "never-read.json", "-o", name, *more)
    assert done.code == 2
    assert done.out == ""
    if not more[1:]:
        one_clear_line(done, "-o ", said)
    assert len(done.err) < 700
    assert sorted(work.rglob("*")) == before


def test_a_path_that_goes_up_and_down_again_is_a_path(draft: Run, work: Path) -> None:
    (work / "sub").mkdir()
    assert draft("-o", "sub/../out.txt").code == 0
    assert (work / "out.txt").is_file()


def test_a_folder_that_takes_nothing_is_said_before_any_work(
    run: Run, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, wanted: False)
    done = run("draft", "b.toml", "--provider", "scripted", "--model", "never-read.json", "-o", "out.txt")
    one_clear_line(done, "nothing can be written in the folder .")


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(13, "Permission denied"),
        OSError(30, "Read-only file system"),
        OSError(28, "No space left on device"),
    ],
)
def test_a_letter_that_cannot_be_written_is_on_standard_output(
    draft: Run, work: Path, good_letter: str, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    opened = os.open

    def refused(path: Path, flags: int, *more: int) -> int:
        if flags & os.O_EXCL:
            raise error
        return opened(path, flags, *more)

    monkeypatch.setattr(files.os, "open", refused)
    done = draft("-o", "out.txt")
    monkeypatch.undo()
    one_clear_line(done, f"can't be written: {error.strerror}; the letter is on standard output")
    assert done.out == good_letter


def test_on_a_read_only_file_system_it_is_one_line(run: Run, work: Path) -> None:
    folder = Path("/proc/self")  # no file can be made there, not even by root
    done = run("draft", "b.toml", "--provider", "scripted", "--model", "replies.json", "-o", folder / "out.txt")
    assert done.code == 2
    assert "Traceback" not in done.err
    assert "can't be written" in done.err or "nothing can be written" in done.err


def test_saving_in_a_chat_follows_no_link(
    run: Run, work: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (work / "letter.txt").unlink()
    (work / "letter.txt").symlink_to(tmp_path / "elsewhere.txt")
    (work / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    said = "/draft\n/save\n/save link.txt\n/save no\\x00.txt\n/save link.txt --force\n/exit\n"
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli.app", "chat", "b.toml", "--provider", "scripted", "--model", "replies.json"],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, input="\n" + said, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert "Dear Renske" in (work / "letter-2.txt").read_text()
    assert "link.txt exists; another name" in " ".join((done.stdout + done.stderr).split())
    assert not (tmp_path / "elsewhere.txt").exists()
    assert "Dear Renske" in (work / "link.txt").read_text()


def test_what_is_ignored_is_not_written_through_a_link(run: Run, work: Path) -> None:
    (work / "precious").write_text("")
    (work / "bad.txt").write_text("Dear Ann,\n\nPlease, please reconsider your decision.\n\nBo\n")
    (work / "bad.txt.ignore.toml").symlink_to("precious")
    rule = json.loads(run("check", "bad.txt", "--format", "json").out)["findings"][0]["rule"]
    run("check", "bad.txt", "--ignore", rule, "--reason", "an in-joke")
    assert (work / "precious").read_text() == ""
    assert "an in-joke" in (work / "bad.txt.ignore.toml").read_text()


# --- reading


def test_a_file_is_read_no_further_than_wanted(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abcdef")
    assert [read_bounded(tmp_path / "f", most) for most in (7, 6, 5)] == [b"abcdef", b"abcdef", b"abcdef"]
    assert read_bounded(tmp_path / "f", 2) == b"abc"
    with pytest.raises(OSError, match="larger than 2 bytes"):
        read_text_bounded(tmp_path / "f", 2)


def test_a_huge_file_full_of_nothing_costs_nothing(run: Run, work: Path) -> None:
    with (work / "huge").open("wb") as file:
        file.truncate(1 << 40)
    began = time.monotonic()
    one_clear_line(run("draft", "huge"), "huge is too long; a brief has at most")
    one_clear_line(run("check", "huge"), "huge: larger than 5 MB")
    one_clear_line(run("advise", "huge"), "huge: larger than 64 MB")
    assert time.monotonic() - began < 10


def test_a_file_that_grows_while_it_is_read_ends(work: Path) -> None:
    done = threading.Event()

    def grow() -> None:
        with (work / "log").open("ab", buffering=0) as file:
            while not done.is_set():
                file.write(b"x" * 100_000)

    (work / "log").touch()
    thread = threading.Thread(target=grow)
    thread.start()
    try:
        assert len(read_bounded(work / "log", 1_000_000)) <= 1_000_001
    finally:
        done.set()
        thread.join()


READERS = [
    ("draft", "X"),
    ("draft", "b.toml", "--dry-run", "--rejection", "X"),
    ("advise", "X"),
    ("advise", "mail.eml", "--brief", "X"),
    ("check", "X"),
    ("check", "letter.txt", "--brief", "X"),
    ("ledger", "add", "b.toml", "--letter", "X"),
    ("chat", "X"),
]


@pytest.mark.parametrize("arguments", READERS, ids=" ".join)
@pytest.mark.parametrize(("path", "said"), [
    ("/dev/zero", "a device or socket"), ("/dev/random", "a device or socket"), ("/dev/full", "a device or socket"),
    ("/dev/null", "a device or socket"), ("sock", "a device or socket"), (".", "directory"), ("loop", "symbolic links"),
    ("gone", "no such file"), ("n" * 300, "File name too long"), ("mail.eml/x", "Not a directory"), ("a\x1b]0;x\x07\nb", "no such file"),
])  # fmt: skip
def test_what_is_no_file_is_one_clear_line_at_once(
    run: Run, work: Path, arguments: tuple[str, ...], path: str, said: str
) -> None:
    import socket

    (work / "loop").symlink_to("loop")
    (work / "gone").symlink_to("nowhere")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("sock")
        began = time.monotonic()
        done = run(*[path if word == "X" else word for word in arguments])
    one_clear_line(done, said)
    assert time.monotonic() - began < 5
    assert len(done.err) < 700


@pytest.mark.parametrize("path", ["/dev/zero", "pipe"])
def test_a_folder_that_is_only_visited_cannot_make_us_read_for_ever(
    run: Run, work: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`afternote.toml` and the file of what is ignored lie beside the letter, and may be anybody's."""
    monkeypatch.setattr(files, "PATIENCE", 0.2)
    os.mkfifo(work / "pipe")
    (work / "letter.txt.ignore.toml").symlink_to(path)
    one_clear_line(run("check", "letter.txt"), "letter.txt.ignore.toml: can't be read")
    (work / "letter.txt.ignore.toml").unlink()
    (work / "afternote.toml").write_text(f'[check]\nrules = ["{path}", "a\\u0000b"]\n')
    done = run("check", "letter.txt")
    assert done.code == 2
    assert done.err.count("can't be read") == 2
    assert "Traceback" not in done.err
    (work / "config.toml").symlink_to(path)
    with pytest.raises(UsageError, match="settings can't be read"):
        read_settings_file(work / "config.toml")


def test_a_pack_and_a_template_are_read_as_before_with_any_line_ends(work: Path) -> None:
    pack = (ROOT / "assistant" / "checks" / "rules" / "packs" / "thanks.yaml").read_bytes()
    read = []
    for end in (b"\n", b"\r\n"):
        (work / "thanks.yaml").write_bytes(pack.replace(b"\n", end))
        read.append(read_pack(work / "thanks.yaml"))
    assert read[0].rules
    assert read[0] == read[1]
    own = config_folder() / "prompts"
    own.mkdir(parents=True)
    (own / "note.md").write_bytes((ROOT / "prompts" / "note.md").read_bytes().replace(b"\n", b"\r\n"))
    from assistant.prompts import load_template

    assert load_template("note").path == own / "note.md"


def shell(work: Path, line: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """A line of bash, with `afternote` as a word of it."""
    define = f'afternote() {{ "{sys.executable}" -m assistant.cli.app "$@"; }}; '
    return subprocess.run(
        ["bash", "-c", define + line], env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=work, capture_output=True,
        text=True, timeout=timeout, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("line", [
    "afternote draft <(cat b.toml) --dry-run",
    "afternote draft <(sleep 1; cat b.toml) --dry-run",
    "afternote draft b.toml --dry-run --rejection <(cat mail.eml)",
    "cat b.toml | afternote draft /dev/stdin --dry-run",
    "afternote draft /dev/stdin --dry-run < b.toml",
    "mkfifo p; (sleep 1; cat b.toml > p) & afternote draft p --dry-run",
    "afternote check <(cat letter.txt) --brief <(cat b.toml) --no-fail",
    "afternote advise <(cat mail.eml)",
])  # fmt: skip
def test_pipes_and_process_substitution_still_work(work: Path, line: str) -> None:
    done = shell(work, line)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert done.stdout


@pytest.mark.parametrize(
    "line", ["draft <(yes)", "check <(cat /dev/zero)", "advise <(yes)", "draft - < /dev/zero", "check - < /dev/zero"]
)
def test_a_pipe_without_end_is_one_clear_line(work: Path, line: str) -> None:
    done = shell(work, f"afternote {line}")
    assert done.returncode == 2
    assert "too long" in done.stderr or "larger than" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_pipe_that_nobody_fills_is_given_up(run: Run, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(work / "pipe")
    monkeypatch.setattr(files, "PATIENCE", 0.2)
    one_clear_line(run("draft", "pipe"), "nothing came through this pipe")
