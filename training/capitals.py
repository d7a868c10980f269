"""Which words have a capital though people type them without: seen in the pairs, where a note has them small and its sentence never.

    python training/capitals.py > assistant/writing/own_words/capitals.txt

A word that any sentence of the pairs, or any letter or mail of the evals, has small is an ordinary word as well and stays out.
"""

from __future__ import annotations

import json
import re
import textwrap
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
WORD = re.compile(r"[^\W\d_]+")
SHORTEST = 3  # letters: of two there are too many readings


def small_words() -> set[str]:
    """Every word that stands small in a carefully written text of the evals."""
    texts = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "evals" / "letters").rglob("*.jsonl"))]
    texts += [p.read_text(encoding="utf-8") for p in sorted((ROOT / "evals" / "references").glob("*.toml"))]
    return {word for text in texts for word in WORD.findall(text) if word.islower()}


def capitals() -> list[str]:
    """The words in their usual form, sorted."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    lists = tomllib.loads((Path(__file__).parent / "capitals.toml").read_text(encoding="utf-8"))
    ordinary = small_words() | set(lists["both"].split())
    for path in sorted((ROOT / "training" / "pairs").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            pair = json.loads(line)
            typed = {word for word in WORD.findall(pair["note"]) if word.islower()}
            for sentence in re.split(r"(?<=[.?!:])\s+", pair["sentence"]):
                for place, word in enumerate(WORD.findall(sentence)):
                    if word.islower():
                        ordinary.add(word)
                    elif place and len(word) >= SHORTEST and word.lower() in typed:
                        forms[word.lower()][word] += 1
    found = {counts.most_common(1)[0][0] for word, counts in forms.items() if word not in ordinary}
    return sorted(found | set(lists["more"].split()))


if __name__ == "__main__":
    print(textwrap.fill(" ".join(capitals()), 140))
