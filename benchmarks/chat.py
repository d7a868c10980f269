"""How fast a chat answers: the first prompt against a bare script that imports the openai SDK, and each key until it is on the screen.

    python benchmarks/chat.py [--runs 9] [--keys 200]

The chat runs on a pseudo-terminal as a user's would. The keys are typed into a session of 200 versions, once all that is loaded in the
background is there. Printed are medians and, for the keys, the slowest but one in a hundred.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from terminal import Terminal  # noqa: E402 - the tests' own terminal, beside this folder

from assistant.session import Session, Version  # noqa: E402 - found by the path above
from assistant.store import Store  # noqa: E402 - likewise

PROMPT = "›".encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--keys", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        script = home / "reply.json"
        script.write_text(json.dumps(["no letter"]), encoding="utf-8")
        starts, heard, bare = [], [], []
        first_prompt(home, script)  # once unmeasured: files into the page cache
        for _ in range(arguments.runs):  # in pairs, so that a busy moment hits both
            prompt, echo = first_prompt(home, script)
            starts.append(prompt)
            heard.append(echo)
            bare.append(bare_import())
        first, echoed, import_ = map(statistics.median, (starts, heard, bare))
        print(
            f"first prompt {first:.3f} s, a key pressed then is echoed at {echoed:.3f} s; bare import openai {import_:.3f} s"
        )
        print(f"ratios of the medians: prompt {first / import_:.2f}, first echo {echoed / import_:.2f}")
        times = echoes(home, script, arguments.keys)
        times.sort()
        print(f"key to echo, session of 200 versions: median {statistics.median(times) * 1000:.1f} ms, ", end="")
        print(f"99 of 100 within {times[int(len(times) * 0.99) - 1] * 1000:.1f} ms, slowest {times[-1] * 1000:.1f} ms")


def environment(home: Path) -> dict[str, str]:
    """A home of its own; the interpreter and the package as they are here."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "VIRTUAL_ENV") if name in os.environ}
    return kept | {"HOME": str(home), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}


def first_prompt(home: Path, script: Path) -> tuple[float, float]:
    """Seconds from the start of the program until its first prompt is on the screen, and until a key pressed then is echoed."""
    began = time.perf_counter()
    terminal = Terminal("chat", "--model", str(script), "--provider", "scripted", env=environment(home), cwd=home)
    while PROMPT not in terminal.raw:
        terminal.pump(0.005)
    took = time.perf_counter() - began
    terminal.send("x")
    while terminal.screen.display[terminal.screen.cursor.y].strip() != "› x":
        terminal.pump(0.005)
    heard = time.perf_counter() - began
    terminal.kill()
    return took, heard


def bare_import() -> float:
    """Seconds of a script that imports the SDK and ends."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import openai"], check=True)
    return time.perf_counter() - began


def echoes(home: Path, script: Path, keys: int) -> list[float]:
    """For each of so many keys the seconds until it is echoed, in a session of 200 versions."""
    store = Store(home / ".local" / "share" / "afternote", print)
    session = Session(known={"sender": "Bo", "company": "Acme", "job_title": "Clerk", "conversation": ["the ovens"]})
    session.stage = "letter"
    for number in range(200):
        session.keep(Version(0, "shorter", "note", f"Dear Ann,\n\nYou said {number} ovens are cold.\n\nBo\n"))
    number = store.begin(session)
    store.say(number, "you", "hello")
    store.save(number, session)
    store.release(number)
    store.close()
    arguments = ("chat", "--session", str(number), "--model", str(script), "--provider", "scripted")
    terminal = Terminal(*arguments, env=environment(home), cwd=home)
    while PROMPT not in terminal.raw:
        terminal.pump(0.05)
    terminal.line("")  # begins what is loaded in the background
    terminal.pump(4)
    times = []
    for place in range(keys):
        terminal.raw = b""
        key = "abcdefghij"[place % 10]
        began = time.perf_counter()
        terminal.send(key)
        while key.encode() not in terminal.raw:
            terminal.pump(0)
        times.append(time.perf_counter() - began)
        terminal.pump(0.01)
        if place % 50 == 49:
            terminal.send("\x15")  # an empty line again
            terminal.pump(0.05)
    terminal.kill()
    return times


if __name__ == "__main__":
    main()
