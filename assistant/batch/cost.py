"""What a batch costs, and how it stays below what the user allows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.errors import UsageError
from assistant.providers.seam import Usage
from assistant.text import one_line

# Tokens that a row is taken to cost until the first ones are counted: more than the longest prompt and a letter that is revised twice.
UNKNOWN = Usage(9_000, 3_000)


@dataclass(frozen=True)
class Price:
    """What a million tokens cost, in and out, in the currency that the user thinks in."""

    prompt: float
    completion: float

    def of(self, usage: Usage) -> float:
        """What so many tokens cost."""
        return (usage.prompt_tokens * self.prompt + usage.completion_tokens * self.completion) / 1e6


@dataclass
class Purse:
    """How much may still be spent. No row is begun while the ones under way, each as dear as the dearest so far, might use it up.

    `limit` None is no limit. `spent` is in the price's currency, and counts what earlier runs of the batch cost.
    """

    price: Price | None = None
    limit: float | None = None
    spent: float = 0.0
    uncounted: int = 0  # letters whose endpoint didn't say what they cost
    _dearest: float = 0.0

    def bears(self, under_way: int) -> bool:
        """Whether one more row may begin beside those under way."""
        if self.limit is None or self.price is None:
            return True
        each = self._dearest or self.price.of(UNKNOWN)
        return self.spent + (under_way + 1) * each <= self.limit

    def take_up(self, spent: Usage, uncounted: int) -> None:
        """What earlier runs cost."""
        if self.price:
            self.spent += self.price.of(spent) + uncounted * self.price.of(UNKNOWN)
            self.uncounted += uncounted

    def pay(self, usage: Usage) -> None:
        """A letter came. One whose cost isn't told is taken to be as dear as any."""
        if self.price is None:
            return
        cost = self.price.of(usage)
        if usage == Usage():
            self.uncounted += 1
            cost = self._dearest or self.price.of(UNKNOWN)
        self.spent += cost
        self._dearest = max(self._dearest, cost)


def read_price(words: str) -> Price:
    """The price in `0.25/2`: of a million tokens in, and of a million out. Raises UsageError."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)\s*", words)
    if not found:
        raise UsageError(
            f"--price {one_line(words)!r}: give what a million tokens cost, in and out, such as 0.25/2; your endpoint's price list has it"
        )
    return Price(float(found[1]), float(found[2]))
