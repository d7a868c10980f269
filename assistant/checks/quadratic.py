"""The models of `rules/grounding.json`: linear in some measures, in their products, and in what the words of a text add."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Quadratic:
    """One model. The file has it over standardised measures, here it is over the measures themselves: most are 0, and cost nothing then.

    `linear` holds a factor for each of `names`, `products` a triangle of them: row i, column j up to i. `words` gives what an n-gram of
    the text adds to the last measure, which starts from `silent`.
    """

    names: tuple[str, ...]
    constant: float
    linear: tuple[float, ...]
    products: tuple[tuple[float, ...], ...]
    words: Mapping[str, float]
    silent: float

    def log_odds(self, measured: Mapping[str, float], grams: AbstractSet[str]) -> float:
        """What the model says of these measures, by their names, and the n-grams of the text; above 0 is over the threshold."""
        said = self.silent + sum(map(self.words.__getitem__, self.words.keys() & grams))
        values = [*(measured[name] for name in self.names[:-1]), said]
        there = [(place, value) for place, value in enumerate(values) if value]
        total = self.constant
        for count, (place, value) in enumerate(there, start=1):
            slope, row = self.linear[place], self.products[place]
            for other, its in there[:count]:
                slope += row[other] * its
            total += value * slope
        return total


def quadratic(stored: Mapping[str, Any]) -> Quadratic:
    """A model as the file stores it: `mean` and `scale` of each measure, and `terms`, each the places of one or two and a factor."""
    mean, scale = stored["mean"], stored["scale"]
    constant = float(stored["constant"])
    linear = [0.0] * len(mean)
    products = [[0.0] * (place + 1) for place in range(len(mean))]
    for *places, factor in stored["terms"]:
        # factor * (x - m) / s for one measure, factor * (x - m) / s * (y - n) / t for two, multiplied out.
        if len(places) == 1:
            (one,) = places
            linear[one] += factor / scale[one]
            constant -= factor * mean[one] / scale[one]
            continue
        other, one = sorted(places)
        each = factor / (scale[one] * scale[other])
        products[one][other] += each
        linear[one] -= each * mean[other]
        linear[other] -= each * mean[one]
        constant += each * mean[one] * mean[other]
    rows = tuple(map(tuple, products))
    return Quadratic(
        tuple(stored["measures"]), constant, tuple(linear), rows, stored["text"], float(stored["text_constant"])
    )
