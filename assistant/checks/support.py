"""Does a sentence rest on the brief? Counts, no judgement; `rules/grounding.json` weighs them, fitted by `training/grounding.py`.

The weights come from letters on briefs with sentences that nobody told put in (`evals/grounding`). Whether a sentence turns its fact round
is measured in `checks.turns`.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.brief import Brief, Fact
from assistant.checks.figures import licensed_numbers
from assistant.checks.learned import ngrams
from assistant.checks.quadratic import Quadratic, quadratic
from assistant.checks.vocabulary import (
    KEPT,
    Word,
    akin,
    content_words,
    cue,
    names,
    rules,
    stem,
    stems,
    stems_of,
    weighty_stems,
)
from assistant.letter import Sentence

_SUBJECT = r"(i|we|you|she|he|they|one of (?:\w+ ){1,4}?|(?-i:[A-Z][\w'’-]+))"
_ADVERBS = (
    r"(?:also |already |even |very |so |kindly |once |then |just |really |still |both |all |never |always |once )*"
)
_AUX = r"(?:['’]ve |['’]d |have |had |has |was |were |did )?"
_DEED = re.compile(rf"\b{_SUBJECT}\s?{_ADVERBS}{_AUX}{_ADVERBS}([a-z]+)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Grounds:
    """What a brief licenses, worked out once for all sentences of a letter."""

    brief: Brief
    known: frozenset[str]
    numbers: frozenset[str]
    reader: frozenset[str]
    facts: tuple[tuple[Fact, frozenset[str]], ...]


@functools.lru_cache(maxsize=8)  # the sentence writer asks for the same brief with every candidate
def grounds_of(brief: Brief) -> Grounds:
    """The brief's words and numbers, the reader's names, and each fact with the words that carry its claim."""
    told = (
        brief.sender,
        brief.recipient,
        brief.recipient_role,
        brief.company,
        brief.job_title,
        *(f.text for f in brief.facts),
        *brief.already_said,  # a later note may say when that was
    )
    facts = tuple((f, frozenset(w.stem for w in content_words(f.text)) - stems_of("courtesy")) for f in brief.facts)
    known, numbers = frozenset().union(*map(stems, told)), frozenset().union(*map(licensed_numbers, told))
    return Grounds(brief, known, numbers, stems(f"{brief.recipient} {brief.company}"), facts)


def knows(stem_: str, known: frozenset[str]) -> bool:
    """Whether a stem, or one akin to it, is among the known ones."""
    return stem_ in known or any(akin(stem_, k) for k in _beginning(known).get(stem_[:4], ()))


def how_many_known(some: frozenset[str], known: frozenset[str]) -> int:
    """How many of these stems are known."""
    begun = _heads(known)
    if begun.isdisjoint(_heads(some)):
        return 0
    new = some - known
    return len(some) - len(new) + sum(any(akin(s, k) for k in known) for s in new if s[:4] in begun)


@functools.lru_cache(maxsize=256)
def _beginning(known: frozenset[str]) -> dict[str, list[str]]:
    """Known stems by their first four letters, which those akin to one share."""
    out: dict[str, list[str]] = {}
    for stem_ in known:
        out.setdefault(stem_[:4], []).append(stem_)
    return out


@functools.lru_cache(maxsize=KEPT)
def _heads(some: frozenset[str]) -> frozenset[str]:
    """The first four letters of each."""
    return frozenset(stem_[:4] for stem_ in some)


def new_words(text: str, grounds: Grounds) -> list[Word]:
    """Content words that neither the brief nor the courtesies of the occasion account for."""
    return [w for w in content_words(text) if w.stem not in stems_of("courtesy") and not knows(w.stem, grounds.known)]


def rests_upon(sentence: str, grounds: Grounds) -> list[Fact]:
    """The facts that a sentence takes up, the one it shares most with first."""
    own = weighty_stems(sentence)
    shared = []
    for fact, weighty in grounds.facts:
        common = how_many_known(weighty, own)
        if common >= min(2, len(weighty)) and common:
            shared.append((common / max(3, len(weighty)) + common / 10, fact))
    return [fact for _, fact in sorted(shared, key=lambda pair: -pair[0])]


def novelty_measures(sentence: Sentence, facts: list[Fact], grounds: Grounds) -> dict[str, float]:
    """What speaks for and against a sentence, resting upon `facts`, that claims something none of them says.

    `rare` and `common` are new words, by whether they are ordinary in such letters; `known` shares words with the brief; the others are
    turns of phrase in which inventions come: deeds that the brief has no word for, an occasion, a common friend.
    """
    weighty = [w for w in content_words(sentence.text) if w.stem not in stems_of("courtesy")]
    new = [w for w in weighty if not knows(w.stem, grounds.known)]
    rare = sum(w.stem not in _ordinary() for w in new)
    deeds = new_deeds(sentence.text, grounds)
    strange = [w for w in names(sentence.text) if w.stem not in grounds.known]
    return {
        "rare": min(6, rare),
        "common": min(6, len(new) - rare),
        "known": min(6, len(weighty) - len(new)),
        "share": len(new) / max(1, len(weighty)),
        "rare_share": rare / max(1, len(weighty)),
        "facts": min(2, len(facts)),
        "my_deeds": min(2, sum(who == "i" for who in deeds)),
        "our_deeds": min(2, sum(who != "i" for who in deeds)),
        "perfect": float(not any(f.kind == "about_me" for f in facts) and _has("perfect", sentence.text)),
        "occasion": float(bool(new) and _has("occasion", sentence.text)),
        "claim_more": float(bool(new) and _has("claim_more", sentence.text)),
        "friend": float(bool(new) and _has("common_friend", sentence.text)),
        "covered": max((covered(sentence.text, f) for f in facts[:3]), default=0.0),
        "names": min(2, len(strange)),
        "words": min(40, len(sentence.text.split())) / 10,
    }


def _has(family: str, text: str) -> bool:
    return cue(family).search(text) is not None


def new_deeds(text: str, grounds: Grounds) -> list[str]:
    """Who did what the brief has no word for: the subject, in lower case, of each such verb that isn't one of thinking or feeling."""
    inward = stems_of("frames", "courtesy", "inward")
    out = []
    for m in _DEED.finditer(text):
        verb = stem(m.group(2))
        if verb not in stems_of("function") and verb not in inward and not knows(verb, grounds.known):
            out.append(m.group(1).lower())
    return out


def covered(sentence: str, fact: Fact) -> float:
    """The share of the fact's weighty words that the sentence has."""
    weighty = weighty_stems(fact.text)
    return how_many_known(weighty, stems(sentence)) / max(1, len(weighty))


@functools.cache
def _ordinary() -> frozenset[str]:
    """Stems that are ordinary in such letters, whatever the trade."""
    return frozenset(rules("ordinary")["stems"].split())


def weigh(measured: Mapping[str, float], text: str, model: str) -> float:
    """The log-odds, over the threshold, that a model of `rules/grounding.json` gives to measures and the words of a sentence.

    The model is linear in the measures, standardised, and in their products: a new word means little beside a fact and much without one.
    """
    return _models()[model].log_odds(measured, ngrams(text))


@functools.cache
def _models() -> dict[str, Quadratic]:
    """The models of `rules/grounding.json`, by name."""
    stored = json.loads((Path(__file__).parent / "rules" / "grounding.json").read_text(encoding="utf-8"))
    return {name: quadratic(model) for name, model in stored.items()}
