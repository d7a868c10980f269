"""Header fields as people read them: decoded, on one line, and never failing on what is wrong in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from assistant.mail.email import Mailbox
from assistant.mail.text import decoded, seen
from assistant.text import one_line

MOST_HEADER = 2_000  # characters of one header field that are looked at
MOST_DECODED = 500  # of them when decoded: three times a long subject
_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_ENCODED = re.compile(r"(=\?[\w-]{1,40}\?q\?)([^?\s]{1,400})\?=", re.IGNORECASE)
_TURNED_ROUND = re.compile(r"([^<>,;@\"()=]{1,60}, [^<>,;@\"()=]{1,60})<([^<>\s]+@[^<>\s]+)>\s*")
_ZONE = re.compile(r"\b(?:GMT|UTC) ?([+-])(\d{1,2})(?::?(\d\d))?\b")
# Hours beside UTC of what mail programs print for a zone.
_ZONES = {
    "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "BST": 1, "IST": 5.5, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7,
    "MDT": -6, "PST": -8, "PDT": -7, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "SAST": 2, "EAT": 3, "WAT": 1, "JST": 9, "SGT": 8,
}  # fmt: skip
_ADDRESS = re.compile(r"[^\s<>\"(),:;@]{1,80}@[^\s<>\"(),:;@]{1,120}")


def raw_field(message: Message, name: str) -> list[str]:
    """All values of a field as they stand in the mail; the library's own way turns bare UTF-8 into question marks."""
    return [str(value) for key, value in message.raw_items() if key.lower() == name]


def header(value: object) -> str:
    """A header's text, its encoded words (RFC 2047) decoded."""
    text = _field(value)
    try:
        pieces = [p if isinstance(p, str) else decoded(p, charset or "") for p, charset in decode_header(text)]
    except (HeaderParseError, ValueError, LookupError):
        pieces = [text]
    return one_line(seen("".join(pieces)))[:MOST_DECODED]


def mailboxes(values: Iterable[object]) -> tuple[Mailbox, ...]:
    """Names and addresses of an address header, or of what a mail program prints of one: `Ann [mailto:ann@…]`, a bare name."""
    found = []
    for value in values:
        # Split before decoding: a decoded name may hold commas, quotes and brackets of its own.
        raw = one_line(seen(_field(value)))
        raw = raw.replace("[mailto:", "<").replace("]", ">") if "[mailto:" in raw else raw
        for name, address in _split(_ENCODED.sub(_without_marks, raw)):
            plain = _ADDRESS.fullmatch(address.strip())
            shown = header(name)
            if plain:
                found.append(Mailbox("" if shown == address else shown.strip("'\" "), address.strip()))
            elif shown or address:
                found.append(Mailbox(shown or header(address)))
    if len(found) > 1 and not any(box.address for box in found):  # "Hart, Ann" printed without an address
        return (Mailbox(", ".join(box.name for box in found)),)
    return tuple(found)


def _field(value: object) -> str:
    """A field's text as sent, its bare bytes decoded; the parser smuggles them in as halves of surrogate pairs."""
    text = str(value)[:MOST_HEADER]
    return decoded(text.encode("utf-8", "surrogateescape")) if re.search("[\udc80-\udcff]", text) else text


def _without_marks(word: re.Match[str]) -> str:
    """An encoded word without the marks by which addresses are split: it may not have them (RFC 2047, 5), but some do."""
    return word[1] + re.sub(r"[][()<>@,;:\\\".]", lambda mark: f"={ord(mark[0]):02X}", word[2]) + "?="


def _split(raw: str) -> list[tuple[str, str]]:
    """Name and address of each mailbox; what the library refuses as malformed is looked through for addresses."""
    turned = _TURNED_ROUND.fullmatch(raw)
    if turned or ("@" not in raw and "," not in raw):  # "Bakker, Renske <r@…>" without its quotes; a bare name
        return [(turned[1].strip(), turned[2])] if turned else [(raw, "")] if not raw.endswith(":;") else []
    try:
        pairs = getaddresses([raw])
    except RecursionError:  # comments in comments
        pairs = []
    if any(pair != ("", "") for pair in pairs) and (
        "<" not in raw or any(_ADDRESS.fullmatch(a.strip()) for _, a in pairs)
    ):
        return pairs
    return [(raw.split("<")[0], address) for address in _ADDRESS.findall(raw)] or [(raw, "")]


def ids(message: Message, name: str) -> tuple[str, ...]:
    """The message ids in a header, with their angle brackets, each once."""
    return tuple(dict.fromkeys(_ID.findall(" ".join(map(str, message.get_all(name, [])))[:20_000])))


def dated(value: object) -> datetime | None:
    """The date of a Date header or of a printed one, with UTC where no zone is told; None for what is none."""
    text = _ZONE.sub(lambda m: f"{m[1]}{int(m[2]):02d}{m[3] or '00'}", one_line(str(value))[:100])
    if not text:
        return None
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        from dateutil.parser import ParserError, parse

        try:
            when = parse(text, fuzzy=False, tzinfos=_zone)
        except (ParserError, ValueError, OverflowError, TypeError):
            return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _zone(name: str | None, offset: int | None) -> int | None:
    """Seconds beside UTC. A function, for a name that isn't in a table would be warned of on stderr."""
    hours = _ZONES.get(name or "")
    return offset if hours is None else int(hours * 3600)
