"""What makes a note worth sending: something particular, a reason to be in touch, and nothing the sender asked to keep out."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from assistant.brief import Brief, Fact
from assistant.checks.figures import numbers
from assistant.checks.vocabulary import KEPT, weighty_stems
from assistant.letter import Finding, Letter, Sentence, Severity, Span


def overlap(text: str, fact: Fact | str) -> frozenset[str]:
    """What a text and a fact share: content stems beyond the courtesies, and numbers."""
    return _particulars(text) & _particulars(fact if isinstance(fact, str) else fact.text)


@functools.lru_cache(maxsize=KEPT)
def _particulars(text: str) -> frozenset[str]:
    return weighty_stems(text) | frozenset(numbers(text))  # no stem of a content word begins with a figure


def rests_on(sentence: Sentence, fact: Fact) -> bool:
    """Whether a sentence takes up a fact: two of its particular words, or the only one it has."""
    return len(overlap(sentence.text, fact)) >= min(2, max(1, len(_particulars(fact.text))))


def takes_up(letter: Letter, brief: Brief, kind: str = "note") -> bool | None:
    """Whether something particular of the brief is in the letter; None when the brief holds nothing particular.

    A note must touch the talk or their work; a letter of another kind may be about any fact: that the sender is free from June.
    """
    particular = [fact for fact in brief.facts if kind != "note" or fact.kind in ("conversation", "their_work")]
    if not particular:
        return None
    return any(rests_on(s, fact) for s in letter.sentences for fact in particular)


def check_substance(letter: Letter, brief: Brief | None, kind: str, scale: int) -> Iterator[Finding]:
    """`substance.missing`: nothing particular from the conversation or their work is taken up (source: 000 article).

    With a brief its facts decide; without one `scale`, how particular the letter reads: 0 nothing, 1 general, 2 particular.
    """
    if kind != "note" or not letter.sentences:
        return
    taken = takes_up(letter, brief) if brief else scale > 1
    if taken is False:
        severity: Severity = "error" if brief or scale == 0 else "warning"
        example = next((f.text for f in brief.facts if f.kind in ("conversation", "their_work")), "") if brief else ""
        fix = f"take up, for example: {example}" if example else "take up one thing that was said, shown or asked"
        message = "nothing in it is particular to this conversation or their work: such a letter is forgotten"
        yield Finding("substance.missing", severity, message, letter.body, letter.body.of(letter.text), fix)


def check_hook(letter: Letter, brief: Brief | None, kind: str, scale: int) -> Iterator[Finding]:
    """`hook.missing`: no concrete reason to be in touch again (source: 000 MnM, 002). An error only where the brief offers one."""
    if kind != "note" or not letter.sentences:
        return
    steps = [fact for fact in brief.facts if fact.kind == "next_step"] if brief else []
    if any(rests_on(s, fact) for s in letter.sentences for fact in steps):
        return
    if not steps and scale > 1:
        return
    fix = f"offer or ask something concrete: {steps[0].text}" if steps else "offer or ask one concrete thing"
    message = "no concrete reason to be in touch again"
    yield Finding(
        "hook.missing", "error" if steps else "warning", message, letter.body, letter.body.of(letter.text), fix
    )


def occurrences(text: str, phrase: str) -> Iterator[re.Match[str]]:
    """Where a word or phrase stands in a text, whole words only and whatever the case; a plural or possessive counts."""
    if phrase:
        yield from re.finditer(rf"(?<!\w){re.escape(phrase)}(?:['’]?s)?(?!\w)", text, re.IGNORECASE)


def check_avoid(letter: Letter, brief: Brief | None, kind: str) -> Iterator[Finding]:
    """`avoid.present`: something the sender asked to keep out."""
    for phrase in brief.avoid if brief else ():
        for m in occurrences(letter.text, phrase):
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
