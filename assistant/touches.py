"""When and why to be in touch again after a note was sent: a few days, each with a question to answer before a word is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from assistant.brief import Brief
from assistant.text import shorten

FIRST = 60  # days after the note: long enough that something is new, soon enough to be remembered
THEN = 75  # days: every two to three months
MONTH = 30  # days: so that how many touches there are doesn't hang on the months they fall in
REMINDERS = 2  # notes of the brief, of a kind
SATURDAY = 5


@dataclass(frozen=True)
class Touch:
    """A day on which to think of somebody again. `title` is one line; `question` is several, to be answered before writing."""

    on: date
    title: str
    question: str


def touches(brief: Brief, sent: date, months: int = 6) -> tuple[Touch, ...]:
    """The days to be in touch again within `months` of 30 days after `sent`: the 60th, then every 75th; none when that is too soon.

    Saturdays and Sundays give way to the Monday after; public holidays aren't known. Nothing in the title says what the note was about,
    for calendars are looked at over one's shoulder.
    """
    title = shorten(f"A word to {', '.join(filter(None, (brief.recipient, brief.company)))}", 80) + "?"
    days = range(FIRST, months * MONTH + 1, THEN)
    return tuple(Touch(_working_day(sent + timedelta(day)), title, _question(brief, sent, day)) for day in days)


def _working_day(day: date) -> date:
    """The day itself, or the Monday after its weekend."""
    return day + timedelta(max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)


def _question(brief: Brief, sent: date, day: int) -> str:
    since = f"your note of {sent}" + ("" if day == FIRST else ", or since you last wrote")
    return "\n".join(
        (
            f"What is new since {since}? Something you did, something they did, or something you can offer.",
            "With a reason, a few lines are enough. Without a new one, let the day pass: nothing is owed.",
            *_reminders(brief, "You had in mind to offer or ask", brief.next_step),
            *_reminders(brief, "Their work, as you noted it", brief.their_work),
        )
    )


def _reminders(brief: Brief, what: str, notes: tuple[str, ...]) -> list[str]:
    """The first notes, shortened, but for those that hold what the brief asks to avoid."""
    welcome = [note for note in notes if not any(phrase.casefold() in note.casefold() for phrase in brief.avoid)]
    return [f"{what}: {shorten(note, 100)}" for note in welcome[:REMINDERS]]
