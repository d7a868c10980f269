"""A run as JUnit XML: a suite for each check, a case for each letter, as CI servers show tests."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from evals.suite.gate import Objection
from evals.suite.results import CONTINUOUS, Results, value_of

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML can't hold at all


def junit(results: Results, against: list[Objection]) -> str:
    """The document. The gate is the first suite, a case for each objection, so that a red gate is red here too."""
    root = ElementTree.Element("testsuites", name="afternote evals")
    gate = ElementTree.SubElement(
        root, "testsuite", name="gate", tests=str(max(1, len(against))), failures=str(len(against))
    )
    if not against:
        ElementTree.SubElement(gate, "testcase", classname="gate", name="green")
    for objection in against:
        case = ElementTree.SubElement(gate, "testcase", classname="gate", name=objection.check)
        ElementTree.SubElement(case, "failure", message=_clean(objection.text))
    for check in results.checks:
        if check not in CONTINUOUS:
            _suite(root, check, results)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: ElementTree.Element, check: str, results: Results) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name=check)
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for row in results.rows:
        mark = row.marks.get(check)
        case = ElementTree.SubElement(suite, "testcase", classname=row.family, name=f"{row.case} #{row.epoch}")
        counts["tests"] += 1
        if mark is None or mark.raised:
            counts["errors"] += 1
            ElementTree.SubElement(case, "error", message=_clean(mark.why if mark else "not scored"))
        elif mark.value is None:
            counts["skipped"] += 1
            ElementTree.SubElement(case, "skipped", message=_clean(mark.why))
        elif value_of(row, check) < 1:
            counts["failures"] += 1
            ElementTree.SubElement(case, "failure", message=_clean(mark.why))
    for name, count in counts.items():
        suite.set(name, str(count))


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("�", text)
