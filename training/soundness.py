"""Fit the weights of `assistant/checks/rules/soundness.yaml` to the sentences in `judged/`.

    python training/soundness.py [--write]

Logistic regression, once for "nothing untrue" and once for "also well said", over the sentences that the rules let pass, in two steps:
what bends a sentence is learnt from all of them, also those of earlier adapters; how much that and the model's own doubt count is
then learnt from those of the shipped adapter, the only ones with a doubt beside them. Prints, by five-fold cross-validation split
by note, over the second kind: the area under the curve, and what share would be good, odd or wrong if only the most worthy sentence of
each note were used, for the surest tenth of the notes, the surest fifth and so on.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant import Brief
from assistant.checks.alignment import measures
from assistant.checks.faithful import faults

JUDGED = Path(__file__).parent / "judged"
OUT = Path(__file__).resolve().parent.parent / "assistant" / "checks" / "rules" / "soundness.yaml"
HEAD = "# What speaks for and against a sentence beside its note; fitted by training/soundness.py, not by hand.\n"
FOLDS = 5
DOUBTS = ("doubt_mean", "doubt_worst")


@dataclass(frozen=True)
class Judged:
    """Rows of measures by `names`, doubts (not a number where there are none), verdicts, and the notes that the rows belong to."""

    names: list[str]
    measured: np.ndarray
    doubts: np.ndarray
    verdicts: list[str]
    notes: list[str]


def read() -> Judged:
    """All judged sentences that the rules let pass."""
    rows, doubts, verdicts, notes = [], [], [], []
    for path in sorted(JUDGED.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            about = {one["kind"]: (one["note"],)}
            brief = Brief(sender="Sam Doe", company="Acme", job_title="Clerk", recipient=one["recipient"], **about)
            if faults(one["sentence"], brief.facts[0], brief):
                continue
            rows.append(measures(one["sentence"], brief.facts[0], brief) | {"agreement": one["agreement"]})
            doubts.append([one.get(name, np.nan) for name in DOUBTS])
            verdicts.append(one["verdict"])
            notes.append(one["note"])
    names = list(rows[0])
    return Judged(names, np.array([[row[name] for name in names] for row in rows]), np.array(doubts), verdicts, notes)


def learn(judged: Judged, y: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights of all measures and doubts, and the constant, learnt from the rows given (a mask)."""
    bends, start = fit(judged.measured[rows], y[rows])
    known = rows & ~np.isnan(judged.doubts[:, 0])
    second = np.column_stack([judged.measured @ bends + start, judged.doubts])
    (share, *doubts), constant = fit(second[known], y[known])
    return np.array([*(share * bends), *doubts]), float(constant + share * start)


def fit(x: np.ndarray, y: np.ndarray, steps: int = 600, penalty: float = 1.0) -> tuple[np.ndarray, float]:
    """Weights and constant on the measures as they are, by gradient descent on standardised ones."""
    middle, spread = x.mean(0), x.std(0) + 1e-6
    z, w, constant = (x - middle) / spread, np.zeros(x.shape[1]), 0.0
    for _ in range(steps):
        error = 1 / (1 + np.exp(-(z @ w + constant))) - y
        w -= 0.5 * (z.T @ error + penalty * w) / len(y)
        constant -= 0.5 * error.mean()
    return w / spread, float(constant - (w * middle / spread).sum())


def area(scores: np.ndarray, y: np.ndarray) -> float:
    """The chance that a right one is ranked above a wrong one."""
    ranks = np.empty(len(y))
    ranks[np.argsort(scores)] = np.arange(len(y))
    right = y.sum()
    return float((ranks[y == 1].sum() - right * (right - 1) / 2) / (right * (len(y) - right)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the weights where the package reads them")
    options = parser.parse_args()
    judged = read()
    targets = {
        "faithful": np.array([v != "wrong" for v in judged.verdicts], float),
        "good": np.array([v == "good" for v in judged.verdicts], float),
    }
    known = ~np.isnan(judged.doubts[:, 0])
    keys = sorted(set(judged.notes))
    random.Random(2).shuffle(keys)
    place = {note: n % FOLDS for n, note in enumerate(keys)}
    fold = np.array([place[note] for note in judged.notes])
    everything = np.column_stack([judged.measured, np.nan_to_num(judged.doubts)])
    held: dict[str, np.ndarray] = {}
    for name, y in targets.items():
        scores = np.zeros(len(y))
        for part in range(FOLDS):
            w, constant = learn(judged, y, fold != part)
            scores[fold == part] = everything[fold == part] @ w + constant
        held[name] = 1 / (1 + np.exp(-scores))
        alone = judged.measured[:, judged.names.index("agreement")]
        print(
            f"{name}: {int(y[known].sum())} of {known.sum()}; area under the curve {area(held[name][known], y[known]):.3f}, "
            f"agreement alone {area(alone[known], y[known]):.3f}; of all {len(y)}: {area(held[name], y):.3f}"
        )
    worth = (2 * held["faithful"] + held["good"]) / 3
    best: dict[str, int] = {}
    for row in np.flatnonzero(known):
        note = judged.notes[row]
        if note not in best or worth[row] > worth[best[note]]:
            best[note] = row
    surest = sorted(best.values(), key=lambda row: -held["faithful"][row])
    for share in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        used = surest[: int(share * len(surest))]
        counts = {v: sum(judged.verdicts[row] == v for row in used) / len(used) for v in ("good", "odd", "wrong")}
        told = ", ".join(f"{verdict} {part:.0%}" for verdict, part in counts.items())
        print(f"  surest {share:.0%} of {len(surest)} notes, from {held['faithful'][used[-1]]:.2f}: {told}")
    if options.write:
        lines = [HEAD]
        for name, y in targets.items():
            w, constant = learn(judged, y, np.ones(len(y), bool))
            lines.append(f"{name}:\n  constant: {constant:.4f}\n")
            lines += [f"  {key}: {value:.4f}\n" for key, value in zip((*judged.names, *DOUBTS), w, strict=True)]
        OUT.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
