"""Hold every sentence to the brief: its names, its numbers, its dates, and whether its words stand anywhere in what the sender told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.brief import Brief
from assistant.checks.vocabulary import Word, content_words, names, numbers, stem, stems_of, words
from assistant.letter import Finding, Letter, Sentence, Span

# A sentence rests on nothing when this share of its weighty words, and at least this many, stands nowhere in the brief: on 30 inserted
# inventions a like measure found 29, and none falsely.
UNKNOWN_SHARE = 0.7
UNKNOWN_MIN = 2


@dataclass(frozen=True)
class Known:
    """What the brief licenses: all its stems, and its numbers."""

    stems: frozenset[str]
    numbers: frozenset[str]


def known_from(brief: Brief) -> Known:
    """Everything that a letter on this brief may say."""
    texts = [
        brief.sender,
        brief.recipient,
        brief.recipient_role,
        brief.company,
        brief.job_title,
        *(f.text for f in brief.facts),
    ]
    text = " . ".join(texts)
    return Known(frozenset(w.stem for w in words(text)), frozenset(numbers(text)))


def check_grounding(letter: Letter, brief: Brief | None, kind: str) -> Iterator[Finding]:
    """`grounding.name`, `grounding.number`, `grounding.unsupported`, on the body's sentences and the subject."""
    if brief is None:
        return
    known = known_from(brief)
    for sentence in letter.sentences:
        yield from _strangers(sentence, known)
        yield from _unsupported(sentence, known)
    if letter.subject:
        start = letter.text.find(letter.subject)
        yield from _strangers(Sentence(letter.subject, Span(start, start + len(letter.subject))), known, title=True)


def unknown_words(text: str, known: Known) -> list[Word]:
    """Content words of a text that neither the brief nor the courtesies of the occasion account for."""
    return [w for w in content_words(text) if w.stem not in known.stems and w.stem not in stems_of("courtesy")]


def unknown_names(text: str, known: Known) -> list[Word]:
    """Words written as names that stand nowhere in the brief, not even within a longer name."""
    return [w for w in names(text) if w.stem not in known.stems and stem(w.text.split("-")[0]) not in known.stems]


def _strangers(sentence: Sentence, known: Known, title: bool = False) -> Iterator[Finding]:
    """Names and numbers from nowhere. A title has its own capitals, so there only numbers are held to the brief."""
    for w in [] if title else unknown_names(sentence.text, known):
        if w.stem in stems_of("courtesy") or (w.text.isupper() and len(w.text) == 1):
            continue
        what = "date" if w.stem in stems_of("months_and_days") else "name"
        message = f"the {what} {w.text} stands nowhere in the brief"
        yield _finding("grounding.date" if what == "date" else "grounding.name", message, sentence, w.span)
    for value, span in numbers(sentence.text).items():
        if value not in known.numbers:
            yield _finding(
                "grounding.number", f"the number {span.of(sentence.text)} stands nowhere in the brief", sentence, span
            )


def _unsupported(sentence: Sentence, known: Known) -> Iterator[Finding]:
    content = content_words(sentence.text)
    unknown = unknown_words(sentence.text, known)
    weighty = [w for w in content if w.stem not in stems_of("courtesy")]
    if len(unknown) >= UNKNOWN_MIN and len(unknown) >= UNKNOWN_SHARE * len(weighty):
        listed = ", ".join(w.text for w in unknown[:5])
        message = f"rests on nothing in the brief ({listed})"
        yield Finding(
            "grounding.unsupported",
            "error",
            message,
            sentence.span,
            sentence.text,
            "delete it, or add the fact to the brief if it is true",
        )


def _finding(rule: str, message: str, sentence: Sentence, span: Span) -> Finding:
    start = sentence.span.start
    at = Span(start + span.start, start + span.end)
    return Finding(
        rule, "error", message, at, span.of(sentence.text), "take it out, or add it to the brief if it is true"
    )
