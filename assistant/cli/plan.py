"""`afternote plan`: when to be in touch again, and the question to answer before writing."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.sources import brief_of
from assistant.cli.terminal import may_write, say, show, write_bytes
from assistant.errors import UsageError
from assistant.text import one_line


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
        over = may_write(output, force, (".ics",), "a calendar file ends in .ics")
    brief = brief_of(brief_file, {})
    planned = touches(brief, sent_on, months)
    if output:
        write_bytes(output, calendar(planned, brief, datetime.now(UTC)), over, private=True)
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
