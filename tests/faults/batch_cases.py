"""Faults of a batch: of its rows, its endpoint, its processes and its files."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

from faults.endpoint_cases import PAGE
from faults.runs import BRIEF, LETTER, LIMIT, Case, Run
from faults.server import HOLD, KEEP, MARK, RESET, Again, Answer, head, message, refusal, whole_json

GOOD = whole_json(message(LETTER))
VALUES: dict[str, Any] = tomllib.loads(BRIEF)
ONE = "batch rows.jsonl -o out.jsonl --concurrency 1"
MANY = "batch rows.jsonl -o out.jsonl --concurrency 16"
RESUMED = f"{ONE} --resume"
HURRIED = {"AFTERNOTE_FIRST": "0.3", "AFTERNOTE_IDLE": "0.3"}
ONCE = {"AFTERNOTE_ATTEMPTS": "1"}
LONG = {"AFTERNOTE_ATTEMPTS": "8"}
OLDER = '{"row": 1, "key": "x", "status": "written"}\n'
OTHERS = '{"some": "other file"}\n'


def rows(many: int) -> str:
    """So many briefs, each another's."""
    return "".join(json.dumps(VALUES | {"id": f"r{n}", "region": f"Region {n}"}) + "\n" for n in range(1, many + 1))


def row(**values: Any) -> bytes:
    return json.dumps(VALUES | values).encode()


# Rows that can't be used, and what is said of each; all of them stand in one file, with good ones around them.
LINES: tuple[tuple[str, bytes, str], ...] = (
    ("a row that isn't JSON", b"{oops", "not valid JSON"),
    ("a row that breaks off", row()[:100], "not valid JSON"),
    ("a row that isn't UTF-8", b'{"sender": "Ren\xe9"}', "not UTF-8 text"),
    ("a row that is a list", b"[1, 2]", "not a brief"),
    ("a row of 300 kB", row(conversation=["x" * 300_000]), "longer than 262,144 bytes"),
    ("a row of 5 MB", b"x" * 5_000_000, "longer than 262,144 bytes"),
    ("a row nested a hundred thousand deep", b"[" * 100_000, "nested too deeply"),
    ("a row of zero bytes", b"\x00" * 10, "not valid JSON"),
    ("a row with an unknown key", row(salary=7), "unknown key 'salary'"),
    ("a row with a number for a name", row(company=7), "company must be text"),
    ("a row with text for a list", row(conversation="the rye"), "conversation must be a list"),
    ("a row without a job", row(job_title=""), "job_title is missing"),
    ("a row with a stage that doesn't exist", row(stage="lunch"), "stage is 'lunch'"),
    ("a row with a kind that doesn't exist", row(kind="poem"), "unknown kind 'poem'"),
    ("a row with an id that is a list", row(id=[1]), "id must be"),
    ("a row with a number of 100,000 digits", b'{"sender": ' + b"9" * 100_000 + b"}", "digits"),
)
CELLS: tuple[tuple[str, bytes, str], ...] = (
    ("a table's row with too many cells", b"a,b,c,d,e", "5 cells in a table of 4 columns"),
    ("a table's row that isn't UTF-8", b"Ren\xe9,Krume,Baker,rye", "sender: not UTF-8 text"),
    ("a table's row without a company", b"Bo,,Baker,rye", "company is missing"),
)
HEAD = b"sender,company,job_title,conversation"
CELL = b'Bo,Krume Bakery,Baker,"she said the rye sulks below 22 degrees"'
ROWS = [
    Case("rows of every bad kind among good ones", (GOOD,), ONE, 1, ("2 letters written",
         f"{len(LINES)} rows can't be used"), kept=f"out.jsonl: 2 written, {len(LINES)} bad", requests=2,
         files={"rows.jsonl": b"\n".join((row(id="a"), *(line for _, line, _ in LINES), row(region="UK"), b""))}),
    Case("a table's rows of every bad kind among good ones", (GOOD,),
         "batch rows.csv -o out.jsonl --concurrency 1 --rounds 0", 1, (f"{len(CELLS)} rows can't be used",),
         kept=f"out.jsonl: 2 written, {len(CELLS)} bad", requests=2, files={"rows.csv": b"\n".join((HEAD, CELL,
         *(line for _, line, _ in CELLS), CELL.replace(b"Krume", b"Korn"), b""))}),
    Case("a table's quotation mark without its other half takes the next row along", (GOOD,),
         "batch rows.csv -o out.jsonl --concurrency 1 --rounds 0", 1, ("lines 3 to 4",), kept="out.jsonl: 1 written, 1 bad",
         requests=1, files={"rows.csv": b"\n".join((HEAD, CELL, b'Bo,"Krume,Baker,rye', CELL, b""))}),
    Case("a table with an unknown column", (GOOD,), "batch rows.csv -o out.jsonl", 2, ("unknown column 'salary'",),
         files={"rows.csv": HEAD + b",salary\n"}),
    Case("no rows at all", (GOOD,), ONE, 2, ("holds no briefs",), files={"rows.jsonl": ""}),
    Case("blank lines only", (GOOD,), ONE, 2, ("holds no briefs",),
         files={"rows.jsonl": "\n \n\n"}),
    Case("one JSON array", (GOOD,), ONE, 2, ("it is one JSON array",), files={"rows.jsonl": "[{}, {}]\n"}),
    Case("one JSON array, and older results are to be replaced", (GOOD,), f"{ONE} --force", 2, ("it is one JSON array",
         ), kept="out.jsonl as it was", files={"rows.jsonl": "[{}, {}]\n", "out.jsonl": OLDER}),
    Case("no such file", (GOOD,), ONE, 2, ("no such file",)),
    Case("the briefs are a folder", (GOOD,), ONE, 2, ("a directory",), files={"rows.jsonl/x": ""}),
    Case("the briefs and the results are one file", (GOOD,), "batch out.jsonl -o out.jsonl --force", 2,
         ("the same file",), kept="out.jsonl as it was", files={"out.jsonl": rows(2)}),
    Case("standard input is closed", (GOOD,), "batch - -o out.jsonl", 2, ("standard input",), redirect="<&-"),
]  # fmt: skip


def every_third(answer: Answer, many: int) -> list[Answer]:
    return [GOOD, GOOD, answer] * many


ENDPOINTS = [
    Case("the endpoint isn't there", (), ONE, 69, ("10 rows one after another failed", "can't connect"),
         kept="out.jsonl: 10–13 failed", env=ONCE, files={"rows.jsonl": rows(30)}),
    Case("the endpoint can't serve, from beginning to end", (refusal(503),), ONE, 75,
         ("10 rows one after another failed", "(503)"), kept="out.jsonl: 10–13 failed", requests="10–14", env=ONCE,
         files={"rows.jsonl": rows(30)}),
    Case("the endpoint goes away after five rows", (*[GOOD] * 5, refusal(503)), ONE, 75, ("5 letters written",),
         kept="out.jsonl: 5 written, 10–13 failed", requests="15–19", env=ONCE, files={"rows.jsonl": rows(30)}),
    Case("the key isn't accepted", (refusal(401),), ONE, 77, ("the key isn't accepted (401)",),
         kept="out.jsonl: 1–4 failed", requests="1–5", files={"rows.jsonl": rows(30)}),
    Case("the key is withdrawn after three rows", (GOOD, GOOD, GOOD, refusal(401)), ONE, 77, ("3 letters written",),
         kept="out.jsonl: 3 written, 1–4 failed", requests="4–8", files={"rows.jsonl": rows(30)}),
    Case("the quota is used up after three rows", (GOOD, GOOD, GOOD, refusal(429, code="insufficient_quota")), ONE, 75,
         ("no quota left",), kept="out.jsonl: 3 written, 1–4 failed", requests="4–8", files={"rows.jsonl": rows(30)}),
    Case("no such model", (refusal(404),), ONE, 69, ("unknown model 'm'",), kept="out.jsonl: 1–4 failed",
         requests="1–3", files={"rows.jsonl": rows(30)}),
    Case("sixteen at once are too many: 429 without a word", (*[refusal(429)] * 16, GOOD), MANY,
         kept="out.jsonl: 40 written", requests=56, env=LONG, files={"rows.jsonl": rows(40)}),
    Case("sixteen at once are too many: 429 with Retry-After", (*[refusal(429, "later", "retry-after: 1")] * 16, GOOD),
         MANY, kept="out.jsonl: 40 written", requests=56, env=LONG, files={"rows.jsonl": rows(40)}),
    Case("headers say that nothing is left for a second", (*[whole_json(message(LETTER),
         "x-ratelimit-remaining-requests: 0", "x-ratelimit-reset-requests: 1s")] * 16, GOOD), MANY,
         kept="out.jsonl: 40 written", requests=40, files={"rows.jsonl": rows(40)}),
    Case("every third request fails", every_third(refusal(503), 20), MANY, kept="out.jsonl: 40 written", requests=59,
         env=LONG, files={"rows.jsonl": rows(40)}),
    Case("every third connection is reset", every_third((RESET,), 20), MANY, kept="out.jsonl: 40 written", requests=59,
         env=LONG, files={"rows.jsonl": rows(40)}),
    Case("every third answer is a web page", every_third((head("200 OK", "text/html"), PAGE), 20), ONE, 1,
         ("it sent a web page",), kept="out.jsonl: 8 written, 4 failed", requests=12, files={"rows.jsonl": rows(12)}),
    Case("every third answer breaks off", every_third((*GOOD[:1], GOOD[1][:300]), 20), MANY,
         kept="out.jsonl: 40 written", requests=59, env=LONG, files={"rows.jsonl": rows(40)}),
    Case("answers that never come", ((HOLD,),), ONE, 1, ("no answer within",), kept="out.jsonl: 3 failed", requests=3,
         env=ONCE | HURRIED, files={"rows.jsonl": rows(3)}),
    Case("answers that drip for ever", ((*GOOD[:1], Again(b" ", 0.05)),), ONE, 1, ("no answer within",),
         kept="out.jsonl: 3 failed", requests=3, env=ONCE | HURRIED, files={"rows.jsonl": rows(3)}, limit=20),
    Case("103 Early Hints for ever, to a batch", (GOOD, (Again(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", 0.01),), GOOD), ONE, 1,
         ("no answer within 0.6 s", "1 failed"), kept="out.jsonl: 2 written, 1 failed", requests=3, env=ONCE | HURRIED,
         files={"rows.jsonl": rows(3)}, limit=20),
    Case("answers of 50 MB", ((head("200 OK", "application/json"), b" " * 50_000_000),), ONE, 1, ("it has no end",),
         kept="out.jsonl: 3 failed", requests=3, env=ONCE, files={"rows.jsonl": rows(3)}),
    Case("answers that hold no letter", (whole_json(message("")),), ONE, 1, ("sent an empty reply",),
         kept="out.jsonl: 3 failed", requests=3, files={"rows.jsonl": rows(3)}),
    Case("kept connections are dropped", ((*whole_json(message(LETTER), "connection: keep-alive"), KEEP), (RESET,
         )) * 5 + (GOOD,), ONE, kept="out.jsonl: 4 written", requests=7, env=LONG, files={"rows.jsonl": rows(4)}),
    Case("answers that declare no costs, and a limit to them", (whole_json(message(LETTER, usage={})),),
         f"{ONE} --price 1/1 --max-cost 0.03", 1, ("--max-cost is reached",), kept="out.jsonl: 2 written", requests=2,
         files={"rows.jsonl": rows(10)}),
    Case("answers that declare absurd costs", (whole_json(message(LETTER, usage={"prompt_tokens": -7,
         "completion_tokens": "x"})),), ONE, kept="out.jsonl: 3 written", requests=3, files={"rows.jsonl": rows(3)}),
]  # fmt: skip


def child_of(run: Run) -> int:
    """The process that writes: the only child."""
    for state in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # one that has just ended
            if state.read_text().rpartition(")")[2].split()[1] == str(run.pid):
                return int(state.parent.name)
    raise AssertionError("there is no process that writes")


def kill_the_writer(run: Run) -> None:
    os.kill(child_of(run), signal.SIGKILL)


def killed_before(run: Run) -> None:
    """A batch on the same rows was killed in the midst of the sixth."""
    command = [sys.executable, "-c", "from assistant.cli.app import main; main()", *run.arguments()]
    batch = subprocess.Popen(
        [w for w in command if w != "--resume"], cwd=run.folder, env=run.env, stderr=subprocess.DEVNULL
    )
    try:
        assert run.endpoint.marked.acquire(timeout=LIMIT)
        time.sleep(0.3)  # what came is written by then
    finally:
        batch.kill()
        batch.wait()


def another_batch(run: Run) -> None:
    """Another batch holds the file, for as long as this process lives."""
    file = os.open(run.folder / "out.jsonl", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX)
    run.others["held"] = str(file)


def let_go(run: Run) -> None:
    os.close(int(run.others.pop("held")))


def take_away(run: Run) -> None:
    (run.folder / "out.jsonl").unlink()


def result(n: int) -> str:
    """A line that an earlier batch wrote for row n."""
    from assistant.batch.rows import key_of

    values = {key: value for key, value in json.loads(rows(n).splitlines()[-1]).items() if key != "id"}
    line = {
        "row": n,
        "id": f"r{n}",
        "key": key_of(values | {"id": f"r{n}"}),
        "status": "written",
        "body": "Dear Renske",
        "findings": [],
        "usage": {},
    }
    return json.dumps(line) + "\n"


SLOW = (MARK, HOLD)
FIVE = (*[GOOD] * 5, (MARK, 0.6, *GOOD))
TWELVE = {"rows.jsonl": rows(12)}
ENDS = [
    Case("Ctrl-C: the letter under way comes home", (*FIVE, GOOD), ONE, 130, ("stopping: the letters under way",
         "--resume"), kept="out.jsonl: 6–9 written", requests="6–9", files=TWELVE, signals=(("MARK", "SIGINT"),)),
    Case("Ctrl-C twice: it ends at once", (*[GOOD] * 5, SLOW), ONE, 130, ("stopping", "interrupted; what came is kept"),
         kept="out.jsonl: 4–6 written", requests="5–7", files=TWELVE, signals=(("MARK", "SIGINT"), ("stopping",
         "SIGINT"))),
    Case("SIGTERM", (*[GOOD] * 5, SLOW), ONE, 143, ("interrupted; what came is kept",), kept="out.jsonl: 4–6 written",
         requests="5–7", files=TWELVE, signals=(("MARK", "SIGTERM"),)),
    Case("the terminal is closed", (*[GOOD] * 5, SLOW), ONE, 129, ("interrupted; what came is kept",),
         kept="out.jsonl: 4–6 written", requests="5–7", files=TWELVE, signals=(("MARK", "SIGHUP"),)),
    Case("kill -9, and --resume", (*[GOOD] * 5, SLOW, GOOD), RESUMED, 0, ("letters are there already",),
         kept="out.jsonl: 12 written", requests="13–16", files=TWELVE, prepare=killed_before),
    Case("kill -9 of the process that writes", (*[GOOD] * 5, SLOW, GOOD), ONE, kept="out.jsonl: 12 written",
         requests="13–16", files=TWELVE, signals=(("MARK", kill_the_writer),)),
    Case("kill -9 of the process that writes, twice over one row", (*[GOOD] * 5, SLOW, SLOW, GOOD), ONE, 1,
         ("died, twice (last with -9)",), kept="out.jsonl: 11 written, 1 failed", requests="13–15", files=TWELVE,
         signals=(("MARK", kill_the_writer), ("MARK", kill_the_writer))),
    Case("stopped and continued", (*FIVE, GOOD), ONE, kept="out.jsonl: 12 written", requests=12, files=TWELVE,
         signals=(("MARK", "SIGSTOP"), ("", "SIGCONT"))),
    Case("a terminal of 40 columns", (GOOD,), ONE, kept="out.jsonl: 12 written", requests=12, files=TWELVE, columns=40),
    Case("Ctrl-C pressed once", (*FIVE, GOOD), ONE, 130, ("stopping: the letters under way",),
         kept="out.jsonl: 6–9 written", requests="6–9", files=TWELVE, columns=80, keys="\x03"),
    Case("standard error is a full disk", (GOOD,), ONE, kept="out.jsonl: 12 written", requests=12, files=TWELVE,
         stderr="/dev/full"),
    Case("standard output is a full disk", (GOOD,), f"{ONE} --json", 2, ("No space left on device",),
         kept="out.jsonl: 12 written", requests=12, files=TWELVE, stdout="/dev/full"),
]  # fmt: skip
FILES = [
    Case("the disk fills in the midst of a result", (GOOD,), ONE, 2, ("No space left on device", "go on with --resume"),
         kept="out.jsonl: 1–2 written", requests="3–5", files=TWELVE, inside="disk full after 4000 bytes"),
    Case("the disk takes files up to a size", (GOOD,), ONE, 2, ("File too large", "go on with --resume"),
         kept="out.jsonl: 3–4 written", requests="4–7", files=TWELVE, largest=8000),
    Case("results are there, and neither --resume nor --force", (GOOD,), ONE, 2, ("--resume goes on with it",),
         kept="out.jsonl as it was", files=TWELVE | {"out.jsonl": result(1)}),
    Case("another batch writes the same results", (GOOD,), RESUMED, 2, ("another batch is writing it",),
         kept="out.jsonl: empty", files=TWELVE, prepare=another_batch, after=let_go),
    Case("the results are another file", (GOOD,), RESUMED, 2, ("line 1: no result of a batch",),
         kept="out.jsonl as it was", files=TWELVE | {"out.jsonl": OTHERS}),
    Case("the last result breaks off, as after a power cut", (GOOD,), RESUMED, 0, ("2 letters are there already",),
         kept="out.jsonl: 12 written", requests=10,
         files=TWELVE | {"out.jsonl": result(1) + result(2) + result(3)[:90]}),
    Case("the last result lacks only its line end", (GOOD,), RESUMED, 0, ("1 letters are there already",),
         kept="out.jsonl: 12 written", requests=11, files=TWELVE | {"out.jsonl": result(1) + result(2).rstrip()}),
    Case("the end of the results is zeroes, as after a power cut", (GOOD,), RESUMED, 0, ("2 letters are there already",
         ), kept="out.jsonl: 12 written", requests=10,
         files=TWELVE | {"out.jsonl": result(1) + result(2) + "\x00" * 200}),
    Case("the disk is full when results are taken up", (GOOD,), RESUMED, 2, ("No space left on device",),
         kept="out.jsonl as it was", files=TWELVE | {"out.jsonl": result(1) + result(2)[:90]},
         inside="disk full at sync"),
    Case("the results are taken away meanwhile", (*FIVE, GOOD), ONE, 0, ("out.jsonl",), requests=12, files=TWELVE,
         signals=(("MARK", take_away),), kept="out.jsonl: 12 written"),
    Case("the results' folder isn't there", (GOOD,), "batch rows.jsonl -o sub/out.jsonl", 2,
         ("No such file or directory",), files=TWELVE),
    Case("the results are a device", (GOOD,), "batch rows.jsonl -o /dev/full", 2, (".jsonl",), files=TWELVE),
]  # fmt: skip
BATCH = {
    "A batch: its rows": ROWS,
    "A batch: its endpoint": ENDPOINTS,
    "A batch: how it ends": ENDS,
    "A batch: its results": FILES,
}
