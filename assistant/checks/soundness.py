"""How likely a sentence is a true and a good rendering of its note, learnt from judged sentences.

The rules in `faithful` refuse what is surely wrong; much that is wrong passes them. What is left is weighed here: measures of how the
sentence lies on its note and how sure the model was of it, with the weights of `rules/soundness.yaml`, which `training/soundness.py` fits
to sentences that were read and judged one by one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from assistant.brief import Brief, Fact
from assistant.checks.alignment import measures
from assistant.checks.faithful import SOFT, signs
from assistant.checks.vocabulary import rules, words


@dataclass(frozen=True)
class Soundness:
    """Probabilities, 0 to 1: `faithful` that nothing in it is untrue, `good` that it is also well said."""

    faithful: float
    good: float

    @property
    def worth(self) -> float:
        """What candidates are ranked by: true first, well said as well."""
        return (2 * self.faithful + self.good) / 3


SHAKY = math.log(0.5)  # a token that the model found less likely than not


@dataclass(frozen=True)
class Drawing:
    """How a candidate came: what the others drawn beside it, and the model's own doubt, say of it.

    `agreement`: mean share of words that it has in common with the others; `same`: share of the others that are the very same; both 0
    to 1. `mean` and `worst` of the natural logarithms of its tokens' probabilities, 0 is certain; `shaky`: share of tokens less likely
    than not.
    """

    agreement: float
    same: float
    mean: float = -0.16  # what is usual stands where a provider doesn't tell
    worst: float = -1.1
    shaky: float = 0.05


def drawing_of(candidate: str, candidates: Sequence[str], logarithms: Sequence[float]) -> Drawing:
    """The drawing of one of these candidates, with the logarithms of its tokens' probabilities as far as they are known."""
    others = list(candidates)
    others.remove(candidate)
    own = {w.stem for w in words(candidate)}
    shares = [len(own & other) / max(1, len(own | other)) for other in ({w.stem for w in words(c)} for c in others)]
    count = max(1, len(others))
    stands = (sum(shares) / count, others.count(candidate) / count)
    if not logarithms:
        return Drawing(*stands)
    size = len(logarithms)
    return Drawing(*stands, sum(logarithms) / size, min(logarithms), sum(x < SHAKY for x in logarithms) / size)


def soundness(sentence: str, fact: Fact, brief: Brief, drawing: Drawing) -> Soundness:
    """Weigh a sentence on a fact."""
    found = evidence(sentence, fact, brief) | asdict(drawing)
    weights = rules("soundness")
    return Soundness(_probability(found, weights["faithful"]), _probability(found, weights["good"]))


def evidence(sentence: str, fact: Fact, brief: Brief) -> dict[str, float]:
    """What is weighed of a sentence beside its note: the measures, and for each family of signs whether it is there."""
    seen = {sign.family for sign in signs(sentence, fact, brief)}
    return measures(sentence, fact, brief) | {family: float(family in seen) for family in SOFT}


def _probability(found: dict[str, float], weights: dict[str, float]) -> float:
    total = weights["constant"] + sum(weights[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-total))
