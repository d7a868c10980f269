"""What drafting gives: the letter, what is known of every sentence, what was left out and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from assistant.brief import Fact
from assistant.checks import Report
from assistant.letter import Finding, Letter
from assistant.providers import Usage

AFRESH = "asking for it afresh"


def begins_anew(note: str) -> bool:
    """Whether a remark of the drafting means that the text begins again, and what was shown of it no longer counts."""
    return note.startswith("revising") or note.endswith(AFRESH)


@dataclass(frozen=True)
class LeftOut:
    """A fact that isn't in the letter, and why not."""

    fact: Fact
    reason: str


@dataclass(frozen=True)
class Beat:
    """One thing the letter does: open, take up a fact, ask, close. `why` says what speaks for it here.

    `notes` are what the kind of letter itself brings, in the sender's words, each another way to say one thing; `starts` how the sentence
    must begin, where it must begin so.
    """

    part: str
    why: str
    fact: Fact | None = None
    notes: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A finished letter with everything that a reader of it, or a program, may want to know.

    `kind` is the kind really written: an `ack` where a note was asked for but the brief holds no facts. `prompts` names each template used
    with its version and hash. `plan` is what the letter does, each with the reason; `questions` are what the sender could answer to make a
    better letter possible.
    """

    report: Report
    kind: str
    model: str
    provider: str
    attempts: int
    usage: Usage
    prompts: tuple[str, ...]
    seed: int | None = None
    left_out: tuple[LeftOut, ...] = field(default=())
    questions: tuple[str, ...] = field(default=())
    plan: tuple[Beat, ...] = field(default=())

    @property
    def letter(self) -> Letter:
        """The letter itself."""
        return self.report.letter

    def as_json(self) -> dict[str, Any]:
        """The contract of `draft --json`, and beside it `seed`, `prompts`, `plan`, `left_out` and `questions`."""
        letter = self.letter
        return {
            "subject": letter.subject,
            "body": letter.mail,
            "kind": self.kind,
            "words": letter.words,
            "sentences": [{"text": s.text, "facts": list(s.facts)} for s in letter.sentences],
            "findings": [finding_json(f) for f in self.report.findings],
            "model": self.model,
            "provider": self.provider,
            "attempts": self.attempts,
            "usage": {"prompt_tokens": self.usage.prompt_tokens, "completion_tokens": self.usage.completion_tokens},
            "seed": self.seed,
            "prompts": list(self.prompts),
            "plan": [{"part": b.part, "fact": b.fact.id if b.fact else "", "why": b.why} for b in self.plan],
            "left_out": [{"fact": out.fact.id, "text": out.fact.text, "reason": out.reason} for out in self.left_out],
            "questions": list(self.questions),
        }


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding as the contract has it; offsets are code points of the whole letter, subject line included."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "start": finding.span.start,
        "end": finding.span.end,
        "text": finding.text,
        "fix": finding.fix,
    }
