"""The letter: its text, its zones, its sentences, and what a check found in it. All offsets are code points of `Letter.text`."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.text import count_words

Severity = Literal["error", "warning"]

_GREETING = re.compile(
    r"^(?:(?:dear|hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|to whom)\b[^\n]{0,80}|\w[^\n.!?]{0,40},)$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:(?:with )?(?:my |very )?(?:best|kind(?:est)?|warm(?:est)?|many|all good)? ?(?:regards|wishes)|all the best|best|"
    r"(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|yours|thanks(?: again)?|thank you(?: again)?|cheers|take care|"
    r"until then|warmly|cordially|respectfully|go well)[,.!]?$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"^subject[ \t]*:[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE)


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
    """A letter with its parts found. `subject` is the bare line; the four spans cover greeting, body, closing and signature."""

    text: str
    subject: str
    greeting: Span
    body: Span
    closing: Span
    signature: Span
    sentences: tuple[Sentence, ...] = field(default=())

    @property
    def mail(self) -> str:
        """The letter without its subject line: what goes into the mail."""
        return self.text[self.greeting.start :].strip("\n")

    @property
    def words(self) -> int:
        """Words of the mail, greeting and signature included; the bands in `checks.length` are meant so."""
        return count_words(self.mail)

    def citing(self, cited: dict[str, tuple[str, ...]]) -> Letter:
        """The same letter with the facts of each sentence filled in, by its text or by one that is a part of the other."""

        def facts_of(text: str) -> tuple[str, ...]:
            return cited.get(text) or next(
                (facts for cited_text, facts in cited.items() if text in cited_text or cited_text in text), ()
            )

        return replace(self, sentences=tuple(replace(s, facts=facts_of(s.text) or s.facts) for s in self.sentences))


def parse_letter(text: str) -> Letter:
    """Find subject, greeting, body, closing and signature in a letter as pasted or written by a model."""
    lines = _lines(text)
    subject, first = "", 0
    for span in lines:
        if not span.of(text).strip():
            continue
        if found := _SUBJECT.match(span.of(text)):
            subject, first = found.group(1).strip(), span.end
        break
    rest = [s for s in lines if s.start >= first and s.of(text).strip()]
    first = rest[0].start if rest else len(text)
    greeting = Span(first, first)
    if rest and _GREETING.match(rest[0].of(text).strip()):
        greeting = rest.pop(0)
    closing = signature = Span(len(text), len(text))
    for place in range(max(0, len(rest) - 4), len(rest)):
        if _CLOSING.match(rest[place].of(text).strip()):
            closing = rest[place]
            signature = (
                Span(rest[place + 1].start, rest[-1].end) if place + 1 < len(rest) else Span(closing.end, closing.end)
            )
            rest = rest[:place]
            break
    else:
        if len(rest) > 1 and _looks_signed(rest[-1].of(text)):
            signature = rest.pop()
            closing = Span(signature.start, signature.start)
    body = Span(rest[0].start, rest[-1].end) if rest else Span(greeting.end, greeting.end)
    return Letter(text, subject, greeting, body, closing, signature, split_sentences(text, body))


def split_sentences(text: str, body: Span) -> tuple[Sentence, ...]:
    """The sentences between two offsets. A blank line or a list item always ends one; within a block nupunkt decides."""
    out: list[Sentence] = []
    for block in re.finditer(r"\S(?:.*\S)?(?:\n(?![ \t]*(?:\n|[-*•]\s)).*\S)*", body.of(text)):
        base = body.start + block.start()
        for start, end in _boundaries(block.group()):
            part = block.group()[start:end]
            lead = len(part) - len(part.lstrip())
            part = part.strip()
            if part:
                out.append(Sentence(part, Span(base + start + lead, base + start + lead + len(part))))
    return tuple(out)


def _lines(text: str) -> list[Span]:
    return [Span(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]


def _looks_signed(line: str) -> bool:
    words = line.strip().split()
    return (
        1 <= len(words) <= 4
        and not line.rstrip().endswith((".", "?", "!"))
        and all(w[0].isupper() or len(w) <= 3 for w in words)
    )


@functools.cache
def _splitter() -> Callable[[str], list[tuple[int, int]]]:
    # Inside, because it costs 50 ms that a command without a letter needn't pay.
    from nupunkt import sent_spans

    return sent_spans


def _boundaries(block: str) -> list[tuple[int, int]]:
    return list(_splitter()(block))
