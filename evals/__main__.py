"""`python -m evals`: the eval suite, and measurements of the parts it stands on.

`run` drafts the cases and scores every letter; `score` scores recorded letters again without a model; `gate` says whether a
run may pass; `compare` holds two
runs side by side; `report` writes tables and pages; `references` shows the reference letters' bands. `validate` measures the checks
themselves, `rejections` how mails are read, `chat` how the words of its users are.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LAST = Path("evals-runs") / "last"


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    whole = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = whole.add_subparsers(dest="command", required=True)
    for name, about in (
        ("run", "draft the cases that aren't recorded yet, and score every letter"),
        ("score", "score recorded letters again, without a model"),
    ):
        run = commands.add_parser(name, help=about)
        run.add_argument("--provider", default="", help="local (the embedded model, the default), openai, or scripted")
        run.add_argument("--model", default="", help="the model's name, or a GGUF file")
        run.add_argument("--base-url", default="", help="an endpoint that speaks OpenAI's chat completions")
        run.add_argument(
            "--limit", type=positive, default=None, metavar="N", help="so many cases, the families in turn"
        )
        run.add_argument("--family", action="append", default=[], help="only this family of cases; may be repeated")
        run.add_argument(
            "--epochs", type=positive, default=1, metavar="N", help="each case so often, each time another seed"
        )
        run.add_argument("--seed", type=int, default=1)
        run.add_argument("--concurrency", type=positive, default=8, metavar="N", help="letters at once at an endpoint")
        run.add_argument("--baseline-prompt", action="store_true", help="one plain prompt in place of our writer")
        run.add_argument(
            "--judge",
            default="",
            metavar="MODEL",
            help="a model that judges the letters as well; costs a call a letter",
        )
        run.add_argument("--judge-base-url", default="", help="the judge's endpoint, OpenAI's when left out")
        run.add_argument("--drafts", type=Path, metavar="FILE", help="where letters are recorded (FOLDER/drafts.jsonl)")
        run.add_argument("--fresh", action="store_true", help="draft again what is recorded")
        run.add_argument(
            "--cases", type=Path, default=HERE / "cases", help="a folder of cases; or references, or faultless"
        )
        run.add_argument("--out", type=Path, default=LAST, metavar="FOLDER", help=f"where the run is kept ({LAST})")
    gate = commands.add_parser("gate", help="whether a run may pass: exit 0 green, 1 red, 2 nothing to judge")
    gate.add_argument("--run", type=Path, default=LAST, metavar="FOLDER")
    gate.add_argument("--rules", type=Path, default=HERE / "gate.yaml")
    gate.add_argument("--baseline", type=baseline, default=HERE / "baseline.json", help="a stored run, or none")
    compare = commands.add_parser("compare", help="paired differences of two runs, and what flipped")
    compare.add_argument("a", type=Path)
    compare.add_argument("b", type=Path)
    compare.add_argument(
        "--judge", default="", metavar="MODEL", help="a model that says of each pair which it would rather have"
    )
    compare.add_argument("--judge-base-url", default="")
    compare.add_argument("--concurrency", type=positive, default=8, metavar="N")
    report = commands.add_parser("report", help="a run as tables and as one HTML page")
    report.add_argument("--run", type=Path, default=LAST, metavar="FOLDER")
    report.add_argument("--rules", type=Path, default=HERE / "gate.yaml")
    report.add_argument(
        "--baseline", type=baseline, default=None, help="the stored run that the gate compares with; none when left out"
    )
    report.add_argument("--html", type=Path, metavar="FILE")
    report.add_argument("--markdown", type=Path, metavar="FILE")
    report.add_argument("--junit", type=Path, metavar="FILE")
    report.add_argument(
        "--write-baseline", type=Path, metavar="FILE", help="store the marks, for the gate to compare with"
    )
    bands = commands.add_parser("references", help="the bands of tone and length that the reference letters make")
    bands.add_argument("--write", action="store_true", help="compute and store them")
    part = commands.add_parser(
        "validate", help="measure the checks on labelled, spoilt and untrue letters, and the scorers"
    )
    part.add_argument("--part", choices=("test", "development"), default="test")
    part.add_argument(
        "--only", choices=("checks", "scorers"), help="only the checks on labelled letters, or the suite's scorers"
    )
    part.add_argument("--worst", type=int, default=0, metavar="N", help="show the N surest of the wrong verdicts")
    mails = commands.add_parser("rejections", help="measure how well rejection mails are read")
    mails.add_argument("--part", choices=("test", "development"), default="test")
    mails.add_argument("--show", action="store_true", help="name each wrong reading")
    words = commands.add_parser("chat", help="measure how the chat understands requests, answers and short replies")
    words.add_argument("--part", choices=("test", "development"), default="test")
    words.add_argument("--show", action="store_true", help="name each one misunderstood")
    return whole


def positive(text: str) -> int:
    """A whole number above 0, for argparse."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def baseline(text: str) -> Path | None:
    """A file, or None for "none"."""
    return None if text == "none" else Path(text)


def main() -> int:
    """Run one command; its exit code. Each imports its own: `gate` needs no engine, `validate` no Inspect."""
    options = parser().parse_args()
    command = options.command
    if command in ("run", "score"):
        from evals.suite.run import run

        return run(options)
    if command == "gate":
        from evals.suite.gate import gate

        return gate(options)
    if command == "compare":
        from evals.suite.compare import compare

        return compare(options)
    if command == "report":
        from evals.suite.reports.write import report

        return report(options)
    if command == "references":
        from evals.suite.show_references import show

        return show(options)
    if command == "chat":
        from evals.chat_words import main as chat_words

        chat_words(options.part, options.show)
    elif command == "rejections":
        from evals.rejections import rejections

        rejections(options.part, options.show)
    else:
        from evals.suite.validate import scorers
        from evals.validate import validate

        if options.only != "scorers":
            validate(options.part, options.worst)
        if options.only != "checks":
            print("\n".join(scorers()))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:  # whoever read our output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
