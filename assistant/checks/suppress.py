"""Findings that the writer lets stand, kept in a file beside the letter, never in it: the letter gets sent.

`letter.txt.ignore.toml` holds for each finding the rule, its words, a hash of the sentence around them, and the reason. When the sentence
changes the entry no longer holds and is reported as stale.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant.checks import Report
from assistant.errors import UsageError
from assistant.files import read_text_bounded, reason, write_atomically
from assistant.letter import Finding
from assistant.text import one_line, shorten

_KEYS = ("rule", "text", "context", "reason")
_MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Entry:
    """One suppressed finding."""

    rule: str
    text: str
    context: str
    reason: str


def sidecar(letter: Path) -> Path:
    """Where the suppressions of a letter stand."""
    return letter.with_name(f"{letter.name}.ignore.toml")


def read_entries(path: Path) -> list[Entry]:
    """The entries of a sidecar; none when there is no file. Raises UsageError."""
    name = one_line(str(path))
    try:
        values = tomllib.loads(read_text_bounded(path, _MOST_BYTES))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{name}: can't be read: {reason(error)}") from None
    entries = values.get("ignore", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise UsageError(f"{name}: must hold entries [[ignore]]")
    for number, entry in enumerate(entries, 1):
        wrong = [k for k in _KEYS if not isinstance(entry.get(k), str)] + [k for k in entry if k not in _KEYS]
        if wrong or not entry["reason"].strip():
            raise UsageError(
                f"{name}: entry {number} needs rule, text, context and a reason, each a text, and nothing else"
            )
    return [Entry(**entry) for entry in entries]


def add_entries(path: Path, entries: list[Entry], report: Report, rules: Iterable[str], reason: str) -> list[Entry]:
    """The entries with all present findings of these rules added, and written. Raises UsageError without a reason or a finding."""
    if not reason.strip():
        raise UsageError("--ignore needs --reason: why may it stand?")
    wanted = list(rules)
    new = [_entry(f, report, one_line(reason)) for f in report.findings if f.rule in wanted]
    if not new:
        raise UsageError(f"nothing to ignore: {', '.join(wanted)} found nothing in this letter")
    entries = list(dict.fromkeys([*entries, *new]))
    parts = ["[[ignore]]\n" + "".join(f"{key} = {_quoted(getattr(e, key))}\n" for key in _KEYS) for e in entries]
    try:
        write_atomically(path, "\n".join(parts).encode(), private=False)
    except OSError as error:
        raise UsageError(f"{one_line(str(path))}: can't be written: {error.strerror or error}") from None
    return entries


def apply(entries: Iterable[Entry], report: Report) -> tuple[list[Finding], list[Entry]]:
    """The findings that entries suppress, and the entries that match none any more."""
    gone: list[Finding] = []
    stale: list[Entry] = []
    for entry in entries:
        matching = [
            f
            for f in report.findings
            if (f.rule, _words(f), _context(f, report)) == (entry.rule, entry.text, entry.context)
        ]
        gone += matching
        if not matching:
            stale.append(entry)
    return gone, stale


def _entry(finding: Finding, report: Report, reason: str) -> Entry:
    return Entry(finding.rule, _words(finding), _context(finding, report), reason)


def _words(finding: Finding) -> str:
    return shorten(one_line(finding.text), 80)


def _context(finding: Finding, report: Report) -> str:
    """A short hash of the sentences that a finding touches."""
    touched = [
        s.text for s in report.letter.sentences if s.span.start < finding.span.end and s.span.end > finding.span.start
    ]
    return hashlib.sha256(one_line(" ".join(touched) or finding.text).encode()).hexdigest()[:12]


def _quoted(text: str) -> str:
    """A TOML basic string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
