"""Fact ids cited inside a model's letter: taken out before anyone reads it, and kept beside the sentences they belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.brief import Brief
from assistant.checks.substance import overlap, rests_on
from assistant.letter import Finding, Letter, Sentence
from assistant.text import clean

_ONE = r"[CWMN]\d{1,2}"
_CITED = re.compile(rf"[ \t]*\[\s*{_ONE}(?:\s*(?:,|;|and|\]\s*\[)\s*{_ONE})*\s*\]")
_HELD = re.compile(r"[ \t]*(?:\[[^\]\n]{0,40})?$")


@dataclass(frozen=True)
class Cited:
    """A text without its citations, and where which id stood in it."""

    text: str
    places: tuple[tuple[int, str], ...]


def take_out(raw: str) -> Cited:
    """Clean a reply and take its citations out. Places are offsets in the text that is left."""
    raw = clean(raw)
    parts: list[str] = []
    places: list[tuple[int, str]] = []
    end = length = 0
    for m in _CITED.finditer(raw):
        parts.append(raw[end : m.start()])
        length += len(parts[-1])
        places += [(length, i) for i in re.findall(_ONE, m.group())]
        end = m.end()
    return Cited("".join([*parts, raw[end:]]), tuple(places))


def citing(letter: Letter) -> str:
    """The letter's text with the ids of its facts behind each sentence that rests on any."""
    text = letter.text
    for sentence in reversed(letter.sentences):
        if sentence.facts:
            text = f"{text[: sentence.span.end]} [{', '.join(sentence.facts)}]{text[sentence.span.end :]}"
    return text


class StreamFilter:
    """Takes citations out of a text that comes in pieces, holding back only what may still become one."""

    def __init__(self) -> None:
        """Start with nothing held."""
        self._held = ""

    def feed(self, piece: str) -> str:
        """The part that can be shown now."""
        text = _CITED.sub("", self._held + clean(piece))
        held = _HELD.search(text)
        cut = held.start() if held else len(text)
        self._held = text[cut:]
        return text[:cut]

    def rest(self) -> str:
        """What was still held when the stream ended."""
        held, self._held = _CITED.sub("", self._held), ""
        return held


def attribute(letter: Letter, cited: Cited, brief: Brief) -> tuple[Letter, tuple[Finding, ...]]:
    """Give each sentence the facts it rests on: what it cites and truly touches, and what it plainly takes up without citing it.

    A citation of a fact that doesn't exist, or one the sentence has nothing of, is a finding: it is how a model covers an invention.
    """
    facts = {fact.id: fact for fact in brief.facts}
    claimed: dict[str, list[str]] = {}
    findings: list[Finding] = []
    for place, fact_id in cited.places:
        sentence = _sentence_at(letter.sentences, place)
        if sentence is None:
            continue
        if fact_id not in facts or not overlap(sentence.text, facts[fact_id]):
            why = "has nothing of it" if fact_id in facts else "the brief has no such fact"
            message = f"cites {fact_id}, but {why}"
            findings.append(
                Finding(
                    "grounding.citation", "error", message, sentence.span, sentence.text, "say only what a fact says"
                )
            )
        else:
            claimed.setdefault(sentence.text, []).append(fact_id)
    resting = {}
    for sentence in letter.sentences:
        own = claimed.get(sentence.text, [])
        own += [
            i
            for i, fact in facts.items()
            if i not in own and rests_on(sentence, fact) and len(overlap(sentence.text, fact)) > 1
        ]
        resting[sentence.text] = tuple(sorted(set(own), key=list(facts).index))
    return letter.citing(resting), tuple(findings)


def _sentence_at(sentences: tuple[Sentence, ...], place: int) -> Sentence | None:
    """The sentence that a citation at this offset closes: the last one that has begun before it."""
    begun = [s for s in sentences if s.span.start < place]
    return begun[-1] if begun else None
