"""Numbers in a text, however they are written: `10k`, `10,000` and `ten thousand` are one number, and so are `3rd` and `third`."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType

from assistant.checks.vocabulary import KEPT, rules
from assistant.letter import Span

_DIGITS = re.compile(
    r"(?<![\w.,])[£$€]?(\d+(?:,\d{3})+|\d+)(?:\.(\d+))?(?:(?:st|nd|rd|th)\b|\s?(k|m|million|thousand|bn|billion)\b)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CLOCK = re.compile(r"\b(1[3-9]|2[0-3])[:.h]?[0-5]\d\b")
_YEAR = re.compile(r"\b(?:19|20)(\d\d)\b")
_SCALE = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000, "bn": 10**9, "billion": 10**9}
_TIMES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "dozen": 12}


@functools.lru_cache(maxsize=KEPT)
def numbers(text: str) -> Mapping[str, Span]:
    """Every number of a text in one form, with where it first stands."""
    found: dict[str, Span] = {}
    for m in _DIGITS.finditer(text):
        found.setdefault(_shown(_value(m, millions=_means_millions(m))), Span(m.start(), m.end()))
    for value, span in _spelt(text):
        found.setdefault(_shown(value), span)
    return MappingProxyType(found)


@functools.lru_cache(maxsize=KEPT)
def licensed_numbers(text: str) -> frozenset[str]:
    """The numbers that a text allows another to use: its own, and as people say them, the hour of a time after noon and
    the last two figures of a year."""
    hours = {_shown(int(m.group(1)) - 12) for m in _CLOCK.finditer(text)}
    years = {_shown(int(m.group(1))) for m in _YEAR.finditer(text)}
    return readings(text) | hours | years


def readings(text: str) -> frozenset[str]:
    """The numbers of a text, those with an m behind them in both readings: "2m users" are two million, "a 2m tape" is two metres."""
    both = {_shown(_value(m, millions)) for m in _DIGITS.finditer(text) for millions in (True, False)}
    return frozenset(numbers(text)) | both


def _means_millions(m: re.Match[str]) -> bool:
    """What m after a number most likely is: `£2 m` and `2m` are millions, `22 m` is metres."""
    return m.group()[0] in "£$€" or not m.group()[-2:-1].isspace()


def _value(m: re.Match[str], millions: bool) -> float:
    """What a number in figures comes to; m is a million or a metre."""
    scale = (m.group(3) or "").lower()
    return float(m.group(1).replace(",", "") + "." + (m.group(2) or "0")) * (
        1 if scale == "m" and not millions else _SCALE.get(scale, 1)
    )


def _shown(value: float) -> str:
    return f"{value:g}" if value < 10**6 else f"{value:.0f}"


def _spelt(text: str) -> list[tuple[float, Span]]:
    """Numbers in words: `a hundred and forty` is one number, `two or three` are two."""
    units = rules("words")["numbers"]
    out: list[tuple[float, Span]] = []
    run: list[tuple[str, int, int]] = []  # the number words of one number so far
    pending_and = False
    for m in _WORD.finditer(text):
        low = m.group().lower()
        joined = bool(run) and re.fullmatch(r"[\s-]+", text[run[-1][2] : m.start()]) is not None
        if low == "and" and joined and run[-1][0] in ("hundred", "thousand"):
            pending_and, run = True, [*run[:-1], (run[-1][0], run[-1][1], m.end())]
            continue
        one_more = (
            low == "one" and joined and 20 <= units.get(run[-1][0], 0) < 100
        )  # thirty-one; `one` alone is rarely a number
        if low in _TIMES and not run and text[: m.start()].rstrip()[-1:].isdigit():
            continue  # the million of `1.5 million`, which the figures have already
        if low in units or low in _TIMES or one_more:
            if run and (joined or pending_and) and _continues(run[-1][0], low, units):
                run.append((low, m.start(), m.end()))
            else:
                out += _closed(run, units)
                run = [(low, m.start(), m.end())]
        else:
            out += _closed(run, units)
            run = []
        pending_and = False
    return out + _closed(run, units)


def _continues(before: str, low: str, units: dict[str, int]) -> bool:
    """Whether a number word goes on with the one before: twenty-two, two hundred, hundred (and) five."""
    if low in _TIMES:
        return True
    return before in _TIMES or (20 <= units.get(before, 0) < 100 and units.get(low, 1) < 10)


def _closed(run: list[tuple[str, int, int]], units: dict[str, int]) -> list[tuple[float, Span]]:
    """The value of a run of number words."""
    if not run:
        return []
    total = current = 0
    for low, _, _ in run:
        if low in _TIMES and _TIMES[low] >= 1_000:
            total, current = total + max(1, current) * _TIMES[low], 0
        elif low in _TIMES:
            current = max(1, current) * _TIMES[low]
        else:
            current += units.get(low, 1)
    return [(float(total + current), Span(run[0][1], run[-1][2]))]
