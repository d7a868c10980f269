"""Fit what the grounding checks weigh with: which sentences claim what no fact says, and which turn a fact round.

    pip install '.[training]' && python training/grounding.py

Reads letters on briefs with inventions and swaps (`evals/grounding/development`), writes `assistant/checks/rules/grounding.json` and, from
the labelled letters, the list of words that are ordinary in such letters. The figures it prints are by cross-validation over briefs.
"""

from __future__ import annotations

import json
import warnings
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from assistant.brief import Brief
from assistant.brief_file import brief_from_values, read_brief_values
from assistant.checks.learned import ngrams
from assistant.checks.support import Grounds, grounds_of, novelty_measures, rests_upon
from assistant.checks.turns import meant, relation_measures
from assistant.checks.vocabulary import content_words
from assistant.letter import Sentence
from assistant.zones import parse_letter

ROOT = Path(__file__).parent.parent
CASES = ROOT / "evals" / "grounding" / "development"
RULES = ROOT / "assistant" / "checks" / "rules"
BRIEFS, TEXT_STRENGTH = 6, 1.0  # that an n-gram must stand in letters on; how freely its weight is fitted
ORDINARY = 30  # sentences of all that we have that a word must stand in to be ordinary
FALSE_NOVEL, FALSE_TURNED = 0.02, 0.02  # of honest sentences, how many may be named


@dataclass(frozen=True)
class Case:
    """A sentence as measured, whether it is wrong, and the brief its letter is on."""

    measures: dict[str, float]
    wrong: bool
    brief: str
    text: str


def brief_of(row: dict) -> Brief:
    path = ROOT / row["case"]
    return brief_from_values(read_brief_values(path), path.name)


def sentences_of(text: str) -> tuple[Sentence, ...]:
    return parse_letter(text).sentences


def main() -> None:
    warnings.filterwarnings("ignore")
    write_ordinary()
    rows = [
        json.loads(line) for f in sorted(CASES.glob("*.jsonl")) for line in f.read_text(encoding="utf-8").splitlines()
    ]
    novel: list[Case] = []
    turned: list[Case] = []
    for row in rows:
        grounds = grounds_of(brief_of(row))
        for sentence in sentences_of(row["letter"]):
            novel.append(
                Case(
                    novelty_measures(sentence, rests_upon(sentence.text, grounds), grounds),
                    False,
                    row["case"],
                    sentence.text,
                )
            )
            turned += turned_cases(sentence, grounds, row["case"], False)
        for invention in row["inventions"]:
            for sentence in sentences_of(invention["sentence"]):
                novel.append(
                    Case(
                        novelty_measures(sentence, rests_upon(sentence.text, grounds), grounds),
                        True,
                        row["case"],
                        sentence.text,
                    )
                )
        for swap in row["swaps"]:
            if swap["kind"] == "date":
                continue  # numbers and dates are compared, not weighed
            before = {s.text for s in sentences_of(swap["old"])}
            for sentence in sentences_of(swap["new"]):
                if sentence.text not in before:
                    turned += turned_cases(sentence, grounds, row["case"], True)
    out = {
        "novelty": fit("novelty", novel, FALSE_NOVEL, 0.03),
        "relation": fit("relation", turned, FALSE_TURNED, 0.003),
    }
    text = json.dumps(out, ensure_ascii=False, separators=(",", ":"))
    (RULES / "grounding.json").write_text(text.replace('},"', '},\n"').replace('],"', '],\n"') + "\n", encoding="utf-8")


def turned_cases(sentence: Sentence, grounds: Grounds, brief: str, wrong: bool) -> list[Case]:
    resting = rests_upon(sentence.text, grounds)
    if not resting:
        return []
    fact = meant(sentence.text, resting)
    return [Case(relation_measures(sentence.text, fact, grounds), wrong, brief, sentence.text)]


def fit(name: str, cases: list[Case], false: float, strength: float) -> dict:
    """A model over measures, their products and the words, shifted so that 0 is where so many honest sentences would be named."""
    names = list(cases[0].measures)
    y = np.array([c.wrong for c in cases])
    groups = [c.brief for c in cases]  # several authors wrote on one brief: none is judged by what its own brief taught
    folds = GroupKFold(10)
    # Only turns of phrase that stand in letters on several briefs: what is said of one job teaches nothing of the next.
    spread: dict[str, set[str]] = defaultdict(set)
    for c in cases:
        for gram in ngrams(c.text):
            spread[gram].add(c.brief)
    wide = {gram for gram, briefs in spread.items() if len(briefs) >= BRIEFS}
    vocabulary = DictVectorizer()
    grams = vocabulary.fit_transform([dict.fromkeys(wide & ngrams(c.text), 1) for c in cases])
    by_words = LogisticRegression(C=TEXT_STRENGTH, max_iter=1000)
    words = cross_val_predict(by_words, grams, y, groups=groups, cv=folds, method="decision_function")
    x = np.column_stack([[[float(c.measures[n]) for n in names] for c in cases], words])
    model = make_pipeline(
        StandardScaler(),
        PolynomialFeatures(2, include_bias=False),
        StandardScaler(),
        LogisticRegression(C=strength, max_iter=5000),
    )
    held = cross_val_predict(model, x, y, groups=groups, cv=folds, method="decision_function")
    for share in (0.01, 0.02, 0.03, 0.05, 0.1):
        found = np.mean(held[y] > np.quantile(held[~y], 1 - share))
        print(f"{name}: naming {share:.2f} of {np.sum(~y)} honest sentences finds {found:.2f} of {np.sum(y)}")
    first, products, second, last = (step for _, step in model.fit(x, y).steps)
    weights = last.coef_[0] / second.scale_
    constant = last.intercept_[0] - weights @ second.mean_ - np.quantile(held[~y], 1 - false)
    powers = [[i for i, p in enumerate(row) for _ in range(p)] for row in products.powers_]
    fitted = by_words.fit(grams, y)
    said = zip(vocabulary.get_feature_names_out(), fitted.coef_[0], strict=True)
    return {
        "measures": [*names, "text"],
        "mean": [round(float(v), 4) for v in first.mean_],
        "scale": [round(float(v), 4) for v in first.scale_],
        "constant": round(float(constant), 4),
        "terms": [[*p, round(float(w), 4)] for p, w in zip(powers, weights, strict=True) if abs(w) > 0.002],
        "text_constant": round(float(fitted.intercept_[0]), 3),
        "text": {str(g): round(float(w), 2) for g, w in said if abs(w) > 0.15},
    }


def write_ordinary() -> None:
    """Stems that stand in many sentences of letters of all trades."""
    counts: Counter[str] = Counter()
    for folder in ("evals/letters/development", "evals/letters/sentences"):
        for file in sorted((ROOT / folder).glob("*.jsonl")):
            for line in file.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                texts = [s.text for s in parse_letter(row["letter"]).sentences] if "letter" in row else [row["text"]]
                for text in texts:
                    counts.update({w.stem for w in content_words(text)})
    stems = sorted(s for s, n in counts.items() if n >= ORDINARY)
    text = (
        "# Stems that are ordinary in such letters, whatever the trade; counted by training/grounding.py.\nstems: >\n"
    )
    for start in range(0, len(stems), 16):
        text += "  " + " ".join(stems[start : start + 16]) + "\n"
    (RULES / "ordinary.yaml").write_text(text, encoding="utf-8")
    print(f"{len(stems)} ordinary stems")


if __name__ == "__main__":
    main()
