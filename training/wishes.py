"""Fit what `writing.wishes` reads requests with: which kind of change one clause wants. Writes the weights and prints a cross-validation.

    pip install '.[training]' && python training/wishes.py

One logistic regression over the words, pairs and triples of words of a request that asks for one thing, all kinds at once. Every printed
figure is on an author whom the model hadn't seen. The test requests are never read here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from assistant.writing.wishes import LEARNED, features

ROOT = Path(__file__).parent.parent
REQUESTS = ROOT / "evals" / "chat" / "development"
FEWEST = 2  # requests that an n-gram must stand in
C = 1.0  # of 0.3, 1, 3 and 10 the best on authors left out, with 3 as good
SMALLEST = 0.02  # a weight nearer to nothing is not kept

Row = tuple[str, str, str]  # the request, the kind it wants, its author


def rows() -> list[Row]:
    """All development requests that want one thing."""
    out = []
    for path in sorted(REQUESTS.glob("requests-*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if len(row["wishes"]) == 1:
                out.append((row["text"], row["wishes"][0]["kind"], path.stem))
    return out


def fitted(data: Sequence[Row]) -> tuple[LogisticRegression, dict[str, int]]:
    """The model, and the column of each n-gram."""
    counts = Counter(gram for text, _, _ in data for gram in features(text))
    place = {gram: at for at, gram in enumerate(sorted(g for g, n in counts.items() if n >= FEWEST))}
    model = LogisticRegression(C=C, max_iter=600)
    model.fit(matrix([text for text, _, _ in data], place), [kind for _, kind, _ in data])
    return model, place


def matrix(texts: Sequence[str], place: dict[str, int]) -> csr_matrix:
    """One row for each text, 1 for each n-gram it holds."""
    cells = [(row, place[gram]) for row, text in enumerate(texts) for gram in features(text) if gram in place]
    ones = np.ones(len(cells))
    return csr_matrix((ones, tuple(np.array(cells).T) if cells else ([], [])), (len(texts), len(place)))


def main() -> None:
    data = rows()
    for author in sorted({a for _, _, a in data}):
        model, place = fitted([row for row in data if row[2] != author])
        seen = [row for row in data if row[2] == author]
        said = model.predict(matrix([text for text, _, _ in seen], place))
        right = np.mean([a == kind for a, (_, kind, _) in zip(said, seen, strict=True)])
        print(f"{author}: {right:.2f} of {len(seen)} right when left out")
    model, place = fitted(data)
    weights = {}
    for gram, at in place.items():
        entry = " ".join(f"{k} {w:.2f}" for k, w in enumerate(model.coef_[:, at]) if abs(w) >= SMALLEST)
        if entry:
            weights[gram] = entry
    kept = {
        "kinds": list(model.classes_),
        "constants": [round(float(c), 3) for c in model.intercept_],
        "words": weights,
    }
    LEARNED.write_text(json.dumps(kept, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{len(data)} requests, {len(weights)} n-grams, {LEARNED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
