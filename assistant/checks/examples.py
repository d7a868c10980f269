"""Each rule carries examples that it must fire on and examples that it must leave alone. Here they are tried.

An example is a sentence, put into the middle of the sample letter; or a mapping: `text`, such a sentence, with `brief`, keys of the
brief to change; `letter`, a whole letter; `long`, a letter of so many words; `kind`, of which kind it is. Those of a `learned` rule are
read by themselves.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant.brief import Brief, brief_from
from assistant.checks import check_letter
from assistant.checks.book import RuleBook
from assistant.checks.packs import Rule
from assistant.checks.verdict import SPEAKS, sentence_reads
from assistant.checks.vocabulary import rules
from assistant.letter import Span
from assistant.text import one_line, shorten
from assistant.zones import parse_letter

_HERE = "{here}"


def failures(book: RuleBook, rule: Rule) -> Iterator[str]:
    """What is wrong with a rule's examples, a line each; nothing when all is well."""
    for key in ("fires", "quiet"):
        if not getattr(rule, key):
            yield f"{rule.where}: rule {rule.id} has no example under {key!r}"
        for example in getattr(rule, key):
            if fires(book, rule, example) != (key == "fires"):
                yield f"{rule.where}: rule {rule.id} {'is quiet' if key == 'fires' else 'fires'} on {shown(example)!r}"


def fires(book: RuleBook, rule: Rule, example: Any) -> bool:
    """Whether the rule has a finding on the example, one that touches it."""
    entry: dict[str, Any] = example if isinstance(example, dict) else {"text": str(example)}
    if rule.type == "learned":
        return sentence_reads(entry["text"], rule.id) > SPEAKS
    text, touched = _letter(entry)
    brief = sample_brief(entry["brief"]) if "brief" in entry else None
    kind = entry.get("kind", rule.kinds[0] if rule.kinds else "note")
    found = check_letter(parse_letter(text), brief, kind, book).findings
    return any(f.rule == rule.id and f.span.start <= touched.end and f.span.end >= touched.start for f in found)


def shown(example: Any) -> str:
    """An example in one line."""
    if not isinstance(example, dict):
        return one_line(str(example))
    return (
        f"a letter of {example['long']} words"
        if "long" in example
        else shorten(one_line(str(example.get("text") or example.get("letter"))), 160)
    )


def sample_brief(changes: dict[str, Any]) -> Brief:
    """The brief of the sample letter, some keys changed."""
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in changes.items()}
    return replace(_sample_brief(), **values)


@functools.cache
def _sample_brief() -> Brief:
    return brief_from(rules("sample")["brief"])


def _letter(entry: dict[str, Any]) -> tuple[str, Span]:
    """The letter of an example, and the part that a finding must touch."""
    sample = rules("sample")["letter"]
    if "letter" in entry:
        text = entry["letter"]
    elif "long" in entry:
        text = "Dear Renske,\n\n" + " ".join(["The rye rose slowly."] * (entry["long"] // 4)) + "\n\nBest,\nIfeoma"
    else:
        start = sample.index(_HERE)
        return sample.replace(_HERE, entry["text"]), Span(start, start + len(entry["text"]))
    return text, Span(0, len(text))
