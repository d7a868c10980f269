"""Versions on the screen: how one reads, whether it broke a check, what is kept of one that broke off."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.chat.talk import Talk, quoted
from assistant.session import Version
from assistant.zones import parse_letter

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.checks import Report

MOST_SHOWN = 3  # findings that are named by themselves; /check shows all


def verdict(talk: Talk, version: Version, report: Report | None = None) -> None:
    """One line on a version: its number, length, and how it reads."""
    words = report.letter.words if report else parse_letter(version.letter).words
    label = "says what your facts don't" if version.verdict == "ungrounded" else version.verdict
    said = label + ("" if version.verdict in ("", "good") or report is None else f": {report.why}")
    errors = sum(f["severity"] == "error" for f in version.findings)
    remarks = len(version.findings) - errors
    counts = [f"{n} {what}{'s' if n > 1 else ''}" for n, what in ((errors, "error"), (remarks, "remark")) if n]
    parts = [f"version {version.number}", f"{words} words", said, *counts, "broke off" if version.partial else ""]
    talk.say(" · ".join(filter(None, parts)) + (" (/check)" if counts else ""), style="dim")


def show_findings(talk: Talk, report: Report) -> None:
    """The errors in a line each, and what would mend them; remarks are for /check."""
    for finding in report.errors[:MOST_SHOWN]:
        place = f" {quoted(finding.text)}" if len(finding.text) < 120 and finding.text.strip() else ""
        talk.say(f"- {finding.message}{place}" + (f"; {finding.fix}" if finding.fix else ""))


def show(talk: Talk, version: Version) -> None:
    """The letter, unless it grew on the screen just so."""
    if "".join(talk.grown).split() == version.letter.split():
        talk.screen.said.append(version.letter)
        talk.screen.write("\n")
        return
    talk.screen.letter(version.letter, f"version {version.number}" + (", the one that is kept" if talk.grown else ""))
    talk.screen.write("\n")


def report_of(talk: Talk, version: Version) -> Report:
    """All that the checks say of a version, held to the facts as they are now."""
    from assistant.checks import check_letter

    return check_letter(talk.session.letter_of(version), _held_to(talk, version.own), version.kind)


def warn_if_broken(talk: Talk, current: Version, version: Version, report: Report) -> bool:
    """Whether the new version breaks a check that the one before held; says so, with the offer to go back."""
    from assistant.writing.compare import newly_broken

    before = report_of(talk, current)
    if not (broken := newly_broken(before, report)):
        return False
    talk.say("This breaks a check: " + "; ".join(broken[:MOST_SHOWN]) + ".", style="bold")
    talk.say(f"Enter goes back to version {current.number}; “keep” stays with this one, and you can go on changing it.")
    talk.wait_for("keep", before=current.number, after=version.number)
    return True


def by_hand(talk: Talk, text: str, asked: str, own: bool) -> tuple[Version, Report]:
    """A letter that the user wrote or changed, and all that the checks say of it.

    One of their `own` is held to the facts where any are told, and without them to tone, form and length.
    """
    from assistant.checks import check
    from assistant.checks.substance import rests_on
    from assistant.writing.draft import finding_json

    report = check(text, _held_to(talk, own), kind_of(talk))
    facts = talk.session.facts
    resting = {s.text: tuple(f.id for f in facts if rests_on(s, f)) for s in report.letter.sentences}
    version = Version(
        number=0,
        asked=asked,
        kind=kind_of(talk),
        letter=re.sub(r"\s*\Z", "\n", text),
        brief=dict(talk.session.known),
        findings=tuple(finding_json(f) for f in report.findings),
        verdict=report.verdict,
        cited={text: ids for text, ids in resting.items() if ids},
        own=own,
    )
    return version, report


def _held_to(talk: Talk, own: bool) -> Brief | None:
    """What a letter is checked against: the reader under the name they prefer."""
    brief = talk.session.told
    if own and (not brief.facts or talk.session.missing):
        return None
    return replace(brief, recipient=talk.session.called) if talk.session.called else brief


def keep_partial(talk: Talk, text: str) -> None:
    """What had come, as a version that doesn't stand unless there is no other."""
    if not text.strip():
        return
    session = talk.session
    version = Version(
        0, session.request, session.kind or "note", text.rstrip() + "\n", brief=dict(session.known), partial=True
    )
    kept = session.keep(version, stands=session.current is None)
    talk.keep()
    talk.say(f"What had come is kept as version {kept.number} (/use {kept.number}).")


def kind_of(talk: Talk) -> str:
    """The kind that a letter is measured by: that of the one that stands, or the one that is wanted."""
    current = talk.session.current
    return current.kind if current else talk.session.kind or "note"


def stands(talk: Talk, version: Version) -> None:
    """Show the version that stands from now on."""
    talk.session.waiting = {}
    talk.screen.letter(version.letter, f"version {version.number}")
    verdict(talk, version)
