"""Does a sentence turn its fact round: who said it, whose it is, yes for no? Counts, no judgement; `rules/grounding.json` weighs them."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.brief import Fact
from assistant.checks.alignment import doers
from assistant.checks.support import Grounds, covered
from assistant.checks.vocabulary import KEPT, content_words, cue, rules, stem, stems

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
    said, noted = _said(sentence), _said(note)
    i_said, you_said = said.i_say, said.you_say or said.named
    told_me, told_you = said.told_me, said.told_you
    note_i = noted.i_say or noted.told_you or (noted.bare_say and not noted.you_say)
    note_you = noted.you_say or noted.told_me or noted.named or (noted.asked and not note_i)
    mine, theirs, noted_mine = said.mine, said.theirs, noted.mine
    in_note = stems(note)
    of_me, of_them = fact.kind in ("about_me", "next_step"), fact.kind == "their_work"
    noted_doers, said_doers = doers(note, grounds.reader), doers(sentence, grounds.reader)
    shared = [(who, said_doers[w]) for w, who in noted_doers.items() if w in said_doers]
    denied, noted_denied = said.denied, noted.denied
    spoken = stems(sentence)
    return {
        "i_for_you": float((i_said or told_you) and note_you and not note_i),
        "you_for_i": float((you_said or told_me) and note_i and not note_you),
        "i_from_nothing": float((i_said or told_you) and not note_i and fact.kind in ("conversation", "their_work")),
        "you_from_nothing": float((you_said or told_me) and not note_you and fact.kind != "conversation"),
        "my_theirs": float(any(s in in_note and s not in noted_mine for s in mine) and not of_me),
        "your_mine": float(any(s in in_note for s in theirs) and of_me),
        "my_work": float(bool(mine) and of_them),
        "doer_i": float(of_them and said.i and not noted.i),
        "doer_you": float(fact.kind == "about_me" and said.you and not noted.you),
        "no_i": float(fact.kind == "about_me" and not (said.i or mine)),
        "crossed_to_me": min(2, sum(a == "reader" and b == "sender" for a, b in shared)),
        "crossed_to_you": min(2, sum(a == "sender" and b == "reader" for a, b in shared)),
        "crossed_other": min(2, sum(a != b and "somebody" in (a, b) for a, b in shared)),
        "kept": min(3, sum(a == b for a, b in shared)),
        "first_me": float(_first_doer(noted_doers) == "reader" and _first_doer(said_doers) == "sender"),
        "first_you": float(_first_doer(noted_doers) == "sender" and _first_doer(said_doers) == "reader"),
        "newly_denied": min(2, sum(w in in_note and w not in noted_denied for w in denied)),
        "no_longer_denied": min(2, sum(w in spoken and w not in denied for w in noted_denied)),
        "opposites": float(any(_opposites()[a] & spoken - in_note for a in _opposites().keys() & in_note)),
        "not_more": min(2, max(0, said.negations - noted.negations)),
        "not_less": min(2, max(0, noted.negations - said.negations)),
        "no_negation": float(noted.negations == 0),
        "conversation": float(fact.kind == "conversation"),
        "covered": covered(sentence, fact),
    }


@dataclass(frozen=True)
class _Said:
    """Who speaks in a text and whose things are in it: what is asked of a sentence and of its note alike."""

    i_say: bool
    you_say: bool
    told_me: bool
    told_you: bool
    bare_say: bool
    asked: bool
    named: bool
    i: bool
    you: bool
    mine: frozenset[str]
    theirs: frozenset[str]
    negations: int
    denied: frozenset[str]


@functools.lru_cache(maxsize=KEPT)
def _said(text: str) -> _Said:
    return _Said(
        i_say=bool(cue("i_say").search(text)),
        you_say=bool(cue("you_say").search(text)),
        told_me=bool(cue("told_me").search(text)),
        told_you=bool(cue("told_you").search(text)),
        bare_say=bool(cue("bare_say").search(text)),
        asked=bool(re.search(r"\basked\b", text)),
        named=bool(_named().search(text)),
        i=bool(_I.search(text)),
        you=bool(_YOU.search(text)),
        mine=frozenset(map(stem, _MY.findall(text))),
        theirs=frozenset(map(stem, _YOUR.findall(text))),
        negations=len(cue("negated").findall(text)),
        denied=_denied(text),
    )


def _first_doer(found: Mapping[str, str]) -> str:
    return next(iter(found.values()), "")


def _denied(text: str) -> frozenset[str]:
    """The content words that a negation stands shortly before."""
    out = set()
    for m in cue("negated").finditer(text):
        out |= {w.stem for w in content_words(re.split(r"[,;.:!?]", text[m.end() :])[0])[:3]}
    return frozenset(out)


@functools.cache
def _opposites() -> dict[str, set[str]]:
    """For a stem those that are its opposite, both ways round."""
    out: dict[str, set[str]] = {}
    for line in rules("words")["opposites"].split(","):
        one, two = map(stem, line.split())
        out.setdefault(one, set()).add(two)
        out.setdefault(two, set()).add(one)
    return out


@functools.cache
def _named() -> re.Pattern[str]:
    """Somebody with a name says something: "Anna asked", "the Precentor thought"."""
    persons = "|".join(rules("words")["persons"].split())
    speech = "|".join(rules("words")["speech"].split())
    return re.compile(rf"(?:\b[A-Z][\w'’-]+|\b(?:{persons})) (?:also |just |then |once )?(?:{speech})\b")
