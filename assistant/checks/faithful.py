"""Does one sentence, or two short ones, say what one note says? Signs that it doesn't, from words and relations of the two.

Some signs are proof enough: the sentence is refused. The others are seen in right sentences as well; how much each counts is learnt from
judged sentences (`soundness`). A wrong sentence is worse than a missing one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.brief import Brief, Fact
from assistant.checks.figures import numbers, readings
from assistant.checks.relations import reader_stems, relation_signs
from assistant.checks.sentence_form import Sign, form_faults, parts_of
from assistant.checks.vocabulary import akin, content_words, names, rules, stems, stems_of, words

_BOUND = re.compile(r"\b(after|since|over|from|before|by|until|till?|under|up to) (\d[\d.:,]*)", re.IGNORECASE)

LOST = 0.6  # share of a note's content words that its sentence must keep; below, half of what was said is gone
RETOLD = 6  # content words of a retelling that license one of its own

# Families that right sentences show as well, in one of a hundred or more: they are weighed, the others refuse a sentence.
SOFT = ("word_added", "sender_mouth", "reader_third", "unit", "person_lost")


def faults(sentence: str, fact: Fact, brief: Brief) -> list[str]:
    """Why this sentence is refused as a rendering of this fact; empty when it isn't."""
    return [sign.reason for sign in signs(sentence, fact, brief) if sign.family not in SOFT]


def signs(sentence: str, fact: Fact, brief: Brief) -> list[Sign]:
    """All that speaks against this sentence as a rendering of this fact."""
    found = [Sign("form", reason) for reason in form_faults(sentence)]
    if found == [("form", "nothing usable")]:
        return found
    found += _added(sentence, fact, brief)
    found += _lost(sentence, fact, brief)
    found += relation_signs(sentence, fact, brief)
    return found


def _added(sentence: str, fact: Fact, brief: Brief) -> Iterator[Sign]:
    """Words, numbers and names that the note doesn't have."""
    noted = stems(fact.text) | _written_out(fact.text) | reader_stems(brief)
    for part in parts_of(sentence)[1:]:
        own = {w.stem for w in content_words(part)} - stems_of("frames")
        if not any(s in noted or _kin(s, noted) for s in own):
            yield Sign("own_sentence", "adds a sentence of its own")
    allowed = noted | stems_of("frames" if fact.kind == "conversation" else "joints")
    content = {w.stem: w.text for w in content_words(sentence)}
    new = [text for s, text in content.items() if s not in allowed and not _kin(s, noted)]
    # What was talked about is retold, and a long retelling may bring a word of its own; on anything else a new word is a new claim.
    if len(new) > (len(content) // RETOLD if fact.kind == "conversation" else 0):
        yield Sign("words_added" if len(new) > 1 else "word_added", f"adds {', '.join(new[:4])}")
    one = set() if re.search(r"\b1\b", sentence) else {"1"}  # "one" may be a pronoun, a 1 is a number
    if extra := set(numbers(sentence)) - readings(fact.text) - one:
        yield Sign("number_added", f"number {min(extra)} isn't in the note")
    known = noted | stems(f"{brief.sender} {brief.job_title}")
    if strange := [w.text for w in names(sentence) if w.stem not in known and not _kin(w.stem, known)]:
        yield Sign("name_added", f"name {strange[0]} isn't in the note")


def _lost(sentence: str, fact: Fact, brief: Brief) -> Iterator[Sign]:
    """What the note has and the sentence hasn't: too many of its words, any number, any name."""
    reader, said = reader_stems(brief), stems(sentence)
    weighty = {w.stem for w in content_words(fact.text)} - stems_of("frames") - reader
    lost = [s for s in weighty if s not in said and not _kin(s, said)]
    if weighty and len(lost) > (1 - LOST) * len(weighty):
        yield Sign("words_lost", f"loses {', '.join(sorted(lost)[:4])}")
    if missing := set(numbers(fact.text)) - readings(sentence) - {"1"}:
        yield Sign("number_lost", f"number {min(missing)} is lost")
    noted = stems(fact.text)
    if numbers(fact.text) and (unit := (noted ^ said) & stems_of("units")):
        yield Sign("unit", f"{min(unit)} is {'lost' if unit & noted else 'new'}")
    before, after = _bounds(fact.text), _bounds(sentence)
    if turned := [number for number, upper in after.items() if before.get(number, upper) != upper]:
        yield Sign("bound", f"turns round the bound of {turned[0]}")
    dropped = [w for w in names(fact.text) if w.stem not in said | reader and not _kin(w.stem, said)]
    if lost_names := [w.text for w in dropped if not _written_out(w.text) & said]:
        yield Sign("name_lost", f"name {lost_names[0]} is lost")


def _bounds(text: str) -> dict[str, bool]:
    """Numbers with a bound before them, and whether it is an upper one: `after 4` isn't `by 4`."""
    return {m[2].rstrip(".,:"): m[1].lower() not in ("after", "since", "over", "from") for m in _BOUND.finditer(text)}


def _written_out(text: str) -> frozenset[str]:
    """Stems of what the shortenings in a text stand for: Rd is Road."""
    full = rules("words")["abbreviations"]
    return stems(" ".join(full.get(w.text.lower(), "") for w in words(text)))


def _kin(word: str, known: frozenset[str]) -> bool:
    return any(akin(word, k) for k in known)
