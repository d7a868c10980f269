"""One fault: what is done to the program, and what came of it, in words that are the same on every machine."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shlex
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.server import Answer, Endpoint, endpoint

ROOT = Path(__file__).resolve().parent.parent.parent
LIMIT = 60.0  # seconds after which a run is ended by force: no fault may hang
KEY = "sk-fault-0123456789abcdef"  # a key that must never be seen
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
LETTER = """Subject: The rye starter

Dear Renske,

I was sorry to hear that the Night Baker job at Krume Bakery won't be mine.

You said the rye starter sulks below 22 degrees [C1], and I told you we proofed overnight at 4 degrees in Lagos [C2]. You are opening a \
second shop in Delft in May [W1]. I ran a 12-hour night line for 3 years, so the early shifts there sound familiar [M1].

I can send you the proofing chart I made, if it is useful [N1]. I hope the opening in Delft goes well.

Kind regards,
Ifeoma Adeyemi
"""
# Long enough that a machine with much to do is never late; cases in which time runs out set their own.
PATIENT = {
    "AFTERNOTE_CONNECT": "20",
    "AFTERNOTE_FIRST": "40",
    "AFTERNOTE_IDLE": "40",
    "AFTERNOTE_ATTEMPTS": "2",
}


OLD = "Dear Renske,\n\nan older letter.\n"  # what another program, or an earlier run, had put there


@dataclass(frozen=True)
class Case:
    """A fault, and what must come of it.

    `answers` are the endpoint's. `command` follows `afternote`, with {url}, {gone} (an address where nobody is), {elsewhere} (another
    endpoint) and {port}. `says` must stand in what the user sees. `kept` is all that is there afterwards. A number that chance decides,
    as with several threads, is given as `1–2`. `signals` are sent one after the other, each when the endpoint comes to a MARK or when
    these words are on standard error; what isn't the name of a signal is called. `inside` is a fault of `inside.FAULTS`; `afresh` starts a
    Python of its own, and so does `redirect`, which a shell is told. `files` are made before, and `prepare` does the rest; `after` looks
    further. `largest` bounds the files that it may write, in bytes. `gap` says what happens as long as it isn't so yet; a run that
    takes longer than `limit` seconds hangs.
    """

    name: str
    answers: Sequence[Answer] = ()
    command: str = "draft b.toml"
    code: int = 0
    says: tuple[str, ...] = ()
    kept: str = "nothing"
    requests: int | str = 0
    env: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    stdin: str = ""
    signals: tuple[tuple[str, str | Callable[[Run], None]], ...] = ()
    inside: str = ""
    afresh: bool = False
    redirect: str = ""
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    prepare: Callable[[Run], None] | None = None
    after: Callable[[Run], None] | None = None
    largest: int = 0
    stdout: str = ""
    stderr: str = ""
    gap: str = ""
    limit: float = LIMIT
    columns: int = 0  # of a terminal, where it runs in one
    keys: str = ""  # pressed there at a MARK
    full: bool = False  # the endpoint's queue of connections
    endpoint: bool = True  # where no letter is asked for, none is started


def like(expected: object, came: object) -> bool:
    """Whether what came is what was expected, any number within a range such as `1–2`."""
    bounds = re.findall(r"(\d+)–(\d+)", str(expected))
    pattern = re.escape(re.sub(r"\d+–\d+", "RANGE", str(expected))).replace("RANGE", r"(\d+)")
    found = re.fullmatch(pattern, str(came))
    return bool(found) and all(int(a) <= int(n) <= int(b) for n, (a, b) in zip(found.groups(), bounds, strict=True))


@dataclass(frozen=True)
class Outcome:
    """What came of it, as the table has it."""

    code: int
    seen: tuple[str, ...]
    kept: str
    requests: int
    out: str
    err: str
    errors: tuple[str, ...] = ()  # of the rows of a batch that can't be used


class Nursery:
    """Starts programs from one that has loaded everything, one after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("nursery.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self._line()

    def start(self, job: dict[str, Any]) -> int:
        """Its process id."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def ended(self) -> int:
        """The exit code of the one started last; negative for a signal."""
        return int(self._line())

    def close(self) -> None:
        """No more."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline().strip()
        assert line, "the nursery is gone"
        return line


class Run:
    """A fault being run in a folder of its own, with a home of its own."""

    def __init__(self, case: Case, folder: Path, endpoint: Endpoint, others: dict[str, str]) -> None:
        self.case, self.folder, self.endpoint, self.others = case, folder, endpoint, others
        self.home = folder / "home"
        self.pid = 0
        self.env = _environment(self.home) | PATIENT
        self.env["AFTERNOTE_API_KEY"] = KEY
        self.env |= case.env
        for name in case.without:
            self.env.pop(name, None)

    @property
    def state(self) -> Path:
        """Where replies that broke off are kept."""
        return self.home / "state" / "afternote"

    @property
    def config(self) -> Path:
        """The settings' folder."""
        return self.home / "config" / "afternote"

    def arguments(self) -> list[str]:
        """The command line."""
        words = shlex.split(self.case.command.format(url=self.endpoint.url, port=self.endpoint.port, **self.others))
        model = ["--model", "m", "--base-url", self.endpoint.url]
        asks = words[0] in ("draft", "batch", "chat") and self.case.endpoint and "--model" not in words
        return words + (model if asks else [])

    def prepared(self) -> None:
        """Everything in place."""
        self.home.mkdir()
        (self.folder / "b.toml").write_text(BRIEF, encoding="utf-8")
        (self.folder / "stdin").write_text(self.case.stdin, encoding="utf-8")
        for name, content in self.case.files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if self.case.prepare:
            self.case.prepare(self)

    def go(self, nursery: Nursery) -> Outcome:
        """Run it to its end."""
        self.prepared()
        case = self.case
        if case.columns:
            return self._on_a_terminal(nursery)
        out, err = self.folder / "stdout", self.folder / "stderr"
        over = threading.Event()
        late: list[bool] = []
        if case.afresh or case.redirect:
            process = self._afresh(out, err)
            self.pid, wait = process.pid, lambda: process.wait()
        else:
            job = {"cwd": str(self.folder), "env": self.env, "arguments": self.arguments(), "inside": case.inside}
            job |= {
                "stdin": str(self.folder / "stdin"),
                "stdout": case.stdout or str(out),
                "stderr": case.stderr or str(err),
            }
            self.pid, wait = nursery.start(job | {"largest": case.largest}), nursery.ended
        guard = threading.Thread(target=self._guard, args=(over, late))
        guard.start()
        try:
            self._signal(err)
            code = wait()
        finally:
            over.set()
            guard.join()
        assert not late, f"{case.name}: it was still running after {case.limit:.0f} s"
        if case.after:
            case.after(self)
        said = err.read_bytes().decode("utf-8", "replace") if err.exists() else ""
        told = out.read_bytes().decode("utf-8", "replace") if out.exists() else ""
        code = 128 - code if code < 0 else code
        return Outcome(code, self.seen(said), self.kept(told), len(self.endpoint.asked), told, said, self._errors())

    def _afresh(self, out: Path, err: Path) -> subprocess.Popen[bytes]:
        start = f"from faults import inside; inside.cause({self.case.inside!r}); " if self.case.inside else ""
        command = [sys.executable, "-c", f"{start}from assistant.cli.start import main; main()", *self.arguments()]
        if self.case.redirect:
            command = ["sh", "-c", f'exec "$@" {self.case.redirect}', "sh", *command]
        with (self.folder / "stdin").open("rb") as stdin, out.open("wb") as stdout, err.open("wb") as stderr:
            return subprocess.Popen(
                command,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                cwd=self.folder,
                env=self.env,
                start_new_session=True,
            )

    def _on_a_terminal(self, nursery: Nursery) -> Outcome:
        """The same with a terminal for standard input, output and error, at which keys are pressed."""
        case = self.case
        ours, theirs = os.openpty()
        fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, case.columns, 0, 0))
        name = os.ttyname(theirs)
        job = {"cwd": str(self.folder), "env": {"TERM": "xterm-256color", **self.env}, "arguments": self.arguments()}
        self.pid = nursery.start(job | {"inside": "", "largest": 0, "stdin": name, "stdout": name, "stderr": name})
        shown = bytearray()
        reader = threading.Thread(target=_read_to_the_end, args=(ours, shown))
        over, late = threading.Event(), list[bool]()
        guard = threading.Thread(target=self._guard, args=(over, late))
        reader.start()
        guard.start()
        try:
            if case.keys:
                assert self.endpoint.marked.acquire(timeout=LIMIT), shown.decode("utf-8", "replace")
                time.sleep(0.5)
                os.write(ours, case.keys.encode())
            code = nursery.ended()
        finally:
            over.set()
            guard.join()
            os.close(theirs)
            reader.join(10)
            os.close(ours)
        assert not late, f"{case.name}: it was still running after {case.limit:.0f} s"
        told = shown.decode("utf-8", "replace").replace("\r\n", "\n")
        told = re.sub(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[=>])|\r", "", told)  # what the program itself is allowed to send
        seen = tuple(self.stable(line) for line in told.splitlines() if "http://" in line or "afternote: " in line)
        seen = tuple(line for line in seen if not re.search(ROUTINE, line))
        return Outcome(128 - code if code < 0 else code, seen, self.kept(told), len(self.endpoint.asked), told, told)

    def _guard(self, over: threading.Event, late: list[bool]) -> None:
        if not over.wait(self.case.limit):
            late.append(True)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def _signal(self, err: Path) -> None:
        for when, name in self.case.signals:
            if when == "MARK":
                assert self.endpoint.marked.acquire(timeout=LIMIT), (
                    f"{self.case.name}: the endpoint wasn't asked so far"
                )
                time.sleep(0.3)  # what was sent is read by then
            else:
                until = time.monotonic() + LIMIT
                while when not in (err.read_text(encoding="utf-8", errors="replace") if err.exists() else ""):
                    assert time.monotonic() < until, f"{self.case.name}: {when!r} was never said: {err.read_text()}"
                    time.sleep(0.02)
            if callable(name):
                name(self)
            else:
                os.kill(self.pid, getattr(signal, name))

    def seen(self, said: str) -> tuple[str, ...]:
        """The lines on standard error without those that every run has, made the same for all machines."""
        lines = [line for line in said.splitlines() if not re.search(ROUTINE, line)]
        return tuple(dict.fromkeys(self.stable(line) for line in lines))

    def stable(self, line: str) -> str:
        """Addresses, folders, times and random names as words."""
        for url, name in ((self.endpoint.url, "http://endpoint/v1"), (self.others["gone"], "http://gone/v1")):
            line = line.replace(url, name)
        line = line.replace(self.others["elsewhere"], "http://elsewhere/v1").replace(str(self.endpoint.port), "PORT")
        line = line.replace(f"{self.state}/", "STATE/").replace(str(self.home), "HOME").replace(f"{self.folder}/", "")
        line = re.sub(r"partial-\d{8}-\d{6}-\w{6}", "partial-…", line)
        line = re.sub(r"\[Errno \d+\] ", "", line)
        for said in LIBRARIES:  # in words of their own, which change with their versions
            line = re.sub(said, r"\1…", line)
        line = re.sub(
            r"(the first: row )\d+" + (".*" if " bad" in self.case.kept else ""), r"\1…", line
        )  # whichever comes first
        if "–" in f"{self.case.kept}{self.case.requests}":
            line = re.sub(r"\b\d+(?= letters| failed| were| attempts| of)", "…", line)
        line = re.sub(r"damaged-[\d-]+", "damaged-…", line)
        line = re.sub(r"attempts in \d+ s", "attempts in … s", line)
        return re.sub(r"trying again in [\d.]+ s", "trying again in … s", line)

    def kept(self, told: str) -> str:
        """All that is there afterwards, in words."""
        parts = []
        if re.search(GREETING, told, re.MULTILINE):
            whole = re.search(SIGNATURE, told, re.MULTILINE)
            parts.append("the letter on standard output" if whole else "a part of the letter on standard output")
        for name in ("letter.txt", "sub/letter.txt"):
            path = self.folder / name
            if path.exists():
                before = self.case.files.get(name, OLD)  # there before, or made meanwhile
                content = path.read_text(encoding="utf-8")
                whole = re.search(GREETING, content, re.MULTILINE) and re.search(
                    SIGNATURE + r"\Z", content, re.MULTILINE
                )
                parts.append(
                    f"{name} as it was" if content == before else f"{name}, whole" if whole else f"{name}, BROKEN"
                )
        for path in sorted(self.state.glob("partial-*.txt")) if self.state.is_dir() else ():
            text = path.read_text(encoding="utf-8")
            marked = text.endswith("\n\n[partial: the reply broke off here]\n")
            assert marked or re.search(SIGNATURE + r"\Z", text, re.MULTILINE), text
            assert path.stat().st_mode & 0o077 == 0
            what = "partial text" if marked else "the letter before"
            parts.append(f"{what}, {len(text.split('[partial')[0].split()):,} words")
        results = self.folder / "out.jsonl"
        if results.is_file():
            before = self.case.files.get("out.jsonl")
            parts.append("out.jsonl as it was" if results.read_text() == before else _counted(results))
        if (self.home / "data" / "afternote" / "sessions.sqlite").exists():
            parts.append(self._turns())
        parts += ["A FILE LEFT BEHIND" for _ in self.folder.rglob(".afternote-*.part")]
        return "; ".join(parts) or "nothing"

    def _errors(self) -> tuple[str, ...]:
        results = self.folder / "out.jsonl"
        rows = (
            [json.loads(row) for row in results.read_bytes().splitlines()]
            if self.case.code == 1 and results.exists()
            else []
        )
        bad = sorted((row for row in rows if row["status"] == "bad"), key=lambda row: row["row"])
        return tuple(self.stable(f"{row['row']}: {row['error']}").partition(": ")[2] for row in bad)

    def _turns(self) -> str:
        from assistant.store import Store

        with contextlib.closing(Store(self.home / "data" / "afternote", print)) as store:
            turns = [sum(turn.who == "you" for turn in store.turns(kept.id)) for kept in store.listed()]
        return f"the session, {sum(turns)} turns of the user's"


def _counted(results: Path) -> str:
    rows = [json.loads(line) for line in results.read_bytes().splitlines()]
    assert len({row["row"] for row in rows}) == len(rows), "a row stands there twice"
    counts = {status: sum(row["status"] == status for row in rows) for status in ("written", "failed", "bad")}
    return "out.jsonl: " + (", ".join(f"{many} {status}" for status, many in counts.items() if many) or "empty")


LIBRARIES = (
    r"(the connection broke off \()[^;]*(?=\))",
    r"(certificate isn't accepted \()[^;]*(?=\))",
    r"(not valid JSON: ).*",
    r"(settings can't be read: )(?!a directory|nothing|Not a).*",
    r"(doesn't speak chat completions: )(?=Error|').*",
    r"(-: )Exceeds the limit.*",
)


def _read_to_the_end(terminal: int, into: bytearray) -> None:
    """All that is shown on a terminal, until the other side closes it."""
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 65536):
            into += piece


GREETING, SIGNATURE = r"^Dear .*,$", r"^(?:Kind|Best) regards,\n\S+ \S+\s*$"
ROUTINE = (
    r" writes \(|^writing$|^would be sent|^the model writes on this machine|^loading the model$|^tokens: \d|^(?:advice|note): |"
    r"^written to |judges|^reading |^left out "
)


def _environment(home: Path) -> dict[str, str]:
    keep = {name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH") if name in os.environ}
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "CACHE", "STATE", "DATA")}
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    return keep | folders | {"HOME": str(home), "PYTHONPATH": path, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


def outcome(case: Case, folder: Path, nursery: Nursery) -> Outcome:
    """Run a case in an empty folder. What no case may do is looked at here."""
    with contextlib.ExitStack() as stack:
        served = stack.enter_context(endpoint(*case.answers))
        elsewhere = stack.enter_context(endpoint(*case.answers))
        gone = stack.enter_context(endpoint())
        if case.full:
            served.fill()
        run = Run(case, folder, served, {"gone": gone.url, "elsewhere": elsewhere.url})
        came = run.go(nursery)
        assert "Traceback" not in came.err, came.err
        assert KEY not in came.err + came.out
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", came.err + came.out), "a control character got through"
        assert not elsewhere.heads or "{elsewhere}" in case.command, "something was sent to another endpoint"
        complaints = [line for line in came.err.splitlines() if line.startswith(("afternote: ", "Usage: ", "Error: "))]
        assert len(complaints) <= 1, complaints
        assert complaints or came.code in (0, 1) or case.redirect or came.code > 128, f"{came.code}: {came.err}"
        return came
