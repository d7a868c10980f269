"""`afternote batch`: a file of briefs in, a file of letters out, and no row lost."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.options import BaseUrl, ModelName, ProviderName, Redact
from assistant.cli.progress import Progress, ending
from assistant.cli.terminal import say
from assistant.cli.veiling import masking
from assistant.cli.writers import chosen_model, in_the_clear, patience, remark
from assistant.errors import Interrupted, UsageError
from assistant.text import one_line

if TYPE_CHECKING:
    from assistant.batch.cost import Purse
    from assistant.batch.ray_engine import RayCrew
    from assistant.batch.run import Tally
    from assistant.batch.work import Work
    from assistant.settings import ModelSettings

AT_ONCE = 8  # letters under way at an endpoint, unless told otherwise: what small accounts and local servers bear
AT_ONCE_EMBEDDED = 4  # of the embedded model: more are no faster on two cores
PER_PROCESS = 16  # threads: beyond, another process checks letters on another core


def batch(
    briefs: Annotated[
        str, typer.Argument(metavar="BRIEFS|-", help="Briefs: .jsonl, one a line, or .csv; - reads JSONL.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The results, JSONL: a line a row, kept as they come.")
    ],
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=0, max=512, help="Letters under way at once; 0 chooses.")
    ] = 0,
    processes: Annotated[int, typer.Option("--processes", min=0, max=64, help="Processes; 0 chooses.")] = 0,
    engine: Annotated[
        str, typer.Option("--engine", metavar="local|ray", help="This machine, or a Ray cluster that is there already.")
    ] = "local",
    ray_address: Annotated[
        str,
        typer.Option(
            "--ray-address", metavar="HOST:PORT", help="The cluster; else RAY_ADDRESS, or the one that runs here."
        ),
    ] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on: rows with a letter stay, all others are written or tried again.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Begin the output anew.")] = False,
    openai_batch: Annotated[
        bool, typer.Option("--openai-batch", help="By the endpoint's Batch API: within a day, at half the price.")
    ] = False,
    write_requests: Annotated[
        Path | None, typer.Option("--write-requests", metavar="FILE", help="Only write a Batch API's request file.")
    ] = None,
    read_answers: Annotated[
        list[Path] | None, typer.Option("--read-answers", metavar="FILE", help="Read what came for those, also twice.")
    ] = None,
    kind: Annotated[str, typer.Option("--kind", help="The kind of letter, for rows that name none.")] = "note",
    model: ModelName = "",
    provider: ProviderName = "",
    base_url: BaseUrl = "",
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, max=2_000_000, help="The first row's; each next row has the next.")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option("--temperature", min=0.0, max=2.0, help="Sent only when given.")
    ] = None,
    rounds: Annotated[int, typer.Option("--rounds", min=0, max=5, help="How often to revise while errors remain.")] = 2,
    rpm: Annotated[float, typer.Option("--rpm", min=0, help="At most so many requests a minute, all together.")] = 0,
    tpm: Annotated[float, typer.Option("--tpm", min=0, help="At most so many tokens a minute, all together.")] = 0,
    price: Annotated[
        str, typer.Option("--price", metavar="IN/OUT", help="Of a million tokens in and out, such as 0.25/2.")
    ] = "",
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", min=0, help="Stop before it costs more; needs --price.")
    ] = None,
    redact: Redact = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print how it went as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no remarks, errors only.")] = False,
) -> None:
    """Write a letter for each brief of a file, many at once; every row gets a line in the output, with its letter or its error.

    Whatever interrupts it, nothing that is in the output is lost; --resume goes on and repeats no letter.
    """
    from assistant.batch.cost import Purse, read_price
    from assistant.batch.crew import Crew
    from assistant.batch.results import Results
    from assistant.batch.rows import read_rows
    from assistant.batch.run import run
    from assistant.cli.batch_files import Files, by_files

    if max_cost is not None and not price:
        raise UsageError(
            "--max-cost needs --price IN/OUT: what a million tokens cost there, in and out, such as 0.25/2"
        )
    if output.suffix.lower() not in (".jsonl", ".ndjson"):
        raise UsageError(f"-o {output}: the results are written as .jsonl")
    purse = Purse(read_price(price) if price else None, max_cost)
    settings = chosen_model(model, provider, base_url)
    files = Files(openai_batch, write_requests, tuple(read_answers or ()))
    one_by_one: dict[str, object] = {"--concurrency": concurrency, "--processes": processes, "--rpm": rpm, "--tpm": tpm}
    one_by_one["--engine ray"] = engine != "local"
    files.fit(output, settings.provider, force, one_by_one)
    work = _work(settings, (kind, rounds, seed, temperature), masking(redact, settings), files.offline)
    on_ray = _on_ray(engine, ray_address, work, (concurrency, processes), (rpm, tpm))
    embedded = settings.provider == "local"
    with contextlib.ExitStack() as opened:
        rows = opened.enter_context(contextlib.closing(read_rows(briefs, sys.stdin.buffer)))
        if briefs != "-" and output.exists() and output.samefile(briefs):
            raise UsageError("the briefs and -o are the same file")
        rows.look()
        _about(settings, quiet or bool(on_ray and embedded) or files.offline)
        results = opened.enter_context(contextlib.closing(Results(output, resume or files.resumes(output), force)))
        purse.take_up(results.spent, results.uncounted)
        if results.kept:
            remark(f"{results.kept:,} letters are there already", quiet)
        if files.wanted:
            with Progress(lambda: rows.done, quiet) as progress:
                tally, signals = by_files(files, work, rows, results, purse, progress), []
        else:
            if not on_ray:
                _warm(settings)
            at_once = concurrency or (AT_ONCE_EMBEDDED if embedded else AT_ONCE)
            many = 1 if embedded else processes or max(1, min(os.cpu_count() or 1, at_once // PER_PROCESS))
            writers = on_ray or Crew(work, many, -(-at_once // many), (rpm, tpm), (results.fileno(),))
            opened.callback(writers.stop)
            with Progress(lambda: rows.done, quiet, lambda: writers.under_way) as progress, _heard() as signals:
                if on_ray:
                    on_ray.ending = lambda: bool(signals)
                    remark(on_ray.about, quiet)
                tally = run(rows, writers, results, purse, lambda: bool(signals), progress.show)
            tally.whole = tally.whole and not (on_ray and on_ray.withheld)
    if not (
        files.requests and not tally.failed and not tally.bad
    ):  # else nothing was asked yet, and there is nothing to sum up
        _end(tally, purse, signals, output, as_json, quiet)


def _work(settings: ModelSettings, how: tuple[str, int, int | None, float | None], hidden: bool, offline: bool) -> Work:
    """What each process is told. The key is fetched here, once; the weights are fetched and the prompts read, so that errors come early.

    `offline`: nothing is sent, and no key is asked for.
    """
    from dataclasses import replace

    from assistant.batch.work import Work
    from assistant.cli.models import fetch_if_missing
    from assistant.prompts import load_template
    from assistant.providers.choose import make_provider
    from assistant.providers.patience import BATCH
    from assistant.writing import Options
    from assistant.writing.plan import kinds

    kind, rounds, seed, temperature = how
    if kind not in kinds():
        raise UsageError(f"unknown kind {kind!r}; there are: {', '.join(kinds())}")
    for name in (kind, "revise", "sentence"):
        load_template(name)
    if settings.provider == "local" and not settings.model:
        fetch_if_missing(quiet=False)
    if settings.provider == "openai" and not offline:
        from assistant.key_sources import with_key

        settings = with_key(settings)
        settings = replace(settings, key_from="")
    if not offline:
        make_provider(settings)
    return Work(settings, Options(kind, rounds, seed, temperature), hidden, patience(BATCH))


def _on_ray(
    engine: str, address: str, work: Work, wanted: tuple[int, int], limits: tuple[float, float]
) -> RayCrew | None:
    """Those who write on a Ray cluster, `wanted` letters at once in so many processes; None when this machine writes.

    Raises UsageError and Unavailable.
    """
    if engine not in ("local", "ray"):
        raise UsageError(f"--engine {one_line(engine)}: local or ray")
    if engine == "local":
        if address:
            raise UsageError("--ray-address needs --engine ray")
        return None
    from assistant.batch.ray_driver import Plan
    from assistant.batch.ray_engine import begin

    each = AT_ONCE_EMBEDDED if work.settings.provider == "local" else AT_ONCE
    return begin(Plan(address, work, *wanted, each, limits))


def _about(settings: ModelSettings, quiet: bool) -> None:
    if settings.provider == "openai":
        remark(f"{settings.model} writes ({settings.why}); the briefs are sent to {settings.base_url}", quiet)
        in_the_clear(settings, "briefs", quiet)
    else:
        remark(f"the model writes on this machine ({settings.why}); nothing leaves it", quiet)


def _warm(settings: ModelSettings) -> None:
    """Load once, before the processes are begun, what each of them would load for itself."""
    from assistant.checks import check

    check("Dear Ann,\n\nYou said the ovens are cold.\n\nBo\n")
    if settings.provider == "openai":
        with contextlib.suppress(ImportError):
            import openai  # noqa: F401 - half of each process's start


@contextlib.contextmanager
def _heard() -> Iterator[list[int]]:
    """The signals that asked for an end. The first Ctrl-C lets what is under way come home; the second, and any other, ends at once."""
    heard: list[int] = []

    def hear(number: int, _frame: object) -> None:
        heard.append(number)
        if number != signal.SIGINT or len(heard) > 1:
            raise _Ended(number)
        say("stopping: the letters under way are waited for; Ctrl-C again ends at once, and --resume goes on")

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    # What was to be ignored stays so: under nohup a closed terminal is no reason to end.
    before = {n: signal.signal(n, hear) for n in numbers if signal.getsignal(n) != signal.SIG_IGN}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Ended(Interrupted):
    """A signal that ends the batch at once: with the exit code that a shell gives it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.args = ("interrupted; what came is kept, and --resume goes on",)
        self.exit_code = 128 + number


def _end(tally: Tally, purse: Purse, signals: list[int], output: Path, as_json: bool, quiet: bool) -> None:
    """Say how it went, and end with what tells it: 0 all written, 1 some rows have no letter, else why it stopped."""
    for line in ending(tally, purse, output):
        remark(line, quiet)
    if as_json:
        cost = round(purse.spent, 6) if purse.price else None
        tokens = {"prompt_tokens": tally.usage.prompt_tokens, "completion_tokens": tally.usage.completion_tokens}
        counts = {"before": tally.before, "written": tally.written, "flawed": tally.flawed, "bad": tally.bad}
        counts |= {"failed": tally.failed}
        values = counts | {"whole": tally.whole, "usage": tokens, "cost": cost}
        sys.stdout.write(json.dumps(values) + "\n")
    if tally.stopped:
        raise tally.stopped
    if signals:
        raise _Ended(signals[0])
    if not tally.whole or tally.bad or tally.failed:
        sys.exit(1)
