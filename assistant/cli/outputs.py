"""Where a finished letter goes: a text file, a mail draft in its thread, a mailto: address. Nothing here sends anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cli.terminal import write_bytes, write_whole
from assistant.text import one_line

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.letter import Letter
    from assistant.mail.email import Email, Mailbox
    from assistant.rejection import Rejection


@dataclass(frozen=True)
class Way:
    """How a letter goes out: the mail it answers, if any; the addresses of sender and reader, "" when not given.

    `tell` gets remarks: what there is to know, and which option mends it.
    """

    mail: Rejection | None = None
    sender: str = ""
    reader: str = ""
    tell: Callable[[str, str], None] = lambda _said, _option: None


def save(path: Path, letter: Letter, brief: Brief, way: Way, over: bool) -> None:
    """Write the letter to a file: `.eml` as a draft in the thread that it answers, anything else as text. Raises UsageError.

    A file that is there is replaced only with `over`.
    """
    if path.suffix.lower() != ".eml":
        write_whole(path, letter.text, over)
        return
    from assistant.mail.reply import Reply, draft_mail

    to, original = _thread(brief, way)
    sender = _sender(brief, way)
    now = datetime.now().astimezone()
    reply = Reply(body=letter.mail, date=now, subject=letter.subject, to=to, sender=sender, original=original)
    write_bytes(path, draft_mail(reply), over)
    reached = original.answer_to if original else to
    missing = [name for name, box in (("From", sender), ("To", reached)) if not box.address]
    if missing:
        left = " and ".join(missing)
        way.tell(f"{left} left open, for your mail program to fill in", "; --from-address and --to-address set them")


def mailto(letter: Letter, brief: Brief, way: Way) -> str:
    """The letter as a mailto: address; says so when it is longer than programs take. Raises UsageError."""
    from assistant.mail.reply import MAILTO_LIMIT, mailto_url

    to, original = _thread(brief, way)
    url = mailto_url(to, letter.subject, letter.mail, original)
    if len(url) > MAILTO_LIMIT:
        long = f"this address has {len(url)} characters; beyond {MAILTO_LIMIT} mail programs may cut it"
        way.tell(long, ": -o reply.eml is safer")
    return url


def _thread(brief: Brief, way: Way) -> tuple[Mailbox, Email | None]:
    """Whom it goes to, and the mail it answers: none when it goes to somebody else, or when only a machine would read the answer."""
    from assistant.mail.email import Mailbox
    from assistant.rejection.people import same_person

    if way.mail is None:
        return Mailbox(brief.recipient, way.reader), None
    answer = way.mail.email.answer_to.address
    if way.reader and way.reader.lower() != answer.lower():
        return Mailbox(brief.recipient, way.reader), None
    if way.mail.machine_address:
        said = f"nobody reads answers to {one_line(answer)}; give the address of the person you met"
        way.tell(said, ": --to-address")
        return Mailbox(brief.recipient), None
    recruiter = way.mail.agency or brief.recipient_role == "recruiter"
    if not way.reader and not recruiter and not same_person(brief.recipient, way.mail.sender):
        said = f"an answer in this thread goes to {way.mail.sender}; this one is for {brief.recipient}, in a mail of its own"
        way.tell(said, "; --to-address takes their address")
        return Mailbox(brief.recipient), None
    return Mailbox(), way.mail.email


def _sender(brief: Brief, way: Way) -> Mailbox:
    """The sender under the address that the rejection was sent to, unless another is given."""
    from assistant.mail.email import Mailbox

    own = way.mail.email.to[0].address if way.mail and len(way.mail.email.to) == 1 else ""
    return Mailbox(brief.sender, way.sender or own)
