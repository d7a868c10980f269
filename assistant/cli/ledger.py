"""`afternote ledger`: which notes were sent and what came back, kept for the user alone."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from assistant import ledger
from assistant.cli.plan import read_day
from assistant.cli.sources import brief_of
from assistant.cli.terminal import may_write, say, write_bytes
from assistant.errors import UsageError
from assistant.settings import data_folder
from assistant.text import one_line, shorten

FORMS = ("json", "csv")
NUMBER = typer.Argument(metavar="ID", help="Number of the entry, as `list` shows it.")

app = typer.Typer(
    help="A private list of the notes you sent; it never leaves this machine.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("add")
def add_entry(
    brief_file: Annotated[
        str, typer.Argument(metavar="BRIEF|-", help="The brief of the note, TOML or JSON; - reads standard input.")
    ],
    letter: Annotated[
        str, typer.Option("--letter", metavar="FILE", help="The note as it was sent, kept with the entry.")
    ] = "",
    sent: Annotated[
        str, typer.Option("--sent", metavar="DATE", help="When it was sent, as 2026-03-02; today if not given.")
    ] = "",
    kind: Annotated[str, typer.Option("--kind", help="note, ack, feedback, lead, linkedin or keep-in-touch.")] = "note",
) -> None:
    """Keep that a note was sent."""
    from assistant.checks import KINDS
    from assistant.cli.check import read_letter_file
    from assistant.touches import touches

    if kind not in KINDS:
        raise UsageError(f"unknown kind {one_line(kind)!r}; there are: {', '.join(KINDS)}")
    if brief_file == letter == "-":
        raise UsageError("the brief and the letter can't both come from standard input")
    sent_on = read_day(sent, "--sent")
    text = read_letter_file(letter) if letter else ""
    brief = brief_of(brief_file, {})
    entry = ledger.Entry(
        id=0,
        sent_on=sent_on,
        recipient=brief.recipient,
        company=brief.company,
        job_title=brief.job_title,
        kind=kind,
        letter=text,
        next_touch=next((touch.on for touch in touches(brief, sent_on) if touch.on >= date.today()), None),
    )
    with ledger.opened(data_folder(), say) as db:
        entry = ledger.add(db, entry)
    sys.stdout.write(told(entry))


@app.command("list")
def list_entries(
    as_json: Annotated[bool, typer.Option("--json", help="All that is kept, as JSON; the same as `export`.")] = False,
) -> None:
    """Show what was sent, and what came back."""
    kept = _kept()
    if as_json:
        sys.stdout.write(ledger.export(kept, "json"))
        return
    sys.stdout.write("".join(told(entry) for entry in kept))
    if not kept:
        say("nothing in the ledger yet; `afternote ledger add BRIEF` keeps a note you sent")


@app.command("done")
def done_entry(
    number: Annotated[int, NUMBER],
    answer: Annotated[str, typer.Option("--answer", help="What came back, in your words or theirs.")] = "",
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="When it came, as 2026-03-09; today if not given.")
    ] = "",
) -> None:
    """Keep that an answer came."""
    day = read_day(on, "--on")
    with ledger.opened(data_folder(), say) as db:
        entry = ledger.done(db, number, answer, day)
    sys.stdout.write(told(entry))


@app.command("forget")
def forget_entries(
    number: Annotated[int | None, NUMBER] = None,
    everything: Annotated[bool, typer.Option("--all", help="Forget every entry.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Yes, every entry; it can't be undone.")] = False,
) -> None:
    """Take an entry, or all, out for good: what it said is overwritten."""
    if (number is None) != everything:
        raise UsageError("forget needs the ID of an entry, or --all --yes")
    folder = data_folder()
    if number is None:
        if not yes:
            raise UsageError("forget --all can't be undone; --yes says that you mean it")
        with ledger.opened(folder, say) as db:
            count = ledger.forget_all(db, folder)
        say(f"forgotten: {count} {'entry' if count == 1 else 'entries'}; the ledger is empty")
        return
    with ledger.opened(folder, say) as db:
        ledger.forget(db, number)
    say(f"forgotten: {number}")
    for path in ledger.set_aside(folder):
        say(f"note: {path}, set aside when it was damaged, may still hold it; remove that file, or forget --all --yes")


@app.command("export")
def export_entries(
    form: Annotated[str, typer.Option("--format", help="json or csv; by the ending of -o if not given.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to a .json or .csv file.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the output file.")] = False,
) -> None:
    """Print all that is kept, letters included, or write it to a file that only you can read."""
    form = form or (output.suffix.lower().removeprefix(".") if output else "json")
    if form not in FORMS:
        raise UsageError(f"unknown format {one_line(form)!r}; there are: {', '.join(FORMS)}")
    if output:
        over = may_write(output, force, (f".{form}",), f"the ledger as {form} is written as .{form}")
    text = ledger.export(_kept(), form)
    if output:
        write_bytes(output, text.encode(), over, private=True)
        say(f"written to {output}")
    else:
        sys.stdout.write(text)


def told(entry: ledger.Entry) -> str:
    """An entry in a line: when, to whom, what came back; a day to be in touch only while it lies ahead."""
    whom = ", ".join(filter(None, (entry.recipient, entry.company)))
    parts = [f"{entry.id}: written {entry.sent_on} to {shorten(whom, 80)} ({shorten(entry.job_title, 60)})"]
    if entry.answered_on:
        words = shorten(one_line(entry.answer), 80)
        parts.append(f"answered {entry.answered_on}" + (f": {words}" if words else ""))
    else:
        parts.append("no answer yet (most get none)")
    if entry.next_touch and entry.next_touch >= date.today():
        parts.append(f"next touch {entry.next_touch}")
    return one_line("; ".join(parts)) + "\n"


def _kept() -> tuple[ledger.Entry, ...]:
    """All entries; none, and no file made, where there is no ledger."""
    folder = data_folder()
    if not (folder / ledger.FILE).exists():
        return ()
    with ledger.opened(folder, say) as db:
        return ledger.entries(db)
