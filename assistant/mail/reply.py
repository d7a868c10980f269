"""The way out: the letter as a mail draft that a mail program opens as a reply in the same thread. Nothing here sends anything."""

from __future__ import annotations

import re
from binascii import b2a_qp
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, quote
from urllib.parse import quote as percent

from assistant.errors import UsageError
from assistant.mail.email import Email, Mailbox
from assistant.text import clean, one_line, shorten

# Windows hands on 2,083 characters at most and several mail programs less: a longer mailto: URL may arrive cut.
MAILTO_LIMIT = 2000
# A thread's first mail and its last ones: what programs trim a long References field to.
_KEPT_REFERENCES = 20
_PREFIXES = re.compile(
    r"\A(?:(?:re|r|res|rif|rv|aw|antw|antwort|sv|vs|odp|tr|fwd?|wg|enc|回复|答复|转发)"
    r" ?(?:\[\d+\]|\(\d+\))? ?[:：] ?)+",
    re.IGNORECASE,
)
# RFC 5322, 3.6.4, and no longer than a line may be (2.1.1).
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
# RFC 5322, 3.4.1: dot-atoms on both sides; RFC 5321, 4.5.3.1 for the lengths.
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{3,254}}$){_ATOM}(?:\.{_ATOM})*@[\w-]+(?:\.[\w-]+)*", re.ASCII)
_ATOMS = re.compile(rf"{_ATOM}(?: {_ATOM})*", re.ASCII)
# What stands in a header as it is; longer words and what looks like an encoded word are encoded, so that they can be folded and read back.
_PLAIN = re.compile(r"(?!.*=\?)[!-~]{1,60}(?: [!-~]{1,60})*")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What goes into the draft.

    `to` without an address stands for whoever `original` asks to be answered; `subject` is the letter's own, for when the thread has none.
    `date` is aware.
    """

    body: str
    date: datetime
    subject: str = ""
    to: Mailbox = field(default_factory=Mailbox)
    sender: Mailbox = field(default_factory=Mailbox)
    original: Email | None = None


def reply_subject(subject: str) -> str:
    """The thread's own subject after exactly one `Re: ` (RFC 5322, 3.6.5), in place of what stands there in any language; "" for none."""
    own = _PREFIXES.sub("", one_line(subject))
    return f"Re: {own}" if own else ""


def draft_mail(reply: Reply) -> bytes:
    """The draft as a message of RFC 5322 with CRLF, its text in UTF-8 and quoted-printable with each line of the body left whole.

    `From` and `To` are left out where no address is known, for the mail program to fill in. `X-Unsent` makes Outlook and Thunderbird open
    it as a draft. Raises UsageError for an address that no mail can go to.
    """
    fields = {
        "From": _mailbox("From", reply.sender),
        "To": _mailbox("To", _recipient(reply.to, reply.original)),
        "Subject": _subject_field(_subject(reply.subject, reply.original)),
        "Date": format_datetime(reply.date),
        "In-Reply-To": _answered(reply.original),
        "References": "\r\n ".join(_references(reply.original)),
        "X-Unsent": "1",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "quoted-printable",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"{head}\r\n".encode("ascii") + b2a_qp(_lines(reply.body).encode() + b"\r\n")


def mailto_url(to: Mailbox, subject: str, body: str, original: Email | None) -> str:
    """The draft as a mailto: URL (RFC 6068), recipient and subject chosen as for `draft_mail`. Raises UsageError as that does.

    Compare its length with MAILTO_LIMIT; the body stands last, so that a cut takes nothing else.
    """
    fields = {"subject": _subject(subject, original), "in-reply-to": _answered(original), "body": _lines(body)}
    query = "&".join(f"{name}={percent(value, safe='')}" for name, value in fields.items() if value)
    return f"mailto:{percent(_address('To', _recipient(to, original)), safe='@')}" + (f"?{query}" if query else "")


def _recipient(to: Mailbox, original: Email | None) -> Mailbox:
    return original.answer_to if original and not to.address else to


def _subject(own: str, original: Email | None) -> str:
    return _encodable((reply_subject(original.subject) if original else "") or one_line(own))


def _answered(original: Email | None) -> str:
    """The id of the mail that is answered; "" where it has none that can be written."""
    return original.message_id if original and _MESSAGE_ID.fullmatch(original.message_id) else ""


def _references(original: Email | None) -> list[str]:
    """The thread, oldest first, the answered mail last: programs take In-Reply-To from there (RFC 5322, 3.6.4)."""
    answered = _answered(original)
    older = dict.fromkeys(original.references if original else ())
    ids = [i for i in older if _MESSAGE_ID.fullmatch(i) and i != answered] + [answered] * bool(answered)
    return ids if len(ids) <= _KEPT_REFERENCES else [ids[0], *ids[1 - _KEPT_REFERENCES :]]


def _mailbox(field: str, mailbox: Mailbox) -> str:
    """A name and an address as a field's value; "" without an address."""
    address = _address(field, mailbox)
    name = _encodable(one_line(mailbox.name))
    if not address or not name:
        return address
    if len(name) > 60 or not _PLAIN.fullmatch(name):
        name = _folded(field, name, "utf-8")
    elif not _ATOMS.fullmatch(name):
        name = f'"{quote(name)}"'
    fits = len(name.rpartition("\r\n")[2]) + len(address) <= 68
    return name + (" " if fits else "\r\n ") + f"<{address}>"


def _address(field: str, mailbox: Mailbox) -> str:
    """The address in ASCII, its domain by IDNA (RFC 5891); "" for none."""
    address = one_line(mailbox.address)
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        import idna

        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            domain = ""
    written = f"{local}@{domain}"
    if address and not _ADDRESS.fullmatch(written):
        raise UsageError(
            f"{field}: no mail can go to {shorten(_encodable(address))!r}; an address is name@example.org, ASCII before the @"
        )
    return written if address else ""


def _subject_field(subject: str) -> str:
    return _folded("Subject", subject, "us-ascii" if _PLAIN.fullmatch(subject) else "utf-8") if subject else ""


def _folded(field: str, text: str, charset: str) -> str:
    # 75 and not 76: Header forgets the padding of base64, and an encoded word is 75 characters at most (RFC 2047, 2).
    return str(Header(text, charset, header_name=field, maxlinelen=75).encode(linesep="\r\n"))


def _lines(body: str) -> str:
    return _encodable(clean(body)).strip("\n").replace("\n", "\r\n")


def _encodable(text: str) -> str:
    """Text without the halves of surrogate pairs that a broken command line or file name brings."""
    return text.encode("utf-8", "replace").decode()
