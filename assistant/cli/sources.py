"""What `draft` works from: the brief of a file, of standard input, of flags, and what the rejection tells."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.cli.terminal import say
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.rejection import Rejection


def brief_of(source: str | None, flags: dict[str, Any], mail: Rejection | None = None) -> Brief:
    """The brief: flags win over the file, the file over what the mail tells. Raises BriefError or UsageError."""
    from assistant.brief_file import MAX_BYTES, brief_from_values, parse_brief_values, read_brief_values

    if source is None and not flags and mail is None:
        raise UsageError(
            "draft needs a brief: a file, - for standard input, or --from, --company and --job; see examples/"
        )
    values: dict[str, Any] = {}
    if source == "-":
        if sys.stdin.isatty():
            say("reading the brief from the keyboard; end with Ctrl-D")
        values = parse_brief_values(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input")
    elif source:
        values = read_brief_values(Path(source))
    name = "standard input" if source == "-" else source or ("the rejection" if mail else "the command line")
    return brief_from_values(_told(mail, values, flags) | values | flags, name)


def _told(mail: Rejection | None, values: dict[str, Any], flags: dict[str, Any]) -> dict[str, Any]:
    """What the mail tells and neither file nor flags do; empty texts in them tell nothing, and are filled in."""
    if mail is None:
        return {}
    from assistant.rejection.fill import brief_values

    told: dict[str, Any] = dict(brief_values(mail))
    if values.get("recipient") or flags.get("recipient"):  # the role in the mail is its sender's, not this person's
        told.pop("recipient_role", None)
    for key in [key for key, value in values.items() if value == "" and key in told]:
        del values[key]
    return told


def briefs_of(brief: Brief, people: list[str] | None) -> tuple[Brief, ...]:
    """The brief of each letter that is wanted: one for each person, or the brief alone."""
    if not people:
        return (brief,)
    from assistant.writing.persons import briefs_for

    return briefs_for(brief, people)
