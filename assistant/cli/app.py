"""The command `afternote`: its commands, and how an error ends the program."""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

import assistant
from assistant.cli import crash
from assistant.cli.streams import shown, steady
from assistant.errors import AfternoteError, Interrupted

# In the order of the help; each is the module of its name, with a function or a group of that name.
COMMANDS = (
    "chat",
    "advise",
    "draft",
    "batch",
    "check",
    "sessions",
    "plan",
    "ledger",
    "rules",
    "models",
    "prompts",
    "keys",
    "doctor",
)
GROUPS = ("sessions", "ledger", "rules", "models", "prompts", "keys")
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
        for command in module.app.registered_commands:
            command.callback = _heard(command.callback)
        app.add_typer(module.app, name=name)
    else:
        app.command(name)(_heard(getattr(module, name)))


def _heard(command: Callable[..., None]) -> Callable[..., None]:
    """The command, ended by Ctrl-C with a word: typer would end it without one."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except KeyboardInterrupt:
            raise Interrupted from None

    return run


def main() -> None:
    """Run the command line; every error of ours is one line on stderr and an exit code, never a traceback."""
    # Loading the SDK makes half a million objects that stay: looking for garbage among them, again and again, takes a tenth of its time.
    gc.set_threshold(200_000, 20, 100)
    atexit.register(
        gc.freeze
    )  # nor once more when the program ends: a quarter of a second, for memory that goes anyway
    sys.excepthook = crash.told
    steady()
    called = sys.argv[1] if len(sys.argv) > 1 else ""
    # Only the command that is called is imported: the others' options alone would cost a start a twentieth of a second.
    for name in [called] if called in COMMANDS else COMMANDS:
        _add(name)
    try:
        try:
            app()
        except SystemExit:
            shown()
            raise
    except AfternoteError as error:
        from assistant.cli.terminal import say

        say(f"afternote: {error}")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
