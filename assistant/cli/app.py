"""The command `afternote`: its commands, and how an error ends the program."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from typing import Annotated

import typer

import assistant
from assistant.errors import AfternoteError

# In the order of the help; each is the module of its name, with a function or a group of that name.
COMMANDS = ("chat", "advise", "draft", "check", "sessions", "plan", "ledger", "rules", "models", "prompts")
GROUPS = ("sessions", "ledger", "rules", "models", "prompts")
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


def _add(name: str) -> None:
    """Put a command, or a group of them, on the app; once, however often a program calls `main`."""
    known = [c.name for c in app.registered_commands] + [g.name for g in app.registered_groups]
    if name in known:
        return
    module = importlib.import_module(f"assistant.cli.{name}")
    if name in GROUPS:
        app.add_typer(module.app, name=name)
    else:
        app.command(name)(getattr(module, name))


def main() -> None:
    """Run the command line; every error of ours is one line on stderr and an exit code, never a traceback."""
    # Loading the SDK makes half a million objects that stay: looking for garbage among them, again and again, takes a tenth of its time.
    gc.set_threshold(200_000, 20, 100)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that knows no `…` shows a `?`, not a traceback
            stream.reconfigure(errors="replace")
    called = sys.argv[1] if len(sys.argv) > 1 else ""
    # Only the command that is called is imported: the others' options alone would cost a start a twentieth of a second.
    for name in [called] if called in COMMANDS else COMMANDS:
        _add(name)
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
