"""Where a finished letter goes: a text file, a mail draft in its thread, the clipboard, a mailto: address. Nothing here sends anything."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cli.terminal import say, write_bytes, write_whole
from assistant.text import one_line

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.letter import Letter
    from assistant.mail.email import Email, Mailbox
    from assistant.rejection import Rejection


def save(path: Path, letter: Letter, brief: Brief, mail: Rejection | None, addresses: tuple[str, str]) -> None:
    """Write the letter to a file: `.eml` as a draft in the thread of `mail`, anything else as text. `addresses`: of sender and reader."""
    if path.suffix.lower() != ".eml":
        write_whole(path, letter.text)
        return
    from assistant.mail.reply import Reply, draft_mail

    to, original = _thread(brief, mail, addresses[1])
    sender = _sender(brief, mail, addresses[0])
    now = datetime.now().astimezone()
    write_bytes(
        path,
        draft_mail(Reply(body=letter.mail, date=now, subject=letter.subject, to=to, sender=sender, original=original)),
    )
    missing = [
        name for name, box in (("From", sender), ("To", to if not original else original.answer_to)) if not box.address
    ]
    if missing:
        say(
            f"note: {' and '.join(missing)} left open, for your mail program to fill in; --from-address and --to-address set them"
        )


def mailto(letter: Letter, brief: Brief, mail: Rejection | None, addresses: tuple[str, str]) -> str:
    """The letter as a mailto: address; says so when it is longer than programs take."""
    from assistant.mail.reply import MAILTO_LIMIT, mailto_url

    to, original = _thread(brief, mail, addresses[1])
    url = mailto_url(to, letter.subject, letter.mail, original)
    if len(url) > MAILTO_LIMIT:
        say(
            f"note: this address has {len(url)} characters; beyond {MAILTO_LIMIT} mail programs may cut it: -o reply.eml is safer"
        )
    return url


def _thread(brief: Brief, mail: Rejection | None, to_address: str) -> tuple[Mailbox, Email | None]:
    """Whom it goes to, and the mail it answers: none when it goes to somebody else, or when only a machine would read the answer."""
    from assistant.mail.email import Mailbox

    if mail is None:
        return Mailbox(brief.recipient, to_address), None
    answer = mail.email.answer_to.address
    if to_address and to_address.lower() != answer.lower():
        return Mailbox(brief.recipient, to_address), None
    if mail.machine_address:
        say(
            f"note: nobody reads answers to {one_line(answer)}; give the address of the person you met with --to-address"
        )
        return Mailbox(brief.recipient), None
    return Mailbox(), mail.email


def _sender(brief: Brief, mail: Rejection | None, address: str) -> Mailbox:
    """The sender under the address that the rejection was sent to, unless another is given."""
    from assistant.mail.email import Mailbox

    own = mail.email.to[0].address if mail and len(mail.email.to) == 1 else ""
    return Mailbox(brief.sender, address or own)
