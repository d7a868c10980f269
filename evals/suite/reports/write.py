"""`python -m evals report`: write what was asked for, or show the table."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from evals.suite.gate import judge, read_rules
from evals.suite.reports import terminal
from evals.suite.reports.junit import junit
from evals.suite.results import read_results, write_baseline


def report(options: Namespace) -> int:
    """Write the reports; 0, or 2 when there is no run or a file can't be written."""
    try:
        results = read_results(options.run)
        against, _ = judge(
            results, read_rules(options.rules), read_results(options.baseline) if options.baseline else None
        )
        gate = f"gate: {'red: ' + '; '.join(dict.fromkeys(o.check for o in against)) if against else 'green'}"
        gate += "" if options.baseline else " (without a baseline)"
        if options.html:
            from evals.suite.reports.page import page

            _write(options.html, page(results, against))
        if options.markdown:
            _write(options.markdown, terminal.markdown(results, gate))
        if options.junit:
            _write(options.junit, junit(results, against))
        if options.write_baseline:
            if results.status != "success" or results.troubles:
                raise ValueError("a run that isn't whole is no baseline")
            write_baseline(results, options.write_baseline)
    except (OSError, ValueError) as error:
        print(f"evals: {error}", file=sys.stderr)
        return 2
    if not (options.html or options.markdown or options.junit or options.write_baseline):
        terminal.show(results)
        print(gate)
    return 0


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path}", file=sys.stderr)
