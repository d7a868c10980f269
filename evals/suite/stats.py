"""How sure a figure is: Wilson's interval for a share, standard errors by cluster, paired differences.

Sources: Wilson 1927 for shares; Miller 2024 (arXiv 2411.00640) for clustered and paired errors of evals. All intervals are of 95 %
unless another z is given.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

Z95 = 1.96


@dataclass(frozen=True)
class Estimate:
    """A mean with its interval, over `n` values."""

    mean: float
    low: float
    high: float
    n: int


def wilson(passed: float, n: float, z: float = Z95) -> tuple[float, float]:
    """The interval of a share of n; 0 to 1 when n is 0."""
    if n == 0:
        return 0.0, 1.0
    p = passed / n
    middle, spread = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def clustered_error(values: Sequence[float], clusters: Sequence[str]) -> float:
    """The standard error of the mean when values of one cluster go together: repeats of a case, cases of a family. Infinite for a single
    cluster: nothing shows then how far another would differ.
    """
    n = len(values)
    if n < 2:
        return math.inf
    mean = sum(values) / n
    sums: dict[str, float] = defaultdict(float)
    for value, cluster in zip(values, clusters, strict=True):
        sums[cluster] += value - mean
    if len(sums) < 2:
        return math.inf
    # The small-sample correction keeps a handful of clusters from looking surer than they are.
    return math.sqrt(sum(s * s for s in sums.values()) * len(sums) / (len(sums) - 1)) / n


def share(values: Sequence[float], cases: Sequence[str], families: Sequence[str]) -> Estimate:
    """The mean of marks between 0 and 1, with Wilson's interval on as many values as these are worth: repeats of a case and cases of a
    family go together, so that they are fewer than they look.
    """
    n = len(values)
    if n == 0:
        return Estimate(math.nan, 0.0, 1.0, 0)
    mean = sum(values) / n
    # Each case counts once at most: where all agree, or all but one, nothing shows how far the repeats go together.
    worth = float(len(set(cases)))
    if 0 < mean < 1 and (error := clustered_error(values, families)) > 0:
        worth = max(1.0, min(worth, mean * (1 - mean) / error**2))
    low, high = wilson(mean * worth, worth)
    return Estimate(mean, min(low, mean), max(high, mean), n)


def paired(before: Sequence[float], after: Sequence[float], clusters: Sequence[str], z: float = Z95) -> Estimate:
    """The mean of after minus before on the same cases, with its interval."""
    differences = [b - a for a, b in zip(before, after, strict=True)]
    if not differences:
        return Estimate(math.nan, -1.0, 1.0, 0)
    mean = sum(differences) / len(differences)
    reach = z * clustered_error(differences, clusters) if any(differences) else 0.0
    return Estimate(mean, max(-1.0, mean - reach), min(1.0, mean + reach), len(differences))
