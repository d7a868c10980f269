"""What a rejection tells, beside the no: the signals that the advice goes by, each with the words it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.letter import Span
from assistant.mail.email import Email
from assistant.mail.machine import is_machine_address
from assistant.rejection.parts import Parts
from assistant.rejection.people import is_firm, person
from assistant.rejection.reading import MOST_SENTENCES, TOLD, read_mail, read_sentence
from assistant.zones import split_sentences

MACHINE = -1.9  # log-odds above which a sentence is a machine's own word: the best F on sentences of unseen authors
QUOTED = -2.5  # above which a sentence is quoted for what the mail as a whole tells; the strongest always is
MOST_OLDER = 60  # sentences of older mails looked at
BULK = ("auto-submitted", "precedence", "x-autoreply", "x-auto-response-suppress")


@dataclass(frozen=True)
class Signals:
    """What the mail tells. `stage` is the last one reached, None when it can't be told; `evidence` gives the mail's words for
    each, or says what there is none of.
    """

    automated: bool = False
    personal: bool = False
    from_person: bool = False
    stage: str | None = None
    invites_contact: bool = False
    mentions_other_opening: bool = False
    gives_reason: bool = False
    hostile: bool = False
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def as_json(self) -> dict[str, Any]:
        """The eight signals of the contract."""
        return {name: getattr(self, name) for name in NAMES}


NAMES = (
    "automated", "personal", "from_person", "stage", "invites_contact", "mentions_other_opening", "gives_reason", "hostile",
)  # fmt: skip


def signals_of(email: Email, parts: Parts, signer: str) -> Signals:
    """Read the signals of a mail taken apart; `signer` is the person who signs it, "" when none does."""
    texts = sentences(parts.body)[:MOST_SENTENCES]
    read = [read_sentence(text) for text in texts]
    told = read_mail(read)
    # The subject tells the stage ("Your interview on Monday"), and nothing else that a mail says.
    subject = [email.subject] if email.subject else []
    whole = [*map(read_sentence, subject), *read]
    stage = str(found) if (found := read_mail(whole)["stage"]) else None
    evidence = {name: _carrying(texts, read, name) for name in TOLD if told[name]}
    if stage:
        evidence["stage"] = _carrying([*subject, *texts], whole, stage)
    else:  # the older mails of the thread may tell how far it went, and nothing else
        older = sentences(older_part(email.text, email.written))[:MOST_OLDER]
        passed = [read_sentence(text) for text in older]
        if older and (found := read_mail(passed)["stage"]):
            stage = str(found)
            evidence["stage"] = _carrying(older, passed, stage)
    if signer:
        evidence["from_person"] = (signer,)
    machine = _machine(
        email, parts, [text for text, odds in zip(texts, read, strict=True) if odds["machine"] > MACHINE]
    )
    unsigned = not signer and not told["personal"] and stage in (None, "application")
    automated = not _own(email, signer) and (bool(machine) or unsigned)
    if automated:
        evidence["automated"] = machine or ("nobody signs it, and nothing in it is for this candidate alone",)
    yes = {name: bool(told[name]) for name in TOLD}
    return Signals(
        automated,
        yes["personal"],
        bool(signer),
        stage,
        yes["invites_contact"],
        yes["mentions_other_opening"],
        yes["gives_reason"],
        yes["hostile"],
        evidence,
    )


def sentences(text: str) -> list[str]:
    """The sentences of a text; a blank line ends one."""
    spans, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    return [" ".join(s.text.split()) for s in split_sentences(text, spans)]


def older_part(text: str, written: str) -> str:
    """What stands in a mail beside the part its sender wrote, without the marks of quotation."""
    rest = text.replace(written, "", 1) if written in text else text
    return "\n".join(line.lstrip("> ") for line in rest.split("\n")) if rest != text or ">" in text else ""


def _carrying(texts: Sequence[str], read: Sequence[Mapping[str, float]], name: str) -> tuple[str, ...]:
    """The sentences that most carry this, the surest first, three at most."""
    found = sorted(zip((odds[name] for odds in read), texts, strict=True), reverse=True)
    return tuple(text for place, (odds, text) in enumerate(found[:3]) if not place or odds > QUOTED)


def _machine(email: Email, parts: Parts, said: Sequence[str]) -> tuple[str, ...]:
    """What shows that a machine sent it: its address, its headers, its own words."""
    found = [box.address for box in (email.sender, email.reply_to) if box.address and is_machine_address(box.address)]
    for name in BULK:
        value = email.hints.get(name, "").lower()
        if value and value not in ("no", "normal", "first-class"):
            found.append(f"{name}: {email.hints[name]}")
    if "list-unsubscribe" in email.hints:
        found.append("list-unsubscribe")
    footer = sentences(f"{chr(10).join(parts.lines)}\n\n{parts.footer}")[:40]
    return (*found, *said, *(text for text in footer if read_sentence(text)["machine"] > MACHINE))


def _own(email: Email, signer: str) -> bool:
    """Whether a person signs it and sends it from an address that isn't a machine's: then it is theirs, whatever a footer says."""
    automatic = email.hints.get("auto-submitted", "").lower().startswith("auto")
    return bool(signer) and not automatic and not is_machine_address(email.sender.address)


def signer_of(email: Email, parts: Parts) -> str:
    """The person who signs, or speaks by the From line where the signature names no team; "" when it is nobody."""
    if parts.signer:
        return parts.signer
    name = person(email.sender.name)
    domain = email.sender.address.partition("@")[2]
    if not name or parts.lines or is_firm(name, domain) or is_machine_address(email.sender.address):
        return ""
    return name
