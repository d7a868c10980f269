"""The outside of a letter: names in greeting and signature, one subject line, nothing left over from a template or a prompt."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from assistant.brief import Brief
from assistant.checks.vocabulary import cue, rules, stems_of, words
from assistant.letter import Finding, Letter, Span


def check_form(letter: Letter, brief: Brief | None, kind: str) -> Iterator[Finding]:
    """Rules of the pack `form` that no pattern can hold: wrong or missing names, subject lines, claims of attachments."""
    yield from _subjects(letter)
    yield from _language(letter)
    if not letter.sentences:
        yield Finding(
            "form.empty", "error", "there is no letter here", Span(0, len(letter.text)), letter.text, "write something"
        )
    if brief:
        if not (kind == "linkedin" and _begins_with(letter, brief.recipient)):
            yield from _greeting(letter, brief)
        if not (kind == "linkedin" and _ends_with(letter, brief.sender)):
            yield from _signature(letter, brief)
        yield from _attachments(letter, brief)


def _subjects(letter: Letter) -> Iterator[Finding]:
    own = letter.text[: letter.quoted.start] if letter.quoted.start > letter.greeting.start else letter.text
    lines = list(re.finditer(r"^[ \t]*subject[ \t]*:[ \t]*(.*)$", own, re.IGNORECASE | re.MULTILINE))
    for m in lines[1:]:
        yield Finding(
            "form.subject",
            "error",
            "a second subject line",
            Span(m.start(), m.end()),
            m.group(),
            "keep one subject line",
        )
    if lines and not lines[0].group(1).strip():
        yield Finding(
            "form.subject",
            "error",
            "the subject line is empty",
            Span(lines[0].start(), lines[0].end()),
            lines[0].group(),
            "name the role",
        )


def _language(letter: Letter) -> Iterator[Finding]:
    """Half of an English text are its small words; where hardly any is, it is another language."""
    found = [w.text.lower() for s in letter.sentences[:40] for w in words(s.text)]
    small = sum(map(_small().__contains__, found))
    if len(found) >= 15 and small < 0.2 * len(found):
        message = "this doesn't read as English, which is all that these checks read"
        body = letter.body.of(letter.text)
        yield Finding("form.language", "error", message, letter.body, body, "have somebody who reads it look at it")


@functools.cache
def _small() -> frozenset[str]:
    return frozenset(rules("words")["function"].split())


def _begins_with(letter: Letter, name: str) -> bool:
    """A request of two lines names its reader in the first, and has no greeting to itself."""
    wanted = {w.stem for w in words(name)}
    return any(w.stem in wanted for w in words(letter.text)[:4])


def _ends_with(letter: Letter, name: str) -> bool:
    """And its writer in the last."""
    wanted = {w.stem for w in words(name)}
    return any(w.stem in wanted for w in words(letter.text)[-3:])


def _greeting(letter: Letter, brief: Brief) -> Iterator[Finding]:
    text = letter.greeting.of(letter.text)
    if not text:
        yield Finding(
            "form.greeting",
            "error",
            "there is no greeting",
            letter.greeting,
            "",
            f"begin with: Dear {brief.recipient or '…'},",
        )
        return
    known = {w.stem for w in words(brief.recipient)} | {w.stem for w in words(brief.company)}
    named = [w for w in words(text) if w.stem not in stems_of("greeting")]
    strangers = [w for w in named if w.stem not in known | stems_of("collective")]
    if strangers:
        message = f"greets {strangers[0].text}; the brief " + (
            f"names {brief.recipient}" if brief.recipient else "names nobody"
        )
        yield Finding(
            "form.greeting", "error", message, letter.greeting, text, f"begin with: Dear {brief.recipient or 'all'},"
        )
    elif brief.recipient and not any(w.stem in {x.stem for x in words(brief.recipient)} for w in named):
        yield Finding(
            "form.greeting",
            "error",
            f"doesn't greet {brief.recipient}",
            letter.greeting,
            text,
            f"begin with: Dear {brief.recipient},",
        )


def _signature(letter: Letter, brief: Brief) -> Iterator[Finding]:
    text = letter.signature.of(letter.text)
    own = {w.stem for w in words(brief.sender)}
    if not any(w.stem in own for w in words(text)):
        span = letter.signature if text else Span(len(letter.text), len(letter.text))
        message = f"isn't signed by {brief.sender}" if text else "there is no signature"
        yield Finding("form.signature", "error", message, span, text, f"end with: {brief.sender}")


def _attachments(letter: Letter, brief: Brief) -> Iterator[Finding]:
    """Small models like to say that something is attached; nothing is, unless the sender's notes speak of it."""
    if any(cue("attachment").search(fact.text) for fact in brief.facts):
        return
    for m in cue("attachment").finditer(letter.text):
        yield Finding(
            "form.attachment",
            "error",
            "speaks of an attachment",
            Span(m.start(), m.end()),
            m.group(),
            "offer to send it instead",
        )
