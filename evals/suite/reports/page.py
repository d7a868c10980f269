"""A run as one self-contained page of HTML: the gate, pass rates with their intervals, length and tone against the
references, every letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from assistant.checks import check
from assistant.checks.profile import Measure
from assistant.letter import Finding
from evals.suite.alike import whole
from evals.suite.cases import read_cases, reference_cases
from evals.suite.compare import title
from evals.suite.gate import Objection
from evals.suite.marks import kind_of
from evals.suite.references import Bands, read_bands
from evals.suite.results import CONTINUOUS, Results, Row, costs

WIDE = 1000  # the units across a picture
FARTHEST = 220  # words: the end of the scale of lengths


@dataclass(frozen=True)
class Shown:
    """One letter on the page: the text with its findings marked, where its measures lie, what failed."""

    row: Row
    kind: str
    probes: str
    brief: list[tuple[str, str]]
    text: Markup
    words: int
    failed: list[tuple[str, str]]
    tone: list[dict[str, Any]]
    far: float


def page(results: Results, against: list[Objection]) -> str:
    """The whole document; everything that a model or a brief said is escaped."""
    bands = read_bands()
    cases = {case.name: case for case in (*read_cases(), *reference_cases())}
    shown = [_shown(row, cases[row.case], bands) for row in results.rows if row.recorded and row.case in cases]
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2").render(
        title=title(results),
        status=results.status,
        about=results.about,
        against=against,
        troubles=results.troubles,
        left=len(results.rows) - len(shown),
        rates=[_rate(results, name) for name in results.checks],
        continuous=CONTINUOUS,
        lengths=_lengths(shown, bands),
        letters=shown,
        families=sorted({one.row.family for one in shown}),
        alike=whole(results.alike),
        costs=costs(results),
        wide=WIDE,
    )


def _rate(results: Results, name: str) -> dict[str, Any]:
    found = results.estimate(name)
    return {
        "name": name,
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "of": len(results.rows),
    }


def _lengths(shown: list[Shown], bands: Bands) -> list[dict[str, Any]]:
    """A strip for each kind: the band of the references, and a dot for each letter."""
    out = []
    for kind in dict.fromkeys(one.kind for one in shown):
        band = bands.kinds[kind]["words"]
        dots = [
            {
                "x": _place(one.words, FARTHEST),
                "case": one.row.case,
                "words": one.words,
                "out": not band.low <= one.words <= band.high,
            }
            for one in shown
            if one.kind == kind and one.words
        ]
        low, high = _place(band.low, FARTHEST), _place(band.high, FARTHEST)
        out.append(
            {"kind": kind, "low": low, "high": high, "words": f"{band.low:.0f} to {band.high:.0f} words", "dots": dots}
        )
    return out


def _place(value: float, end: float) -> float:
    return round(min(value, end) / end * WIDE, 1)


def _shown(row: Row, case: Any, bands: Bands) -> Shown:
    recorded = row.recorded
    assert recorded is not None  # `page` takes only rows with a draft
    kind = kind_of(case)
    brief = [(fact.id, fact.text) for fact in case.brief.facts]
    failed = [
        (name, mark.why)
        for name, mark in row.marks.items()
        if mark.raised or (mark.value is not None and mark.value < 1)
    ]
    failed = [(name, why) for name, why in failed if name not in CONTINUOUS]
    if not recorded.text.strip():
        return Shown(row, kind, case.probes, brief, Markup(escape(recorded.refused)), 0, failed, [], 0.0)
    try:
        report = check(recorded.text, case.brief, kind)
    except Exception as error:  # the page is most needed when something fails
        failed.append(("check", f"{type(error).__name__}: {error}"))
        return Shown(row, kind, case.probes, brief, Markup(escape(recorded.text)), 0, failed, [], 0.0)
    values = {measure.name: measure.value for measure in report.profile}
    tone = [_measure(measure, bands, kind) for measure in report.profile]
    text = marked(recorded.text, report.findings)
    return Shown(
        row, kind, case.probes, brief, text, report.letter.words, failed, tone, round(bands.tone(kind, values), 2)
    )


def _measure(measure: Measure, bands: Bands, kind: str) -> dict[str, Any]:
    """A measure against its band, on a scale that ends two widths beyond it."""
    band = bands.kinds[kind][measure.name]
    start, end = band.low - 2 * band.width, band.high + 2 * band.width
    low, high, at = (
        round((min(max(v, start), end) - start) / (end - start) * WIDE, 1) for v in (band.low, band.high, measure.value)
    )
    shown = f"{measure.value:g}; the references {band.low:g} to {band.high:g}"
    return {
        "name": measure.name,
        "about": measure.about,
        "low": low,
        "high": high,
        "at": at,
        "shown": shown,
        "out": bool(band.distance(measure.value)),
    }


def marked(text: str, findings: tuple[Finding, ...]) -> Markup:
    """The letter with a <mark> around what a finding is about. Where findings overlap the one that begins first is marked,
    with the words of all.
    """
    out, at = Markup(""), 0
    spans = sorted((f for f in findings if f.span.end > f.span.start), key=lambda f: (f.span.start, -f.span.end))
    whole = [
        f for f in spans if f.span.end - f.span.start > 0.8 * len(text) or "\n\n" in f.text
    ]  # said of the letter, not of a place
    for f in spans:
        if f in whole or f.span.start < at:
            continue
        same = [g for g in spans if g not in whole and g.span.start < f.span.end and f.span.start < g.span.end]
        why = "; ".join(dict.fromkeys(f"{g.rule}: {g.message}" for g in same))
        worst = "error" if any(g.severity == "error" for g in same) else "warning"
        out += escape(text[at : f.span.start])
        out += Markup('<mark class="{}" title="{}">{}</mark>').format(worst, why, text[f.span.start : f.span.end])
        at = f.span.end
    out += escape(text[at:])
    for f in whole:
        out += Markup('\n<span class="{} whole">{}: {}</span>').format(f.severity, f.rule, f.message)
    return out
