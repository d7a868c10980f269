"""One note for each person of a panel: the facts shared out, so that no two letters say the same (source: 000 Brian)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.brief import FACT_LISTS, Brief
from assistant.errors import UsageError
from assistant.letter import Letter
from assistant.ordinary import is_ordinary
from assistant.text import one_line

_TITLES = ("mr", "mrs", "ms", "miss", "mx", "dr", "prof")
ALIKE = 0.6  # of two sentences' words in common, above which they would be noticed


@dataclass(frozen=True)
class Twin:
    """Two sentences of two letters that are alike; `first` and `second` are the letters' places."""

    first: int
    second: int
    text: str
    other: str


def briefs_for(brief: Brief, people: Sequence[str]) -> tuple[Brief, ...]:
    """A brief for each of these people. A fact that names one of them is theirs; the others are dealt in turn, each to one alone.

    Raises UsageError for a name that stands twice.
    """
    names = [one_line(name) for name in people]
    if len({name.lower() for name in names}) < len(names) or not all(names):
        raise UsageError("--interviewer: each person once, by name")
    dealt: list[dict[str, list[str]]] = [{kind: [] for kind in FACT_LISTS} for _ in names]
    owners = {fact: _named(fact.text, names) for fact in brief.facts}
    counts = [sum(owner == place for owner in owners.values()) for place in range(len(names))]
    for fact, owner in owners.items():
        # Who has least so far is next: a person without a single fact would get a bare acknowledgement.
        place = counts.index(min(counts)) if owner is None else owner
        counts[place] += owner is None
        dealt[place][fact.kind].append(fact.text)
    out = []
    for name, own in zip(names, dealt, strict=True):
        role = brief.recipient_role if name == brief.recipient else "interviewer"
        facts: dict[str, Any] = {kind: tuple(texts) for kind, texts in own.items()}
        out.append(replace(brief, recipient=name, recipient_role=role, **facts))
    return tuple(out)


def twins(letters: Sequence[Letter]) -> list[Twin]:
    """Sentences that stand, word for word or nearly, in two of these letters."""
    found = []
    for second, letter in enumerate(letters):
        for first, earlier in enumerate(letters[:second]):
            for sentence in letter.sentences:
                for other in earlier.sentences:
                    if _shared(sentence.text, other.text) > ALIKE:
                        found.append(Twin(first, second, sentence.text, other.text))
    return found


def _shared(one: str, other: str) -> float:
    a, b = (set(re.findall(r"\w+", text.lower())) for text in (one, other))
    return len(a & b) / max(1, len(a | b))


def _named(text: str, names: Sequence[str]) -> int | None:
    """The place of the one person that a text names, by most words of the name; None when it names nobody, or two alike."""
    counts = [sum(_stands(word, text) for word in _words(name)) for name in names]
    most = max(counts)
    return counts.index(most) if most and counts.count(most) == 1 else None


def _words(name: str) -> list[str]:
    return [word for word in name.split() if len(word) > 1 and word.rstrip(".").lower() not in _TITLES]


def _stands(word: str, text: str) -> bool:
    """Whether a name stands in a text; one that is a word as well only with its capital: "will show" isn't Will."""
    flags = re.NOFLAG if is_ordinary(word) else re.IGNORECASE
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, flags) is not None
