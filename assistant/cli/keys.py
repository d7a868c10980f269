"""`afternote keys`: keys in the system keyring, each for one base URL."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from assistant.cli.terminal import say
from assistant.errors import UsageError
from assistant.settings import OPENAI_URL, checked_base_url

BaseUrl = Annotated[
    str, typer.Option("--base-url", help="The address that the key is for; it is never sent to another.")
]

app = typer.Typer(
    help="Keys in the system keyring, for config.toml with keyring = true.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("set")
def set_key(base_url: BaseUrl = OPENAI_URL) -> None:
    """Keep a key, typed unseen or read from the first line of standard input: as an argument other programs could see it."""
    from assistant.key_sources import keep_in_keyring
    from assistant.keys import MOST, sound_key
    from assistant.settings import config_folder, read_settings_file

    url = checked_base_url(base_url)
    if sys.stdin.isatty():
        import getpass

        typed = getpass.getpass(f"Key for {url} (not shown): ", sys.stderr)
    else:
        typed = sys.stdin.readline(MOST + 2)
    key = sound_key(typed, "the key")
    if not key:
        raise UsageError("no key was given; nothing was kept")
    say(f"kept in {keep_in_keyring(url, key)}, for {url} and no other address")
    path = config_folder() / "config.toml"
    if not read_settings_file(path).keyring:
        say(f"to have it used, write into {path}: keyring = true")


@app.command("rm")
def remove_key(base_url: BaseUrl = OPENAI_URL) -> None:
    """Take the key of an address out of the keyring."""
    from assistant.key_sources import forget_in_keyring

    url = checked_base_url(base_url)
    if not forget_in_keyring(url):
        raise UsageError(f"there is no key for {url} in the keyring")
    say(f"the key for {url} is removed")
