"""A mail as it was received: who wrote what to whom, and how it hangs in its thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Mailbox:
    """A name and an address, decoded and on one line; either may be ""."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class Email:
    """One mail, read. Everything is cleaned of terminal escapes, control and invisible characters; nothing in it is trusted.

    `text` is all that a person sees of it, with the older mails below; `written` is the part its sender wrote, without those.
    `subject` is as received, with its `Re:`. `message_id` and `references` keep their angle brackets; `references` is oldest first and
    doesn't hold `message_id`. `hints` are header lines by which machines are told (`Auto-Submitted`, `Precedence`, …), by lower-case name.
    `remarks` say in a line each what was odd: hidden text left out, a part that can't be read, a cut.
    """

    sender: Mailbox = Mailbox()
    reply_to: Mailbox = Mailbox()
    to: tuple[Mailbox, ...] = ()
    subject: str = ""
    date: datetime | None = None
    message_id: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    written: str = ""
    hints: dict[str, str] = field(default_factory=dict, hash=False)
    remarks: tuple[str, ...] = ()

    @property
    def answer_to(self) -> Mailbox:
        """Where a reply goes: Reply-To before From (RFC 5322, 3.6.2)."""
        return self.reply_to if self.reply_to.address else self.sender
