"""The days to be in touch again as an iCalendar file (RFC 5545), for whatever calendar the user keeps."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from assistant import __version__
from assistant.brief import Brief
from assistant.text import clean, one_line
from assistant.touches import Touch

MORNING = timedelta(hours=9)  # after midnight of the user's own time zone: RFC 5545, 3.8.6.3
_OURS = uuid.UUID("5b0e3b0c-6c1f-4f0e-9a52-0d6f4a1f7c55")


def calendar(planned: Sequence[Touch], brief: Brief, now: datetime) -> bytes:
    """The calendar file: for each touch a private event of the whole day that blocks no time, with an alarm in the morning.

    A UID follows from the people, the job and the day alone, so that importing the file again replaces and doesn't double. `now`, which
    has a time zone, becomes DTSTAMP. A calendar needs at least one touch (RFC 5545, 3.6).
    """
    from icalendar import Alarm, Calendar, Event

    made = Calendar()
    made.add("prodid", f"-//afternote//afternote {__version__}//EN")
    made.add("version", "2.0")
    for touch in planned:
        title, question = _whole(one_line(touch.title)), _whole(clean(touch.question))
        event = Event()
        event.add("uid", _uid(brief, touch))
        event.add("dtstamp", now)
        event.add("dtstart", touch.on)
        event.add("summary", title)
        event.add("description", question)
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", MORNING)
        alarm.add("description", title)
        event.add_component(alarm)
        made.add_component(event)
    return bytes(made.to_ical())


def _uid(brief: Brief, touch: Touch) -> str:
    """A UUID, as RFC 7986, 5.3 asks: nothing of the machine or the people can be read from it."""
    told = (brief.sender, brief.recipient, brief.company, brief.job_title, touch.on.isoformat())
    return str(uuid.uuid5(_OURS, _whole("\n".join(told))))


def _whole(text: str) -> str:
    """The text with a question mark for half a character, which JSON can hold and UTF-8 can't."""
    return text.encode("utf-8", "replace").decode()
