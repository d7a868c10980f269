"""The calendar file: read back by the library, and line by line without it."""

import re
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Brief
from assistant.calendar_file import calendar
from assistant.touches import Touch, touches

SENT = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 18, 30, 5, 123456, tzinfo=UTC)
PLAIN = Brief(sender="Ana Sousa", company="Krume Bakery", job_title="Night Baker")
# What people paste: any character, and more often than chance those that end a line, begin a property or are escaped.
PASTED = st.text(
    st.one_of(st.characters(), st.sampled_from("\r\n\t\x00\x0b\x0c\x1b\x85\u2028:;,\\\"nN ^'"))
) | st.builds(
    "{}{}{}".format,
    st.text(max_size=5),
    st.sampled_from(["\r\n", "\n", "\r", "\x85", "\u2028", "\x0b", "\\n", "\\N", "\n "]),
    st.sampled_from(["ATTENDEE:mailto:a@example.org", "END:VEVENT", "END:VCALENDAR", "BEGIN:VALARM", "X-A;B=c:d"]),
)
EVENT = ["UID", "DTSTAMP", "DTSTART", "SUMMARY", "DESCRIPTION", "CLASS", "TRANSP"]
ALARM = ["ACTION", "TRIGGER", "DESCRIPTION"]


def lines_of(data: bytes) -> list[str]:
    """The content lines of RFC 5545, 3.1, unfolded; every rule on lines is asserted on the way."""
    assert data.endswith(b"\r\n")
    raw = data[:-2].split(b"\r\n")
    unfolded: list[str] = []
    for line in raw:
        assert len(line) <= 75
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line), line
        text = line.decode("utf-8")  # a fold never parts the bytes of a character
        assert not re.search("[\x80-\x9f\u2028\u2029]", text), line
        if text.startswith(" "):
            unfolded[-1] += text[1:]
        else:
            unfolded.append(text)
    return unfolded


def names_of(data: bytes) -> list[str]:
    """The names of the properties in order, with the component for BEGIN and END."""
    found = [re.match(r"([A-Z-]+)(?:;VALUE=DATE)?:(.*)", line, re.DOTALL) for line in lines_of(data)]
    assert all(found)
    return [f"{m[1]}:{m[2]}" if m[1] in ("BEGIN", "END") else m[1] for m in found if m]


def plain(value: str) -> str:
    """A TEXT value with its escapes resolved (RFC 5545, 3.3.11); an escape that isn't one fails."""
    assert re.fullmatch(r"(?:[^\\;,]|\\[\\;,nN])*", value, re.DOTALL), value
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)


def as_expected(data: bytes, events: int) -> None:
    """Exactly the components and properties meant: nothing injected, nothing lost."""
    names = names_of(data)
    assert names[0] == "BEGIN:VCALENDAR"
    assert names[-1] == "END:VCALENDAR"
    assert sorted(names[1:3]) == ["PRODID", "VERSION"]
    inner = names[3:-1]
    size = len(EVENT) + len(ALARM) + 4
    assert len(inner) == size * events
    for start in range(0, len(inner), size):
        event = inner[start : start + size]
        assert sorted(event) == sorted(
            [*EVENT, *ALARM, "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM"],
        )
        assert (event[0], event[-1]) == ("BEGIN:VEVENT", "END:VEVENT")


def test_the_file_says_what_was_planned(brief: Brief) -> None:
    planned = touches(brief, SENT)
    data = calendar(planned, brief, NOW)
    as_expected(data, events=2)
    read = icalendar.Calendar.from_ical(data)
    assert read["version"] == "2.0"
    assert read["prodid"].startswith("-//afternote//")
    events = read.walk("VEVENT")
    for event, touch in zip(events, planned, strict=True):
        assert not event.errors
        assert event.decoded("dtstart") == touch.on
        assert event["dtstart"].params["VALUE"] == "DATE"
        assert event.decoded("dtstamp") == NOW.replace(microsecond=0)
        assert (event["class"], event["transp"]) == ("PRIVATE", "TRANSPARENT")
        assert str(event["summary"]) == touch.title
        assert str(event["description"]) == touch.question
        (alarm,) = event.walk("VALARM")
        assert alarm["action"] == "DISPLAY"
        assert alarm.decoded("trigger") == timedelta(hours=9)


def test_the_stamp_is_utc_wherever_it_was_made(brief: Brief) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=-5)))
    assert "DTSTAMP:20260302T183005Z" in lines_of(calendar(touches(brief, SENT), brief, there))


def uids(brief: Brief, sent: date = SENT, now: datetime = NOW) -> list[str]:
    read = icalendar.Calendar.from_ical(calendar(touches(brief, sent), brief, now))
    return [str(event["uid"]) for event in read.walk("VEVENT")]


def test_the_same_brief_and_days_give_the_same_uids(brief: Brief) -> None:
    first = uids(brief)
    assert first == uids(brief, now=NOW + timedelta(days=9))
    assert first == uids(replace(brief, their_work=("a typo mended in a note",)))
    assert len({*first}) == 2
    for uid in first:
        assert str(uuid.UUID(uid)) == uid


@pytest.mark.parametrize("key", ["sender", "recipient", "company", "job_title"])
def test_another_brief_or_day_gives_other_uids(brief: Brief, key: str) -> None:
    assert not {*uids(brief)} & {*uids(replace(brief, **{key: "Other"}))}
    assert not {*uids(brief)} & {*uids(brief, SENT + timedelta(1))}


def test_a_uid_names_neither_people_nor_machine(brief: Brief) -> None:
    import getpass
    import socket

    said = calendar(touches(brief, SENT), brief, NOW).decode()
    assert not [uid for uid in uids(brief) if "@" in uid or "Renske" in uid]
    assert socket.gethostname() not in said
    assert f"{getpass.getuser()}@" not in said


@given(title=PASTED, question=PASTED)
def test_no_pasted_text_becomes_a_property(title: str, question: str) -> None:
    touch = Touch(SENT, title, question)
    data = calendar([touch, touch], PLAIN, NOW)
    as_expected(data, events=2)
    assert len(icalendar.Calendar.from_ical(data).walk()) == 5


@given(note=PASTED, name=PASTED)
def test_no_pasted_brief_becomes_a_property(note: str, name: str) -> None:
    brief = replace(PLAIN, recipient=name, next_step=(note,), their_work=(note,))
    as_expected(calendar(touches(brief, SENT), brief, NOW), events=2)


@given(
    st.text(st.characters(max_codepoint=0xDFFFF, exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp"))),
    st.text("aé漢😀,;\\:\"' ", max_size=300),
)
def test_folded_and_escaped_text_comes_back_whole(wide: str, awkward: str) -> None:
    # The library writes a typed `\N` as a new line; every other text comes back as it was.
    question = f"{wide}\n{awkward}".replace("\\N", "")
    lines = lines_of(calendar([Touch(SENT, "A word?", question)], PLAIN, NOW))
    event = lines[: lines.index("BEGIN:VALARM")]
    (said,) = (line.partition(":")[2] for line in event if line.startswith("DESCRIPTION:"))
    assert plain(said) == question


def test_half_a_character_is_no_error() -> None:
    brief = replace(PLAIN, company="Krume \ud83d", next_step=("send \udc00 it",))  # JSON can hold such
    data = calendar(touches(brief, SENT), brief, NOW)
    assert "Krume ?" in data.decode()
