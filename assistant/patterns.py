"""Patterns of the rule packs: written for people to read, matched by RE2 in time that grows with the text and never faster.

A pattern is a regular expression with four conveniences: a space stands for any white space; it matches whole words, whatever their
case, unless it begins with `~`; straight quotes match curly ones; `(:name)` stands for the list of that name. RE2 has no look-ahead: what
a rule must not fire on stands under its `unless`. RE2 is used because users write rules too, and none of theirs may hang the program.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from assistant.letter import Span

# One code point for one, so that offsets stay those of the letter.
_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "\u00a0": " ",
        "\u202f": " ",
        "‑": "-",
    }
)
_LIST = re.compile(r"\(:([a-z_]+)\)")
_SPACE = re.compile(
    r"(\[(?:\\.|[^\]\\])*\]|\\.)| ([?*+]?)"
)  # a class or an escape stays; a space, perhaps counted, is white space


class PatternError(ValueError):
    """A pattern that can't be used; the message says why, in one line."""


def plain(text: str) -> str:
    """The text as patterns see it: curly quotes straight, hard spaces soft; the same length."""
    return text.translate(_PLAIN)


def expand(pattern: str, lists: Mapping[str, str]) -> str:
    """The regular expression that a pattern of a rule pack stands for. Raises PatternError for a list that doesn't exist."""

    def listed(m: re.Match[str]) -> str:
        if m.group(1) not in lists:
            raise PatternError(f"there is no list {m.group(1)!r}")
        return f"(?:{_LIST.sub(listed, lists[m.group(1)])})"

    raw = pattern.startswith("~")
    whole = _LIST.sub(listed, pattern[1:] if raw else pattern)
    body = _SPACE.sub(lambda m: m.group(1) or (r"\s*" if m.group(2) in ("?", "*") else r"\s+"), whole)
    return f"(?:{body})" if raw else rf"\b(?:{body})\b"


class Matcher:
    """Many patterns over one text: one pass tells which occur, and only those are then looked for."""

    def __init__(self, expressions: Iterable[str]) -> None:
        """Compile expanded patterns. Raises PatternError naming the first that RE2 doesn't take."""
        self._expressions = list(expressions)
        import re2

        self._set = re2.Set.SearchSet(_options())
        for expression in self._expressions:
            try:
                self._set.Add(expression)
            except re2.error:
                raise PatternError(f"not a pattern that RE2 takes: {expression}") from None
        if self._expressions:
            self._set.Compile()

    def hits(self, text: str) -> list[int]:
        """The places, in the list this was made from, of all patterns that occur in a text made `plain`."""
        return list(self._set.Match(text) or ()) if self._expressions else []

    def spans(self, number: int, text: str) -> list[Span]:
        """Where one pattern stands, left to right, not overlapping."""
        return [Span(*m.span()) for m in compiled(self._expressions[number]).finditer(text)]


@functools.lru_cache(maxsize=4096)
def compiled(expression: str) -> Any:
    """An expanded pattern, compiled once. Raises PatternError."""
    import re2

    try:
        return re2.compile(expression, _options())
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise PatternError(f"not a pattern that RE2 takes: {reason}") from None


@functools.cache
def _options() -> Any:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 64 << 20  # the set's automaton must not be thrown away and rebuilt within a letter
    return options
