"""Is a note written in English? Told by its small words and its letters, no more: enough to say that a model can't do it."""

from __future__ import annotations

import functools
import re
import unicodedata

from assistant.checks.vocabulary import rules

_WORD = re.compile(r"[^\W\d_]+")
LEAST = 2  # small words of another language
FOREIGN_LETTERS = 0.3  # share of letters outside the Latin alphabet, beyond which no list of words is needed


def other_language(text: str) -> str:
    """The language that a note seems to be written in, "another alphabet" for letters other than Latin ones, "" for English or unknown."""
    letters = [c for c in text if c.isalpha()]
    if sum("LATIN" not in unicodedata.name(c, "LATIN") for c in letters) > FOREIGN_LETTERS * max(1, len(letters)):
        return "another alphabet"
    words = [w.lower() for w in _WORD.findall(text)]
    english = sum(w in _english() for w in words)
    found = {language: sum(w in small for w in words) for language, small in _small_words().items()}
    language = max(found, key=lambda name: found[name])
    return language if found[language] >= LEAST and found[language] > english else ""


@functools.cache
def _english() -> frozenset[str]:
    return frozenset(rules("words")["function"].split())


@functools.cache
def _small_words() -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in rules("languages")["small_words"].items()}
