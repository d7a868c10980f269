"""Fit what `checks.learned` reads with: how sentences and letters of each kind differ. Writes the weights and a cross-validated report.

    pip install '.[training]' && python training/verdict.py

Sentence models: one logistic regression a family over the n-grams of a sentence. Letter model: one over how the sentences of a letter were
read, where each letter was read by models that had seen nothing of its author. Every figure in the report is on authors the models hadn't
seen.
"""

from __future__ import annotations

import argparse
import json
import random
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score, confusion_matrix, precision_recall_fscore_support
from sklearn.preprocessing import StandardScaler

from assistant.checks import find
from assistant.checks.book import shipped_book
from assistant.checks.learned import FAMILIES, LABELS, SCALES, Weights, letter_measures, ngrams, read, total
from assistant.checks.verdict import CLASS_OF as _CLASS_OF
from assistant.checks.verdict import rule_measures
from assistant.grams import Parted
from assistant.zones import parse_letter

ROOT = Path(__file__).parent.parent
LETTERS, SENTENCES = ROOT / "evals" / "letters" / "development", ROOT / "evals" / "letters" / "sentences"
PAIRS = ROOT / "training" / "pairs"
WEIGHTS, REPORT = ROOT / "assistant" / "checks" / "rules" / "learned.json", ROOT / "training" / "verdict.md"
C_WORDS, C_LETTERS = 10.0, 0.03  # chosen by the cross-validation below, from 1, 4, 10, 30 and 0.01, 0.03, 0.1, 0.3
COPIES, WEIGHT_OF_MADE = (
    2,
    0.1,
)  # of each good letter with a faulty sentence put in, and what one counts beside a letter that was written
SMALLEST = 0.5  # a weight nearer to nothing is not kept

Labelled = tuple[str, frozenset[str]]


def read_lines(folder: Path) -> list[dict]:
    """All JSON lines of a folder, each with the author: the name of its file."""
    return [
        {**json.loads(line), "author": f.stem}
        for f in sorted(folder.glob("*.jsonl"))
        for line in f.read_text(encoding="utf-8").splitlines()
    ]


def drafted_sentences() -> list[Labelled]:
    """Every tenth sentence that the embedded model learns to write: plain, true and to the point, and a check that faults them is wrong."""
    rows = [row for row in read_lines(PAIRS) if row["kind"] in _DRAFTED and len(row["sentence"].split()) > 3]
    return [(row["sentence"], _DRAFTED[row["kind"]]) for row in rows[::10]]


_DRAFTED = {
    **dict.fromkeys(("conversation", "their_work", "about_me"), frozenset({"specific"})),
    "next_step": frozenset({"hook"}),
    **dict.fromkeys(("opening", "closing"), frozenset()),
}


def marked_sentences(row: dict) -> list[Labelled]:
    """The sentences of a labelled letter, each with the families that its marks give it."""
    letter = parse_letter(row["letter"])
    marks = [(row["letter"].find(quote), len(quote), family) for family, quote in row["marks"]]
    out = []
    for s in letter.sentences:
        shared = [
            (min(a + n, s.span.end) - max(a, s.span.start), min(n, s.span.end - s.span.start), f) for a, n, f in marks
        ]
        out.append((s.text, frozenset(f for common, shorter, f in shared if common > shorter / 2)))
    return out


def matrix(grams: Sequence[set[str]], fewest: int) -> tuple[csr_matrix, list[str]]:
    """One row for each set of n-grams, each weighing the less the more there are; and the n-grams in the order of the columns."""
    counts = Counter(g for found in grams for g in found)
    names = sorted(g for g, n in counts.items() if n >= fewest)
    place = {g: i for i, g in enumerate(names)}
    rows = [np.array([place[g] for g in found if g in place], dtype=int) for found in grams]
    values = np.concatenate([np.full(len(r), 1 / np.sqrt(max(1, len(r)))) for r in rows])
    return csr_matrix((values, np.concatenate(rows), np.cumsum([0, *map(len, rows)])), (len(rows), len(names))), names


def _share(rows: csr_matrix) -> np.ndarray:
    """How much of all that was said each n-gram is, none of them nothing."""
    counts = np.asarray((rows > 0).sum(axis=0)).ravel() + 1.0
    return counts / counts.sum()


def fit_words(sentences: Sequence[Labelled], letters: Sequence[dict], smallest: float = 0.0) -> Weights:
    """The models over n-grams: a family against the rest for sentences, a label for letters; weights under `smallest` dropped."""
    kept: dict[str, list[float]] = {}
    constants: list[float] = []

    def fit(x: csr_matrix, names: list[str], wanted: Iterable[np.ndarray]) -> None:
        for y in wanted:
            # Each n-gram scaled by how much more it occurs on one side (Wang and Manning's mix of naive Bayes and a linear model):
            # kappa +0.012.
            ratio = np.clip(np.log(_share(x[y]) / _share(x[~y])), -4, 4)
            model = LogisticRegression(C=C_WORDS, solver="liblinear").fit(x @ diags(ratio), y)
            weights = model.coef_[0] * ratio
            for i in np.flatnonzero(np.abs(weights) > smallest):
                kept.setdefault(names[i], []).extend([len(constants), round(float(weights[i]), 2)])
            constants.append(round(float(model.intercept_[0]), 3))

    fit(
        *matrix([ngrams(text) for text, _ in sentences], 2),
        (np.array([f in fs for _, fs in sentences]) for f in FAMILIES),
    )
    whole = [
        {g for s in parse_letter(row["letter"]).sentences for g in ngrams(s.text) if g.count(" ") < 2}
        for row in letters
    ]
    fit(*matrix(whole, 3), (np.array([row["label"] == label for row in letters]) for label in LABELS))
    texts = {gram: " ".join(f"{v:g}" for v in entry) for gram, entry in kept.items()}
    return Weights(Parted(texts, len(FAMILIES), len(constants)), constants, {})


def spoilt(letters: list[dict], singles: list[dict], fold: set[str]) -> list[dict]:
    """Good letters of these authors, each twice with one faulty sentence of these authors put in somewhere: one sentence is enough."""
    draw = random.Random(7)
    faulty = [s for s in singles if s["author"] in fold and s["family"] in _CLASS_OF and s["family"] != "perfunctory"]
    out = []
    for row in [r for r in letters if r["author"] in fold and r["label"] == "good"]:
        places = [s.span.start for s in parse_letter(row["letter"]).sentences] or [0]
        for n, fault in enumerate(draw.sample(faulty, min(COPIES, len(faulty)))):
            at = draw.choice(places)
            text = f"{row['letter'][:at]}{fault['text']} {row['letter'][at:]}"
            out.append(
                {**row, "id": f"{row['id']}+{n}", "label": _CLASS_OF[fault["family"]], "letter": text, "made": True}
            )
    return out


def read_fold(rows: list[dict], letters: list[dict], sentences: list[tuple[str, Labelled]], fold: set[str]) -> dict:
    """The measures of this fold's letters, by models fitted without its authors."""
    warnings.filterwarnings("ignore")
    weights = fit_words(
        [s for author, s in sentences if author not in fold],
        [r for r in letters if r["author"] not in fold],
        SMALLEST,
    )
    own = [r for r in rows if r["author"] in fold]
    return dict(zip([r["id"] for r in own], measured(own, weights), strict=True))


def measured(rows: Iterable[dict], weights: Weights) -> list[dict[str, float]]:
    """For each letter what the model of letters weighs."""
    book = shipped_book()
    out = []
    for row in rows:
        letter = parse_letter(row["letter"])
        out.append(
            letter_measures(letter, read(letter, weights)) | rule_measures(find(letter, None, "note", book), book)
        )
    return out


def fit_letters(x: Sequence[dict[str, float]], rows: Sequence[dict]) -> dict[str, dict[str, float]]:
    """The model of letters, by label, and by step of the two scales. What standardising did is folded into its weights."""
    names = list(x[0])
    values = np.array([[v[n] for n in names] for v in x])
    scaler = StandardScaler().fit(values)
    counted = np.array([WEIGHT_OF_MADE if "made" in r else 1.0 for r in rows])
    out = {}

    def fit(labels: np.ndarray, called: Callable[[object], str]) -> None:
        model = LogisticRegression(C=C_LETTERS, max_iter=5000).fit(
            scaler.transform(values), labels, sample_weight=counted
        )
        pairs = (
            list(zip(model.classes_, model.coef_, model.intercept_, strict=True))
            if len(model.classes_) > 2
            else [(True, model.coef_[0], model.intercept_[0])]
        )
        for label, coefficients, constant in pairs:
            raw = coefficients / scaler.scale_
            shift = float(constant - raw @ scaler.mean_)
            out[called(label)] = {
                **{n: round(float(w), 4) for n, w in zip(names, raw, strict=True)},
                "constant": round(shift, 4),
            }

    fit(np.array([r["label"] for r in rows]), str)
    for scale in SCALES:
        for step in (1, 2):
            fit(np.array([r[scale] >= step for r in rows]), lambda _, scale=scale, step=step: f"{scale}.{step}")
    return out


def main() -> None:
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=Path, default=LETTERS)
    parser.add_argument("--sentences", type=Path, default=SENTENCES)
    parser.add_argument("--folds", type=int, default=8, help="groups of authors left out in turn")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    args = parser.parse_args()
    letters, singles = read_lines(args.letters), read_lines(args.sentences)
    sentences = [(r["author"], s) for r in letters for s in marked_sentences(r)]
    sentences += [(r["author"], (r["text"], frozenset({r["family"]} - {"plain"}))) for r in singles]
    sentences += [("", s) for s in drafted_sentences()]
    authors = sorted({row["author"] for row in [*letters, *singles]})
    folds = [set(authors[k :: args.folds]) for k in range(args.folds)]
    made = [row for fold in folds for row in spoilt(letters, singles, fold)]

    scores: dict[str, dict[str, float]] = {}  # by id of the letter: measures by models that haven't seen its author
    jobs = [delayed(read_fold)(letters + made, letters, sentences, fold) for fold in folds]
    for part in Parallel(n_jobs=args.jobs)(jobs):
        scores |= part
    said = {}
    for fold in folds:
        seen = [r for r in letters + made if r["author"] not in fold]
        model = fit_letters([scores[r["id"]] for r in seen], seen)
        for r in letters + made:
            if r["author"] in fold:
                said[r["id"]] = max(LABELS, key=lambda label: total(model[label], scores[r["id"]]))
                for scale in SCALES:
                    said[r["id"], scale] = sum(total(model[f"{scale}.{step}"], scores[r["id"]]) > 0 for step in (1, 2))
    right = np.mean([said[r["id"]] == r["label"] for r in made])
    print(f"of {len(made)} good letters with one faulty sentence put in, {right:.2f} are named by its fault")
    report = as_report(letters, len(singles), said)
    print(report)
    REPORT.write_text(report, encoding="utf-8")
    whole = fit_words([s for _, s in sentences], letters, SMALLEST)
    model = fit_letters([scores[r["id"]] for r in letters + made], letters + made)
    lines = ",\n".join(
        f'{json.dumps(gram, ensure_ascii=False)}:"{entry}"' for gram, entry in sorted(whole.words.texts.items())
    )
    head = json.dumps(
        {"families": FAMILIES, "labels": LABELS, "constants": whole.constants, "letters": model}, indent=1
    )
    WEIGHTS.write_text(f'{head[:-2]},\n "words": {{\n{lines}\n}}}}\n', encoding="utf-8")
    print(f"{len(whole.words.texts)} n-grams, {WEIGHTS.stat().st_size // 1000} kB")


def as_report(letters: list[dict], sentences: int, judged: dict) -> str:
    """The report as Markdown."""
    gold, said = [r["label"] for r in letters], [judged[r["id"]] for r in letters]
    single = [r for r in letters if not r["author"].startswith("b")]
    scales = {s: np.mean([judged[r["id"], s] == r[s] for r in letters]) for s in SCALES}
    precision, recall, _, count = precision_recall_fscore_support(gold, said, labels=LABELS, zero_division=0)
    authors = len({r["author"] for r in letters})
    out = [
        "# How well the learned reading of tone does",
        "",
        f"Made by `training/verdict.py` from {len(letters)} labelled letters of {authors} authors and {sentences} single sentences.",
        "Every letter was judged by models fitted without its author. The authors b1, b2 … wrote twins, the same letter with and",
        "without a fault, which is harder than any mailbox.",
        "",
        f"Cohen's kappa against the labels: **{cohen_kappa_score(gold, said):.3f}**, without the twins **"
        f"{cohen_kappa_score([r['label'] for r in single], [judged[r['id']] for r in single]):.3f}**. Right on the scales: "
        + ", ".join(f"{name} {share:.2f}" for name, share in scales.items())
        + ".",
        "",
        "| label | letters | precision | recall |",
        "|---|---|---|---|",
        *(
            f"| {name} | {n} | {p:.2f} | {r:.2f} |"
            for name, n, p, r in zip(LABELS, count, precision, recall, strict=True)
        ),
        "",
        "Confusion, label down, said across:",
        "",
        "| | " + " | ".join(LABELS) + " |",
        "|---|" + "---|" * len(LABELS),
        *(
            f"| {name} | " + " | ".join(map(str, row)) + " |"
            for name, row in zip(LABELS, confusion_matrix(gold, said, labels=LABELS), strict=True)
        ),
        "",
    ]
    return "\n".join(out)


if __name__ == "__main__":
    main()
