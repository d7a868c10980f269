"""Words, and runs of words, as the learned models read them; and the weights that such a model gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.patterns import plain

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[!?…\";:]")


class Words(dict[str, Sequence[float]]):
    """The weights of the file, each entry a text that is read when it is first asked for: a letter needs three hundred of 50,000."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Keep the texts as they stand in the file."""
        super().__init__()
        self._texts = texts

    def __missing__(self, gram: str) -> Sequence[float]:
        """Read an entry; () for an n-gram that has no weight, which isn't kept."""
        text = self._texts.get(gram)
        if text is None:
            return ()
        self[gram] = entry = tuple(map(float, text.split()))
        return entry


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
    return {" ".join(found[i : i + n]) for n in (1, 2, 3) for i in range(len(found) - n + 1)}
