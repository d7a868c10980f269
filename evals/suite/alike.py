"""Whether a set of letters sounds alike: runs of words that letters on different cases share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

RUN = 4  # words: shorter runs are shared by any two English letters
OTHERS, SHARE = 3, 0.1  # so many other cases, and this share of them, must have the run too before it counts as a habit
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def sameness(letters: Sequence[tuple[str, str]]) -> dict[str, float]:
    """For each case the share, 0 to 1, of its letters' word runs that enough other cases have too.

    `letters` are pairs of case and text; letters on one case say the same by right, and don't count against each other.
    """
    runs: dict[str, list[frozenset[str]]] = defaultdict(list)
    for case, text in letters:
        runs[case].append(_runs(text))
    cases_with = Counter(run for own in runs.values() for run in frozenset().union(*own))
    out, enough = {}, max(OTHERS, SHARE * len(runs))
    for case, own in runs.items():
        shares = [sum(cases_with[run] > enough for run in one) / max(1, len(one)) for one in own]
        out[case] = sum(shares) / len(shares)
    return out


def whole(shares: Mapping[str, float]) -> float:
    """The mean over the cases; 0 when there are none."""
    return sum(shares.values()) / len(shares) if shares else 0.0


def _runs(text: str) -> frozenset[str]:
    body = re.sub(r"^Subject:.*\n", "", text)
    words = [word.lower() for word in _WORD.findall(body)]
    return frozenset(" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))
