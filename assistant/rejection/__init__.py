"""What a rejection says: who wrote it, about which job, and what it tells beside the no."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.mail.email import Email
from assistant.mail.machine import is_machine_address
from assistant.mail.read import read_email
from assistant.rejection.names import company_of, job_of, without_company
from assistant.rejection.parts import parts_of
from assistant.rejection.people import mentions
from assistant.rejection.signals import Signals, signals_of, signer_of

__all__ = ["Rejection", "Signals", "read_rejection"]


@dataclass(frozen=True)
class Rejection:
    """A rejection, read. `sender` is the person who signs it, `addressee` the name it greets, `company` and `job_title` as the mail has
    them, each "" where it doesn't tell. `agency`: a recruiter writes for a client. `panel`: several people decided. `feedback` is
    "offered", "refused" or "".
    """

    email: Email = field(default_factory=Email)
    signals: Signals = field(default_factory=Signals)
    sender: str = ""
    addressee: str = ""
    company: str = ""
    job_title: str = ""
    agency: bool = False
    panel: bool = False
    feedback: str = ""
    body: str = field(default="", repr=False)

    @property
    def machine_address(self) -> bool:
        """Whether an answer would reach a machine."""
        return is_machine_address(self.email.answer_to.address)


def read_rejection(data: bytes | str | Email, name: str = "the mail") -> Rejection:
    """The rejection in a mail file's bytes or in pasted text. Raises UsageError, with `name`, where there is nothing to read."""
    email = data if isinstance(data, Email) else read_email(data, name)
    domain = email.sender.address.partition("@")[2]
    parts = parts_of(email.written, email.sender.name, domain)
    signer = signer_of(email, parts)
    text = f"{parts.body}\n{' '.join(parts.lines)}"
    feedback = (
        "refused"
        if mentions("feedback_refused", parts.body)
        else "offered"
        if mentions("feedback_offered", parts.body)
        else ""
    )
    company = company_of(email, parts, signer)
    return Rejection(
        email,
        signals_of(email, parts, signer),
        signer,
        parts.addressee,
        company,
        without_company(job_of(email, parts), company),
        mentions("agency", text),
        mentions("panel", text),
        feedback,
        parts.body,
    )
