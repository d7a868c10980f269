"""Words, stems and names of a text, as the grounding checks compare them. Pure functions over `rules/words.yaml`."""

from __future__ import annotations

import functools
import re
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

from assistant.data_files import read_yaml
from assistant.letter import Span

# A combining accent belongs to the letter before it: names come composed and decomposed.
_WORD = re.compile(r"[\w\u0300-\u036f]+(?:['’][\w\u0300-\u036f]+)*")
# Each sentence of a letter is held against each fact by several checks: what was read in a text is kept for so many texts.
KEPT = 1024


class Word(NamedTuple):
    """One word of a text: as written, its stem, and where it stands. A tuple: every letter has hundreds."""

    text: str
    stem: str
    span: Span


@functools.cache
def rules(name: str) -> Any:
    """The parsed rule file `rules/<name>.yaml`."""
    return read_yaml(Path(__file__).parent / "rules" / f"{name}.yaml")


@functools.cache
def cue(family: str) -> re.Pattern[str]:
    """One pattern for a family of cues.yaml."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in rules("cues")[family]), re.IGNORECASE | re.MULTILINE)


@functools.lru_cache(maxsize=KEPT)
def words(text: str) -> tuple[Word, ...]:
    """All words in order, abbreviations expanded in their stems: `abt` has the stem of `about`."""
    return tuple(Word(m.group(), stem(m.group()), Span(m.start(), m.end())) for m in _WORD.finditer(text))


def stem(word: str) -> str:
    """The stem under which forms of one word meet: moved, moving -> move; yrs -> year; Anne's -> anne; Zoë -> zoe."""
    if not word.isascii():  # Goiás and goias are one: whoever types in a hurry leaves the accents out
        plain = unicodedata.normalize("NFD", word.replace("’", "'"))
        word = "".join(c for c in plain if not unicodedata.combining(c))
    return _stem(word.lower())


@functools.lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    if not word:  # an accent without a letter
        return ""
    lists = rules("words")
    word = word.removesuffix("'s").removesuffix("'")
    word = lists["abbreviations"].get(word, word).split()[-1]
    word = lists["irregular"].get(word, word)
    return str(_stemmer().stemWord(word))


@functools.cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


@functools.lru_cache(maxsize=KEPT)
def stems(text: str) -> frozenset[str]:
    """The stems of all words of a text."""
    return frozenset(w.stem for w in words(text))


def akin(a: str, b: str) -> bool:
    """`scanner` and `scan`, `handover` and `hand`: one stem begins the other and is of nearly its length."""
    return min(len(a), len(b)) >= 4 and (a.startswith(b) or b.startswith(a)) and abs(len(a) - len(b)) <= 4


@functools.cache
def stems_of(*lists: str) -> frozenset[str]:
    """The stems of word lists of words.yaml, such as `function` or `courtesy`."""
    return frozenset(stem(word) for name in lists for word in rules("words")[name].split())


@functools.lru_cache(maxsize=KEPT)
def content_words(text: str) -> tuple[Word, ...]:
    """The words that carry a claim: neither function words nor numbers."""
    plain, counted = stems_of("function"), rules("words")["numbers"]
    return tuple(w for w in words(text) if w.stem not in plain and not _empty(w.text) and w.text.lower() not in counted)


def _empty(word: str) -> bool:
    """Figures, and contractions of function words: won't, you'd, it's, I'm."""
    if word[0].isdigit():
        return True
    base, mark, tail = word.lower().replace("’", "'").rpartition("'")
    return bool(mark) and (
        tail in ("ll", "ve", "re", "d", "m")
        or (base.endswith("n") and tail == "t")
        or stem(base) in stems_of("function")
    )


@functools.lru_cache(maxsize=KEPT)
def content_stems(text: str) -> frozenset[str]:
    """Stems of the content words."""
    return frozenset(w.stem for w in content_words(text))


@functools.lru_cache(maxsize=KEPT)
def weighty_stems(text: str) -> frozenset[str]:
    """Stems of the content words that are no courtesy of the occasion."""
    return content_stems(text) - stems_of("courtesy")


@functools.lru_cache(maxsize=KEPT)
def names(text: str) -> tuple[Word, ...]:
    """Words written as names: a capital inside a sentence, or a first word that is no ordinary word of this occasion."""
    out = []
    ordinary = stems_of("function", "courtesy", "frames")
    after = frozenset(f"{rules('words')['after_a_name']} {rules('words')['speech']}".split())
    for place, w in enumerate(found := words(text)):
        if not w.text[0].isupper() or w.text == "I" or w.text.startswith(("I'", "I’")) or _empty(w.text):
            continue
        if w.text.lower() in rules("words")["numbers"]:
            continue
        before = text[: w.span.start].rstrip()
        initial = place == 0 or before.endswith((".", "?", "!", ":", "\n", "“", '"', "-", "•"))
        follower = found[place + 1].text if place + 1 < len(found) else ""
        if not initial or (w.stem not in ordinary and follower.lower() in after):
            out.append(w)
    return tuple(out)
