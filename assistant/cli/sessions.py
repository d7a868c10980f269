"""`afternote sessions`: what chats were kept, and how to be rid of them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.terminal import may_write, say, write_bytes
from assistant.errors import UsageError
from assistant.text import clean, one_line, shorten

if TYPE_CHECKING:
    from assistant.store import Store

NUMBER = typer.Argument(metavar="N", help="Number of the session, as `list` shows it.")
_AGE = re.compile(r"(\d{1,5})\s*([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 24 * 7}

app = typer.Typer(help="Chats that are kept, on this machine alone.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_sessions(as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False) -> None:
    """Show all sessions, the last one first."""
    with _store() as store:
        kept = store.listed()
    if as_json:
        rows = [vars(k) for k in kept]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return
    if not kept:
        say("no session is kept; `afternote chat` begins one")
    for k in kept:
        counts = f"{k.turns} turn{'s' * (k.turns != 1)}, {k.versions} version{'s' * (k.versions != 1)}"
        sys.stdout.write(clean(f"{k.id:>4}  {_day(k.changed_at)}  {shorten(one_line(k.title), 44):<44}  {counts}\n"))


@app.command("show")
def show_session(number: Annotated[int, NUMBER]) -> None:
    """Show what was said in a session, word for word."""
    with _store() as store:
        turns = _turns(store, number)
    sys.stdout.write(clean(_as_text(turns)))


@app.command("export")
def export_session(
    number: Annotated[int, NUMBER],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write a .json, .md or .txt file; JSON on standard output if not given."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the output file.")] = False,
) -> None:
    """Write a session with all its versions as JSON, or what was said as text."""
    if output:
        over = may_write(output, force, (".json", ".md", ".txt"), "a session is written as .json, .md or .txt")
    with _store() as store:
        turns = _turns(store, number)
        text = _as_text(turns) if output and output.suffix.lower() != ".json" else _as_json(store, number, turns)
    if output:
        write_bytes(output, text.encode("utf-8"), over, private=True)
        say(f"written to {output}, for you alone to read")
    else:
        sys.stdout.write(text)


@app.command("rm")
def remove_sessions(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="N…", help="Numbers of the sessions.")] = None,
    older_than: Annotated[
        str, typer.Option("--older-than", metavar="30d", help="All not touched for so long: 12h, 30d, 8w.")
    ] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="All of them, and damaged files that were set aside.")
    ] = False,
) -> None:
    """Take sessions out for good: their bytes are overwritten."""
    if bool(numbers) + bool(older_than) + everything != 1:
        raise UsageError("sessions rm takes numbers, or --older-than 30d, or --all")
    age = _age(older_than) if older_than else None
    with _store() as store:
        count = (
            store.remove_all()
            if everything
            else store.remove(list(numbers or []) if age is None else store.older_than(age))
        )
    say(f"{count} session{'s' * (count != 1)} removed")


@contextmanager
def _store() -> Iterator[Store]:
    """The sessions. Raises UsageError where they can't be read: here nothing goes on in memory."""
    from assistant.settings import data_folder
    from assistant.store import Store

    notes: list[str] = []
    with closing(Store(data_folder(), notes.append)) as store:
        if not store.kept:
            raise UsageError(notes[-1].removeprefix("this chat can't be kept any more (").partition(");")[0])
        for note in notes:
            say(note)
        yield store


def _turns(store: Store, number: int) -> list[Any]:
    if number not in {k.id for k in store.listed()}:
        raise UsageError(f"there is no session {number}; `afternote sessions list` shows those there are")
    return store.turns(number)


def _as_text(turns: list[Any]) -> str:
    return "\n".join(f"{turn.who}:\n{turn.words.strip()}\n" for turn in turns if turn.words.strip())


def _as_json(store: Store, number: int, turns: list[Any]) -> str:
    session = store.load(number)
    values = {
        "session": number,
        "title": session.title,
        "mail": session.mail.decode("utf-8", "replace"),
        "brief": session.known,
        "versions": [version.as_json() for version in session.versions],
        "turns": [vars(turn) for turn in turns],
    }
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _age(text: str) -> timedelta:
    found = _AGE.fullmatch(text.strip().lower())
    if not found:
        raise UsageError(f"--older-than {one_line(text)!r}: a number and h, d or w, such as 30d")
    return timedelta(hours=int(found[1]) * _HOURS[found[2]])


def _day(moment: str) -> str:
    """A time as it is here, to the minute."""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
