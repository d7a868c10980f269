"""Fit what `rejection.reading` reads with: what a sentence of a rejection carries. Writes the weights and prints a cross-validation.

    pip install '.[training]' && python training/signals.py          # --sentences measures single sentences too, which takes twice as long

One logistic regression a family over the n-grams of a sentence, as in `training/verdict.py`. Taught with the sentences in
`evals/mails/sentences` and with those of the development mails, which their raters marked. Every printed figure is on authors the models
hadn't seen. The test mails are never read here.
"""

from __future__ import annotations

import functools
import json
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import diags
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve

from assistant.grams import Words
from assistant.rejection import read_rejection
from assistant.rejection.parts import parts_of
from assistant.rejection.reading import (
    FAMILIES,
    STAGES,
    TOLD,
    Weights,
    features,
    measures,
    read_grams,
    read_measured,
)
from assistant.rejection.signals import sentences
from evals.rejections import labelled
from training.verdict import _share, matrix

ROOT = Path(__file__).parent.parent
MAILS = ROOT / "evals" / "mails"
WEIGHTS = ROOT / "assistant" / "rejection" / "learned.json"
C_WORDS = 10.0  # as in training/verdict.py
SMALLEST = 0.3  # a weight nearer to nothing is not kept

C_MAILS = 0.1  # chosen by the cross-validation below from 0.01, 0.03, 0.1, 0.3 and 1

Row = tuple[str, frozenset[str], str]  # a sentence, what it carries, its author
Mail = tuple[tuple[str, ...], dict[str, Any], str]  # its sentences, what it tells, its author


@functools.cache
def grams_of(text: str) -> frozenset[str]:
    """The features of a sentence, found once for all folds."""
    return frozenset(features(text))


def bank() -> list[Row]:
    """The sentences written for this, with their authors."""
    out = []
    for file in sorted((MAILS / "sentences").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            texts = (
                row["sentences"] if "sentences" in row else [[row["text"], row["signals"]]]
            )  # a whole mail, or one sentence
            out += [(text, frozenset(signals), file.stem) for text, signals in texts]
    return out


def of_mails() -> list[Row]:
    """The sentences of the development mails: what a rater quoted for a signal carries it, the others carry nothing."""
    out = []
    for file in sorted((MAILS / "development").glob("*.labels.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            label = json.loads(line)
            rejection = read_rejection((MAILS / "development" / file.name.split(".")[0] / label["file"]).read_bytes())
            quotes = {name: [" ".join(q.split()) for q in qs] for name, qs in label["quotes"].items()}
            if label["stage"]:
                quotes[label["stage"]] = quotes.get("stage", [])
            body = parts_of(rejection.email.written, rejection.email.sender.name).body
            for text in sentences(body):
                carries = {
                    name for name in FAMILIES if any(q and (q in text or text in q) for q in quotes.get(name, []))
                }
                out.append((text, frozenset(carries), file.name.split(".")[0]))
    return out


def fit(rows: Sequence[Row], smallest: float = 0.0) -> Weights:
    """One model a family; weights under `smallest` dropped."""
    x, names = matrix([set(grams_of(text)) for text, _, _ in rows], 2)
    kept: dict[str, list[float]] = {}
    constants = []
    for number, family in enumerate(FAMILIES):
        y = np.array([family in carried for _, carried, _ in rows])
        ratio = np.clip(np.log(_share(x[y]) / _share(x[~y])), -4, 4)
        model = LogisticRegression(C=C_WORDS, solver="liblinear").fit(x @ diags(ratio), y)
        weights = model.coef_[0] * ratio
        for i in np.flatnonzero(np.abs(weights) > smallest):
            kept.setdefault(names[i], []).extend([number, round(float(weights[i]), 2)])
        constants.append(round(float(model.intercept_[0]), 3))
    return Weights(Words({gram: " ".join(f"{v:g}" for v in entry) for gram, entry in kept.items()}), constants, {})


def labelled_mails() -> list[Mail]:
    """Whole mails: those written sentence by sentence, and the development mails with their labels."""
    out: list[Mail] = []
    for file in sorted((MAILS / "sentences").glob("m*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            pairs = json.loads(line)["sentences"]
            carried = {name for _, names in pairs for name in names}
            stage = next((name for name in reversed(STAGES) if name in carried), "none")
            out.append(
                (
                    tuple(text for text, _ in pairs),
                    {**{name: name in carried for name in TOLD}, "stage": stage},
                    file.stem,
                )
            )
    for path, label in labelled("development"):
        rejection = read_rejection(path.read_bytes())
        subject = [rejection.email.subject] if rejection.email.subject else []
        told = {**{name: label[name] for name in TOLD}, "stage": label["stage"] or "none"}
        out.append(((*subject, *sentences(rejection.body)), told, path.parent.name))
    return out


def fit_mails(measured: Sequence[dict[str, float]], mails: Sequence[Mail]) -> dict[str, dict[str, float]]:
    """The models over whole mails, from how their sentences were read by models that had seen nothing of their author."""
    names = sorted(measured[0])
    x = np.array([[row[name] for name in names] for row in measured])
    mean, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread == 0] = 1
    out = {}
    for target in (*TOLD, "stage"):
        y = np.array([told[target] for _, told, _ in mails])
        model = LogisticRegression(C=C_MAILS, max_iter=5000).fit((x - mean) / spread, y)
        rows = zip([target] if target != "stage" else model.classes_, model.coef_, model.intercept_, strict=True)
        for name, coefficients, intercept in rows:
            weights = coefficients / spread
            found = {key: round(float(w), 4) for key, w in zip(names, weights, strict=True)}
            found["constant"] = round(float(intercept - (weights * mean).sum()), 4)
            out[str(name)] = found
    return out


def read_unseen(rows: Sequence[Row], mails: Sequence[Mail]) -> list[dict[str, float]]:
    """The measures of each mail, its sentences read by models that had seen nothing of its author."""
    out: list[dict[str, float]] = [{} for _ in mails]
    for author in sorted({author for _, _, author in mails}):
        weights = fit([row for row in rows if row[2] != author])
        for place, (texts, _, own) in enumerate(mails):
            if own == author:
                out[place] = measures([read_grams(grams_of(text), weights) for text in texts])
    return out


def crossed_mails(measured: Sequence[dict[str, float]], mails: Sequence[Mail]) -> Iterable[str]:
    """For each signal the share of mails read rightly, by authors left out."""
    right: Counter[tuple[str, str]] = Counter()
    for author in sorted({author for _, _, author in mails}):
        rest = [place for place, mail in enumerate(mails) if mail[2] != author]
        models = fit_mails([measured[place] for place in rest], [mails[place] for place in rest])
        for row, (_, told, own) in zip(measured, mails, strict=True):
            if own == author:
                said = read_measured(row, models)
                for name in (*TOLD, "stage"):
                    right[name, author] += (
                        (said[name] or "none") == told[name] if name == "stage" else said[name] == told[name]
                    )
    count = Counter(author for _, _, author in mails)
    for name in (*TOLD, "stage"):
        each = "  ".join(f"{author} {right[name, author] / n:.2f}" for author, n in sorted(count.items()))
        yield f"{name:22} {sum(right[name, a] for a in count) / len(mails):.3f}   {each}"


def crossed(rows: Sequence[Row]) -> Iterable[str]:
    """For each family precision, recall and F of sentences by authors left out."""
    truth: dict[str, list[bool]] = defaultdict(list)
    said: dict[str, list[float]] = defaultdict(list)
    for author in sorted({author for _, _, author in rows}):
        weights = fit([row for row in rows if row[2] != author])
        for text, carried, _ in (row for row in rows if row[2] == author):
            odds = read_grams(grams_of(text), weights)
            for family in FAMILIES:
                truth[family].append(family in carried)
                said[family].append(odds[family])
    for family in FAMILIES:
        p, r, at = precision_recall_curve(truth[family], said[family])
        f = 2 * p * r / np.maximum(p + r, 1e-9)
        best = int(np.argmax(f[:-1]))
        yield f"{family:22} {sum(truth[family]):5} precision {p[best]:.2f} recall {r[best]:.2f} F {f[best]:.2f} above {at[best]:.2f}"


def main() -> None:
    """Fit, print and write."""
    warnings.filterwarnings("ignore", category=FutureWarning)
    rows = [*bank(), *of_mails()]
    print(len(rows), "sentences")
    if "--sentences" in sys.argv:
        for line in crossed(rows):
            print(line)
    mails = labelled_mails()
    measured = read_unseen(rows, mails)
    print(len(mails), "mails")
    for line in crossed_mails(measured, mails):
        print(line)
    weights = fit(rows, SMALLEST)
    words = dict(sorted(weights.words.texts.items()))
    text = json.dumps(
        {"words": words, "constants": list(weights.constants), "mails": fit_mails(measured, mails)},
        ensure_ascii=False,
        indent=0,
    )
    WEIGHTS.write_text(text + "\n", encoding="utf-8")
    print(len(words), "n-grams,", WEIGHTS.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
