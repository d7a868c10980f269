"""How a sentence lies on its note: what came over, in what company, and who does what in each of the two. Counts, no judgement."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from assistant.brief import Brief, Fact
from assistant.checks.relations import reader_stems
from assistant.checks.vocabulary import KEPT, Word, akin, content_words, rules, stems_of, words

NEAR = 4  # words: what stands together in the note should stand about so close in the sentence
_CLAUSE = re.compile(r"[,;.:()?]|\b(?:and|but|so|because|bc|cos|then|when|while|if|that|which|who)\b", re.IGNORECASE)
_BREAK = re.compile(r"[,;.]")
_SENTENCE_ON = re.compile(r"[.?] [A-Z]")


def measures(sentence: str, fact: Fact, brief: Brief) -> dict[str, float]:
    """Counts and shares by name, as `rules/soundness.yaml` weighs them.

    `lost`, `added`, `repeated`: words that carry a claim; `together`, `in_order`: shares of the note's neighbours that are still near
    each other, in the same order; `crossed`: words whose doer changed sides; `small_lost`, `small_added`: words like any, until, not;
    `links_lost`, `links_added`: prepositions; `tense`: words that went from present to past or back; `sender_more`, `sender_less`,
    `reader_more`: mentions against the note's; `length`: words against the note's.
    """
    note = fact.text
    reader = reader_stems(brief)
    light = stems_of("frames") | reader
    noted = [w.stem for w in content_words(note) if w.stem not in light]
    said = [w.stem for w in content_words(sentence) if w.stem not in light]
    in_note, in_sentence = words(note), words(sentence)
    where = {s: _place(s, said) for s in noted}
    lost = sum(1 for place in where.values() if place is None)
    doers_noted, doers_said = doers(note, reader), doers(sentence, reader)
    first, third = _listed("first", "first_cases"), _listed("third", "third_cases")
    sender = _count(in_sentence, first) - _count(in_note, first)
    small, links = _listed("small"), _listed("links")
    return {
        "lost": min(lost, 4),
        "lost_share": lost / max(1, len(where)),
        "added": min(3, sum(1 for s in set(said) if _place(s, noted) is None)),
        "repeated": sum(max(0, said.count(s) - max(1, noted.count(s))) for s in set(said)),
        **_neighbours(noted, [w.stem for w in in_sentence]),
        "crossed": min(3, sum(1 for s, who in doers_noted.items() if doers_said.get(s, who) != who)),
        "small_lost": _missing(in_note, in_sentence, small),
        "small_added": _missing(in_sentence, in_note, small),
        "links_lost": _missing(in_note, in_sentence, links),
        "links_added": min(3, _missing(in_sentence, in_note, links)),
        "tense": _tense(in_note, in_sentence),
        "sender_more": max(0, min(3, sender)),
        "sender_less": max(0, -sender),
        "reader_more": max(-2, min(3, _count(in_sentence, _listed("second", "second_cases")) - _count(in_note, third))),
        "others": _count(in_sentence, third),
        "length": len(in_sentence) / max(1, len(in_note)),
        "note_words": min(len(in_note), 40) / 10,
        "note_breaks": len(_BREAK.findall(note)),
        "breaks": sentence.count(","),
        "sentences": len(_SENTENCE_ON.findall(sentence)),
        "conversation": float(fact.kind == "conversation"),
        "about_me": float(fact.kind == "about_me"),
    }


def _neighbours(noted: list[str], spots: list[str]) -> dict[str, float]:
    """Of the claim words next to each other in the note, how many still are near each other, and in order."""
    at = {s: _place(s, spots) for s in noted}
    pairs = [(at[a], at[b]) for a, b in itertools.pairwise(noted) if a != b]
    found = [(a, b) for a, b in pairs if a is not None and b is not None]
    if not found:
        return {"together": 1.0, "in_order": 1.0}
    return {
        "together": sum(abs(a - b) <= NEAR for a, b in found) / len(found),
        "in_order": sum(a < b for a, b in found) / len(found),
    }


@functools.lru_cache(maxsize=KEPT)
def doers(text: str, reader: frozenset[str]) -> Mapping[str, str]:
    """For each word that carries a claim, the nearest doer before it in its clause; a clipped clause names none."""
    found: dict[str, str] = {}
    plain = stems_of("function")
    for clause in _CLAUSE.split(text):
        who = ""
        for w in words(clause):
            low = _low(w)
            if low in _listed("first"):
                who = "sender"
            elif low in _listed("second", "third") or w.stem in reader:
                who = "reader"
            elif low in _persons():
                who = "somebody"
            elif who and w.stem not in plain:
                found.setdefault(w.stem, who)
    return found


def _missing(there: Sequence[Word], here: Sequence[Word], listed: frozenset[str]) -> int:
    """How many of the listed small words the one has more often than the other, shortenings read as what they stand for."""
    count = [Counter(s for w in side if (s := _full(w)) in listed) for side in (there, here)]
    return (count[0] - count[1]).total()


def _full(word: Word) -> str:
    low = _low(word)
    return str(rules("words")["abbreviations"].get(low, low))


def _tense(noted: Sequence[Word], said: Sequence[Word]) -> int:
    """Words of both that are past in the one and not in the other."""
    irregular = rules("words")["irregular"]

    def past(w: Word) -> bool:
        low = _low(w)
        return low.endswith("ed") or irregular.get(low, low) != low

    before: dict[str, set[bool]] = {}
    for w in noted:
        before.setdefault(w.stem, set()).add(past(w))
    return sum(1 for w in said if w.stem in before and past(w) not in before[w.stem])


def _count(there: Sequence[Word], listed: frozenset[str]) -> int:
    return sum(1 for w in there if _low(w) in listed)


def _low(word: Word) -> str:
    return word.text.lower().replace("’", "'")


@functools.cache
def _listed(*lists: str) -> frozenset[str]:
    """The words of lists of words.yaml as they stand."""
    return frozenset(word for name in lists for word in rules("words")[name].split())


@functools.cache
def _persons() -> frozenset[str]:
    return frozenset(form for name in _listed("persons") for form in (name, name + "s"))


def _place(s: str, among: list[str]) -> int | None:
    """Where a stem stands, or one that begins it or that it begins."""
    if s in among:
        return among.index(s)
    return next((place for place, other in enumerate(among) if akin(s, other)), None)
