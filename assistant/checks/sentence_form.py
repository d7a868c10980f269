"""What is wrong with one sentence as a sentence of any letter, whatever it says."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from assistant.checks.vocabulary import cue, rules

_ODD = re.compile(r"[!—|<>{}\[\]*#\\]|\bNAME\b")
_TWICE = re.compile(r"\b(?!had|that)(\w+) \1\b", re.IGNORECASE)

_LETTERS = re.compile(r"[a-z']+")
_CONTRACTED = re.compile(r"'(?:re|ve|d|m|ll)$|^(?:it|that|there|he|she|who|what)'s$|n't$")
# "You said the mud kitchen and how …": after `said` comes a clause, so there is a verb before it ends.
_SAID_A_THING = re.compile(
    r"\byou said (?:that )?((?:the|a|an|your|my|his|her|their|our|its)\b[^,.;:]*?)(?: and |[,.;:])", re.IGNORECASE
)

_INFLECTED = re.compile(r"\w(?:s|ed)\b")  # might be a verb that the list doesn't have


class Sign(NamedTuple):
    """Something that speaks against a sentence: of which family it is, and the reason in words."""

    family: str
    reason: str


def form_faults(sentence: str) -> Iterator[str]:
    """Reasons in words: broken off, looping, shortenings left in, marks and phrases that no letter bears."""
    if len(sentence) < 4 or "∅" in sentence:
        yield "nothing usable"
        return
    if not sentence.rstrip("\"'”’)").endswith((".", "?")) or "\n" in sentence:
        yield "not one whole sentence"
    if _ODD.search(sentence) or sentence.count('"') % 2 or sentence.count("(") != sentence.count(")"):
        yield "odd marks"
    lower = sentence.lower().split()
    if any(lower[i : i + 4] == lower[j : j + 4] for i in range(len(lower) - 7) for j in range(i + 4, len(lower) - 3)):
        yield "repeats itself"
    if _TWICE.search(sentence):
        yield "a word twice"
    for part in parts_of(sentence):
        if part[0].islower():
            yield "begins in lower case"
        if not _has_verb(part):
            yield "no verb"
    if (m := _SAID_A_THING.search(sentence)) and not (_has_verb(m.group(1)) or _INFLECTED.search(m.group(1))):
        yield "says a thing where a statement should stand"
    if m := cue("slips").search(sentence):
        yield f"slips at {m.group()!r}"
    if left := [w for w in lower if w.strip(".,;?") in _unwritten()]:
        yield f"{left[0]} not written out"
    for family in ("never", "attachment"):
        if m := cue(family).search(sentence):
            yield f"says {m.group()!r}"


def parts_of(text: str) -> list[str]:
    """The sentences of a text that may be two; an abbreviation inside doesn't end one unless a capital follows."""
    return re.split(r"(?<=[.?])\s+(?=[A-Z\"“‘'])", text.strip())


def _has_verb(text: str) -> bool:
    """Whether any word is a verb form of the list, or a contraction that ends in one."""
    return any(w in _verbs() or _CONTRACTED.search(w) for w in _LETTERS.findall(text.lower().replace("’", "'")))


@functools.cache
def _verbs() -> frozenset[str]:
    return frozenset(rules("words")["verbs"].split())


@functools.cache
def _unwritten() -> frozenset[str]:
    lists = rules("words")
    return frozenset(lists["abbreviations"]) - frozenset(lists["written"].split()) | frozenset(lists["chat"].split())
