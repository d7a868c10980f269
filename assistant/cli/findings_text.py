"""Findings for people: the lines with what is meant underlined, the reason, what would mend it, and the meter."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap

import typer

from assistant.checks import Report
from assistant.checks.profile import Measure
from assistant.cli.findings import lines_of, position
from assistant.letter import Finding
from assistant.text import clean, one_line

_WIDEST = 100
_ROOMY = 90  # columns; in fewer, the measures are called by one word
_BAR = 30  # characters of a meter's scale, where there is room


def as_text(name: str, report: Report, several: bool, quiet: bool) -> str:
    """The report of one letter. Plain characters only; colour is added where the terminal wants it."""
    out = [_headline(name, report, several)]
    starts = lines_of(report.letter.text)
    shown = [f for f in report.findings if f.severity == "error" or not quiet]
    out += [_finding(f, report.letter.text, starts) for f in shown]
    if not quiet:
        out.append(meter(report.profile))
    return "\n".join(out)


def _headline(name: str, report: Report, several: bool) -> str:
    where = f"{'standard input' if name == '-' else one_line(name)}: " if several else ""
    colour = typer.colors.GREEN if report.verdict == "good" else typer.colors.RED
    return f"{where}{_style(report.verdict, fg=colour, bold=True)}: {report.why} ({report.letter.words} words)\n"


def _finding(f: Finding, text: str, starts: list[int]) -> str:
    line, column = position(starts, f.span.start)
    colour = typer.colors.RED if f.severity == "error" else typer.colors.YELLOW
    head = f"{line}:{column}  {_style(f.severity, fg=colour)}  {f.rule}: "
    plain = len(f"{line}:{column}  {f.severity}  {f.rule}: ")
    out = [head + textwrap.fill(" " * plain + clean(f.message), _width(), subsequent_indent="    ").strip()]
    if len(f.text) < len(text.strip()) * 0.6 and f.text.strip():
        out += _underlined(f, text, starts, line)
    if f.fix:
        out.append(textwrap.fill(f"→ {clean(f.fix)}", _width(), initial_indent="    ", subsequent_indent="      "))
    return "\n".join(out) + "\n"


def _underlined(f: Finding, text: str, starts: list[int], line: int) -> list[str]:
    """The first line that the finding touches, its part underlined; a long line is cut around the part."""
    start = starts[line - 1]
    end = starts[line] if line < len(starts) else len(text)
    whole = text[start:end].rstrip("\r\n")
    left, right = f.span.start - start, min(f.span.end - start, len(whole))
    room = _width() - 8
    cut = max(0, min(left - 12, len(whole) - room)) if len(whole) > room else 0
    before = "…" if cut else ""
    piece = whole[cut : cut + room]
    after = "…" if cut + room < len(whole) else ""
    marked = max(1, min(right, cut + room) - left)
    shown = "".join(" " if ch in "\t\u00a0" else ch for ch in clean(piece))
    indent = " " * (4 + len(before) + left - cut)
    return [f"    {before}{shown}{after}", f"{indent}{'^' * marked}"]


def meter(measures: tuple[Measure, ...]) -> str:
    """A bar for each measure, `[====]` where good letters lie and `●` where this one does; what lies outside says so in words too."""
    labels = [m.about if _width() >= _ROOMY else m.name.replace("_", " ") for m in measures]
    longest = max(map(len, labels))
    room = max(8, min(_BAR, _width() - longest - 18))
    lines = [textwrap.fill("beside good letters ([==] where most of them lie, ● this one):", _width())]
    for label, m in zip(labels, measures, strict=True):
        far = "" if m.distance == 0 else ("  below" if m.distance < 0 else "  above")
        lines.append(f"  {label:<{longest}} {bar(m, room)} {m.value:>5g}{far}")
    return "\n".join(lines) + "\n"


def bar(m: Measure, length: int = _BAR) -> str:
    """One scale: dots, the band of the reference letters in brackets, the letter's own place as a filled circle."""
    width = max(m.ceiling - m.floor, 1e-9)

    def place(value: float) -> int:
        return max(0, min(length - 1, round((value - m.floor) / width * (length - 1))))

    low, high = place(m.low), max(place(m.high), place(m.low) + 1)
    cells = ["·"] * (length + 1)
    for i in range(low, high + 1):
        cells[i] = "="
    cells[low], cells[high] = "[", "]"
    cells[place(m.value)] = "●"
    return "".join(cells)


def _width() -> int:
    return max(40, min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns))


def _style(text: str, fg: str, bold: bool = False) -> str:
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return typer.style(text, fg=fg, bold=bold) if wanted else text
