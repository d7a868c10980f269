"""Fit the weights of `assistant/checks/rules/soundness.yaml` to the sentences in `judged/`.

    python training/soundness.py [--write]

Logistic regression, once for "nothing untrue" and once for "also well said", over the sentences that the rules let pass. Prints, by
five-fold cross-validation split by note, the area under the curve, and what share would be good, odd or wrong if only the most worthy
sentence of each note were used, for the surest tenth of the notes, the surest fifth and so on.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from data import brief_of
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant.checks.faithful import SOFT, faults
from assistant.checks.soundness import evidence

JUDGED = Path(__file__).parent / "judged"
OUT = Path(__file__).resolve().parent.parent / "assistant" / "checks" / "rules" / "soundness.yaml"
HEAD = "# What speaks for and against a sentence beside its note; fitted by training/soundness.py, not by hand.\n"
FOLDS = 5
DRAWING = ("agreement", "same", "mean", "worst", "shaky")
STRENGTH = (
    0.1  # inverse of the penalty: the best of 0.01 to 1 by cross-validation, and hardly better than its neighbours
)


@dataclass(frozen=True)
class Judged:
    """Rows of measures by `names`, with their verdicts and the notes that they belong to."""

    names: list[str]
    rows: np.ndarray
    verdicts: np.ndarray
    notes: np.ndarray


def read() -> Judged:
    """All judged sentences that the rules let pass."""
    rows, verdicts, notes = [], [], []
    for path in sorted(JUDGED.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            brief, fact = brief_of(one)
            if faults(one["sentence"], fact, brief):
                continue
            rows.append(evidence(one["sentence"], fact, brief) | {name: one[name] for name in DRAWING})
            verdicts.append(one["verdict"])
            notes.append(one["note"])
    names = list(rows[0])
    return Judged(names, np.array([[row[n] for n in names] for row in rows]), np.array(verdicts), np.array(notes))


def fit(names: list[str], x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and constant on the measures as they are. A sign against a sentence can't come to speak for it."""
    use = np.ones(len(names), bool)
    while True:
        pipe = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=3000)).fit(x[:, use], y)
        w = np.zeros(len(names))
        w[use] = pipe[1].coef_[0] / pipe[0].scale_
        turned = np.array([name in SOFT for name in names]) & (w > 0)
        if not turned.any():
            return w, float(pipe[1].intercept_[0] - (w[use] * pipe[0].mean_).sum())
        use &= ~turned


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the weights where the package reads them")
    options = parser.parse_args()
    judged = read()
    targets = {"faithful": judged.verdicts != "wrong", "good": judged.verdicts == "good"}
    keys = sorted(set(judged.notes))
    random.Random(2).shuffle(keys)
    place = {note: n % FOLDS for n, note in enumerate(keys)}
    fold = np.array([place[note] for note in judged.notes])
    held: dict[str, np.ndarray] = {}
    for name, y in targets.items():
        scores = np.zeros(len(y))
        for part in range(FOLDS):
            w, constant = fit(judged.names, judged.rows[fold != part], y[fold != part])
            scores[fold == part] = judged.rows[fold == part] @ w + constant
        held[name] = 1 / (1 + np.exp(-scores))
        alone = judged.rows[:, judged.names.index("agreement")]
        areas = (roc_auc_score(y, held[name]), roc_auc_score(y, alone))
        print(f"{name}: {y.sum()} of {len(y)}; area under the curve {areas[0]:.3f}, agreement alone {areas[1]:.3f}")
    report(judged, (2 * held["faithful"] + held["good"]) / 3, held["faithful"])
    if options.write:
        lines = [HEAD]
        for name, y in targets.items():
            w, constant = fit(judged.names, judged.rows, y)
            lines.append(f"{name}:\n  constant: {constant:.4f}\n")
            lines += [f"  {key}: {value:.4f}\n" for key, value in zip(judged.names, w, strict=True)]
        OUT.write_text("".join(lines), encoding="utf-8")


def report(judged: Judged, worth: np.ndarray, sure: np.ndarray) -> None:
    """What using the most worthy sentence of the surest notes would come to."""
    best: dict[str, int] = {}
    for row, note in enumerate(judged.notes):
        if note not in best or worth[row] > worth[best[note]]:
            best[note] = row
    surest = sorted(best.values(), key=lambda row: -sure[row])
    for share in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        used = surest[: int(share * len(surest))]
        counts = {v: sum(judged.verdicts[row] == v for row in used) / len(used) for v in ("good", "odd", "wrong")}
        told = ", ".join(f"{verdict} {part:.1%}" for verdict, part in counts.items())
        print(f"  surest {share:.0%} of {len(surest)} notes, from {sure[used[-1]]:.2f}: {told}")


if __name__ == "__main__":
    main()
