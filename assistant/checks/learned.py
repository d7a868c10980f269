"""What thousands of labelled sentences and letters taught about tone: how strongly a sentence reads as praise, pleading, bitterness …

A linear model over words, pairs and triples of words, fitted by `training/verdict.py` on the labelled letters in `evals/letters` and the
sentences beside them; its weights are data (`rules/learned.json`). It reads a sentence in a tenth of a millisecond and needs no library.
How well it does is in `training/verdict.md`. A rule of type `learned` turns it into a finding; `checks.verdict` weighs it for the
letter as a whole.
"""

from __future__ import annotations

import functools
import itertools
import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from pathlib import Path

from assistant.grams import Parted, runs, tokens
from assistant.letter import Letter

# What a sentence may be, as `evals/letters` marks it. `specific` and `hook` are what is right in a letter, the others what isn't.
FAMILIES = (
    "thanks", "flattery", "abasement", "apology", "pleading", "pressure", "bitterness", "boast", "oversharing", "padding", "leak",
    "recipient", "perfunctory", "specific", "hook",
)  # fmt: skip
HARMLESS = ("perfunctory", "specific", "hook")
LABELS = ("good", "perfunctory", "obsequious", "bitter", "pushy", "other")
SCALES = {
    "substantive": ("specific", 0.0),
    "hook": ("hook", -0.5),
}  # the family whose strongest sentence must reach that for a 2
MOST_SENTENCES = (
    300  # read of one letter: forty times a long one; beyond, its length alone says that it shouldn't go out
)


@dataclass(frozen=True)
class Weights:
    """`words` gives for an n-gram its weights, for a sentence by the places of `FAMILIES`, for a letter by those of `LABELS`.

    `constants` is what each of these starts from; `letters` the model over `letter_measures`, by label and scale.
    """

    words: Parted
    constants: Sequence[float]
    letters: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Reading:
    """How a letter reads: for each sentence log-odds by family, and for all its words together log-odds by label."""

    sentences: tuple[Mapping[str, float], ...]
    whole: Mapping[str, float]


@functools.lru_cache(maxsize=1024)  # each sentence is read for its family, for what it claims, and against its fact
def ngrams(text: str) -> frozenset[str]:
    """All words, pairs and triples of words of a sentence."""
    return frozenset(runs(tokens(text)))


def read(letter: Letter, weights: Weights | None = None) -> Reading:
    """Read the sentences of a letter, the first `MOST_SENTENCES` of them, and the letter as a whole."""
    weights = weights or shipped_weights()
    split = len(FAMILIES)
    sentences: list[Mapping[str, float]] = []
    told: dict[str, Sequence[float]] = {}  # what tells of the letter as a whole
    for sentence in letter.sentences[:MOST_SENTENCES]:
        found = weights.words.texts.keys() & ngrams(sentence.text)
        entries = []
        for gram in found:
            of_sentence, of_letter = weights.words[gram]
            if of_sentence:
                entries.append(of_sentence)
            if of_letter:  # words and pairs; triples of words tell nothing more of a whole letter
                told[gram] = of_letter
        sentences.append(dict(zip(FAMILIES, _weigh(entries, weights.constants[:split]), strict=True)))
    whole = _weigh(told.values(), weights.constants[split:])
    return Reading(tuple(sentences), dict(zip(LABELS, whole, strict=True)))


def _weigh(entries: Collection[Sequence[float]], constants: Sequence[float]) -> list[float]:
    """The log-odds that these entries add up to. Each counts once, the less the more there are."""
    if not entries:
        return list(constants)
    scale = 1 / math.sqrt(len(entries))
    return [c + s * scale for c, s in zip(constants, map(sum, zip(*entries, strict=True)), strict=True)]


def letter_measures(letter: Letter, reading: Reading) -> dict[str, float]:
    """What the model of letters weighs.

    Of each family the strongest sentence, its chance, and the sum of all; the strongest fault; the letter's words as a whole; its length.
    """
    out: dict[str, float] = {}
    for family in FAMILIES:
        values = [s[family] for s in reading.sentences] or [-8.0]
        out[f"{family}.most"] = max(values)
        out[f"{family}.chance"] = 1 / (1 + math.exp(-max(-30.0, min(30.0, max(values)))))
        out[f"{family}.all"] = sum(math.log1p(math.exp(min(30.0, v))) for v in values)
    faults = [_sum_of_odds([s[f] for f in FAMILIES if f not in HARMLESS]) for s in reading.sentences] or [-8.0]
    out["fault.most"] = max(faults)
    out |= {f"whole.{label}": value for label, value in reading.whole.items()}
    out["sentences"] = float(min(20, len(reading.sentences)))
    out["words"] = math.log(max(1, letter.words))
    return out


def _sum_of_odds(values: Sequence[float]) -> float:
    """The log-odds that any of these holds, as if each excluded the others."""
    top = max(values)
    return top + math.log(sum(math.exp(v - top) for v in values))


def read_letter(measured: Mapping[str, float], weights: Weights | None = None) -> dict[str, float]:
    """How likely each label is, 0 to 1, from `letter_measures` and what the rules add to them."""
    weights = weights or shipped_weights()
    sums = {label: total(weights.letters[label], measured) for label in LABELS}
    top = max(sums.values())
    odds = {label: math.exp(value - top) for label, value in sums.items()}
    return {label: value / sum(odds.values()) for label, value in odds.items()}


def total(model: Mapping[str, float], measured: Mapping[str, float]) -> float:
    """The log-odds that a model gives; its `constant` is weighed with 1."""
    return float(sum(map(mul, model.values(), map(measured.get, model, itertools.repeat(1.0)))))


def read_scales(measured: Mapping[str, float], weights: Weights | None = None) -> dict[str, int]:
    """How substantive a letter reads and how strong its hook, 0 to 2 each, from `letter_measures`."""
    weights = weights or shipped_weights()
    out = {}
    for scale in SCALES:
        steps = [weights.letters[f"{scale}.{step}"] for step in (1, 2)]
        out[scale] = sum(total(step, measured) > 0 for step in steps)
        family, least = SCALES[scale]
        if measured[f"{family}.most"] < least:  # no sentence reads so, whatever the letter as a whole does
            out[scale] = min(1, out[scale])
    return out


@functools.cache
def shipped_weights() -> Weights:
    """The weights that come with the package."""
    text = (Path(__file__).parent / "rules" / "learned.json").read_text(encoding="utf-8")
    values = json.loads(text)
    return Weights(
        Parted(values["words"], len(FAMILIES), len(values["constants"])), values["constants"], values["letters"]
    )
