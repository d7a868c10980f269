"""Change a letter in one way: put a sentence in, take what is particular out, other names, another spelling, another order."""

from __future__ import annotations

import random
import re
from typing import Any

from assistant.letter import Span
from assistant.zones import parse_letter

NAMES = (
    "Nguyen", "Oluwaseun", "Xiulan", "Søren", "Fatoumata", "Krzysztof", "Mei-Ling", "Aoife", "Thandiwe", "Ignacio", "Priyanka", "Dmitri",
    "Ngozi", "Björn", "Yusuf", "Lakshmi", "Hyun-woo", "Ximena", "Tāne", "Zanele",
)  # fmt: skip
SPELLINGS = tuple(
    pair.split("/")
    for pair in [
        "organise/organize",
        "realise/realize",
        "recognise/recognize",
        "apologise/apologize",
        "colour/color",
        "favourite/favorite",
        "honour/honor",
        "labour/labor",
        "neighbour/neighbor",
        "centre/center",
        "theatre/theater",
        "programme/program",
        "travelling/traveling",
        "cancelled/canceled",
        "grey/gray",
        "tyre/tire",
        "cheque/check",
        "metre/meter",
        "litre/liter",
        "practise/practice",
        "licence/license",
        "mould/mold",
        "behaviour/behavior",
    ]
)


def insert(text: str, sentence: str, draw: random.Random) -> tuple[str, Span]:
    """The letter with a sentence before one of its own, never the first, and where the new one stands."""
    places = [s.span.start for s in parse_letter(text).sentences][1:] or [parse_letter(text).body.end]
    at = draw.choice(places)
    return f"{text[:at]}{sentence} {text[at:]}", Span(at, at + len(sentence))


def without_marked(row: dict[str, Any], family: str) -> str:
    """The letter without the sentences that its marks call so; "" when there is none, or when nothing would be left of it."""
    text: str = row["letter"]
    spans = [(text.find(q), text.find(q) + len(q)) for f, q in row["marks"] if f == family]
    sentences = parse_letter(text).sentences
    gone = [s for s in sentences if any(min(b, s.span.end) - max(a, s.span.start) > 0 for a, b in spans)]
    if not gone or len(gone) > len(sentences) - 2:
        return ""
    for s in reversed(gone):
        text = text[: s.span.start] + text[s.span.end :].lstrip(" ")
    return text


def renamed(text: str, draw: random.Random) -> str:
    """Other first names in greeting and signature."""
    letter = parse_letter(text)
    for span in (letter.signature, letter.greeting):
        words = list(re.finditer(r"\b[A-ZÀ-Þ][\w'’-]+", span.of(text)))
        words = [
            w
            for w in words
            if w.group() not in ("Dear", "Hi", "Hello", "Hey", "Mr", "Mrs", "Ms", "Dr", "Good", "To", "Morning")
        ]
        if words:
            at = span.start + words[0].start()
            text = text[:at] + draw.choice(NAMES) + text[at + len(words[0].group()) :]
    return text


def respelt(text: str, _: random.Random) -> str:
    """British spelling made American, and the other way where there was none."""
    changed = text
    for british, american in SPELLINGS:
        changed = re.sub(british, american, changed)
    if changed == text:
        for british, american in SPELLINGS:
            changed = re.sub(rf"\b{american}\b", british, changed)
    return changed


def reordered(text: str, _: random.Random) -> str:
    """The paragraphs of the body in another order, the first left first; unchanged with fewer than three."""
    letter = parse_letter(text)
    paragraphs = re.split(r"\n[ \t]*\n", letter.body.of(text))
    if len(paragraphs) < 3:
        return text
    rest = paragraphs[1:]
    rest = rest[1:] + rest[:1]
    return text[: letter.body.start] + "\n\n".join([paragraphs[0], *rest]) + text[letter.body.end :]
