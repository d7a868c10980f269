"""What every part of a chat works with: the session, where it is kept, who writes, the screen and the keyboard."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.brief import Fact
from assistant.chat.keyboard import Keyboard
from assistant.chat.screen import Screen
from assistant.chat.writer import Writer
from assistant.errors import UsageError
from assistant.session import Session, Version
from assistant.store import Store
from assistant.text import one_line

if TYPE_CHECKING:
    from assistant.rejection import Rejection


class Leave(Exception):
    """The user wants to go."""


@dataclass
class Talk:
    """One chat. `number` is the session's in the store; `read` the rejection as it was read, or None."""

    session: Session
    store: Store
    number: int
    writer: Writer
    screen: Screen
    keyboard: Keyboard
    folder: Path = field(default_factory=Path)
    seed: int | None = None
    read: Rejection | None = None
    grown: list[str] = field(default_factory=list)  # the text that grew on the screen last

    def say(self, text: str, indent: int = 0, style: str = "") -> None:
        """A few words to the user."""
        self.screen.say(text, indent, style)

    def keep(self) -> None:
        """Commit what this turn has come to."""
        self.store.save(self.number, self.session, self.screen.taken())

    def hold(self, version: Version) -> Version:
        """Let a new version stand, and commit it before anything is said of it."""
        kept = self.session.keep(version)
        self.keep()
        return kept

    def rejection(self) -> Rejection | None:
        """The rejection, read; None when there is none."""
        if self.read is None and self.session.mail:
            from assistant.rejection import read_rejection

            self.read = read_rejection(self.session.mail, "the rejection")
        return self.read

    def standing(self) -> Version:
        """The version that stands. Raises UsageError when there is no letter yet."""
        if self.session.current is None:
            raise UsageError("there is no letter yet; answer the questions, or /draft writes from the facts")
        return self.session.current

    def show_facts(self, facts: list[Fact] | tuple[Fact, ...]) -> None:
        """Facts with their ids, one a line."""
        for fact in facts:
            self.say(f"{fact.id}  {fact.text}", 2)

    def wait_for(self, what: str, **told: Any) -> None:
        """The next words answer a question."""
        self.session.waiting = {"for": what, **told}

    @property
    def prompt(self) -> str:
        """What stands before the user's words."""
        return "> " if self.screen.plain else "› "


def quoted(text: str, most: int = 50) -> str:
    """The user's words as they are shown back."""
    from assistant.text import shorten

    return f"“{shorten(one_line(text), most)}”"
