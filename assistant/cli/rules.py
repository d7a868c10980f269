"""`afternote rules`: what is checked, why, and whether a pack of one's own is sound."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.terminal import say

if TYPE_CHECKING:
    from assistant.checks.packs import Rule

app = typer.Typer(help="The rules that letters are checked by.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_rules() -> None:
    """Every rule that runs: its id, how much it matters, and what it says."""
    from assistant.checks.user_rules import user_book
    from assistant.settings import config_folder

    book = user_book(config_folder(), Path.cwd())
    longest = max(map(len, book.rules), default=0)
    for rule in book.rules.values():
        sys.stdout.write(f"{rule.id:<{longest}}  {rule.severity:<7}  {rule.title}\n")
    for problem in book.problems:
        say(f"afternote: {problem}")
    if book.problems:
        raise typer.Exit(2)


@app.command("show")
def show_rule(rule: Annotated[str, typer.Argument(metavar="RULE")]) -> None:
    """What a rule looks for, why, where that comes from, and what would mend it."""
    from assistant.checks.user_rules import user_book
    from assistant.settings import config_folder

    sys.stdout.write(explained(user_book(config_folder(), Path.cwd())[rule]))


@app.command("lint")
def lint(
    packs: Annotated[
        list[Path] | None, typer.Argument(metavar="PACK…", help="Packs of your own; without any, all that would run.")
    ] = None,
) -> None:
    """Check rule packs: every key, every pattern, and that each rule fires on its examples and is quiet on the others."""
    from assistant.checks.book import make_book
    from assistant.checks.examples import failures
    from assistant.checks.packs import read_pack, shipped_packs
    from assistant.checks.user_rules import user_book
    from assistant.settings import config_folder

    own = [read_pack(path) for path in packs or ()]
    book = make_book([*shipped_packs(), *own]) if packs else user_book(config_folder(), Path.cwd())
    names = {rule.id for pack in own for rule in pack.rules} if packs else set(book.rules)
    problems = [*book.problems, *(line for name in sorted(names) for line in failures(book, book.rules[name]))]
    for problem in problems:
        say(f"afternote: {problem}")
    if problems:
        raise typer.Exit(2)
    say(f"{len(names)} rules, all sound")


def explained(rule: Rule) -> str:
    """A rule in words: everything a reader needs to agree or disagree with it."""
    from assistant.checks.examples import shown

    lines = [f"{rule.id} ({rule.severity}): {rule.title}", "", rule.why]
    if rule.source:
        lines.append(f"Source: {rule.source}.")
    lines += ["", f"To mend it: {rule.fix}."]
    for title, examples in (("It speaks to", rule.fires), ("It leaves alone", rule.quiet)):
        if examples:
            lines += ["", f"{title}:", *(f"  {shown(e)}" for e in examples)]
    return "\n".join(lines) + "\n"
