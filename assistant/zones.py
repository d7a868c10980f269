"""Find the zones of a letter as people paste it: subject, greeting, body, closing, signature, and the quoted mail below.

Nothing is changed before the zones are found, so that offsets stay code points of the text as given: with emoji, combining accents, CRLF.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable

from assistant.letter import Letter, Sentence, Span
from assistant.quoting import begins_older

_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_HEADER = re.compile(r"^(?:from|to|cc|bcc|date|sent|reply-to)[ \t]*:.*$", re.IGNORECASE)
_SUBJECT = re.compile(r"^(?:\*\*)?subject(?:\*\*)?[ \t]*:(?:\*\*)?[ \t]*(.*)$", re.IGNORECASE)
_NAME = r"[^\W\d_][\w.'’-]*"
_HELLO = (
    r"(?:dear|hi|hiya|hello|hey|good (?:morning|afternoon|evening|day)|greetings|to whom|attention|esteemed|respected"
    r"|kia ora|tēnā koe|namaste|bonjour|hola|hallo|hej|moin|guten tag|sawubona|habari|mabuhay|buongiorno|bom dia)"
)
_GREETING = re.compile(
    rf"^(?:{_HELLO}\b(?:[^\n.!?,:;]|(?<=\b[DMS][rstx])\.|(?<=\bMrs)\.|(?<=\bProf)\.|,(?= \w)){{0,80}}[,:;!.–—-]?"
    rf"|{_NAME}(?: (?:and |& )?{_NAME}){{0,4}}(?:,| ?[–—-]))$",
    re.IGNORECASE,
)
# A greeting with the letter's first sentence on the same line.
_INLINE = re.compile(
    rf"^{_HELLO}(?:(?: (?:and |& )?{_NAME}){{0,5}}[,!:]| (?:there|all|both|{_NAME})[ ]?[–—-])(?=\s+\S)", re.IGNORECASE
)
_WISHES = (
    r"(?:(?:with )?(?:my |very |lots of )?(?:best|kind(?:est)?|warm(?:est)?|many|good|all good)? ?(?:regards|wishes|thanks)"
    r"|all (?:the|my) (?:very )?best|best|(?:yours )?(?:very )?(?:sincerely|faithfully|truly|respectfully)(?: yours)?|yours"
    r"|thanks(?: again| and regards)?|thank you(?: again)?|many thanks(?: again)?|cheers(?: again)?|take care(?: of yourself)?"
    r"|until (?:then|next time)|warmly"
    r"|cordially|go well|in good faith|with (?:thanks|gratitude|appreciation)|gratefully|see you(?: around| there| then)?|speak soon"
    r"|with respect|regards)"
)
_CLOSING = re.compile(rf"^{_WISHES}[\W_]*$", re.IGNORECASE)
_CLOSED_WITH_NAME = re.compile(
    r"^((?:(?:with )?(?:my )?(?:best|kind(?:est)?|warm(?:est)?)? ?(?:regards|wishes)|all the best|best|cheers|yours|sincerely)[,.]?)"
    r"(\s+(?-i:[A-Z])[\w.'’-]*(?:\s+(?-i:[A-Z])[\w.'’-]*){0,2})$",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"^p\.?\s?p?\.?s\b", re.IGNORECASE)
_ITEM = re.compile(r"^\s*(?:[-*•–·]|\d{1,2}[.)])\s")
_SIGNATURE_LINES = 9  # name, pronouns, title, firm, phone, address, a link, "sent from my phone"


def parse_letter(text: str) -> Letter:
    """Find subject, greeting, body, closing, signature and quoted mail in a letter as pasted or written by a model."""
    lines = [s for m in _LINE.finditer(text) if (s := _trimmed(text, m.start(), m.end()))]
    lines, quoted = _without_quoted(text, lines)
    subject, lines = _headers(text, lines)
    start = lines[0].start if lines else len(text)
    greeting = Span(start, start)
    if lines and _GREETING.match(lines[0].of(text)):
        greeting = lines.pop(0)
    elif lines and (inline := _INLINE.match(lines[0].of(text))):
        greeting = Span(start, start + inline.end())
        lines[0] = _trimmed(text, greeting.end, lines[0].end) or lines[0]
    lines, closing, signature, after = _ending(text, lines)
    end = lines[-1].end if lines else greeting.end
    body = Span(lines[0].start, end) if lines else Span(end, end)
    if closing is None:
        closing = signature = Span(end, end)
    sentences = (*split_sentences(text, lines), *split_sentences(text, after))
    return Letter(
        text, subject, greeting, body, closing, signature or Span(closing.end, closing.end), sentences, quoted
    )


def split_sentences(text: str, lines: Iterable[Span]) -> tuple[Sentence, ...]:
    """The sentences of these lines. A blank line or a list item always ends one; within a block nupunkt decides."""
    out: list[Sentence] = []
    for block in _blocks(text, list(lines)):
        for start, end in _splitter()(block.of(text)):
            if (span := _trimmed(text, block.start + start, block.start + end)) is not None:
                out.append(Sentence(span.of(text), span))
    return tuple(out)


def _trimmed(text: str, start: int, end: int) -> Span | None:
    part = text[start:end]
    inner = part.strip().strip("\u200b\u200c\u2060\ufeff").strip()
    if not inner:
        return None
    begin = start + part.index(inner)
    return Span(begin, begin + len(inner))


def _blocks(text: str, lines: list[Span]) -> list[Span]:
    """Lines that belong together: no blank line between them, no new list item, not broken off short before a new start."""
    blocks: list[Span] = []
    for line in lines:
        if blocks:
            between = text[blocks[-1].end : line.start]
            breaks = between.replace("\r\n", "\n").count("\n") + between.count("\r") - between.count("\r\n")
            if breaks < 2 and not _ITEM.match(line.of(text)):
                blocks[-1] = Span(blocks[-1].start, line.end)
                continue
        blocks.append(line)
    return blocks


def _without_quoted(text: str, lines: list[Span]) -> tuple[list[Span], Span]:
    """The lines of the letter itself, and the span of the mail it answers."""
    kept: list[Span] = []
    old: list[Span] = []
    below = False
    for place, line in enumerate(lines):
        shown = line.of(text)
        joined = f"{shown} {lines[place + 1].of(text)}" if place + 1 < len(lines) else shown
        below = below or (bool(kept) and bool(begins_older(shown) or (shown[:3] == "On " and begins_older(joined))))
        if kept and not below and place + 1 < len(lines) and shown.lower().startswith("from:"):
            below = bool(_HEADER.match(lines[place + 1].of(text)))
        (old if below or shown.startswith(">") else kept).append(line)
    # Some programs put the line above the quoted lines on top of the letter.
    while kept and old and kept[0].start < old[0].start and begins_older(kept[0].of(text)):
        old.insert(0, kept.pop(0))
    end = len(text)
    return kept, Span(old[0].start, old[-1].end) if old else Span(end, end)


def _headers(text: str, lines: list[Span]) -> tuple[str, list[Span]]:
    """The subject among the header lines on top, and the lines after them."""
    subject = ""
    while lines:
        shown = lines[0].of(text)
        if not subject and (found := _SUBJECT.match(shown)):
            subject = found.group(1).strip()
        elif not (_HEADER.match(shown) or _SUBJECT.match(shown)) or re.match(r"from\b.*,$", shown, re.IGNORECASE):
            break
        lines = lines[1:]
        if found and not subject:
            break
    return subject, lines


def _ending(text: str, lines: list[Span]) -> tuple[list[Span], Span | None, Span | None, list[Span]]:
    """Body lines, closing, signature, and the lines of a postscript below them."""
    for place in range(len(lines) - 1, max(-1, len(lines) - 1 - _SIGNATURE_LINES), -1):
        shown = lines[place].of(text)
        with_name = _CLOSED_WITH_NAME.match(shown)
        if not with_name and not _CLOSING.match(shown):
            continue
        below, _ = _postscript(text, lines[place + 1 :])
        if any(line.of(text).endswith((".", "?", "!")) and len(line.of(text).split()) > 2 for line in below):
            continue  # "Thank you." in the middle of a letter
        closing, rest = lines[place], lines[place + 1 :]
        name: list[Span] = []
        if with_name:
            middle = closing.start + with_name.end(1)
            name = [s for s in [_trimmed(text, middle, closing.end)] if s]
            closing = Span(closing.start, middle)
        signed, after = _postscript(text, rest)
        name += signed
        signature = Span(name[0].start, name[-1].end) if name else Span(closing.end, closing.end)
        return lines[:place], closing, signature, after
    upper, after = _postscript(text, lines)
    if len(upper) > 1 and _looks_signed(upper[-1].of(text)):
        return upper[:-1], Span(upper[-1].start, upper[-1].start), upper[-1], after
    return lines, None, None, []


def _postscript(text: str, lines: list[Span]) -> tuple[list[Span], list[Span]]:
    for place, line in enumerate(lines):
        if _POSTSCRIPT.match(line.of(text)):
            return lines[:place], lines[place:]
    return lines, []


def _looks_signed(line: str) -> bool:
    words = line.strip().lstrip("-–—~/ ").split()
    return (
        1 <= len(words) <= 5
        and not line.rstrip().endswith((".", "?", "!", ":", ","))
        and all(w[0].isupper() or len(w) <= 3 for w in words)
        and words[0][0].isalpha()
    )


@functools.cache
def _splitter() -> Callable[[str], list[tuple[int, int]]]:
    # Inside, because it costs 50 ms that a command without a letter needn't pay.
    from nupunkt import sent_spans

    return sent_spans
