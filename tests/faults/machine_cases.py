"""Faults of the machine and of its user's hands: disks, homes, clocks, signals, streams, terminals, settings."""

from __future__ import annotations

import os
import re
import shutil

from faults.endpoint_cases import GOOD, LETTER_OUT, MARKED, PART, cut
from faults.nursery import UNREAD
from faults.runs import BRIEF, LETTER, OLD, Case, Run
from faults.server import HOLD, MARK, head, pieces, refusal, whole

OUT = "draft b.toml -o letter.txt"
NO_HOMES = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
BAKERS = BRIEF.replace("Ifeoma Adeyemi", "Željka Õun").replace("Renske Bakker", "Zoë Çelik")
# Python may take UTF-8 all the same in such a locale; here it may not.
NARROW = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
PLAIN = re.sub(r" \[[A-Z]\d\]", "", LETTER)
LONG_AGO = "Thu, 01 Jan 1970 00:00:01 GMT"


def leads_nowhere(run: Run) -> None:
    """A home in which nothing can be made, by root neither: a link to nothing."""
    (run.folder / "link").symlink_to(run.folder / "nothing" / "here")
    run.env["HOME"] = str(run.folder / "link")


def beneath_a_file(run: Run) -> None:
    """A home that is a file, as /dev/null is that of many a service."""
    (run.folder / "file").write_text("")
    run.env["HOME"] = str(run.folder / "file")


def no_folder(run: Run) -> None:
    shutil.rmtree(run.folder / "sub")


def another_letter(run: Run) -> None:
    (run.folder / "letter.txt").write_text(OLD)


def a_pipe(run: Run) -> None:
    run.config.mkdir(parents=True)
    os.mkfifo(run.config / "config.toml")


def a_folder(run: Run) -> None:
    (run.config / "config.toml").mkdir(parents=True)


def half_a_model(run: Run) -> None:
    from test_gguf import gguf

    path = gguf(run.folder / "half.gguf", {"general.architecture": "llama"}, {"blk.0.attn_q.weight": (64, 64)})
    path.write_bytes(path.read_bytes()[:-5000])


def settings(text: str | bytes) -> dict[str, str | bytes]:
    return {"home/config/afternote/config.toml": text}


def saved_in_utf8(run: Run) -> None:
    text = (run.folder / "letter.txt").read_bytes().decode("utf-8")
    assert "Zoë Çelik" in text, text


DISKS = [
    Case("the disk is full when the letter is to be kept", (GOOD,), OUT, 2,
         ("can't be written: No space left on device; the letter is on standard output",), kept=LETTER_OUT, requests=1,
         inside="disk full at sync"),
    Case("the disk is full, and an older letter is to be replaced", (GOOD,), f"{OUT} --force", 2,
         ("the letter is on standard output",), kept=f"{LETTER_OUT}; letter.txt as it was", requests=1,
         inside="disk full at sync", files={"letter.txt": OLD}),
    Case("the disk takes a part of the letter", (GOOD,), OUT, 2, ("can't be written",
         "the letter is on standard output"), kept=LETTER_OUT, requests=1, inside="disk full at once"),
    Case("the disk is full when a reply breaks off", (cut(),), code=69, says=("broke off before its end",
         "couldn't be kept"), kept="a part of the letter on standard output", requests=2, inside="disk full at sync"),
    Case("standard output is a full disk", (GOOD,), code=2, says=("standard output", "No space left on device"),
         requests=1, stdout="/dev/full"),
    Case("standard output is a full disk: check", command="check good.txt", code=2, says=("No space left on device",),
         stdout="/dev/full", files={"good.txt": OLD}, endpoint=False),
    Case("standard error is a full disk", (GOOD,), kept=LETTER_OUT, requests=1, stderr="/dev/full"),
    Case("the folder of the output goes away meanwhile", ((MARK, 0.5, *GOOD),), "draft b.toml -o sub/letter.txt", 2,
         ("No such file or directory; the letter is on standard output",), kept=LETTER_OUT, requests=1,
         signals=(("MARK", no_folder),), files={"sub/x": ""}),
    Case("the folder of the output was never there", (GOOD,), "draft b.toml -o sub/letter.txt", 2,
         ("there is no folder",)),
    Case("a file of that name is there", (GOOD,), OUT, 2, ("letter.txt exists; --force replaces it",),
         kept="letter.txt as it was", files={"letter.txt": OLD}),
    Case("a file of that name is made meanwhile", ((MARK, 0.5, *GOOD),), OUT, 2, ("the letter is on standard output",),
         kept=f"{LETTER_OUT}; letter.txt as it was", requests=1, signals=(("MARK", another_letter),)),
    Case("a home in which nothing can be written", (GOOD,), kept=LETTER_OUT, requests=1, without=NO_HOMES,
         prepare=leads_nowhere),
    Case("such a home, and a reply that breaks off", (cut(),), code=69, says=("couldn't be kept",),
         kept="a part of the letter on standard output", requests=2, without=NO_HOMES, prepare=leads_nowhere),
    Case("such a home, and a chat", (GOOD,), "chat", 0, ("this chat can't be kept",), without=NO_HOMES,
         prepare=leads_nowhere, stdin="\n\n/exit\n"),
    Case("such a home, and the weights aren't there", command="draft b.toml", code=69, says=("can't be written",),
         without=NO_HOMES, prepare=leads_nowhere, endpoint=False),
    Case("a home that is a file", (GOOD,), kept=LETTER_OUT, requests=1, without=NO_HOMES, prepare=beneath_a_file),
    Case("no home is named", (GOOD,), kept=LETTER_OUT, requests=1, without=NO_HOMES, env={"HOME": ""}),
]  # fmt: skip

CLOCKS = [
    Case("the clock jumps by a day, forth and back", (refusal(503), GOOD), says=("trying again",), kept=LETTER_OUT,
         requests=2, inside="clock jumps"),
    Case("the clock jumps, and nothing comes", ((head(), HOLD),), code=75, says=("no answer within 0.3 s",), requests=2,
         inside="clock jumps", env={"AFTERNOTE_FIRST": "0.3"}),
    Case("the clock is a day ahead of Retry-After", (refusal(429, "later", f"date: {LONG_AGO}",
         f"retry-after: {LONG_AGO}"), GOOD), says=("trying again",), kept=LETTER_OUT, requests=2,
         inside="clock a day ahead"),
]  # fmt: skip

SIGNALS = [
    Case("Ctrl-C before the program has begun", (GOOD,), code=130, says=("afternote: interrupted",),
         inside="import:typer:SIGINT", afresh=True),
    Case("Ctrl-C while it loads", (GOOD,), code=130, says=("afternote: interrupted",), inside="import:openai:SIGINT",
         afresh=True),
    Case("Ctrl-C while it loads the rules", (GOOD,), code=130, says=("afternote: interrupted",),
         inside="import:assistant.writing:SIGINT", afresh=True),
    Case("Ctrl-C before an answer begins", ((MARK, HOLD),), code=130, says=("afternote: interrupted",), requests=1,
         signals=(("MARK", "SIGINT"),)),
    Case("Ctrl-C between headers and words", ((head(), MARK, HOLD),), code=130, says=("afternote: interrupted",),
         requests=1, signals=(("MARK", "SIGINT"),)),
    Case("Ctrl-C in the midst of a letter", (MARKED,), code=130,
         says=("afternote: interrupted; the partial text is kept",), kept=PART, requests=1, signals=(("MARK", "SIGINT"),
         )),
    Case("Ctrl-C while it waits to try again", (refusal(429, "later", "retry-after: 20"),), code=130,
         says=("afternote: interrupted",), requests=1, signals=(("trying again", "SIGINT"),)),
    Case("Ctrl-C while a letter that broke off is asked for afresh", (cut(), (MARK, HOLD)), code=130,
         says=("the partial text is kept",), kept=PART, requests=2, signals=(("MARK", "SIGINT"),)),
    Case("Ctrl-C while a letter is revised", (whole(LETTER.replace("Dear Renske,", "")), (MARK, HOLD)), code=130,
         says=("the letter before its revision is kept",), kept="the letter before, 92 words", requests=2, signals=(("MARK", "SIGINT"),)),
    Case("Ctrl-C while the letter is written to its file", (GOOD,), f"{OUT} --force", 130, ("afternote: interrupted",),
         kept=f"{LETTER_OUT}; letter.txt as it was", requests=1, inside="Ctrl-C at sync", files={"letter.txt": OLD}),
    Case("SIGTERM in the midst of a letter", (MARKED,), code=143, says=("the partial text is kept",), kept=PART,
         requests=1, signals=(("MARK", "SIGTERM"),)),
    Case("the terminal is closed in the midst of a letter", (MARKED,), code=129, says=("the partial text is kept",),
         kept=PART, requests=1, signals=(("MARK", "SIGHUP"),)),
    Case("kill -9 in the midst of a letter, an older one there", (MARKED,), f"{OUT} --force", 137,
         kept="letter.txt as it was", requests=1, signals=(("MARK", "SIGKILL"),), files={"letter.txt": OLD}),
    Case("stopped and continued", ((MARK, 0.5, *GOOD),), kept=LETTER_OUT, requests=1, signals=(("MARK", "SIGSTOP"), ("",
         "SIGCONT"))),
]  # fmt: skip

STREAMS = [
    Case("whoever reads the letter has had enough", (GOOD,), code=0, requests=1, stdout=UNREAD),
    Case("whoever reads a report has had enough", command="check good.txt", code=1, stdout=UNREAD,
         files={"good.txt": OLD}, endpoint=False),
    Case("whoever reads the remarks has had enough", (GOOD,), kept=LETTER_OUT, requests=1, stderr=UNREAD),
    Case("standard output is closed", (GOOD,), code=2, says=("standard output can't be written (it is closed)",), requests=0,
         redirect=">&-"),
    Case("standard output is closed, and the letter goes to a file", (GOOD,), OUT, kept="letter.txt, whole", requests=1,
         redirect=">&-"),
    Case("standard error is closed", (GOOD,), kept=LETTER_OUT, requests=1, redirect="2>&-"),
    Case("standard input is closed", (GOOD,), kept=LETTER_OUT, requests=1, redirect="<&-"),
    Case("standard input is closed, and the brief should come from it", (GOOD,), "draft -", 2, ("standard input",),
         redirect="<&-"),
    Case("standard input is closed, and a letter should come from it", command="check -", code=2,
         says=("standard input",), redirect="<&-", endpoint=False),
    Case("standard input is closed: a chat", (GOOD,), "chat", 0, redirect="<&-",
         kept="the session, 0 turns of the user's"),
    Case("all three are closed", (GOOD,), OUT, kept="letter.txt, whole", requests=1, redirect="<&- >&- 2>&-"),
    Case("a terminal that knows ASCII only", (whole(LETTER.replace("Renske", "Zoë").replace("Ifeoma Adeyemi",
         "Željka Õun")),), "draft b.toml", 0, requests=1, kept=LETTER_OUT, says=("Dear Zo?,",), env=NARROW, afresh=True,
         files={"b.toml": BAKERS}),
    Case("a terminal that knows ASCII only, and a file", (whole(LETTER.replace("Renske",
         "Zoë Çelik").replace("Ifeoma Adeyemi", "Željka Õun")),), OUT, kept="letter.txt, whole", requests=1, env=NARROW,
         afresh=True, files={"b.toml": BAKERS}, after=saved_in_utf8),
    Case("a name with accents on such a command line", (GOOD,), 'draft b.toml --to "Zoë Çelik" -q', 2, ("UTF-8",),
         env=NARROW, afresh=True),
]  # fmt: skip

TERMINALS = [
    Case("a terminal of 40 columns", (refusal(429), GOOD), kept=LETTER_OUT, requests=2, columns=40,
         says=("trying again",)),
    Case("a terminal of 40 columns, and a reply that breaks off", (cut(),), code=69, says=("kept in",),
         kept=f"a part of the letter on standard output; {PART}", requests=2, columns=40),
    Case("a terminal that can do nothing", (GOOD,), kept=LETTER_OUT, requests=1, columns=80, env={"TERM": "dumb"}),
    Case("a terminal of an unknown kind", (GOOD,), kept=LETTER_OUT, requests=1, columns=80,
         env={"TERM": "no-such-terminal"}),
    Case("a terminal that says it has no columns", (GOOD,), kept=LETTER_OUT, requests=1, columns=80,
         env={"COLUMNS": "0", "LINES": "0"}),
    Case("a terminal of one column", (GOOD,), kept=LETTER_OUT, requests=1, columns=1),
    Case("Ctrl-C pressed in the midst of a letter", (MARKED,), code=130, says=("kept in",), keys="\x03",
         kept=f"a part of the letter on standard output; {PART}", requests=1, columns=80),
    Case("Ctrl-\\ pressed in the midst of a letter", (MARKED,), code=131, keys="\x1c",
         kept="a part of the letter on standard output", requests=1, columns=80),
]  # fmt: skip

SETTINGS = [
    Case("settings that are garbage", (GOOD,), code=2, says=("settings can't be read",),
         files=settings("\x00model = = [")),
    Case("settings that aren't UTF-8", (GOOD,), code=2, says=("settings can't be read",),
         files=settings(b'model = "caf\xe9"')),
    Case("settings that are a folder", (GOOD,), code=2, says=("settings can't be read: a directory",), prepare=a_folder),
    Case("settings that are a pipe nobody fills", (GOOD,), code=2, says=("nothing came through this pipe",),
         prepare=a_pipe, inside="pipes are waited for a moment"),
    Case("settings with a setting that doesn't exist", (GOOD,), code=2, says=("unknown setting 'modell'",),
         files=settings('modell = "x"')),
    Case("patience that is no number", (GOOD,), code=2, says=("AFTERNOTE_FIRST must be seconds above 0",),
         env={"AFTERNOTE_FIRST": "long"}),
    Case("patience that isn't one", (GOOD,), code=2, says=("seconds above 0",), env={"AFTERNOTE_IDLE": "nan"}),
    Case("a key that no header can hold", (GOOD,), code=77, says=("AFTERNOTE_API_KEY: character 3",),
         env={"AFTERNOTE_API_KEY": "sk\nx-evil: 1"}),
    Case("a brief that is binary", (GOOD,), code=2, says=("b.toml",), files={"b.toml": b"\x00\xff\x00"}),
    Case("a brief of a megabyte", (GOOD,), code=2, says=("b.toml",), files={"b.toml": b"x" * 1_000_000}),
    Case("weights that are cut off", command="draft b.toml --model half.gguf", code=69, says=("half.gguf",),
         prepare=half_a_model, endpoint=False),
    Case("weights that are empty", command="draft b.toml --model e.gguf", code=69, says=("isn't a GGUF file",),
         files={"e.gguf": b""}, endpoint=False),
    Case("weights that are something else", command="draft b.toml --model e.gguf", code=69, says=("isn't a GGUF file",),
         files={"e.gguf": b"PK\x03\x04" * 1000}, endpoint=False),
    Case("the database of sessions is garbage", command="sessions list", code=0, says=("damaged",), endpoint=False,
         files={"home/data/afternote/sessions.sqlite": b"SQLite format 3\x00" + b"\xff" * 5000},
         kept="the session, 0 turns of the user's"),
]  # fmt: skip

OTHERS = [
    Case("a chat whose endpoint refuses", (refusal(503),), "chat b.toml", 0, ("Nothing is lost: your facts are kept",),
         stdin="\n/exit\n", kept="the session, 2 turns of the user's", requests=2),
    Case("a chat whose endpoint sends half a letter", (cut(),), "chat b.toml", 0, ("Nothing is lost",),
         stdin="\n/exit\n", requests=2,
         kept="a part of the letter on standard output; the session, 2 turns of the user's"),
    Case("kill -9 in the midst of a chat's letter", (MARKED,), "chat b.toml", 137, stdin="\n/exit\n", requests=1,
         kept="a part of the letter on standard output; the session, 1 turns of the user's", signals=(("MARK",
         "SIGKILL"),)),
    Case("a chat is told to end in the midst of a letter", (MARKED,), "chat b.toml", 143, stdin="\n/exit\n", requests=1,
         kept="a part of the letter on standard output; the session, 1 turns of the user's", signals=(("MARK",
         "SIGTERM"),)),
    Case("a judge whose endpoint isn't there", (), "check good.txt --brief b.toml --judge --model m --base-url {gone}",
         69, ("can't connect",), files={"good.txt": PLAIN}),
    Case("a judge that doesn't accept the key", (refusal(401),),
         "check good.txt --brief b.toml --judge --model m --base-url {url}", 77, ("(401)",), requests=1,
         files={"good.txt": PLAIN}),
    Case("a judge that sends no judgement", (whole("Well, what is truth?"),),
         "check good.txt --brief b.toml --judge --model m --base-url {url}", 0, ("unscored",), requests=1,
         files={"good.txt": PLAIN}),
    Case("a reader of rejections that sends a page", ((head("200 OK", "text/html"), b"<p>hello"),),
         "advise r.txt --model m --base-url {url}", 1, ("it sent a web page",), requests=1,
         files={"r.txt": "Dear Ifeoma,\n\nWe chose somebody else.\n\nRenske Bakker\n"}),
    Case("a reader of rejections that goes silent", ((head(), pieces("{"), HOLD),),
         "advise r.txt --model m --base-url {url}", 69, ("nothing more came",), requests=1,
         files={"r.txt": "Dear Ifeoma,\n\nWe chose somebody else.\n\nRenske Bakker\n"}, env={"AFTERNOTE_IDLE": "0.3"}),
]  # fmt: skip
MACHINE = {
    "Disks and folders": DISKS,
    "Clocks": CLOCKS,
    "Signals": SIGNALS,
    "Standard streams and character sets": STREAMS,
    "Terminals": TERMINALS,
    "Settings, briefs and weights": SETTINGS,
    "Other commands": OTHERS,
}
