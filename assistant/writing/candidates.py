"""Candidates for single sentences: drawn together, refused by the checks, and what is left weighed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from assistant.brief import Brief, Fact
from assistant.checks import find
from assistant.checks.book import shipped_book
from assistant.checks.soundness import drawing_of, soundness
from assistant.prompts import Template
from assistant.providers import Request, SentenceProvider, Usage
from assistant.text import clean
from assistant.writing.frame import greeting, sign_off
from assistant.zones import parse_letter

# How freely candidates are drawn at first, and for what is wanted again, because nothing sure was among them.
FIRST, AGAIN = 0.5, 0.7
OWN = 0.1  # what a note in its own words is worth: any sure sentence of the model's goes before
DRAWN = 5  # candidates of one ask, unless it says otherwise
SENTENCE_TOKENS = 90


@dataclass(frozen=True)
class Ask:
    """One sentence wanted, or two short ones on a fact: part and note as the model was taught them, and what speaks against a candidate.

    `sure` is how much must speak for one, 0 to 1: for a sentence on a `fact` how likely it is true, for others how far the candidates
    agree. `varied` takes any instead of the best: what claims nothing may be said in many ways. `whole` is false
    for a subject line, which the checks for sentences don't fit. `start` is how each candidate begins, `n` how many are drawn. `own`
    is asked for a sentence when no candidate held: the note in the sender's own words.
    """

    part: str
    note: str
    faults: Callable[[str], list[str]] = field(compare=False)
    sure: float = 0.0
    fact: Fact | None = None
    varied: bool = False
    whole: bool = True
    start: str = ""
    n: int = DRAWN
    own: Callable[[], str] | None = field(default=None, compare=False)


@dataclass
class Candidates:
    """Draws candidates for one letter and keeps those that hold, with their worth. `usage` grows with every batch of candidates."""

    brief: Brief
    provider: SentenceProvider
    template: Template
    seed: int
    usage: Usage = field(default_factory=Usage)
    _texts: dict[Ask, list[str]] = field(default_factory=dict)
    _doubts: dict[tuple[Ask, str], tuple[float, ...]] = field(default_factory=dict)
    _worth: dict[Ask, dict[str, float]] = field(default_factory=dict)
    _own: set[str] = field(default_factory=set)
    _batches: int = 0

    def draw(self, asks: Iterable[Ask]) -> None:
        """Candidates for all asks at once, freer ones for an ask that had its first; what was found before stays."""
        wanted = list(dict.fromkeys(asks))
        new = [ask for ask in wanted if ask not in self._texts]
        again = [ask for ask in wanted if ask in self._texts]
        for group, temperature in ((new, FIRST), (again, AGAIN)):
            for n in sorted({ask.n for ask in group}):  # one batch has one number of candidates
                self._draw([ask for ask in group if ask.n == n], temperature)

    def _draw(self, asks: list[Ask], temperature: float) -> None:
        self._batches += 1
        requests = [self._request(ask, temperature) for ask in asks]
        for ask, completion in zip(asks, self.provider.complete_all(requests), strict=True):
            self.usage += completion.usage
            drawn = self._texts.setdefault(ask, [])
            for place, text in enumerate(completion.texts):
                drawn.append(clean(text).strip())
                self._doubts.setdefault((ask, drawn[-1]), completion.doubts[place] if completion.doubts else ())
            self._worth[ask] = self._weigh(ask, drawn)

    def fresh(self, ask: Ask) -> bool:
        """Whether nothing was drawn for this yet."""
        return ask not in self._texts

    def hopeless(self, ask: Ask) -> bool:
        """The model itself says that the note holds nothing usable."""
        return all(text == "∅" for text in self._texts.get(ask, ["…"]))

    def best(self, ask: Ask, starts: frozenset[str] = frozenset()) -> str:
        """The candidate of most worth that begins unlike `starts`; for a varied ask any good one; "" when none was sure."""
        worth = {c: value for c, value in self._worth.get(ask, {}).items() if start_of(c) not in starts}
        if ask.varied and worth:
            return random.Random(self.seed).choice(sorted(worth))
        return max(worth, key=lambda c: worth[c], default="")

    def is_own(self, sentence: str) -> bool:
        """Whether this is a note in the sender's own words, and no candidate of the model's."""
        return sentence in self._own

    def worth(self, ask: Ask) -> float:
        """What the best candidate on a fact is worth, 0 to 1; 0 when there is none."""
        return max(self._worth.get(ask, {}).values(), default=0.0)

    def _request(self, ask: Ask, temperature: float) -> Request:
        messages = self.template.render(recipient=self.brief.recipient, part=ask.part, note=ask.note)
        # The engine gives a prompt's candidates consecutive seeds: far enough apart, no batch replays another's.
        seed = (self.seed * 1000 + self._batches * 20) % 2**31
        return Request(messages, ask.n, SENTENCE_TOKENS, temperature, seed, ask.start)

    def _weigh(self, ask: Ask, drawn: list[str]) -> dict[str, float]:
        """What each candidate is worth that nothing is found against and that is sure enough."""
        worth = {}
        for candidate in dict.fromkeys(drawn):
            if not self._holds(ask, candidate):
                continue
            rest = [c.removeprefix(ask.start) for c in drawn]  # what all begin with says nothing of any
            drawing = drawing_of(candidate.removeprefix(ask.start), rest, self._doubts[ask, candidate])
            sure, value = drawing.agreement, drawing.agreement + drawing.mean
            if ask.fact:
                sound = soundness(candidate, ask.fact, self.brief, drawing)
                sure, value = sound.faithful, sound.worth
            if sure >= ask.sure:
                worth[candidate] = value
        if (
            not worth
            and ask.own
            and not ask.start
            and not self.hopeless(ask)
            and (own := ask.own())
            and self._holds(ask, own)
        ):
            worth[own] = OWN
            self._own.add(own)
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
