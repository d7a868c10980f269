"""Drafts of cases, recorded one by one as they are finished: the only part of the suite that asks a model.

A recording is keyed by what it was asked of and for: the brief, the way, the model and where it is, the prompts, the seed. So a run
that was killed goes on where it was, a run of other settings in the same folder shares nothing with it, and a recording whose prompt
has changed since is stale. It also says by what state of the writing code it was made: `run` drafts again what another state made.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant import Options, compose
from assistant.errors import NothingWritten, UsageError
from assistant.prompts import load_template
from assistant.providers import Provider, Request
from assistant.text import one_line
from assistant.writing.plan import make_plan
from evals.suite.cases import Case

Way = Literal["ours", "plain"]
ROOT = Path(__file__).resolve().parent.parent.parent
NOT_WRITING = (
    "batch",
    "cli",
    "chat",
    "mail",
    "rejection",
    "advice",
    "session.py",
    "store.py",
    "database.py",
    "ledger.py",
    "redact.py",
    "doctor.py",
    "keys.py",
    "key_sources.py",
)
PLAIN_TOKENS = 400  # a letter of 300 words: twice the longest that anybody should send


@dataclass(frozen=True)
class Wanted:
    """One draft to be made: the epoch-th of a case, with its own seed."""

    case: Case
    epoch: int
    seed: int


@dataclass(frozen=True)
class Recorded:
    """A finished draft: the JSON of `draft --json`, or in `refused` why the writer gave none. `seconds` of wall time."""

    key: str
    case: str
    epoch: int
    seed: int
    way: str
    model: str
    seconds: float
    code: str
    refused: str = ""
    made: dict[str, Any] | None = None

    @property
    def text(self) -> str:
        """The letter with its subject line; "" when there is none."""
        made = self.made or {}
        subject = made.get("subject", "")
        return (f"Subject: {subject}\n\n" if subject else "") + made.get("body", "")


def key_of(wanted: Wanted, way: Way, provider: Provider) -> str:
    """What a recording of this draft is known by."""
    parts = [
        wanted.case.hash,
        provider.destination,
        way,
        provider.name,
        provider.model,
        provider.style,
        *_prompts(wanted.case, way, provider),
    ]
    return hashlib.sha256("\n".join([*parts, str(wanted.seed)]).encode()).hexdigest()[:20]


def _prompts(case: Case, way: Way, provider: Provider) -> list[str]:
    """The templates that this draft will be asked with, each with the hash of its text."""
    if way == "plain":
        return [load_template("plain").label]
    if provider.style == "sentences":
        return [load_template("sentence").label]
    return [load_template(name).label for name in (_planned(case)[0], "revise")]


def _planned(case: Case) -> tuple[str, str]:
    """The kind that will be written, and why none can be: "" unless the brief lacks what a letter of this kind needs."""
    try:
        return make_plan(case.brief, case.kind).kind, ""
    except UsageError as error:
        return case.kind, one_line(str(error))


@functools.cache
def writing_code() -> str:
    """Changes with the code and the data that letters are written by: the package without its faces and what reads mails."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "assistant").rglob("*")):
        part = path.relative_to(ROOT / "assistant").parts[0]
        if part not in NOT_WRITING and path.suffix in (".py", ".yaml", ".json", ".toml"):
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def draft(key: str, wanted: Wanted, way: Way, provider: Provider) -> Recorded:
    """Make one draft. A writer that finds nothing to say is recorded as refusing; whatever else goes wrong raises, and is tried again."""
    started = time.perf_counter()
    made, refused = None, _planned(wanted.case)[1]
    try:
        made = None if refused else (_ours if way == "ours" else _plain)(wanted, provider)
    except NothingWritten as error:
        refused = one_line(str(error))
    seconds = round(time.perf_counter() - started, 2)
    name, model = wanted.case.name, provider.model
    return Recorded(key, name, wanted.epoch, wanted.seed, way, model, seconds, writing_code(), refused, made)


def _ours(wanted: Wanted, provider: Provider) -> dict[str, Any]:
    return compose(wanted.case.brief, provider, Options(kind=wanted.case.kind, seed=wanted.seed)).as_json()


def _plain(wanted: Wanted, provider: Provider) -> dict[str, Any]:
    """One plain prompt, whatever comes back: what a person would do without this program."""
    brief = wanted.case.brief
    about = (
        f"From: {brief.sender}\nTo: {brief.recipient or 'unknown'}\nCompany: {brief.company}\nJob: {brief.job_title}"
    )
    messages = load_template("plain").render(brief=about, facts="\n".join(f"- {fact.text}" for fact in brief.facts))
    temperature = 0.7 if provider.name == "local" else None
    answer = provider.complete(Request(messages, max_tokens=PLAIN_TOKENS, temperature=temperature, seed=wanted.seed))
    usage = {"prompt_tokens": answer.usage.prompt_tokens, "completion_tokens": answer.usage.completion_tokens}
    return {"body": answer.texts[0].strip(), "kind": wanted.case.kind, "attempts": 1, "usage": usage, "sentences": []}


class Records:
    """The recordings of a folder: `drafts.jsonl`, a line each, on the disk before it counts as finished."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: dict[str, Recorded] = {}
        self._lock = threading.Lock()
        if path.is_file():
            whole = path.read_bytes()
            kept = whole[: whole.rfind(b"\n") + 1]  # a line that was being written when the machine stopped
            for number, line in enumerate(kept.decode("utf-8").splitlines(), 1):
                try:
                    one = Recorded(**json.loads(line))
                except (ValueError, TypeError) as error:
                    raise UsageError(f"{path}:{number}: no recorded draft: {one_line(str(error))}") from None
                self.found[one.key] = one
            if kept != whole:
                path.write_bytes(kept)

    def has(self, key: str) -> bool:
        """Whether this was drafted, by the writing code as it is now."""
        return key in self.found and self.found[key].code == writing_code()

    def add(self, one: Recorded) -> None:
        """Keep a finished draft; it is on the disk when this returns."""
        line = json.dumps(one.__dict__, ensure_ascii=False) + "\n"
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as out:
                out.write(line)
                out.flush()
                os.fsync(out.fileno())
            self.found[one.key] = one


def all_wanted(cases: Sequence[Case], epochs: int, seed: int) -> list[Wanted]:
    """Every case `epochs` times, each time with another seed; a whole round of cases before the next."""
    return [Wanted(case, epoch, seed + epoch - 1) for epoch in range(1, epochs + 1) for case in cases]


def draft_all(
    wanted: Mapping[str, Wanted],
    way: Way,
    provider: Provider,
    records: Records,
    concurrency: int,
    on_done: Callable[[Recorded], None],
) -> None:
    """Draft what isn't recorded yet by this code, by key, so many at once. The first failure of the endpoint ends it; what was finished
    by then is kept.
    """
    waiting = [key for key in wanted if not records.has(key)]

    def work(key: str) -> Recorded:
        done = draft(key, wanted[key], way, provider)
        records.add(done)
        return done

    with ThreadPoolExecutor(max(1, concurrency)) as pool:
        under_way: set[Future[Recorded]] = set()
        try:
            for key in waiting:
                under_way.add(pool.submit(work, key))
                if len(under_way) >= 2 * concurrency:
                    under_way = _collect(under_way, on_done)
            while under_way:
                under_way = _collect(under_way, on_done)
        except BaseException:
            for future in under_way:
                future.cancel()
            raise


def _collect(under_way: set[Future[Recorded]], on_done: Callable[[Recorded], None]) -> set[Future[Recorded]]:
    done, rest = wait(under_way, return_when=FIRST_COMPLETED)
    for future in done:
        on_done(future.result())
    return rest
