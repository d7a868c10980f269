"""How likely a sentence is a true and a good rendering of its note, learnt from judged sentences.

The rules in `faithful` refuse what is surely wrong; much that is wrong passes them. What is left is weighed here: measures of how the
sentence lies on its note and how sure the model was of it, with the weights of `rules/soundness.yaml`, which `training/soundness.py` fits
to sentences that were read and judged one by one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.brief import Brief, Fact
from assistant.checks.alignment import measures
from assistant.checks.vocabulary import rules


@dataclass(frozen=True)
class Soundness:
    """Probabilities, 0 to 1: `faithful` that nothing in it is untrue, `good` that it is also well said."""

    faithful: float
    good: float

    @property
    def worth(self) -> float:
        """What candidates are ranked by: true first, well said as well."""
        return (2 * self.faithful + self.good) / 3


# What is usual for the embedded model's sentences; stands where a provider doesn't tell.
_USUAL = (-0.16, -1.1)


@dataclass(frozen=True)
class Doubt:
    """How sure the model was of its words: mean and lowest of the natural logarithms of their probabilities; 0 is certain."""

    mean: float
    worst: float


def doubt_of(logarithms: Sequence[float]) -> Doubt:
    """The doubt in a text from those of its tokens; the usual one where nothing is known."""
    return Doubt(sum(logarithms) / len(logarithms), min(logarithms)) if logarithms else Doubt(*_USUAL)


def soundness(sentence: str, fact: Fact, brief: Brief, agreement: float, doubt: Doubt) -> Soundness:
    """Weigh a sentence on a fact. `agreement` is the mean share of words it has in common with the other candidates, 0 to 1."""
    found = measures(sentence, fact, brief)
    found |= {"agreement": agreement, "doubt_mean": doubt.mean, "doubt_worst": doubt.worst}
    weights = rules("soundness")
    return Soundness(_probability(found, weights["faithful"]), _probability(found, weights["good"]))


def _probability(found: dict[str, float], weights: dict[str, float]) -> float:
    total = weights["constant"] + sum(weights[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-total))
