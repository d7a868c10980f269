"""Candidates for single sentences: drawn together, refused by the checks, and what is left weighed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from assistant.brief import Brief, Fact
from assistant.checks import find
from assistant.checks.book import shipped_book
from assistant.checks.soundness import Doubt, doubt_of, soundness
from assistant.checks.vocabulary import words
from assistant.prompts import Template
from assistant.providers import Request, SentenceProvider, Usage
from assistant.text import clean
from assistant.writing.frame import greeting, sign_off
from assistant.zones import parse_letter

# How many candidates are drawn at first, and how freely; and for what is wanted again, because nothing sure was among them.
FIRST, AGAIN = (6, 0.5), (8, 0.7)
SENTENCE_TOKENS = 90


@dataclass(frozen=True)
class Ask:
    """One sentence wanted, or two short ones on a fact: part and note as the model was taught them, and what speaks against a candidate.

    `sure` is how much must speak for one, 0 to 1: for a sentence on a `fact` how likely it is true, for others how far the candidates
    agree. `varied` takes any of the better third instead of the best: what claims nothing may be said in many ways. `whole` is false
    for a subject line, which the checks for sentences don't fit.
    """

    part: str
    note: str
    faults: Callable[[str], list[str]] = field(compare=False)
    sure: float = 0.0
    fact: Fact | None = None
    varied: bool = False
    whole: bool = True


@dataclass
class Candidates:
    """Draws candidates for one letter and keeps those that hold, with their worth. `usage` grows with every batch of candidates."""

    brief: Brief
    provider: SentenceProvider
    template: Template
    seed: int
    usage: Usage = field(default_factory=Usage)
    _texts: dict[Ask, list[str]] = field(default_factory=dict)
    _doubt: dict[tuple[Ask, str], Doubt] = field(default_factory=dict)
    _worth: dict[Ask, dict[str, float]] = field(default_factory=dict)
    _batches: int = 0

    def draw(self, asks: Iterable[Ask]) -> None:
        """Candidates for all asks at once, freer ones for an ask that had its first; what was found before stays."""
        wanted = list(dict.fromkeys(asks))
        new = [ask for ask in wanted if ask not in self._texts]
        again = [ask for ask in wanted if ask in self._texts]
        for group, (n, temperature) in ((new, FIRST), (again, AGAIN)):
            if group:
                self._draw(group, n, temperature)

    def _draw(self, asks: list[Ask], n: int, temperature: float) -> None:
        self._batches += 1
        requests = [self._request(ask, n, temperature) for ask in asks]
        for ask, completion in zip(asks, self.provider.complete_all(requests), strict=True):
            self.usage += completion.usage
            drawn = self._texts.setdefault(ask, [])
            for place, text in enumerate(completion.texts):
                drawn.append(clean(text).strip())
                doubts = completion.doubts[place] if completion.doubts else ()
                self._doubt.setdefault((ask, drawn[-1]), doubt_of(doubts))
            self._worth[ask] = self._weigh(ask, drawn)

    def hopeless(self, ask: Ask) -> bool:
        """The model itself says that the note holds nothing usable."""
        return all(text == "∅" for text in self._texts.get(ask, ["…"]))

    def best(self, ask: Ask, starts: frozenset[str] = frozenset()) -> str:
        """The candidate of most worth, rather one that begins unlike `starts`; for a varied ask any good one; "" when none was sure."""
        worth = self._worth.get(ask, {})
        if ask.varied and worth:
            ranked = sorted(worth, key=lambda c: (-worth[c], c))
            return random.Random(self.seed).choice(ranked[: (len(ranked) + 2) // 3])
        return max(worth, key=lambda c: worth[c] - (0.1 if start_of(c) in starts else 0.0), default="")

    def worth(self, ask: Ask) -> float:
        """What the best candidate on a fact is worth, 0 to 1; 0 when there is none."""
        return max(self._worth.get(ask, {}).values(), default=0.0)

    def _request(self, ask: Ask, n: int, temperature: float) -> Request:
        messages = self.template.render(recipient=self.brief.recipient, part=ask.part, note=ask.note)
        # The engine gives a prompt's candidates consecutive seeds: far enough apart, no batch replays another's.
        seed = (self.seed * 1000 + self._batches * 20) % 2**31
        return Request(messages, n=n, max_tokens=SENTENCE_TOKENS, temperature=temperature, seed=seed)

    def _weigh(self, ask: Ask, drawn: list[str]) -> dict[str, float]:
        """What each candidate is worth that nothing is found against and that is sure enough."""
        worth = {}
        for candidate in dict.fromkeys(drawn):
            if not self._holds(ask, candidate):
                continue
            agreed = agreement(candidate, drawn)
            doubt = self._doubt[ask, candidate]
            sure, value = agreed, agreed + doubt.mean
            if ask.fact:
                sound = soundness(candidate, ask.fact, self.brief, agreed, doubt)
                sure, value = sound.faithful, sound.worth
            if sure >= ask.sure:
                worth[candidate] = value
        return worth

    def _holds(self, ask: Ask, sentence: str) -> bool:
        """Neither the ask's own checks nor those of whole letters have anything against it."""
        if ask.faults(sentence):
            return False
        if not ask.whole:
            return True
        letter = parse_letter(f"{greeting(self.brief)}\n\n{sentence}\n\n{sign_off(self.brief)}\n")
        if len(letter.sentences) > (2 if ask.fact else 1):
            return False
        book = shipped_book()
        errors = [f for f in find(letter, self.brief, "ack", book) if f.severity == "error"]
        # Whatever a rule of form has against it too: a slot left unfilled makes no verdict, and no sentence either.
        return not any(
            f.rule.startswith("form.") or book.rules[f.rule].verdict not in ("", "perfunctory") for f in errors
        )


def start_of(sentence: str) -> str:
    """The two words by which a reader notices that sentences begin alike."""
    return " ".join(sentence.split()[:2]).lower()


def agreement(candidate: str, candidates: list[str]) -> float:
    """Mean share of words in common with the other candidates, 0 to 1."""
    others = list(candidates)
    others.remove(candidate)
    own = {w.stem for w in words(candidate)}
    shares = [len(own & other) / max(1, len(own | other)) for other in ({w.stem for w in words(c)} for c in others)]
    return sum(shares) / max(1, len(shares))
