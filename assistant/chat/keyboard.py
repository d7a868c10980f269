"""Where the user's words come from: a terminal with editing and completion, a plain one for screen readers, or lines of a file."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from assistant.text import clean

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession

QUOTES = '"""'  # a line of these begins and ends a text of several lines
_PASTED = 0.05  # seconds: lines that follow each other faster than that weren't typed


class Keyboard(Protocol):
    """One way to read. `last` is when a key was last pressed (`time.monotonic`), for work that should wait for a quiet moment."""

    last: float

    def read(self, prompt: str) -> str:
        """The next input, of one line or several. Raises EOFError at the end, KeyboardInterrupt on Ctrl-C."""

    def vent(self, prompt: str) -> None:
        """Let the user type what is kept nowhere, until an empty line; what was typed is returned to nobody."""

    def hushed(self) -> AbstractContextManager[None]:
        """For the time of the chat: what is typed between two prompts isn't shown by the terminal in the middle of the letter."""

    def shared(self) -> AbstractContextManager[None]:
        """For the time that another program, such as the editor, has the terminal."""


def keyboard(
    plain: bool, typed: list[str], commands: dict[str, str], choices: Callable[[str], Iterable[str]]
) -> Keyboard:
    """The keyboard that fits: lines where standard input is no terminal, the plain one where that was asked for or the terminal is dumb."""
    if not sys.stdin.isatty():
        return Lines()
    if plain or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty():
        return Plain()
    return Terminal(typed, commands, choices)


@dataclass
class Lines:
    """Standard input that is no terminal: a line each, no prompts; a text of several lines between two lines of \"\"\"."""

    last: float = 0.0

    def read(self, prompt: str) -> str:
        """The next line, or all lines between quotes."""
        line = self._line()
        if line.strip() != QUOTES:
            return clean(line)
        lines = []
        while (line := self._line()).strip() != QUOTES:
            lines.append(line)
        return clean("\n".join(lines))

    def vent(self, prompt: str) -> None:
        """Read up to an empty line and forget it."""
        while self._line().strip():
            pass

    hushed = shared = nullcontext

    def _line(self) -> str:
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")


@dataclass
class Plain:
    """A terminal read with the system's own line editing, nothing redrawn: what screen readers follow best."""

    last: float = 0.0

    def read(self, prompt: str) -> str:
        """One line, with those that were pasted behind it; a text of several lines between two lines of \"\"\"."""
        import contextlib

        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 - importing it gives `input` its line editing

        line = input(prompt)
        self.last = time.monotonic()
        lines = [line]
        if line.strip() == QUOTES:
            lines = []
            while (line := input()).strip() != QUOTES:
                lines.append(line)
        else:
            while self._waiting():
                lines.append(input())
        return clean("\n".join(lines))

    def vent(self, prompt: str) -> None:
        """Read up to an empty line and forget it, out of the line editor's memory too."""
        import contextlib

        while True:
            line = input(prompt)
            with contextlib.suppress(ImportError, ValueError, AttributeError):
                import readline

                if line:
                    readline.remove_history_item(readline.get_current_history_length() - 1)
            if not line.strip():
                return

    hushed = shared = nullcontext

    @staticmethod
    def _waiting() -> bool:
        import select

        try:
            return bool(select.select([sys.stdin], [], [], _PASTED)[0])
        except (OSError, ValueError):  # not on every system can a terminal be asked
            return False


@dataclass
class Terminal:
    """A terminal with editing over several lines, whole pastes, history, completion of commands, and the user's editor on Ctrl-X Ctrl-E."""

    typed: list[str]
    commands: dict[str, str]
    choices: Callable[[str], Iterable[str]]
    last: float = 0.0
    _session: PromptSession[str] | None = field(default=None, repr=False)
    _outside: list[Any] = field(default_factory=list, repr=False)

    def read(self, prompt: str) -> str:
        """What was typed or pasted, whole."""
        if self._session is None:
            # The editor takes a tenth of a second to import: the prompt stands meanwhile, and what is typed already waits for it.
            sys.stdout.write(prompt)
            sys.stdout.flush()
            self._session = self._begun()
            sys.stdout.write("\r")
        return clean(self._session.prompt(prompt))

    def vent(self, prompt: str) -> None:
        """Let the user type, wipe each line off the screen, and keep none: no history, no editor and so no file."""
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import DummyHistory

        session: PromptSession[str] = PromptSession(
            history=DummyHistory(), erase_when_done=True, key_bindings=self._keys()
        )
        while session.prompt(prompt).strip():
            pass

    @contextmanager
    def hushed(self) -> Iterator[None]:
        """Without the terminal's own echo: what is typed ahead waits for the next prompt, its Enter keys as they were pressed."""
        with self._mode(quiet=True):
            yield

    @contextmanager
    def shared(self) -> Iterator[None]:
        """With the terminal as it is outside of the chat."""
        with self._mode(quiet=False):
            yield

    @contextmanager
    def _mode(self, quiet: bool) -> Iterator[None]:
        try:
            import termios
        except ImportError:  # Windows has no such modes
            yield
            return
        before = termios.tcgetattr(sys.stdin)
        if quiet:
            self._outside = before
        wanted = [*before] if quiet else self._outside
        if quiet:
            wanted[0] &= ~termios.ICRNL
            wanted[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, wanted)
        try:
            yield
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)

    def _begun(self) -> PromptSession[str]:
        from prompt_toolkit import PromptSession

        session: PromptSession[str] = PromptSession(
            history=_history(self.typed),
            completer=_completer(self.commands, self.choices),
            complete_while_typing=True,
            key_bindings=self._keys(),
            enable_open_in_editor=True,
            tempfile_suffix=".txt",
            reserve_space_for_menu=4,
        )
        session.app.key_processor.before_key_press += self._pressed
        return session

    def _pressed(self, _sender: object) -> None:
        self.last = time.monotonic()

    @staticmethod
    def _keys() -> Any:
        from prompt_toolkit.key_binding import KeyBindings
        from prompt_toolkit.keys import Keys

        keys = KeyBindings()

        @keys.add("enter")
        def accept(event: Any) -> None:
            # Where a terminal marks no pastes, more keys behind the Enter in the same breath show that it was pasted.
            # (The terminal's own answers to the screen's questions are no keys.)
            behind = [press.key for press in event.app.key_processor.input_queue]
            if any(key != Keys.CPRResponse and isinstance(key, (Keys, str)) for key in behind):
                event.current_buffer.insert_text("\n")
            else:
                event.current_buffer.validate_and_handle()

        @keys.add("escape", "enter")
        def newline(event: Any) -> None:
            event.current_buffer.insert_text("\n")

        return keys


def is_vent(text: str) -> bool:
    """Whether a line is the vent's command, also shortened or without its slash: what stands behind it must be kept nowhere."""
    return bool(re.match(r"\s*(?:/\s*v(?:en?)?|/?\s*vent)(?:[\s:,.!-]|$)", text, re.IGNORECASE))


def _history(typed: list[str]) -> Any:
    from prompt_toolkit.history import InMemoryHistory

    class History(InMemoryHistory):
        """What arrow-up brings back: not what was vented."""

        def append_string(self, string: str) -> None:
            if not is_vent(string):
                super().append_string(string)

    return History(typed)


def _completer(commands: dict[str, str], choices: Callable[[str], Iterable[str]]) -> Any:
    from prompt_toolkit.completion import Completer, Completion

    class Commands(Completer):
        """Names of commands after a slash, and what may follow them."""

        def get_completions(self, document: Any, _event: Any) -> Any:
            text = document.text_before_cursor
            if not text.startswith("/") or "\n" in text:
                return
            name, space, rest = text[1:].partition(" ")
            if not space:
                for known, help_ in commands.items():
                    if known.startswith(name):
                        yield Completion(f"/{known}", start_position=-len(text), display_meta=help_)
                return
            for choice in choices(name):
                if choice.startswith(rest):
                    yield Completion(choice, start_position=-len(rest))

    return Commands()
