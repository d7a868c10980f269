"""Does a sentence turn its fact round: who said it, whose it is, yes for no? Counts, no judgement; `rules/grounding.json` weighs them."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import replace

from assistant.brief import Fact
from assistant.checks.alignment import doers
from assistant.checks.support import Grounds, covered
from assistant.checks.vocabulary import content_words, cue, rules, stem, stems

TAKEN_UP = 0.5  # share of a fact's weighty words from which a sentence says it too
_MY = re.compile(r"\b(?:my|our|mine|ours)(?: own| present| old| current)? ([\w'-]+)", re.IGNORECASE)
_YOUR = re.compile(r"\b(?:your|yours|her|his|their|theirs)(?: own| present| old| current)? ([\w'-]+)", re.IGNORECASE)
_I = re.compile(r"\b(?:i|i['’]\w+|we|me|im|ive|id|ill)\b", re.IGNORECASE)
_YOU = re.compile(r"\b(?:you|you['’]\w+|she|he|they|she['’]\w+|he['’]\w+|they['’]\w+)\b", re.IGNORECASE)


def meant(sentence: str, resting: list[Fact]) -> Fact:
    """The fact that a sentence is to be compared with: the one it shares most with, and joined to it any other it has most of."""
    best = resting[0]
    others = [f for f in resting[1:3] if covered(sentence, f) >= TAKEN_UP]
    return replace(best, text=" . ".join(f.text for f in (best, *others))) if others else best


def relation_measures(sentence: str, fact: Fact, grounds: Grounds) -> dict[str, float]:
    """What speaks for a sentence that turns its fact round: who speaks, whose it is, yes for no.

    `i_for_you`: the sender says what the fact lets the reader say; `you_for_i`: the other way; `my_theirs`: theirs made the sender's;
    `your_mine`: the sender's made theirs; `crossed…`: words whose doer changed; `newly_denied`, `no_longer_denied`: words
    that a negation came to or left.
    """
    note = fact.text
    i_said, you_said = (
        bool(cue("i_say").search(sentence)),
        bool(cue("you_say").search(sentence)) or _named_speaker(sentence),
    )
    told_me, told_you = bool(cue("told_me").search(sentence)), bool(cue("told_you").search(sentence))
    note_i = (
        bool(cue("i_say").search(note))
        or bool(cue("told_you").search(note))
        or (bool(cue("bare_say").search(note)) and not cue("you_say").search(note))
    )
    note_you = (
        bool(cue("you_say").search(note))
        or bool(cue("told_me").search(note))
        or _named_speaker(note)
        or bool(re.search(r"\basked\b", note) and not note_i)
    )
    noted_negations, negations = len(cue("negated").findall(note)), len(cue("negated").findall(sentence))
    mine = [stem(m) for m in _MY.findall(sentence)]
    theirs = [stem(m) for m in _YOUR.findall(sentence)]
    noted_mine = {stem(m) for m in _MY.findall(note)}
    in_note = stems(note)
    of_me, of_them = fact.kind in ("about_me", "next_step"), fact.kind == "their_work"
    noted_doers, said_doers = doers(note, grounds.reader), doers(sentence, grounds.reader)
    shared = [(who, said_doers[w]) for w, who in noted_doers.items() if w in said_doers]
    denied, noted_denied = _denied(sentence), _denied(note)
    spoken = stems(sentence)
    return {
        "i_for_you": float((i_said or told_you) and note_you and not note_i),
        "you_for_i": float((you_said or told_me) and note_i and not note_you),
        "i_from_nothing": float((i_said or told_you) and not note_i and fact.kind in ("conversation", "their_work")),
        "you_from_nothing": float((you_said or told_me) and not note_you and fact.kind != "conversation"),
        "my_theirs": float(any(s in in_note and s not in noted_mine for s in mine) and not of_me),
        "your_mine": float(any(s in in_note for s in theirs) and of_me),
        "my_work": float(bool(mine) and of_them),
        "doer_i": float(of_them and bool(_I.search(sentence)) and not _I.search(note)),
        "doer_you": float(fact.kind == "about_me" and bool(_YOU.search(sentence)) and not _YOU.search(note)),
        "no_i": float(fact.kind == "about_me" and not (_I.search(sentence) or mine)),
        "crossed_to_me": min(2, sum(a == "reader" and b == "sender" for a, b in shared)),
        "crossed_to_you": min(2, sum(a == "sender" and b == "reader" for a, b in shared)),
        "crossed_other": min(2, sum(a != b and "somebody" in (a, b) for a, b in shared)),
        "kept": min(3, sum(a == b for a, b in shared)),
        "first_me": float(_first_doer(noted_doers) == "reader" and _first_doer(said_doers) == "sender"),
        "first_you": float(_first_doer(noted_doers) == "sender" and _first_doer(said_doers) == "reader"),
        "newly_denied": min(2, sum(w in in_note and w not in noted_denied for w in denied)),
        "no_longer_denied": min(2, sum(w in spoken and w not in denied for w in noted_denied)),
        "opposites": float(any((a in in_note and b in spoken and b not in in_note) for a, b in _opposites())),
        "not_more": min(2, max(0, negations - noted_negations)),
        "not_less": min(2, max(0, noted_negations - negations)),
        "no_negation": float(noted_negations == 0),
        "conversation": float(fact.kind == "conversation"),
        "covered": covered(sentence, fact),
    }


def _first_doer(found: Mapping[str, str]) -> str:
    return next(iter(found.values()), "")


def _denied(text: str) -> frozenset[str]:
    """The content words that a negation stands shortly before."""
    out = set()
    for m in cue("negated").finditer(text):
        out |= {w.stem for w in content_words(re.split(r"[,;.:!?]", text[m.end() :])[0])[:3]}
    return frozenset(out)


@functools.cache
def _opposites() -> tuple[tuple[str, str], ...]:
    """Pairs of stems of which one is not the other, both ways round."""
    pairs = [line.split() for line in rules("words")["opposites"].split(",")]
    return tuple((stem(a), stem(b)) for one, two in pairs for a, b in ((one, two), (two, one)))


def _named_speaker(text: str) -> bool:
    """Whether somebody with a name says something: "Anna asked", "the Precentor thought"."""
    return bool(_named().search(text))


@functools.cache
def _named() -> re.Pattern[str]:
    persons = "|".join(rules("words")["persons"].split())
    speech = "|".join(rules("words")["speech"].split())
    return re.compile(rf"(?:\b[A-Z][\w'’-]+|\b(?:{persons})) (?:also |just |then |once )?(?:{speech})\b")
