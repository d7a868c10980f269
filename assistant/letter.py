"""The letter: its text, its zones, its sentences, and what a check found in it. All offsets are code points of `Letter.text`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.text import count_words

SHORT = 24  # characters: a shorter sentence may stand inside another by chance
Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Span:
    """Half-open range of code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The part of `text` that the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True)
class Sentence:
    """One sentence of the body, where it stands, and the ids of the facts it rests on."""

    text: str
    span: Span
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What a check has to say: the rule, how much it matters, why, where, and what would mend it."""

    rule: str
    severity: Severity
    message: str
    span: Span
    text: str
    fix: str = ""


@dataclass(frozen=True)
class Letter:
    """A letter with its parts found (`zones.parse_letter`). `subject` is the bare line; the spans cover the zones.

    `sentences` are those of the body, and of a postscript. `quoted` is the mail being answered, which no check reads; empty when there is
    none.
    """

    text: str
    subject: str
    greeting: Span
    body: Span
    closing: Span
    signature: Span
    sentences: tuple[Sentence, ...] = field(default=())
    quoted: Span = field(default=Span(0, 0))

    @property
    def mail(self) -> str:
        """The letter without its subject line: what goes into the mail."""
        older = self.quoted if self.quoted.start < self.quoted.end else Span(len(self.text), len(self.text))
        if older.start <= self.greeting.start:  # an answer written below the quoted lines
            return self.text[max(self.greeting.start, older.end) :].strip()
        return self.text[self.greeting.start : older.start].strip()

    @property
    def words(self) -> int:
        """Words of the sender's own, greeting and signature included; the bands in `checks.length` are meant so."""
        outside = (self.greeting, self.closing, self.signature)
        return sum(count_words(span.of(self.text)) for span in outside) + sum(
            count_words(s.text) for s in self.sentences
        )

    def citing(self, cited: dict[str, tuple[str, ...]]) -> Letter:
        """The same letter with the facts of each sentence filled in, by its text or by one that is a part of the other."""

        def facts_of(text: str) -> tuple[str, ...]:
            if text in cited:
                return cited[text]
            # A sentence of several that were cited as one, or one that more was written around.
            near = (
                facts
                for told, facts in cited.items()
                if (len(told) > SHORT and told in text)
                or (text in told and told[: told.find(text)].rstrip()[-1:] in ("", ".", "?", "!"))
            )
            return next(near, ())

        return replace(self, sentences=tuple(replace(s, facts=facts_of(s.text) or s.facts) for s in self.sentences))
