"""`python -m evals`: measurements of the product. `validate` measures the checker itself, `rejections` how mails are read."""

from __future__ import annotations

import argparse

from evals.rejections import rejections
from evals.validate import validate


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    part = commands.add_parser(
        "validate", help="measure the checker on labelled letters, spoilt letters and untrue ones"
    )
    part.add_argument("--part", choices=("test", "development"), default="test")
    part.add_argument("--worst", type=int, default=0, metavar="N", help="show the N surest of the wrong verdicts")
    mails = commands.add_parser("rejections", help="measure how well rejection mails are read")
    mails.add_argument("--part", choices=("test", "development"), default="test")
    mails.add_argument("--show", action="store_true", help="name each wrong reading")
    args = parser.parse_args()
    if args.command == "rejections":
        rejections(args.part, args.show)
    else:
        validate(args.part, args.worst)


if __name__ == "__main__":
    main()
