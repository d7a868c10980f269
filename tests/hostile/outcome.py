"""What becomes of a mail that may hold anything, and what may never come of one."""

from __future__ import annotations

import json
import tomllib
import unicodedata
from datetime import UTC, datetime
from email import message_from_bytes

from assistant.advice import advise
from assistant.errors import AfternoteError
from assistant.mail.reply import Reply, draft_mail, mailto_url
from assistant.rejection import read_rejection
from assistant.rejection.fill import started_brief

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BODY = "Dear Marit,\n\nThank you."
FIELDS = {
    "to",
    "subject",
    "date",
    "in-reply-to",
    "references",
    "x-unsent",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
}


def unshowable(text: str) -> list[str]:
    """Characters that steer a terminal, hide or reorder; of those that Unicode calls format characters, the Arabic signs are seen."""
    kinds = ("Cc", "Cf", "Cs", "Zl", "Zp")
    odd = [ch for ch in text if ch != "\n" and unicodedata.category(ch) in kinds and not "\u06dd" <= ch <= "\u08e2"]
    return [f"U+{ord(ch):04X}" for ch in odd]


def outcome(raw: bytes) -> str:
    """Advised on and answered, or refused in one line; an AssertionError for anything that may not come of it."""
    mail, said = None, ""
    try:
        mail = read_rejection(raw)
    except AfternoteError as error:
        said = str(error)
    assert not unshowable(said.replace("\n", "\a")), "an error that steers, or of many lines"
    if mail is None:
        return "refused"
    told, begun = json.dumps(advise(mail).as_json(), ensure_ascii=False), started_brief(mail)
    assert not unshowable(told + begun + "".join(mail.email.remarks)), "advice that steers"
    assert {type(value) for value in tomllib.loads(begun).values()} <= {str, list}, "a brief with more than texts"
    try:
        draft = draft_mail(Reply(body=BODY, date=NOW, original=mail.email))
        url = mailto_url(mail.email.answer_to, "", BODY, mail.email)
    except AfternoteError:
        return "advised on, no answer"
    answer = message_from_bytes(draft)
    assert {name.lower() for name in answer} <= FIELDS, "a field of its own in the draft"
    assert not answer.defects, "a draft that is no mail"
    assert url.isascii(), "a URL that is none"
    return "answered"
