"""Does one sentence, or two short ones, say what one note says? Stricter than the whole-letter checks, because here the note is known.

Each fault is a short reason in words. They err on the side of refusing: the sentence writer has several candidates, and a wrong
sentence is worse than a missing one.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.brief import Brief, Fact
from assistant.checks.figures import numbers
from assistant.checks.relations import reader_stems, relation_faults
from assistant.checks.sentence_form import form_faults, parts_of
from assistant.checks.vocabulary import akin, content_words, names, stems, stems_of

LOST = 0.6  # share of a note's content words that its sentence must keep; below, half of what was said is gone

RETOLD = 6  # content words of a retelling that license one of its own


def faults(sentence: str, fact: Fact, brief: Brief) -> list[str]:
    """Why this sentence isn't a faithful rendering of this fact; empty when nothing is found against it."""
    found = list(form_faults(sentence))
    if found == ["nothing usable"]:
        return found
    found += _added(sentence, fact, brief)
    found += _lost(sentence, fact, brief)
    found += relation_faults(sentence, fact, brief)
    return found


def _added(sentence: str, fact: Fact, brief: Brief) -> Iterator[str]:
    """Words, numbers and names that the note doesn't have."""
    noted = stems(fact.text) | reader_stems(brief)
    for part in parts_of(sentence)[1:]:
        own = {w.stem for w in content_words(part)} - stems_of("frames")
        if not any(s in noted or _kin(s, noted) for s in own):
            yield "adds a sentence of its own"
    allowed = noted | stems_of("frames" if fact.kind == "conversation" else "joints")
    content = {w.stem: w.text for w in content_words(sentence)}
    new = [text for s, text in content.items() if s not in allowed and not _kin(s, noted)]
    # What was talked about is retold, and a long retelling may bring a word of its own; on anything else a new word is a new claim.
    if len(new) > (len(content) // RETOLD if fact.kind == "conversation" else 0):
        yield f"adds {', '.join(new[:4])}"
    if extra := set(numbers(sentence)) - set(numbers(fact.text)) - {"1"}:
        yield f"number {min(extra)} isn't in the note"
    known = noted | stems(f"{brief.sender} {brief.job_title}")
    if strange := [w.text for w in names(sentence) if w.stem not in known and not _kin(w.stem, known)]:
        yield f"name {strange[0]} isn't in the note"


def _lost(sentence: str, fact: Fact, brief: Brief) -> Iterator[str]:
    """What the note has and the sentence hasn't: too many of its words, any number, any name."""
    reader, said = reader_stems(brief), stems(sentence)
    weighty = {w.stem for w in content_words(fact.text)} - stems_of("frames") - reader
    lost = [s for s in weighty if s not in said and not _kin(s, said)]
    if weighty and len(lost) > (1 - LOST) * len(weighty):
        yield f"loses {', '.join(sorted(lost)[:4])}"
    if missing := set(numbers(fact.text)) - set(numbers(sentence)) - {"1"}:
        yield f"number {min(missing)} is lost"
    noted = stems(fact.text)
    if numbers(fact.text) and (unit := (noted ^ said) & stems_of("units")):
        yield f"{min(unit)} is {'lost' if unit & noted else 'new'}"
    if dropped := [w.text for w in names(fact.text) if w.stem not in said | reader and not _kin(w.stem, said)]:
        yield f"name {dropped[0]} is lost"


def _kin(word: str, known: frozenset[str]) -> bool:
    return any(akin(word, k) for k in known)
