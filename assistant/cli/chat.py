"""`afternote chat`: from the rejection to a letter of one's own, in five minutes and without knowing any command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.options import BaseUrl, ModelName, ProviderName, Redact
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.chat.talk import Talk


def chat(
    brief_file: Annotated[
        str | None,
        typer.Argument(metavar="BRIEF", help="A brief to begin with, TOML or JSON; what it lacks is asked for."),
    ] = None,
    rejection: Annotated[
        Path | None, typer.Option("--rejection", metavar="FILE", help="The rejection; it can be pasted as well.")
    ] = None,
    go_on: Annotated[bool, typer.Option("--continue", "-c", help="Go on with the session last worked on.")] = False,
    session: Annotated[
        int | None, typer.Option("--session", metavar="N", help="Go on with session N of `sessions list`.")
    ] = None,
    no_log: Annotated[bool, typer.Option("--no-log", help="Keep nothing of this chat anywhere.")] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="Text only, for a screen reader: no colours, no rules, nothing redrawn.")
    ] = False,
    model: ModelName = "",
    provider: ProviderName = "",
    base_url: BaseUrl = "",
    redact: Redact = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, max=2_000_000, help="The same seed and words give the same letters.")
    ] = None,
) -> None:
    """Talk about a rejection: whether to answer it, what you would like to have said, and the letter, until it is yours.

    Everything is kept on this machine as it happens; /vent takes what should be kept nowhere.
    """
    if (go_on or session is not None) and (no_log or brief_file or rejection):
        raise UsageError("--continue and --session go on with a session as it is; leave the other ones out")
    if go_on and session is not None:
        raise UsageError("--continue takes the last session, --session N another; give one of them")
    from assistant.chat import loop
    from assistant.chat.commands import COMMANDS, choices
    from assistant.chat.keyboard import keyboard
    from assistant.chat.screen import Screen
    from assistant.chat.talk import Talk
    from assistant.chat.writer import Writer
    from assistant.cli.writers import chosen_model
    from assistant.session import Session
    from assistant.settings import data_folder
    from assistant.store import Store

    screen = Screen(plain)
    settings = chosen_model(model, provider, base_url)
    begun = Session()
    if brief_file:
        begun.known = _known(brief_file)
    store = Store(None if no_log else data_folder(), screen.say)
    number = session if session is not None else store.latest() if go_on else 0
    if number:
        store.hold(number)
        begun = store.load(number)
    helps = {name: about for name, (_, _, about) in COMMANDS.items()}
    keys = keyboard(screen.plain, store.typed(), helps, lambda name: choices(talk, name))
    writer = Writer(settings, redact, lambda: keys.last)
    writer.tell = lambda line: screen.say(f"({line})", style="dim")
    talk = Talk(begun, store, number, writer, screen, keys, Path.cwd(), seed)
    try:
        with keys.hushed():
            if number:
                loop.resumed(talk)
            else:
                talk.number = store.begin(begun)
                _open(talk, rejection)
            loop.converse(talk)
    finally:
        store.release(talk.number)
        store.close()


def _open(talk: Talk, rejection: Path | None) -> None:
    from assistant.chat import interview, opening

    if rejection:
        talk.say(talk.writer.about + " Nothing is ever sent by this program.")
        opening.load(talk, rejection)
    elif talk.session.known:
        talk.say(talk.writer.about + " Nothing is ever sent by this program.")
        interview.begin(talk)
    else:
        opening.greet(talk)


def _known(brief_file: str) -> dict[str, object]:
    """The keys of a brief that may still lack some."""
    from assistant.brief_file import read_brief_values

    return {key: value for key, value in read_brief_values(Path(brief_file)).items() if value not in ("", [])}
