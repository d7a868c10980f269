"""`python -m evals`: measurements of the product. `validate` measures the checker itself."""

from __future__ import annotations

import argparse

from evals.validate import validate


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    part = commands.add_parser(
        "validate", help="measure the checker on labelled letters, spoilt letters and untrue ones"
    )
    part.add_argument("--part", choices=("test", "development"), default="test")
    part.add_argument("--worst", type=int, default=0, metavar="N", help="show the N surest of the wrong verdicts")
    args = parser.parse_args()
    validate(args.part, args.worst)


if __name__ == "__main__":
    main()
