"""Read a rejection: a mail file, one message of a mailbox, or pasted text. Works offline and never follows a link."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from email.message import Message
from pathlib import Path

from assistant.errors import UsageError
from assistant.files import read_bounded
from assistant.mail.email import Email, Mailbox
from assistant.mail.headers import dated, header, ids, mailboxes, raw_field
from assistant.mail.mime import PAGE, page_of, parsed, parts_of, text_of
from assistant.mail.text import decoded, looks_utf16, seen
from assistant.mail.thread import forwarded, own_part, printed_headers
from assistant.text import count_words, one_line

MOST_BYTES = 64_000_000  # of a file; beyond, it isn't one mail
READ_BYTES = 2_000_000  # of a mail: what a person wrote stands before the attachments
MOST_TEXT = 50_000  # characters of visible text: thirty times a long rejection
MOST_WRITTEN = 20_000  # characters of it that its sender wrote: twelve times a long rejection
MOST_DEPTH = 3  # mails inside mails
HINTS = (
    "auto-submitted",
    "precedence",
    "list-unsubscribe",
    "list-id",
    "x-auto-response-suppress",
    "x-autoreply",
    "feedback-id",
    "return-path",
)
_MIME = re.compile(
    rb"^(?:mime-version|content-type|content-transfer-encoding|received|message-id|return-path|delivered-to|dkim-signature"
    rb"|references|in-reply-to):",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER_START = re.compile(rb"\s{0,20}(?:From [^\n]{3,200}\n)?(?:>?[!-9;-~]{0,60}:[^\n]*\n?|[ \t][^\n]*\n)++")
_LONG = ("it is longer than a mail is; only its beginning was read",)
_MBOX_FROM = re.compile(rb"^From \S+.{0,20} (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) .*$", re.MULTILINE)


def read_file(path: Path) -> bytes:
    """The bytes of a mail file. Raises UsageError for what can't be one."""
    name = one_line(str(path))
    try:
        data = read_bounded(path, MOST_BYTES)
    except IsADirectoryError:
        raise UsageError(f"{name}: a directory; give the mail file in it") from None
    except FileNotFoundError:
        raise UsageError(f"{name}: no such file; `-` reads the rejection from standard input") from None
    except OSError as error:
        raise UsageError(f"{name}: can't be read: {error.strerror or error}") from None
    if len(data) > MOST_BYTES:
        raise UsageError(f"{name}: larger than {MOST_BYTES // 1_000_000} MB; that isn't one mail")
    return data


def read_email(data: bytes | str, name: str = "the mail") -> Email:
    """The mail in these bytes or this pasted text. Raises UsageError, with `name`, when there is nothing to read or more than one mail."""
    raw = data.encode("utf-8", errors="replace") if isinstance(data, str) else data
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw.startswith(b"\xef\xbb\xbf"):
        raw = decoded(raw[:READ_BYTES]).encode()
    cut = len(raw) > READ_BYTES
    raw = raw[:READ_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n \t")
    if raw.startswith(b"From "):
        raw = _one_of_mailbox(raw, name)
    head = _HEADER_START.match(raw)
    is_mail = bool(head and _MIME.search(head.group()))
    if not is_mail and _is_binary(raw[:8_000]):
        raise UsageError(f"{name}: a binary file, not a mail; save the mail as .eml, or paste its text")
    email = _from_mime(parsed(raw)) if is_mail else _from_pasted(_as_text(raw))
    if not email.text.strip():
        raise UsageError(f"{name}: there is no text in it to read; paste the mail's text instead")
    beginning = (f"only its first {READ_BYTES // 1_000_000} MB were read",) if cut else ()
    long = _LONG if len(email.written) > MOST_WRITTEN else ()
    remarks = dict.fromkeys((*email.remarks, *long, *_answers_elsewhere(email), *beginning))
    return replace(email, written=email.written[:MOST_WRITTEN], remarks=tuple(remarks))


def _is_binary(data: bytes) -> bool:
    """Whether this is no text in any encoding: pictures, programs, archives and the formats of office programs."""
    if data.startswith((b"%PDF-", b"PK\x03\x04")):
        return True
    signs = len(re.findall(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]", data))
    if 50 * signs < len(data) or looks_utf16(data):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)  # its last character may be cut
    except UnicodeDecodeError:
        return True
    return 4 * data.count(0) > len(data)


def _as_text(raw: bytes) -> str:
    """Pasted text, or a web page saved from a mail program, as a person sees it."""
    text = decoded(raw)
    return seen(page_of(text).text if PAGE.match(text) else text)


def _answers_elsewhere(email: Email) -> tuple[str, ...]:
    """A word of warning where an answer goes to another house than the mail came from: the oldest trick with a name that is trusted."""
    answer, own = email.answer_to.address, email.sender.address.rpartition("@")[2].lower()
    house = answer.rpartition("@")[2].lower()
    if not own or house == own or house.endswith(f".{own}") or own.endswith(f".{house}"):
        return ()
    return (f"an answer to it goes to {answer}, at another domain than the sender's {own}",)


def _one_of_mailbox(raw: bytes, name: str) -> bytes:
    """The one message of an mbox file (RFC 4155): its first line taken off, `>From ` unescaped."""
    starts = [
        m.start()
        for m in _MBOX_FROM.finditer(raw)
        if m.start() == 0 or raw[max(0, m.start() - 2) : m.start()] == b"\n\n"
    ]
    if len(starts) > 1:
        raise UsageError(f"{name}: a mailbox of {len(starts)} mails; save the rejection alone")
    if not starts:
        return raw
    return re.sub(rb"^>(>*From )", rb"\1", raw.partition(b"\n")[2], flags=re.MULTILINE)


def _from_pasted(text: str) -> Email:
    """A mail pasted as text: printed headers on top, or none; inside it perhaps a forwarded one."""
    cut = _LONG if len(text) > MOST_TEXT else ()
    text = text[:MOST_TEXT]
    printed = printed_headers(text)
    email = _from_printed(printed.headers, printed.text) if printed else Email(text=text, written=own_part(text))
    return _unforwarded(replace(email, remarks=cut))


def _from_printed(headers: dict[str, str], text: str) -> Email:
    senders = mailboxes([headers.get("from", "")])
    answers = mailboxes([headers.get("reply-to", "")])
    return Email(
        sender=senders[0] if senders else Mailbox(),
        reply_to=answers[0] if answers else Mailbox(),
        to=mailboxes([headers.get("to", "")]),
        subject=header(headers.get("subject", "")),
        date=dated(headers.get("date", "")),
        text=text,
        written=own_part(text),
    )


def _unforwarded(email: Email) -> Email:
    """The mail that was forwarded, where this one only passes it on."""
    inner = forwarded(email.text, email.subject)
    if not inner:
        return email
    mail = _from_printed(inner.headers, inner.text)
    if mail.sender.address and mail.sender.address.lower() in {box.address.lower() for box in email.to}:
        return email  # an answer to the reader's own mail, which stands below it
    to = mail.to or ((email.sender,) if email.sender.address else ())
    return replace(
        mail,
        to=to,
        message_id=email.references[-1] if email.references else "",
        references=email.references[:-1],
        remarks=(*email.remarks, "a forwarded mail: the one inside was read"),
    )


def _from_mime(message: Message, depth: int = 0) -> Email:
    parts, inner = parts_of(message)
    text, remarks = text_of(parts)
    if inner is not None and depth < MOST_DEPTH and count_words(text) <= 25:
        mail = _from_mime(inner, depth + 1)
        if mail.text:
            return replace(mail, remarks=(*mail.remarks, "a forwarded mail: the one inside was read"))
    cut = _LONG if len(text) > MOST_TEXT else ()
    text = text[:MOST_TEXT]
    own_ids = ids(message, "message-id")
    references = ids(message, "references") or ids(message, "in-reply-to")[:1]
    senders = mailboxes(raw_field(message, "from"))
    answers = mailboxes(raw_field(message, "reply-to"))
    email = Email(
        sender=senders[0] if senders else Mailbox(),
        reply_to=answers[0] if answers else Mailbox(),
        to=mailboxes(raw_field(message, "to")),
        subject=header(next(iter(raw_field(message, "subject")), "")),
        date=dated(message.get("date", "")),
        message_id=own_ids[0] if own_ids else "",
        references=tuple(i for i in references if i not in own_ids),
        text=text,
        written=own_part(text),
        hints={key: header(str(message[key])) for key in HINTS if message[key]},
        remarks=(*remarks, *cut),
    )
    return _unforwarded(email)
