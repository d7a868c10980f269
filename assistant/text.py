"""Small pure functions on text that every layer uses."""

from __future__ import annotations

import functools
import re

# Terminal escapes first, as whole sequences (CSI, OSC up to its terminator, others of two characters or of one), so that no "[31m" stays.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|(?:\x1b[P^_X]|[\x90\x98\x9e\x9f])[^\x1b\x9c]*(?:\x1b\\|\x9c)?|\x1b(?:[@-Z\\-_]|.)?",
    re.DOTALL,
)
# C0 (but tab and newline), DEL, C1; the marks that reorder text; the soft hyphen and word joiners that hide inside words; the tags and
# selectors in which a sentence can be written that nobody sees.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e0fff]"
)


def clean(text: str) -> str:
    """Text that is safe on a terminal: no escapes, no control or reordering characters; newlines and tabs stay, CRLF becomes LF.

    Zero-width joiners stay: emoji and several scripts need them.
    """
    if text.isascii() and text.isprintable():  # most names and facts
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    return _CONTROLS.sub("", _ESCAPES.sub("", text))


def one_line(text: str) -> str:
    """Cleaned text with every run of white space as one space: for names, facts and error messages."""
    return " ".join(clean(text).split())


@functools.lru_cache(maxsize=1024)
def count_words(text: str) -> int:
    """Number of words as a reader counts them: runs of non-space that hold a letter or digit."""
    return sum(1 for word in text.split() if word.isalnum() or any(map(str.isalnum, word)))


def shorten(text: str, limit: int = 60) -> str:
    """At most `limit` characters, cut at a word, with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "…"
