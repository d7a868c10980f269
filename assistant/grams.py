"""Words, and runs of words, as the learned models read them; and the weights that such a model gives them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from assistant.patterns import plain

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[!?…\";:]")


Entry = Sequence[tuple[int, float]]  # the places of the sums that an n-gram adds to, in order, each with what it adds


class Words(dict[str, Entry]):
    """The weights of the file, each entry a text that is read when it is first asked for: a letter needs three hundred of 50,000."""

    def of(self, grams: AbstractSet[str]) -> Iterator[Entry]:
        """The entries of those n-grams that have one."""
        return map(self.__getitem__, self.texts.keys() & grams)

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Keep the texts as they stand in the file."""
        super().__init__()
        self.texts = texts

    def __missing__(self, gram: str) -> Entry:
        """Read an entry; () for an n-gram that has no weight, which isn't kept."""
        text = self.texts.get(gram)
        if text is None:
            return ()
        self[gram] = entry = _entry(text)
        return entry


class Parted(dict[str, tuple[Sequence[float], Sequence[float]]]):
    """The same for two models in one file: what an n-gram adds to each of the first `split` sums and to each of those after them.

    () stands for an n-gram that one of the two has no weight for. Equal weights are one object: what a letter needs lies close together.
    """

    def __init__(self, texts: Mapping[str, str], split: int, sums: int) -> None:
        """Keep the texts as they stand in the file; there are so many `sums` in all."""
        super().__init__()
        self.texts, self._split, self._sums = texts, split, sums
        self._weights: dict[float, float] = {}

    def __missing__(self, gram: str) -> tuple[Sequence[float], Sequence[float]]:
        """Read an entry. Raises KeyError for an n-gram without one."""
        row = [0.0] * self._sums
        for place, weight in _entry(self.texts[gram]):
            row[place] = self._weights.setdefault(weight, weight)
        first, rest = row[: self._split], row[self._split :]
        self[gram] = parts = tuple(first) if any(first) else (), tuple(rest) if any(rest) else ()
        return parts


def _entry(text: str) -> Entry:
    numbers = text.split()
    return tuple((int(a), float(b)) for a, b in zip(numbers[::2], numbers[1::2], strict=True))


def tokens(text: str) -> list[str]:
    """The words of a sentence as the model reads them: figures as `#`, names inside a sentence as `Xx`, the ends as `^` and `$`."""
    out = ["^"]
    for m in _TOKEN.finditer(plain(text)):
        word = m.group()
        if word[0].isdigit():
            out.append("#")
        elif word[0].isupper() and len(out) > 1 and word != "I" and not word.startswith("I'"):
            out.append("Xx")
        else:
            out.append(word.lower())
    return [*out, "$"]


def runs(found: Sequence[str]) -> set[str]:
    """All words, pairs and triples of words of these."""
    pairs = [f"{a} {b}" for a, b in itertools.pairwise(found)]
    return {*found, *pairs, *(f"{pair} {word}" for pair, word in zip(pairs, found[2:], strict=False))}
