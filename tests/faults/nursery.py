"""Processes of the program that need not load it each: this one has, and forks. `python tests/faults/nursery.py`, jobs on standard input.

What a child shares with a program that was started afresh: its own process id, signals, files, environment and folder, and the end that
the interpreter gives it. What it doesn't: the start, for which tests start a Python of their own.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


UNREAD = "a pipe that nobody reads"


def preload() -> None:
    """Load what a draft and a batch load, by making a letter here."""
    import openai
    import tenacity  # noqa: F401

    import assistant.batch.crew
    import assistant.batch.run
    import assistant.cli.batch
    import assistant.cli.chat
    import assistant.cli.check
    import assistant.cli.draft  # noqa: F401
    from assistant.brief import Brief
    from assistant.providers.scripted import Scripted
    from assistant.writing import compose
    from faults.runs import LETTER

    with openai.OpenAI(api_key="none", base_url="http://127.0.0.1:9/v1") as client:
        assert client.chat.completions.with_streaming_response
    compose(Brief("Ifeoma Adeyemi", "Krume Bakery", "Night Baker", recipient="Renske Bakker"), Scripted([LETTER] * 3))


def _unread_pipe() -> int:
    """A pipe whose reader has had enough."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def born(job: dict[str, Any]) -> None:
    """Be what the job says, in the child; `main` is called by whoever called this."""
    os.setsid()
    os.chdir(job["cwd"])
    os.environ.clear()
    os.environ.update(job["env"])
    for number, (name, flags) in enumerate(
        ((job["stdin"], os.O_RDONLY), *((job[out], os.O_WRONLY | os.O_CREAT) for out in ("stdout", "stderr")))
    ):
        file = _unread_pipe() if name == UNREAD else os.open(name, flags, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.stdin = sys.__stdin__ = io.open(0, encoding="utf-8")  # type: ignore[assignment,misc] # noqa: UP020, SIM115
    sys.stdout = sys.__stdout__ = io.open(1, "w", encoding="utf-8")  # type: ignore[assignment,misc] # noqa: UP020, SIM115
    sys.stderr = sys.__stderr__ = io.open(2, "w", encoding="utf-8", buffering=1)  # type: ignore[assignment,misc] # noqa: UP020, SIM115
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if job["largest"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["largest"], job["largest"]))
    sys.argv = ["afternote", *job["arguments"]]
    if job["inside"]:
        from faults import inside

        inside.cause(job["inside"])


def nurse() -> bool:
    """Fork a child for each job, tell its number and then how it ended; True in a child, which has to go on, False at the end."""
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if not child:
            born(job)
            return True
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return False


if __name__ == "__main__":
    preload()
    print("ready", flush=True)
    if nurse():
        from assistant.cli.app import main

        main()
