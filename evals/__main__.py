"""`python -m evals`: measurements of the product.

`validate` measures the checker itself, `rejections` how mails are read, `chat` how the words of its users are.
"""

from __future__ import annotations

import argparse
import os
import sys

from evals.chat_words import main as chat_words
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
    words = commands.add_parser("chat", help="measure how the chat understands requests, answers and short replies")
    words.add_argument("--part", choices=("test", "development"), default="test")
    words.add_argument("--show", action="store_true", help="name each one misunderstood")
    args = parser.parse_args()
    if args.command == "chat":
        chat_words(args.part, args.show)
    elif args.command == "rejections":
        rejections(args.part, args.show)
    else:
        validate(args.part, args.worst)


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:  # whoever read our output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
