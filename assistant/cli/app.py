"""The command `afternote`: its commands, and how an error ends the program."""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import Annotated

import typer

import assistant
from assistant.errors import AfternoteError

# Plain help: the boxed one costs a third of a second, and the rich library with it.
app = typer.Typer(
    name="afternote",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"afternote {assistant.__version__}")
        raise typer.Exit


@app.callback()
def afternote(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and stop.")
    ] = False,
) -> None:
    """A writing assistant for the hour after a job rejection: a short, true, specific note, or the word that none is needed."""


def main() -> None:
    """Run the command line; every error of ours is one line on stderr and an exit code, never a traceback."""
    # Loading the SDK makes half a million objects that stay: looking for garbage among them, again and again, takes a tenth of its time.
    gc.set_threshold(200_000, 20, 100)
    from assistant.cli import advise, check, draft, ledger, models, plan, prompts, rules

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that knows no `…` shows a `?`, not a traceback
            stream.reconfigure(errors="replace")
    if not app.registered_commands:  # once, however often a test or a program calls this
        app.command("advise")(advise.advise)
        app.command("draft")(draft.draft)
        app.command("check")(check.check)
        app.command("plan")(plan.plan)
        app.add_typer(ledger.app, name="ledger")
        app.add_typer(rules.app, name="rules")
        app.add_typer(models.app, name="models")
        app.add_typer(prompts.app, name="prompts")
    try:
        app()
    except AfternoteError as error:
        from assistant.cli.terminal import say

        say(f"afternote: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("\nafternote: interrupted\n")
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has enough; closing stdout here keeps Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
