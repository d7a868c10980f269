"""How a rejection reads: each sentence, strongly or not as each thing that such a mail may say; then the mail as a whole.

Linear models, fitted by `training/signals.py`: over a sentence's words, pairs and triples of words and the groups of `cues.yaml`; and over
how the sentences of a mail were read. The weights are data (`learned.json`). What the families mean stands in `evals/mails/README.md`.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.data_files import read_yaml
from assistant.grams import Words, runs, tokens
from assistant.patterns import Matcher, expand, plain

FAMILIES = (
    "personal", "invites_contact", "mentions_other_opening", "gives_reason", "hostile",
    "application", "screen", "interview", "final", "machine",
)  # fmt: skip
STAGES = ("application", "screen", "interview", "final")
TOLD = (
    "personal",
    "invites_contact",
    "mentions_other_opening",
    "gives_reason",
    "hostile",
)  # yes or no, of a whole mail
MOST_SENTENCES = 300  # read of one mail; the longest real one has a tenth


@dataclass(frozen=True)
class Weights:
    """`words` gives for an n-gram number and weight of each family that it speaks for or against; `constants` where each starts.

    `mails` are the models over `measures`: one for each of `TOLD`, one for each stage and for none of them.
    """

    words: Words
    constants: Sequence[float]
    mails: Mapping[str, Mapping[str, float]]


def measures(read: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """What the models of whole mails weigh: of each family the strongest sentence, its chance, the second, the sum of all; the length."""
    out = {"constant": 1.0, "sentences": math.log(1 + len(read))}
    for family in FAMILIES:
        odds = sorted((sentence[family] for sentence in read), reverse=True) or [-8.0]
        out[f"{family}.most"] = odds[0]
        out[f"{family}.chance"] = 1 / (1 + math.exp(-max(-30.0, odds[0]) - 1.5))
        out[f"{family}.second"] = odds[1] if len(odds) > 1 else -6.0
        out[f"{family}.all"] = sum(math.log1p(math.exp(min(30.0, value))) for value in odds)
    return out


def read_mail(read: Sequence[Mapping[str, float]], weights: Weights | None = None) -> dict[str, bool | str | None]:
    """What a mail tells, from how its sentences read: each of `TOLD`, and its `stage`, None where that can't be told."""
    return read_measured(measures(read), (weights or shipped_weights()).mails)


def read_measured(
    measured: Mapping[str, float], models: Mapping[str, Mapping[str, float]]
) -> dict[str, bool | str | None]:
    """The same from the measures of a mail."""
    sums = {name: sum(weight * measured[key] for key, weight in model.items()) for name, model in models.items()}
    stage = max((*STAGES, "none"), key=lambda name: sums[name])
    return {**{name: sums[name] > 0 for name in TOLD}, "stage": None if stage == "none" else stage}


def features(text: str) -> set[str]:
    """What a sentence is read by: words, pairs and triples of words by their stems, the groups of `cues.yaml`, and pairs of groups."""
    grams = runs([_stem(word) for word in tokens(text)])
    names, matcher = _cues()
    groups = sorted({names[number] for number in matcher.hits(plain(text))})
    pairs = {f"@{one}+{other}" for place, one in enumerate(groups) for other in groups[place + 1 :]}
    return grams | {f"@{name}" for name in groups} | pairs


@functools.cache
def _cues() -> tuple[list[str], Matcher]:
    groups = read_yaml(Path(__file__).parent / "cues.yaml")
    return list(groups), Matcher(expand(str(pattern), {}) for pattern in groups.values())


@functools.lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return _stemmer().stemWord(word) if word.islower() else word


@functools.cache
def _stemmer() -> Any:
    from Stemmer import Stemmer

    return Stemmer("english")


def read_sentence(text: str, weights: Weights | None = None) -> dict[str, float]:
    """The log-odds of each family, for one sentence."""
    return read_grams(features(text), weights or shipped_weights())


def read_grams(grams: Iterable[str], weights: Weights) -> dict[str, float]:
    """The same from the features of the sentence."""
    entries = list(weights.words.of(set(grams)))
    sums = [0.0] * len(FAMILIES)
    for entry in entries:
        for place, weight in entry:
            sums[place] += weight
    scale = 1 / math.sqrt(max(1, len(entries)))
    return {name: c + s * scale for name, c, s in zip(FAMILIES, weights.constants, sums, strict=True)}


@functools.cache
def shipped_weights() -> Weights:
    """The weights that come with the package."""
    values = json.loads((Path(__file__).parent / "learned.json").read_text(encoding="utf-8"))
    return Weights(Words(values["words"]), values["constants"], values["mails"])
