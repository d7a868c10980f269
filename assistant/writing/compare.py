"""Two versions of a letter beside each other: which words changed, and what the checks have against the new one alone."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from assistant.checks import Report

Code = tuple[str, int, int, int, int]
WHOLE = 200  # characters: a finding on more is about the letter, not about a place in it


class Piece(NamedTuple):
    """A run of text that both have (`mark` ""), only the old one ("-"), or only the new one ("+")."""

    mark: str
    text: str


def word_diff(old: str, new: str) -> list[Piece]:
    """The new text with what went and what came, word by word; white space goes with the word before it."""
    before, after = _words(old), _words(new)
    # By their words alone, so that a line break that moved is no change; the text shown is the new one's.
    matcher = difflib.SequenceMatcher(None, [w.strip() for w in before], [w.strip() for w in after], autojunk=False)
    out: list[Piece] = []
    for tag, i, j, k, m in _slid(matcher.get_opcodes(), before, after):
        old_text, new_text = "".join(before[i:j]), "".join(after[k:m])
        if tag == "equal":
            out.append(Piece("", new_text))
        elif tag == "replace":
            out += [Piece("-", old_text.rstrip() + " "), Piece("+", new_text)]
        elif tag == "insert":
            out.append(Piece("+", new_text))
        else:
            if (
                out and not out[-1].mark
            ):  # what went stands where it stood: on its own line, or on the one of the words before it
                out[-1] = Piece("", out[-1].text.rstrip() + _tail(before[i - 1]))
            out.append(Piece("-", old_text))
    return out


def newly_broken(before: Report | None, after: Report) -> tuple[str, ...]:
    """Messages of errors that the letter hasn't had before; its verdict where that is no longer good."""
    had = Counter((finding.rule, finding.message) for finding in before.errors) if before else Counter()
    # Of the whole letter a rule may say the same in other words, such as how many there are of them.
    wide = {f.rule for f in before.errors if f.span.end - f.span.start > WHOLE} if before else set()
    new = []
    for finding in after.errors:
        had[finding.rule, finding.message] -= 1
        if had[finding.rule, finding.message] < 0 and finding.rule not in wide:
            new.append(finding.message)
    if not new and before and before.verdict == "good" != after.verdict:
        new.append(f"it reads as {after.verdict} now: {after.why}")
    return tuple(new)


def _slid(codes: Iterable[tuple[str, int, int, int, int]], before: list[str], after: list[str]) -> list[Code]:
    """The same changes, each moved back to where a sentence ends: "[I ran a line.] I can", not "I [ran a line. I] can"."""
    out = list(codes)
    for place in range(1, len(out)):
        (tag, i, j, k, m), (kind, a, b, c, d) = out[place], out[place - 1]
        if tag not in ("delete", "insert") or kind != "equal":
            continue
        words, start, end = (before, i, j) if tag == "delete" else (after, k, m)
        by = 0
        while (
            by < b - a
            and not words[end - by - 1].rstrip().endswith((".", "?", "!"))
            and words[end - by - 1].strip() == words[start - by - 1].strip()
        ):
            by += 1
        if not by or not words[end - by - 1].rstrip().endswith((".", "?", "!")) or place + 1 >= len(out):
            continue
        after_it = out[place + 1]
        if after_it[0] != "equal":
            continue
        out[place - 1] = (kind, a, b - by, c, d - by)
        out[place] = (tag, i - by, j - by, k - by, m - by)
        out[place + 1] = ("equal", after_it[1] - by, after_it[2], after_it[3] - by, after_it[4])
    return out


def _tail(word: str) -> str:
    return word[len(word.rstrip()) :]


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)
