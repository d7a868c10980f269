"""Findings for programs: JSON, SARIF 2.1.0 and GitHub annotations."""

from __future__ import annotations

import json
from bisect import bisect_right
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import assistant
from assistant.checks import Report
from assistant.checks.book import RuleBook
from assistant.letter import Finding, Span
from assistant.text import one_line

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_json(reports: list[tuple[str, Report]], several: bool) -> str:
    """One object for one letter, a list of objects with their `file` for several. Offsets are code points of the input."""
    values = [_json(name if several else "", report) for name, report in reports]
    return json.dumps(values if several else values[0], ensure_ascii=False, indent=2) + "\n"


def _json(name: str, report: Report) -> dict[str, Any]:
    found = [
        {
            "rule": f.rule,
            "severity": f.severity,
            "message": f.message,
            "start": f.span.start,
            "end": f.span.end,
            "text": f.text,
            "fix": f.fix,
        }
        for f in report.findings
    ]
    head = {"file": name} if name else {}
    return {
        **head,
        "verdict": report.verdict,
        "why": report.why,
        "words": report.letter.words,
        "scores": report.scores,
        "findings": found,
    }


def lines_of(text: str) -> list[int]:
    """The offsets at which lines begin."""
    starts = [0]
    for place, ch in enumerate(text):
        if ch == "\n" or (ch == "\r" and text[place + 1 : place + 2] != "\n"):
            starts.append(place + 1)
    return starts


def position(starts: list[int], offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1, the column in code points."""
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def _region(starts: list[int], span: Span) -> dict[str, int]:
    line, column = position(starts, span.start)
    end_line, end_column = position(starts, span.end)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
        "charOffset": span.start,
        "charLength": span.end - span.start,
    }


def as_sarif(reports: list[tuple[str, Report]], book: RuleBook) -> str:
    """SARIF 2.1.0: one run, each rule described once, columns in code points."""
    used = sorted({f.rule for _, report in reports for f in report.findings})
    results = []
    for name, report in reports:
        starts = lines_of(report.letter.text)
        for f in report.findings:
            place = {"artifactLocation": {"uri": _uri(name)}, "region": _region(starts, f.span)}
            results.append(
                {
                    "ruleId": f.rule,
                    "ruleIndex": used.index(f.rule),
                    "level": f.severity,
                    "message": {"text": f"{f.message}; {f.fix}" if f.fix else f.message},
                    "locations": [{"physicalLocation": place}],
                }
            )
    driver = {
        "name": "afternote",
        "version": assistant.__version__,
        "rules": [_described(rule_id, book) for rule_id in used],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _described(rule_id: str, book: RuleBook) -> dict[str, Any]:
    rule = book.rules.get(rule_id)
    if rule is None:
        return {"id": rule_id}
    return {
        "id": rule_id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.fix},
        "defaultConfiguration": {"level": rule.severity},
    }


def _uri(name: str) -> str:
    return "stdin" if name == "-" else quote(PurePath(name).as_posix())


def as_github(reports: list[tuple[str, Report]]) -> str:
    """Workflow commands that GitHub shows beside the lines of a change."""
    out = []
    for name, report in reports:
        starts = lines_of(report.letter.text)
        for f in report.findings:
            line, column = position(starts, f.span.start)
            end_line, end_column = position(starts, f.span.end)
            place = f"file={_property(name)},line={line},endLine={end_line},col={column},endColumn={end_column},title={_property(f.rule)}"
            out.append(f"::{f.severity} {place}::{_message(f)}\n")
    return "".join(out)


def _message(f: Finding) -> str:
    return one_line(f"{f.message}; {f.fix}" if f.fix else f.message).replace("%", "%25")


def _property(text: str) -> str:
    return one_line(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
