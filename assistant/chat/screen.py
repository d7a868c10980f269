"""What the chat shows: plain text that only ever grows downwards, in colour where the terminal has any.

Nothing that was printed is drawn again, so that a small or resized screen neither doubles it nor cuts it.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from assistant.text import clean, one_line

if TYPE_CHECKING:
    from assistant.writing.compare import Piece

WIDEST = 88  # columns: longer lines are hard to read
NARROWEST = 20


class Screen:
    """Standard output. `said` collects what was shown since it was last taken, for the session's record.

    `plain`: no colour, no rules, nothing but text, for a screen reader, a dumb terminal, or when the output is no terminal.
    """

    def __init__(self, plain: bool) -> None:
        """Nothing is shown yet."""
        terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self.plain = plain or not terminal
        self.coloured = not self.plain and not os.environ.get("NO_COLOR")
        self.said: list[str] = []
        self._flow = _Flow(self)
        self._console: Any = None

    @property
    def width(self) -> int:
        """Columns that a line may have now."""
        return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns - 1))

    def say(self, text: str, indent: int = 0, style: str = "") -> None:
        """A few words, filled to the width; each line of `text` begins a new one."""
        text = clean(text)
        self.said.append(text)
        pad = " " * indent
        for line in text.split("\n"):
            hang = pad + " " * (len(line) - len(line.lstrip()))
            fill = textwrap.fill(
                line.strip(),
                self.width,
                initial_indent=hang,
                subsequent_indent=hang,
                break_on_hyphens=False,
                break_long_words=False,
            )
            self.write((self.styled(fill, style) if style and fill.strip() else fill) + "\n")

    def letter(self, text: str, title: str = "") -> None:
        """A letter, its lines filled to the width; its own line breaks stay."""
        if title:
            self.rule(title)
        self.stream(clean(text).rstrip() + "\n")
        self.end_stream()
        self.said.append(clean(text))

    def rule(self, title: str) -> None:
        """What comes now, in a line of its own."""
        self.write(f"\n{title}:\n\n" if self.plain else f"\n{self.styled(f'── {title} ──', 'bold')}\n\n")

    def stream(self, piece: str) -> None:
        """A piece of a text that is still growing."""
        self._flow.feed(clean(piece))

    def end_stream(self) -> None:
        """The growing text is whole, or broke off."""
        self._flow.end()

    def diff(self, pieces: Iterable[Piece]) -> None:
        """Two versions, word by word: what went and what came marked by colour, or by brackets where there is none."""
        out: list[str] = []
        for mark, text in pieces:
            body = text.rstrip()
            tail = text[len(body) :]
            if mark and body:
                if self.coloured:
                    body = self.styled(body, "red strike" if mark == "-" else "green underline")
                else:
                    body = f"[-{body}-]" if mark == "-" else f"{{+{body}+}}"
            out.append(body + tail)
        shown = "".join(out)
        self.said.append(
            "".join(f"[-{t.strip()}-] " if m == "-" else f"{{+{t.strip()}+}} " if m == "+" else t for m, t in pieces)
        )
        self.write("\n".join(_filled(line, self.width) for line in shown.split("\n")).rstrip() + "\n")

    def raw(self, text: str) -> None:
        """Lines that are laid out already."""
        self.said.append(text)
        self.write(text.rstrip("\n") + "\n")

    def error(self, message: str) -> None:
        """What went wrong, in one line; on standard error where that is another place."""
        line = one_line(message)
        self.said.append(line)
        out = sys.stdout if sys.stdout.isatty() and sys.stderr.isatty() else sys.stderr
        out.write((self.styled(line, "bold red") if out is sys.stdout else line) + "\n")
        out.flush()

    def styled(self, text: str, style: str) -> str:
        """The text as the terminal is told to show it; bare where it has no colour."""
        if self.plain or not style:
            return text
        from rich.console import Console  # when first wanted: the first prompt doesn't wait for it
        from rich.text import Text

        if self._console is None:
            self._console = Console(force_terminal=True, no_color=not self.coloured, highlight=False, soft_wrap=True)
        with self._console.capture() as capture:
            self._console.print(Text(text, style=style), end="")
        return str(capture.get())

    def write(self, text: str) -> None:
        """Exactly this, at once."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def taken(self) -> str:
        """All that was said since this was last asked."""
        said, self.said = "\n".join(self.said), []
        return said


class _Flow:
    """A growing text broken at words: a terminal by itself breaks in the middle of one. White space waits for the word after it."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._word, self._gap = "", ""
        self._column = 0

    def feed(self, piece: str) -> None:
        for ch in piece:
            if ch.isspace():
                self._flush()
                self._gap += ch
            else:
                self._word += ch

    def end(self) -> None:
        """The line is ended; blank lines at the end of the text aren't shown."""
        self._flush()
        if self._column:
            self._screen.write("\n")
        self._gap, self._column = "", 0

    def _flush(self) -> None:
        if not self._word:
            return
        size = _cells(self._word)
        if "\n" in self._gap:
            self._screen.write("\n" * self._gap.count("\n"))
            self._column = 0
        elif self._gap and self._column + 1 + size > self._screen.width:
            self._screen.write("\n")
            self._column = 0
        elif self._gap and self._column:
            self._screen.write(" ")
            self._column += 1
        self._screen.write(self._word)
        self._column += size
        self._word, self._gap = "", ""


def _cells(text: str) -> int:
    """Columns that a text takes on the screen: a Chinese character has two, a combining accent none."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return max(0, int(wcswidth(text)))


def _filled(line: str, width: int) -> str:
    """A line with escapes broken at words; escapes take no room."""
    import re

    out, column = [], 0
    for word in line.split(" "):
        size = _cells(re.sub(r"\x1b\[[0-9;]*m", "", word))
        if column and column + 1 + size > width:
            out.append("\n")
            column = 0
        elif out:
            out.append(" ")
            column += 1
        out.append(word)
        column += size
    return "".join(out)
