"""`afternote draft`: a brief in, a letter out."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.terminal import keep_partial, may_write, say, show, working, write_whole
from assistant.errors import AfternoteError, Interrupted, StreamCut, UsageError

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.providers import Provider
    from assistant.settings import ModelSettings
    from assistant.writing import Draft, Options

Text = Annotated[str | None, typer.Option()]


def draft(
    brief_file: Annotated[
        str | None, typer.Argument(metavar="BRIEF|-", help="The brief, TOML or JSON; - reads standard input.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", help="Name of the person who gets the letter.")] = None,
    company: Annotated[str | None, typer.Option("--company", help="The organisation.")] = None,
    job: Annotated[str | None, typer.Option("--job", help="The job it was about.")] = None,
    sender: Annotated[str | None, typer.Option("--from", help="Your name.")] = None,
    talked_about: Annotated[
        list[str] | None, typer.Option("--talked-about", help="Something really talked about. Repeatable.")
    ] = None,
    their_work: Annotated[
        list[str] | None, typer.Option("--their-work", help="What they do or are building. Repeatable.")
    ] = None,
    about_me: Annotated[
        list[str] | None, typer.Option("--about-me", help="Something true about you. Repeatable.")
    ] = None,
    next_step: Annotated[
        list[str] | None, typer.Option("--next-step", help="What you can offer or would like. Repeatable.")
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", help="note: substantive. ack: an honest two-line acknowledgement.")
    ] = "note",
    model: Annotated[str, typer.Option("--model", "-m", help="Name of the model, or a .gguf file.")] = "",
    provider: Annotated[
        str, typer.Option("--provider", help="openai (any compatible endpoint), local or scripted.")
    ] = "",
    base_url: Annotated[
        str, typer.Option("--base-url", help="Address of an OpenAI-compatible endpoint, with or without /v1.")
    ] = "",
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, max=2_000_000, help="The same seed gives the same letter.")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option("--temperature", min=0.0, max=2.0, help="Sent only when given.")
    ] = None,
    rounds: Annotated[int, typer.Option("--rounds", min=0, max=5, help="How often to revise while errors remain.")] = 2,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the letter and all that is known of it as JSON.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the letter to a .txt or .md file.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the output file.")] = False,
    no_stream: Annotated[bool, typer.Option("--no-stream", help="Show the letter when it is whole.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print exactly what would be sent, and send nothing.")
    ] = False,
    usage: Annotated[bool, typer.Option("--usage", "-u", help="Say how many tokens it took.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No remarks on stderr, errors only.")] = False,
) -> None:
    """Write a short, true, specific note from a brief; every sentence is held to what the brief says.

    The letter goes to standard output, everything else to standard error.
    """
    flags: dict[str, Any] = {"recipient": to, "company": company, "job_title": job, "sender": sender}
    flags |= {"conversation": talked_about, "their_work": their_work, "about_me": about_me, "next_step": next_step}
    brief = _brief(brief_file, {key: value for key, value in flags.items() if value})
    from assistant.writing import Options

    options = Options(kind, rounds, seed, temperature)
    settings = _model(model, provider, base_url)
    if dry_run:
        _dry_run(brief, options, settings)
        return
    if output:
        may_write(output, force)
    live = sys.stdout.isatty() and not (no_stream or as_json or output)
    result = _compose(brief, options, _ready(settings, quiet), live, quiet)
    if output:
        write_whole(output, result.letter.text)
        _remark(f"written to {output}", quiet)
    if as_json:
        sys.stdout.write(json.dumps(result.as_json(), ensure_ascii=False, indent=2) + "\n")
    elif not output and not live:
        show(result.letter.text.rstrip() + "\n")
    if not quiet:
        _remarks(result)
    if usage:
        tokens = f"{result.usage.prompt_tokens} in, {result.usage.completion_tokens} out"
        say(f"tokens: {tokens}; attempts: {result.attempts}; seed: {result.seed}")


def _brief(source: str | None, flags: dict[str, Any]) -> Brief:
    """The brief of file, standard input and flags; flags win."""
    from assistant.brief_file import brief_from_values, parse_brief_values, read_brief_values

    if source is None and not flags:
        raise UsageError(
            "draft needs a brief: a file, - for standard input, or --from, --company and --job; see examples/"
        )
    if source == "-":
        if sys.stdin.isatty():
            say("reading the brief from the keyboard; end with Ctrl-D")
        return brief_from_values(
            parse_brief_values(sys.stdin.buffer.read(), "standard input") | flags, "standard input"
        )
    values = read_brief_values(Path(source)) if source else {}
    return brief_from_values(values | flags, source or "the command line")


def _model(model: str, provider: str, base_url: str) -> ModelSettings:
    from assistant.settings import Choice, choose_model, config_folder, read_settings_file

    return choose_model(
        Choice(model, provider, base_url), os.environ, read_settings_file(config_folder() / "config.toml")
    )


def _ready(settings: ModelSettings, quiet: bool) -> Provider:
    """The provider, its weights fetched and loaded; says on stderr which model writes and whether anything leaves the machine."""
    from assistant.providers.choose import make_provider

    if settings.provider == "local" and not settings.model:
        from assistant.cli.models import fetch_if_missing

        fetch_if_missing(quiet)
    provider = make_provider(settings)
    if provider.destination:
        _remark(f"{provider.model} writes ({settings.why}); the brief is sent to {provider.destination}", quiet)
        if settings.key and settings.base_url.startswith("http://") and not _on_this_machine(settings.base_url):
            _remark("note: this address is http, not https: key and brief travel in the clear", quiet)
    else:
        _remark(f"{provider.model} writes on this machine ({settings.why}); nothing leaves it", quiet)
    from assistant.providers.local import Local

    if isinstance(provider, Local):
        with working("loading the model", quiet):
            provider.load()
    return provider


def _compose(brief: Brief, options: Options, provider: Provider, live: bool, quiet: bool) -> Draft:
    """Draft, shown as it grows when live; a text that breaks off is kept and its place named."""
    from assistant.writing import compose

    shown: list[str] = []

    def on_text(piece: str) -> None:
        shown.append(piece)
        if live:
            show(piece)

    def on_note(note: str) -> None:
        if live and note.startswith("revising"):
            shown.clear()
            sys.stdout.write("\n")
            sys.stdout.flush()
        _remark(note, quiet)

    try:
        if live:
            result = compose(brief, provider, options, on_text, on_note)
        else:
            with working("writing", quiet):
                result = compose(brief, provider, options, on_text, on_note)
    except (StreamCut, Interrupted) as error:
        kept = keep_partial(error.partial)
        if live and error.partial:
            sys.stdout.write("\n")
        where = f"; the partial text is kept in {kept}" if kept else "; nothing usable had come"
        raise _with_message(error, f"{error}{where}") from None
    if live and "".join(shown).split() != result.letter.text.split():
        # An earlier attempt had fewer errors than the one on the screen.
        _remark("the letter that is kept:", False)
        show("\n" + result.letter.text.rstrip() + "\n")
    return result


def _with_message(error: StreamCut | Interrupted, message: str) -> AfternoteError:
    error.args = (message,)
    return error


def _dry_run(brief: Brief, options: Options, settings: ModelSettings) -> None:
    """What would be sent, and where; the same functions build it that would send it."""
    from assistant.providers.endpoint import Endpoint
    from assistant.providers.seam import Request
    from assistant.writing.compose import preview

    embedded = settings.provider == "local" and not settings.model
    messages = preview(brief, "sentences" if embedded else "letter", options)
    if settings.provider == "openai":
        say(f"would be sent to {settings.base_url}/chat/completions; nothing was sent")
        body = Endpoint(settings.model, settings.base_url).body(
            Request(messages, temperature=options.temperature, seed=options.seed)
        )
    else:
        say("the model would be asked this on this machine; nothing would leave it")
        body = {"messages": [{"role": m.role, "content": m.content} for m in messages]}
    sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")


def _remarks(result: Draft) -> None:
    """What the reader of the letter should know, on stderr."""
    for finding in result.report.findings:
        say(f"{finding.severity}: {finding.message} [{finding.rule}]" + (f"; {finding.fix}" if finding.fix else ""))
    for out in result.left_out:
        say(f"left out {out.fact.id} ({out.fact.text}): {out.reason}")
    if result.kind == "ack" and result.questions:
        say("a note that is remembered would need something true to stand on. If you remember, add it to the brief:")
        for question in result.questions:
            say(f"  - {question}")


def _remark(message: str, quiet: bool) -> None:
    if not quiet:
        say(message)


def _on_this_machine(url: str) -> bool:
    host = url.partition("://")[2].partition("/")[0]
    return host.startswith(("localhost", "127.", "[::1]"))
