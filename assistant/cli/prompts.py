"""`afternote prompts`: the templates that are sent, the user's own included."""

from __future__ import annotations

import sys

import typer

from assistant.cli.terminal import say
from assistant.errors import UsageError
from assistant.prompts import load_template, template_names

app = typer.Typer(help="The prompt templates.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_prompts() -> None:
    """Name every template with its version, hash and file."""
    for name in template_names():
        template = load_template(name)
        sys.stdout.write(f"{template.label}\t{template.kind}\t{template.path}\n")


@app.command("show")
def show_prompt(name: str) -> None:
    """Print one template as it stands in its file."""
    sys.stdout.write(load_template(name).path.read_text(encoding="utf-8"))


@app.command("lint")
def lint_prompts() -> None:
    """Validate every template; name each broken one."""
    broken = 0
    for name in template_names():
        try:
            load_template(name)
        except UsageError as error:
            broken += 1
            say(f"afternote: {error}")
    if broken:
        raise typer.Exit(1)
    say(f"{len(template_names())} templates are valid")
