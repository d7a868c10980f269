"""`afternote advise`: a rejection in, whether and how to answer it out. Offline unless a model is named."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.terminal import fill_lines, may_write, say, write_whole
from assistant.errors import UsageError
from assistant.text import clean, one_line, shorten

if TYPE_CHECKING:
    from assistant.advice import Advice
    from assistant.brief import Brief
    from assistant.rejection import Rejection

LEVELS = {
    "skip": "No reply needed.",
    "brief": "Worth a short reply: two or three lines.",
    "substantive": "Worth a real note.",
}
CHANNELS = {
    "reply": "as a reply in this thread",
    "email": "in a mail of its own",
    "forward": "through this thread, to be passed on",
    "none": "",
}


def advise(
    rejection: Annotated[
        str | None,
        typer.Argument(
            metavar="REJECTION|-", help="The mail: .eml, .txt or a mailbox with one; - reads it from standard input."
        ),
    ] = None,
    brief_file: Annotated[
        Path | None, typer.Option("--brief", metavar="BRIEF", help="What you know beside the mail.")
    ] = None,
    stage: Annotated[
        str, typer.Option("--stage", help="How far it went: application, screen, interview or final.")
    ] = "",
    region: Annotated[str, typer.Option("--region", help="Where they are, such as US or UK.")] = "",
    ghosted: Annotated[bool, typer.Option("--ghosted", help="They never wrote.")] = False,
    bad_process: Annotated[
        bool, typer.Option("--bad-process", help="They didn't turn up, again, or weren't honest.")
    ] = False,
    tired: Annotated[bool, typer.Option("--tired", help="It hurts, or there is no strength left for it.")] = False,
    internal: Annotated[bool, typer.Option("--internal", help="It is your own employer.")] = False,
    small_field: Annotated[
        bool, typer.Option("--small-field", help="Everybody knows everybody in this trade.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the advice as JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Begin a brief: write what the mail tells to a .toml file.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the output file.")] = False,
    model: Annotated[
        str, typer.Option("--model", "-m", help="Let this model point at what the mail says; needs an endpoint.")
    ] = "",
    base_url: Annotated[str, typer.Option("--base-url", help="Address of that endpoint.")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The advice in one line.")] = False,
) -> None:
    """Say whether a rejection is worth a reply, to whom, when and how much. Nothing leaves this machine unless a model is named.

    Whatever it says, you decide: `draft` writes either way.
    """
    from assistant.advice import Situation
    from assistant.advice import advise as advise_on
    from assistant.brief import STAGES

    if rejection is None and not ghosted:
        raise UsageError("advise needs the rejection: a file, or - for standard input; or --ghosted, when none came")
    if rejection is not None and ghosted:
        raise UsageError("--ghosted is for when no rejection came; here is one")
    if stage and stage not in STAGES:
        raise UsageError(f"unknown stage {one_line(stage)!r}; there are: {', '.join(STAGES)}")
    if output:
        over = may_write(output, force, (".toml",), "a brief is written as .toml")
    mail = read_mail(rejection) if rejection else None
    if model or base_url:
        from assistant.cli.proposing import proposed

        mail = proposed(_given(mail), model, base_url, quiet)
    advice = advise_on(
        mail, _brief(brief_file), Situation(ghosted, bad_process, tired, internal, small_field, stage, region)
    )
    if output:
        from assistant.rejection.fill import started_brief

        write_whole(output, started_brief(_given(mail)), over)
    if as_json:
        sys.stdout.write(json.dumps(advice.as_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(clean(short(advice) + "\n" if quiet else told(advice, mail)))
    if mail and not quiet:
        for remark in mail.email.remarks:
            say(f"note: {remark}")
    if output and not quiet:
        say(f"a brief is begun in {output}: add what only you know, then `afternote draft {output}`")


def read_mail(source: str) -> Rejection:
    """The rejection in a file or on standard input. Raises UsageError."""
    from assistant.mail.read import MOST_BYTES, read_file
    from assistant.rejection import read_rejection

    if source != "-":
        return read_rejection(read_file(Path(source)), one_line(source))
    if sys.stdin.isatty():
        say("paste the rejection; end with Ctrl-D on a line of its own")
    return read_rejection(sys.stdin.buffer.read(MOST_BYTES), "standard input")


def _given(mail: Rejection | None) -> Rejection:
    if mail is None:
        raise UsageError("without a rejection there is nothing to read or to begin a brief from")
    return mail


def _brief(path: Path | None) -> Brief | None:
    if path is None:
        return None
    from assistant.brief import brief_from
    from assistant.brief_file import read_brief_values

    # A brief that is only begun serves as well: the advice needs no names.
    values = {key: value for key, value in read_brief_values(path).items() if value != ""}
    return brief_from({"sender": "-", "company": "-", "job_title": "-"} | values)


def short(advice: Advice) -> str:
    """The advice in one line."""
    where = f" To {advice.recipient}, {CHANNELS[advice.channel]}; {advice.timing}." if advice.level != "skip" else ""
    return f"{LEVELS[advice.level]}{where}"


def told(advice: Advice, mail: Rejection | None) -> str:
    """The advice in plain lines, the mail's own words last."""
    lines = [LEVELS[advice.level]]
    if advice.level != "skip":
        lines += [
            f"  to    {advice.recipient}, {CHANNELS[advice.channel]}",
            f"  when  {advice.timing}",
            f"  kind  {advice.kind}",
        ]
    lines += ["", *(line for reason in advice.reasons for line in fill_lines(reason.text, "- ", reason.rule))]
    lines += [line for reason in advice.reasons if reason.dissent for line in fill_lines(reason.dissent, "  but: ")]
    if advice.feedback.text:
        lines += fill_lines(advice.feedback.text, "- ", advice.feedback.rule)
    lines += ["", *fill_lines(advice.expect)]
    if mail:
        said = [
            f"  {name.replace('_', ' ')}: {shorten(words[0], 100)}"
            for name, words in advice.signals.evidence.items()
            if words
        ]
        lines += ["", "What the mail says:", *said] if said else []
    if advice.level == "skip":
        lines += ["", "It is yours to decide; `afternote draft` writes either way."]
    return "\n".join(lines) + "\n"
