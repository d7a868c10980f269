"""`afternote plan`: when to be in touch again, and the question to answer before writing."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.terminal import may_write, say, show
from assistant.errors import UsageError
from assistant.text import one_line

if TYPE_CHECKING:
    from assistant.brief import Brief


def plan(
    brief_file: Annotated[
        str, typer.Argument(metavar="BRIEF|-", help="The brief, TOML or JSON; - reads standard input.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the days to a calendar file, .ics.")
    ] = None,
    sent: Annotated[
        str, typer.Option("--sent", metavar="DATE", help="When the note was sent, as 2026-03-02; today if not given.")
    ] = "",
    months: Annotated[int, typer.Option("--months", min=2, max=60, help="How far to plan.")] = 6,
    force: Annotated[bool, typer.Option("--force", help="Replace the calendar file.")] = False,
) -> None:
    """When to be in touch again after a note, each day with a question to answer first. Without a new reason, let it pass.

    Nothing is sent, to anybody; the calendar file is for your own calendar.
    """
    from assistant.calendar_file import calendar
    from assistant.touches import touches

    sent_on = read_day(sent, "--sent")
    if output:
        may_write(output, force, (".ics",), "a calendar file ends in .ics")
    brief = read_brief(brief_file)
    planned = touches(brief, sent_on, months)
    if output:
        write_private(output, calendar(planned, brief, datetime.now(UTC)))
        say(f"written to {output}")
    past = sum(touch.on < date.today() for touch in planned)
    if past:
        say(f"note: {past} of these {len(planned)} days {'is' if past == 1 else 'are'} past already")
    show("\n".join(f"{touch.on}  {touch.title}\n{touch.question}\n" for touch in planned))


def read_day(text: str, flag: str) -> date:
    """The day of a flag, today for "". Raises UsageError for what isn't a day of this century or the last, as YYYY-MM-DD."""
    if not text:
        return date.today()
    with contextlib.suppress(ValueError):
        if re.fullmatch("(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    raise UsageError(f"{flag} {one_line(text)!r} is no date; give it as year, month and day: {date.today()}")


def read_brief(source: str) -> Brief:
    """The brief of a file, or of standard input for `-`. Raises BriefError."""
    from assistant.brief_file import brief_from_values, parse_brief_values, read_brief_values

    if source != "-":
        return brief_from_values(read_brief_values(Path(source)), one_line(source))
    if sys.stdin.isatty():
        say("reading the brief from the keyboard; end with Ctrl-D")
    return brief_from_values(parse_brief_values(sys.stdin.buffer.read(), "standard input"), "standard input")


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only the user can read, so that it is either the old one or the whole new one. Raises UsageError."""
    import tempfile  # brings half a dozen modules along

    stage = None
    try:
        handle, stage = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(stage).replace(path)
    except OSError as error:
        if stage:
            Path(stage).unlink(missing_ok=True)
        raise UsageError(f"-o {one_line(str(path))}: can't be written: {error.strerror or error}") from None
