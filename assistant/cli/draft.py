"""`afternote draft`: a brief in, a letter out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.options import BaseUrl, ModelName, ProviderName, Redact
from assistant.cli.outputs import Way, save
from assistant.cli.outputs import mailto as mailto_of
from assistant.cli.several import drafts_for, files_for
from assistant.cli.signals import ended_like_ctrl_c
from assistant.cli.sources import brief_of, briefs_of
from assistant.cli.streams import must_be_open
from assistant.cli.terminal import keep_partial, may_write, say, show, working
from assistant.cli.veiling import masking
from assistant.cli.writers import chosen_model, ready, remark
from assistant.cli.writers import dry_run as dry_run_of
from assistant.errors import AfternoteError, Interrupted, ProviderError, StreamCut, UsageError

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.providers import Provider
    from assistant.rejection import Rejection
    from assistant.writing import Draft, Options

STANDS = "the letter is on standard output"
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
    interviewers: Annotated[
        list[str] | None,
        typer.Option("--interviewer", help="A person you met: a note of its own for each. Repeatable."),
    ] = None,
    rejection: Annotated[
        str | None,
        typer.Option(
            "--rejection", metavar="MAIL|-", help="The rejection: fills in what it tells; -o reply.eml answers it."
        ),
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            "--kind", help="note, ack (two honest lines), feedback, lead, linkedin, keep-in-touch or reopened."
        ),
    ] = "note",
    limit: Annotated[
        int,
        typer.Option(
            "--limit", min=80, max=300, help="Characters of a LinkedIn request: 300, or 200 on a free account."
        ),
    ] = 300,
    model: ModelName = "",
    provider: ProviderName = "",
    base_url: BaseUrl = "",
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
        Path | None,
        typer.Option("--output", "-o", help="Write a .txt or .md file, or an .eml draft for your mail program."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the output file.")] = False,
    copy: Annotated[bool, typer.Option("--copy", help="Put the letter on the clipboard as well.")] = False,
    mailto: Annotated[
        bool, typer.Option("--mailto", help="Print a mailto: address that opens the letter in a mail program.")
    ] = False,
    from_address: Annotated[str, typer.Option("--from-address", help="Your mail address, for .eml.")] = "",
    to_address: Annotated[
        str, typer.Option("--to-address", help="The reader's mail address, for .eml and --mailto.")
    ] = "",
    redact: Redact = None,
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
    mail = _mail(rejection, brief_file)
    brief = brief_of(brief_file, {key: value for key, value in flags.items() if value}, mail)
    from assistant.writing import Options
    from assistant.writing.veiling import veiled

    if mail and not quiet:
        _advice(mail, brief)
    options = Options(kind, rounds, seed, temperature, limit=limit)
    if mailto and as_json:
        raise UsageError("--mailto and --json both want standard output; give one of them")
    settings = chosen_model(model, provider, base_url)
    hidden = masking(redact, settings)
    if dry_run:
        dry_run_of(briefs_of(brief, interviewers), options, settings, hidden)
        return
    if not output:
        must_be_open()
    files = files_for(output, interviewers) if output else []
    over = [may_write(name, force) for name in files]
    live = sys.stdout.isatty() and not (no_stream or as_json or output or mailto or interviewers)
    with ended_like_ctrl_c():
        writer = ready(settings, quiet)
        drafts, failed = drafts_for(
            brief, interviewers, options, lambda b, o: _compose(b, o, veiled(writer, b, hidden), live, quiet)
        )
    way = Way(mail, from_address, to_address, lambda said, option: remark(f"note: {said}{option}", quiet))
    for place, (own, result) in enumerate(drafts):
        try:
            if output:
                save(files[place], result.letter, own, way, over[place])
                remark(f"written to {files[place]}", quiet)
            if mailto:
                sys.stdout.write(mailto_of(result.letter, own, way) + "\n")
        except (
            UsageError,
            KeyboardInterrupt,
        ) as error:  # the letter must not be lost with the disk, or over an address
            failed = UsageError(f"{error}; {STANDS}") if str(error) else Interrupted(f"interrupted; {STANDS}")
            show(result.letter.text.rstrip() + "\n")
        if not (output or mailto or live or as_json):
            show(result.letter.text.rstrip() + "\n" + ("\n" if place + 1 < len(drafts) else ""))
        if not quiet:
            _remarks(result)
        if usage:
            tokens = f"{result.usage.prompt_tokens} in, {result.usage.completion_tokens} out"
            say(f"tokens: {tokens}; attempts: {result.attempts}; seed: {result.seed}")
    if as_json:
        made = [{"to": own.recipient, **result.as_json()} for own, result in drafts]
        whole = made if interviewers else drafts[0][1].as_json()
        sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
    if copy:
        from assistant.cli.clipboard import copy as to_clipboard

        to_clipboard("\n\n".join(result.letter.mail for _, result in drafts))
        remark("on the clipboard", quiet)
    if failed:
        raise failed


def _mail(source: str | None, brief_file: str | None) -> Rejection | None:
    if source is None:
        return None
    if source == "-" and brief_file == "-":
        raise UsageError("only one of brief and rejection can come from standard input")
    from assistant.cli.advise import read_mail

    return read_mail(source)


def _advice(mail: Rejection, brief: Brief) -> None:
    """One line on whether to write at all, on stderr; the letter is written either way."""
    from assistant.advice import advise
    from assistant.cli.advise import short

    advice = advise(mail, brief)
    say(f"advice: {short(advice)}" + (" You decide; here it is." if advice.level == "skip" else ""))


def _compose(brief: Brief, options: Options, provider: Provider, live: bool, quiet: bool) -> Draft:
    """Draft, shown as it grows when live; a text that breaks off is kept and its place named."""
    from assistant.writing import compose
    from assistant.writing.draft import begins_anew

    shown: list[str] = []

    def on_text(piece: str) -> None:
        shown.append(piece)
        if live:
            show(piece)

    def on_note(note: str) -> None:
        if live and begins_anew(note):
            shown.clear()
            sys.stdout.write("\n")
            sys.stdout.flush()
        remark(note, quiet)

    try:
        if live:
            result = compose(brief, provider, options, on_text, on_note)
        else:
            with working("writing", quiet):
                result = compose(brief, provider, options, on_text, on_note)
    except (ProviderError, Interrupted) as error:
        if not error.partial and not isinstance(error, (StreamCut, Interrupted)):
            raise
        whole = isinstance(error, Interrupted) and error.whole
        what = "the letter before its revision" if whole else "the partial text"
        kept = keep_partial(error.partial, whole)
        if live and error.partial:
            sys.stdout.write("\n")
        where = f"{what} is kept in {kept}" if kept else "nothing usable had come"
        if error.partial.strip() and not kept:
            where = f"{what} couldn't be kept in your state folder; it is on standard output"
            if not live:
                show(error.partial.rstrip() + "\n")
        raise _with_message(error, f"{error}; {where}") from None
    if live and "".join(shown).split() != result.letter.text.split():
        # An earlier attempt had fewer errors than the one on the screen.
        remark("the letter that is kept:", False)
        show("\n" + result.letter.text.rstrip() + "\n")
    return result


def _with_message(error: AfternoteError, message: str) -> AfternoteError:
    error.args = (message,)
    return error


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
