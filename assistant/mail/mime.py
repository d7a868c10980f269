"""The parts of a mail that a mail program would show, as text (RFC 2045, 2046). Bounded in all that a mail can have too much of."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import Message
from typing import TYPE_CHECKING

from assistant.mail.text import decoded, seen
from assistant.text import count_words

if TYPE_CHECKING:
    from assistant.mail.html import Page

# What comes after so many lines, lines that begin as a boundary does, or parts that hold parts is cut off: the time that a parser takes
# grows with their product.
MOST_LINES = 40_000
MOST_BOUNDARIES = 1_000
MOST_MULTIPARTS = 30
MOST_PARTS = 60  # parts looked at
MOST_TEXT = 100_000  # characters of a part that are counted
PAGE = re.compile(r"\s*(?:<!doctype html|<html)", re.IGNORECASE)
_LINK = re.compile(r"https?:\S+")
_WORD = re.compile(r"[^\W\d_]{3,}")
_SENTENCE = re.compile(rb"\w+ \w+ \w+")
_SHOWN = ("text/plain", "text/html", "text/enriched")
_BOUNDARY = re.compile(rb"^--", re.MULTILINE)
_MULTIPART = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
# Parameters are read in quadratic time: a field of them may be this long, on however many lines.
_LONG_FIELD = re.compile(rb"(?im)^(content-[\w-]{1,40}:(?:[^\n]|\n[ \t]){2000})(?:[^\n]|\n[ \t])++")
_LONGER_FIELD = re.compile(rb"(?m)^([!-9;-~]{1,60}:(?:[^\n]|\n[ \t]){20000})(?:[^\n]|\n[ \t])++")
_SEPARATOR = re.compile(rb"^--([^\n\"]{1,70})\ncontent-", re.IGNORECASE | re.MULTILINE)


def parsed(raw: bytes) -> Message:
    """The mail in these bytes, LF at its line ends. What is more than any mail holds is cut off its end."""
    head, gap, body = raw.partition(b"\n\n")
    raw = _LONGER_FIELD.sub(rb"\1", head) + gap + body
    raw = b"\n".join(raw.split(b"\n", MOST_LINES)[:MOST_LINES])
    for mark, most in ((_BOUNDARY, MOST_BOUNDARIES), (_MULTIPART, MOST_MULTIPARTS)):
        starts = [found.start() for found in mark.finditer(raw)]
        raw = raw[: starts[most]] if len(starts) > most else raw
    return message_from_bytes(_LONG_FIELD.sub(rb"\1", raw))


def parts_of(message: Message) -> tuple[list[Message], Message | None]:
    """The text parts a mail program would show, in order, and the first mail inside. Attachments and parts beyond a limit are left out."""
    shown: list[Message] = []
    inner: Message | None = None
    queue, looked = [message], 0
    while queue and looked < MOST_PARTS:
        part = queue.pop(0)
        looked += 1
        kind = part.get_content_type()
        # Of a part without parts, `get_payload` without decoding fails on some charsets.
        inside = [p for p in part.get_payload() if isinstance(p, Message)] if part.is_multipart() else []
        if kind == "message/rfc822":
            inner = inner or next(iter(inside), None)
        elif inside:
            queue[:0] = _alternative(inside) if kind == "multipart/alternative" else inside
        elif kind.startswith("multipart/") and part.get_content_disposition() != "attachment":
            queue.insert(0, _mended(_raw(part)))
        elif kind in _SHOWN and part.get_content_disposition() != "attachment":
            shown.append(part)
    return shown, inner


def text_of(parts: list[Message]) -> tuple[str, tuple[str, ...]]:
    """The text of these parts as a person sees it, and what was odd about them."""
    texts, hidden, cut = [], 0, False
    for part in parts:
        text = _payload(part)
        if part.get_content_type() == "text/html" or PAGE.match(text[:200]):
            page = page_of(text)
            text, hidden, cut = page.text, hidden + page.hidden, cut or page.cut
        texts.append(seen(text))
    remarks = []
    if hidden:
        remarks.append(f"{hidden} words in it are hidden from a reader's eye and were left out")
    if cut:
        remarks.append("its HTML is longer than a mail's; only its beginning was read")
    return "\n\n".join(filter(None, texts)), tuple(remarks)


def page_of(html: str) -> Page:
    """An HTML mail as a person sees it (`mail.html`)."""
    # Here, because its libraries cost a tenth of a second that a plain mail needn't wait for.
    from assistant.mail.html import visible_page

    return visible_page(html)


def _mended(body: bytes) -> Message:
    """What stands in a part whose boundary is wrong, missing or empty: by the first line that looks like one, else as plain text."""
    found = _SEPARATOR.search(body)
    kind = b'multipart/mixed; boundary="%s"' % found[1].rstrip() if found else b"text/plain"
    return message_from_bytes(b"Content-Type: %s\n\n%s" % (kind, body))


def _alternative(parts: list[Message]) -> list[Message]:
    """Of alternatives the plain one, where it is whole and the HTML says all of it too: it is the HTML that mail programs show."""
    plain = [p for p in parts if p.get_content_type() == "text/plain"]
    others = [p for p in parts if p.get_content_type() == "text/html" or p.is_multipart()]
    page = next((p for other in others for p in other.walk() if p.get_content_type() == "text/html"), None)
    if not plain or not page:
        return plain or others or parts
    said, shown = _payload(plain[0])[:MOST_TEXT], page_of(_payload(page)).text
    words = count_words(said)
    whole = words >= 60 or 2 * words >= count_words(shown)
    told = _words(said)
    return plain if whole and 20 * len(told - _words(shown)) <= len(told) else others


def _words(text: str) -> set[str]:
    return set(_WORD.findall(_LINK.sub(" ", text).casefold()))


def _payload(part: Message) -> str:
    if str(part["content-transfer-encoding"]).strip().lower() == "base64":
        del part["content-transfer-encoding"]
        if not _SENTENCE.search(
            _raw(part)[:2_000]
        ):  # words with spaces between them are no base64, whatever the mail says
            part["content-transfer-encoding"] = "base64"
    try:
        charset = part.get_content_charset("")
    except ValueError:  # a name that no codec can have
        charset = ""
    return decoded(_raw(part), charset)


def _raw(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
