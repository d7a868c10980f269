"""Whether a rejection is worth a reply at all, to whom, by which way and when: the table of `table.yaml`, applied to one case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.brief import Brief
from assistant.data_files import read_yaml
from assistant.mail.email import Email
from assistant.regions import THANKING, region_code
from assistant.rejection import Rejection, Signals, read_rejection
from assistant.rejection.people import same_person

__all__ = ["Advice", "Reason", "Situation", "advise"]


@dataclass(frozen=True)
class Situation:
    """What no mail tells and only the user knows. `stage` and `region` win over those of brief and mail."""

    ghosted: bool = False
    bad_process: bool = False
    tired: bool = False
    internal: bool = False
    small_field: bool = False
    stage: str = ""
    region: str = ""


@dataclass(frozen=True)
class Reason:
    """One row of the table that holds: its id, what it says, where that comes from, and who says otherwise."""

    rule: str
    text: str
    source: str = ""
    dissent: str = ""


@dataclass(frozen=True)
class Advice:
    """What to do. `level` is skip, brief or substantive; `kind` the kind of note that fits, "" when none is needed.

    `recipient` is a name, or says whom in words; `channel` one of reply (in the thread), email (a new mail), forward (ask that it be passed
    on), none; `timing` one of today, tomorrow, sleep on it, no need. `feedback` says whether to ask for any, `expect` what to expect.
    """

    level: str
    recipient: str
    channel: str
    timing: str
    reasons: tuple[Reason, ...]
    signals: Signals = field(default_factory=Signals)
    kind: str = ""
    feedback: Reason = Reason("", "")
    expect: str = ""

    def as_json(self) -> dict[str, Any]:
        """The contract of `advise --json`, and beside it `kind`, `feedback`, `expect` and `evidence`."""
        return {
            "level": self.level,
            "to": self.recipient,
            "channel": self.channel,
            "when": self.timing,
            "reasons": [{"rule": r.rule, "text": r.text} for r in self.reasons],
            "signals": self.signals.as_json(),
            "kind": self.kind,
            "feedback": self.feedback.text,
            "expect": self.expect,
            "evidence": {name: list(words) for name, words in self.signals.evidence.items()},
        }


def advise(
    rejection: Rejection | Email | str | bytes | None = None,
    brief: Brief | None = None,
    situation: Situation | None = None,
) -> Advice:
    """The advice for a rejection, read or as received; None where none came. The brief, where there is one, says whom you met and what of.

    Raises UsageError for a mail that can't be read.
    """
    if not isinstance(rejection, Rejection):
        rejection = Rejection() if rejection is None else read_rejection(rejection)
    case = _case(rejection, brief, situation or Situation())
    level = _first(_table()["levels"], case)
    case |= {"level": level["level"], "answering": level["level"] != "skip"}
    way = _first(_table()["ways"], case)
    first = [level, way]
    if way["channel"] == "none" and case["answering"]:  # nobody to write to, whatever speaks for it
        case |= {"level": "skip", "answering": False}
        first = [way]
    rows = [row for row in (*first, *_table()["notes"]) if row["text"] and (row in first or _holds(row["when"], case))]
    feedback = _reason(_first(_table()["feedback"], case), case)
    skipped = case["level"] == "skip"
    return Advice(
        case["level"],
        _filled(way["to"], case),
        way["channel"],
        "no need" if skipped else level["timing"],
        tuple(_reason(row, case) for row in rows),
        rejection.signals,
        "" if skipped else level.get("kind", "note"),
        feedback,
        _table()["expect"][case["level"]],
    )


def rules() -> list[dict[str, Any]]:
    """All rows of the table, each with its id, text, source and dissent."""
    return [row for part in ("levels", "ways", "notes", "feedback") for row in _table()[part]]


def _case(rejection: Rejection, brief: Brief | None, situation: Situation) -> dict[str, Any]:
    """Everything that a row's `when` may ask about, by name."""
    signals = rejection.signals
    own = {name: getattr(situation, name) for name in ("ghosted", "bad_process", "tired", "internal", "small_field")}
    told = signals.as_json()
    # The brief's stage outranks the mail's: the sender was there, and a form often speaks of the application alone.
    told["stage"] = situation.stage or (brief.stage if brief else "") or signals.stage or "none"
    role = brief.recipient_role if brief and brief.recipient else ""
    region = region_code(situation.region or (brief.region if brief else ""))
    person = (brief.recipient if brief else "") or rejection.sender
    return {
        **told,
        **own,
        "person": person,
        "knows_person": bool(brief and brief.recipient),
        "same_person": same_person(person, rejection.sender),
        "recruiter": person or "the recruiter",
        "has_facts": bool(brief.conversation or brief.their_work) if brief else "unknown",
        "region": region,
        "thanks_custom": region in THANKING,
        "machine_address": rejection.machine_address,
        "agency": role == "recruiter" or (not role and rejection.agency),
        "panel": role == "committee" or (rejection.panel and not role and not person),
        "sector": _sector((brief.job_title if brief else "") or rejection.job_title),
        "feedback_offered": rejection.feedback == "offered",
        "feedback_refused": rejection.feedback == "refused",
    }


def _sector(job: str) -> str:
    words = {word.strip("(),.").lower() for word in job.split()}
    return next((name for name, listed in _table()["sectors"].items() if words & set(listed)), "")


def _first(rows: Iterable[dict[str, Any]], case: Mapping[str, Any]) -> dict[str, Any]:
    return next(row for row in rows if _holds(row["when"], case))


def _holds(when: Mapping[str, Any], case: Mapping[str, Any]) -> bool:
    return all(
        case[name] in wanted if isinstance(wanted, list) else case[name] == wanted for name, wanted in when.items()
    )


def _filled(text: str, case: Mapping[str, Any]) -> str:
    person = case["person"] or "the person who signed"
    return text.format(person=person, recruiter=case["recruiter"])


def _reason(row: Mapping[str, Any], case: Mapping[str, Any]) -> Reason:
    return Reason(row["id"], _filled(row["text"], case), row.get("source", ""), row.get("dissent", ""))


def _table() -> dict[str, Any]:
    table: dict[str, Any] = read_yaml(Path(__file__).parent / "table.yaml")
    return table
