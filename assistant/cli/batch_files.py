"""`afternote batch --openai-batch`, `--write-requests` and `--read-answers`: letters that travel in files instead of one by one."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AfternoteError, Interrupted, UsageError
from assistant.text import one_line

if TYPE_CHECKING:
    from assistant.batch.cost import Purse
    from assistant.batch.openai_box import Box
    from assistant.batch.results import Results
    from assistant.batch.rows import Rows
    from assistant.batch.run import Tally
    from assistant.batch.work import Work
    from assistant.cli.progress import Progress


@dataclass(frozen=True)
class Files:
    """What was asked for: the Batch API itself, a file of requests to write, files of answers to read; at most one of them."""

    api: bool = False
    requests: Path | None = None
    answers: tuple[Path, ...] = ()

    @property
    def wanted(self) -> bool:
        """Whether any is."""
        return bool(self.api or self.requests or self.answers)

    @property
    def offline(self) -> bool:
        """Whether nothing is sent, so that no key is needed."""
        return self.wanted and not self.api

    def resumes(self, output: Path) -> bool:
        """Whether it goes on with what is under way, without being told so."""
        from assistant.batch.openai_box import box_path

        return self.wanted and box_path(output).exists()

    def fit(self, output: Path, provider: str, force: bool, others: dict[str, object]) -> None:
        """Hold them against the other options. Raises UsageError, also where a batch under way would be written twice."""
        from assistant.batch.openai_box import box_path

        box = box_path(output)
        if box.exists() and (force or not self.wanted):
            give_up = f"to give it up, remove {one_line(str(box))}"
            raise UsageError(
                f"-o {one_line(str(output))}: a batch for it is under way; --openai-batch --resume fetches it; {give_up}"
            )
        if not self.wanted:
            return
        if sum(map(bool, (self.api, self.requests, self.answers))) > 1:
            raise UsageError("--openai-batch, --write-requests and --read-answers: give one of them")
        if provider != "openai":
            raise UsageError("a batch API is an endpoint's: give --model with --base-url, or OPENAI_API_KEY")
        for name, value in others.items():
            if value:
                raise UsageError(f"{name} is for letters that are asked for one by one; leave it out")
        if self.answers and not box.exists():
            raise UsageError(
                f"--read-answers: no requests for {one_line(str(output))} are waiting; --write-requests comes first"
            )
        if self.requests and (self.requests.exists() or self.requests.suffix != ".jsonl"):
            raise UsageError(f"--write-requests {one_line(str(self.requests))}: give the name of a new file, .jsonl")
        for path in (self.requests, *self.answers):
            if path and path.resolve() in (output.resolve(), box.resolve()):
                raise UsageError(f"{one_line(str(path))}: requests and answers are other files than -o")


def by_files(files: Files, work: Work, rows: Rows, results: Results, purse: Purse, progress: Progress) -> Tally:
    """Do what was asked for, and give the tally; a signal ends it at once and loses nothing. Raises Interrupted and what goes wrong."""
    from assistant.batch.openai_batch import Courier, Post, read_answers, write_requests
    from assistant.batch.openai_box import Box, box_path
    from assistant.batch.run import Tally

    tally = Tally()
    box = Box(box_path(results.path), _how(work))
    try:
        with _ended_at_once(box, files.api):
            drafting = _drafting(work, files.offline)
            courier = Courier(
                box, results, drafting, purse, tally, lambda _: progress.line(_came(tally)), progress.note
            )
            if files.answers:
                useless = read_answers(courier, files.answers)
                if useless:
                    progress.note(f"{useless:,} lines can't be read or answer nothing that was asked; left out")
            else:
                courier.begin(rows)
            if files.requests:
                courier.gather()
                _tell_written(write_requests(courier, files.requests), files.requests, box, progress.note)
            if files.api:
                from assistant.batch.openai_files import Api

                Post(courier, Api(courier.drafting.endpoint, progress.note), progress.line).run()
            tally.whole = tally.whole and not len(box)
            if files.answers and box.unsent:
                progress.note(f"{box.unsent:,} letters are to be revised: --write-requests writes what is to be asked")
    except AfternoteError as error:
        if files.api and box.begun and not isinstance(error, Interrupted):
            progress.note("what was sent goes on at the endpoint, and --resume fetches it")
        raise
    finally:
        box.close()
    return tally


def _tell_written(count: int, path: Path, box: Box, note: Callable[[str], None]) -> None:
    name = one_line(str(path))
    if not count:
        again = f"; to write those again, remove {box.name}" if len(box) else ""
        note(f"no request waits to be written, and {name} wasn't; {len(box):,} wait for --read-answers{again}")
        return
    note(f"{count:,} requests: {name}; upload it for /v1/chat/completions, and give what comes to --read-answers")
    if box.unsent:
        note(f"a file may hold no more; {box.unsent:,} letters are left: --write-requests with another file")


def _came(tally: Tally) -> str:
    """How far the reading is; a pace would count the hours of waiting."""
    without = f", {tally.bad + tally.failed:,} of them without a letter" if tally.bad + tally.failed else ""
    return f"{tally.rows:,} rows have their result{without}"


def _how(work: Work) -> dict[str, Any]:
    """What must stay the same while a batch is under way."""
    settings, options = work.settings, work.options
    how = {
        "--model": settings.model,
        "--base-url": settings.base_url,
        "--kind": options.kind,
        "--rounds": options.rounds,
    }
    return how | {"--seed": options.seed, "--temperature": options.temperature, "--redact": work.hidden}


def _drafting(work: Work, offline: bool) -> Any:
    import functools
    from dataclasses import replace

    from assistant.batch.openai_answers import Drafting
    from assistant.batch.work import made
    from assistant.prompts import load_template
    from assistant.providers.endpoint import Endpoint
    from assistant.providers.gate import Gate

    settings = work.settings
    # A file that is written needs no key, so none is asked for.
    endpoint = Endpoint(settings.model, settings.base_url) if offline else made(work, Gate(), 1)
    assert isinstance(endpoint, Endpoint)
    endpoint.streams = False
    return Drafting(endpoint, replace(work.options, templates=functools.cache(load_template)), work.hidden)


@contextlib.contextmanager
def _ended_at_once(box: Box, api: bool) -> Iterator[None]:
    """Let Ctrl-C and the other signals end it in the midst of anything. Raises Interrupted with the exit code that a shell gives them."""

    def hear(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(number)  # nothing on the way takes that for an error of its own

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [n for n in (getattr(signal, name, None) for name in names) if n]
    # What is ignored stays so: whoever started this with nohup wants it to outlive the terminal.
    before = {n: signal.signal(n, hear) for n in numbers if signal.getsignal(n) is not signal.SIG_IGN}
    try:
        yield
    except KeyboardInterrupt as heard:
        goes_on = (
            "the batch goes on at the endpoint, and --resume fetches it" if api and box.begun else "--resume goes on"
        )
        ended = Interrupted()
        ended.args = (f"interrupted; {goes_on}",)
        ended.exit_code = 128 + int(heard.args[0] if heard.args else signal.SIGINT)
        raise ended from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
