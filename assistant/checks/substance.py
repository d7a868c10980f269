"""What makes a note worth sending: something particular, a reason to be in touch, and nothing the sender asked to keep out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.brief import Brief, Fact
from assistant.checks.vocabulary import content_stems, cue, numbers, stems_of
from assistant.letter import Finding, Letter, Sentence, Span


def overlap(text: str, fact: Fact | str) -> frozenset[str]:
    """What a text and a fact share: content stems beyond the courtesies, and numbers."""
    note = fact if isinstance(fact, str) else fact.text
    return ((content_stems(text) & content_stems(note)) - stems_of("courtesy")) | (
        frozenset(numbers(text)) & frozenset(numbers(note))
    )


def rests_on(sentence: Sentence, fact: Fact) -> bool:
    """Whether a sentence takes up a fact: two of its particular words, or the only one it has."""
    shared = overlap(sentence.text, fact)
    return len(shared) >= min(2, max(1, len(overlap(fact.text, fact))))


def check_substance(letter: Letter, brief: Brief | None, kind: str) -> Iterator[Finding]:
    """`substance.missing`: nothing particular from the conversation or their work is taken up (source: 000 article)."""
    if kind != "note" or brief is None:
        return
    particular = [fact for fact in brief.facts if fact.kind in ("conversation", "their_work")]
    if particular and not any(rests_on(s, fact) for s in letter.sentences for fact in particular):
        yield Finding(
            "substance.missing",
            "error",
            "nothing in it is particular to this conversation or their work: such a letter is forgotten",
            letter.body,
            letter.body.of(letter.text),
            f"take up, for example: {particular[0].text}",
        )


def check_hook(letter: Letter, brief: Brief | None, kind: str) -> Iterator[Finding]:
    """`hook.missing`: no concrete reason to be in touch again (source: 000 MnM, 002). Only a warning where the brief offers none."""
    if kind != "note" or brief is None:
        return
    steps = [fact for fact in brief.facts if fact.kind == "next_step"]
    if any(rests_on(s, fact) for s in letter.sentences for fact in steps):
        return
    if not steps and any(cue("hook").search(s.text) for s in letter.sentences):
        return
    fix = (
        f"offer or ask something concrete: {steps[0].text}"
        if steps
        else "add a next_step to the brief: what can you offer, or would like to know?"
    )
    message = "no concrete reason to be in touch again"
    yield Finding(
        "hook.missing", "error" if steps else "warning", message, letter.body, letter.body.of(letter.text), fix
    )


def contains(text: str, phrase: str) -> re.Match[str] | None:
    """Where a word or phrase stands in a text, whole words only and whatever the case; a plural or possessive counts."""
    return re.search(rf"(?<!\w){re.escape(phrase)}(?:['’]?s)?(?!\w)", text, re.IGNORECASE) if phrase else None


def check_avoid(letter: Letter, brief: Brief | None, kind: str) -> Iterator[Finding]:
    """`avoid.present`: something the sender asked to keep out."""
    for phrase in brief.avoid if brief else ():
        if m := contains(letter.text, phrase):
            yield Finding(
                "avoid.present",
                "error",
                f"the brief asks to avoid {phrase!r}",
                Span(m.start(), m.end()),
                m.group(),
                "leave it out",
            )


def check_repeats(letter: Letter, brief: Brief | None, kind: str) -> Iterator[Finding]:
    """`repeat.said`: a sentence that says again what an earlier note said."""
    for said in brief.already_said if brief else ():
        whole = overlap(said, said)
        for s in letter.sentences:
            if len(whole) >= 2 and len(overlap(s.text, said)) >= 0.7 * len(whole):
                yield Finding(
                    "repeat.said",
                    "warning",
                    "an earlier note said this already",
                    s.span,
                    s.text,
                    "leave it out or say something new",
                )
