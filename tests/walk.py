"""One talk from beginning to end, as the README shows it: typed into a terminal, waited for, and looked at.

python tests/walk.py docs/chat.svg      # records it anew with the embedded model, as a picture
"""

from __future__ import annotations

import itertools
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from terminal import ENTER, Terminal

REJECTION = """Subject: Operations Manager - Harbor Light Foods

Dear Marisol,

Thank you for coming in again last week. We have decided to offer the position to another
candidate, and I'm sorry it isn't better news. I enjoyed our talk about the night crew and
hope we stay in touch.

Best,
Anne Whitcomb
Harbor Light Foods"""
ANSWERS_OF_MARISOL = (
    "she said the night crew loses two hours a week on handover",
    "replacing the paper pick lists with handheld scanners",
    "ran a scanner rollout for 60 pickers at my last job",
    "can send the one-page training sheet we used for the scanners",
)
ROOT = Path(__file__).resolve().parent.parent


def walk(terminal: Terminal) -> None:
    """Rejection, advice, interview, draft, three revisions, difference, undo, the mail saved, and out."""
    terminal.wait("begin without one")
    terminal.wait("›", 10)
    terminal.paste(REJECTION.replace("\n", "\r"))
    terminal.pump(0.3)
    terminal.send(ENTER)
    terminal.wait("“leave it” ends here")
    terminal.line("")
    answers = list(ANSWERS_OF_MARISOL)
    for number in range(1, 6):
        terminal.until(lambda shown, n=number: f"{n} of " in shown or "nothing else" in shown)  # type: ignore[misc]
        if "nothing else" in terminal.transcript():
            break
        asked = terminal.transcript().rsplit(f"{number} of", 1)[1]
        terminal.line("" if "sign with" in asked else answers.pop(0))
        terminal.pump(0.2)
    terminal.wait("nothing else")
    terminal.line("")
    for number, request in enumerate(("", "less formal", "she prefers Annie", "a bit shorter please"), start=1):
        if request:
            terminal.line(request)
        terminal.wait(f"version {number} ·")
        terminal.pump(0.3)
    terminal.line("/diff")
    terminal.wait("version 3 → 4")
    terminal.pump(0.3)
    terminal.line("/undo")
    terminal.wait("version 3 ·", after=1)
    terminal.line("/eml")
    terminal.wait("Written to")
    terminal.line("/exit")
    assert terminal.ended() == 0


def look_of(cell: Any) -> tuple[str | None, bool, bool, bool]:
    """Colour, bold, underlined, struck through: what a picture shows of a cell."""
    blank = not cell.data.strip()
    return (
        cell.fg if cell.fg in ("red", "green") and not blank else None,
        cell.bold and not blank,
        cell.underscore,
        cell.strikethrough,
    )


def picture(terminal: Terminal, title: str) -> str:
    """All that was shown as an SVG picture, in the colours that it had."""
    from rich.console import Console
    from rich.style import Style
    from rich.terminal_theme import DEFAULT_TERMINAL_THEME
    from rich.text import Text

    screen = terminal.screen
    lines = [*screen.history.top, *(screen.buffer[y] for y in range(screen.lines))]
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=screen.columns, file=nowhere, force_terminal=True, legacy_windows=False)
        text = Text()
        for line in lines:
            cells = [line[x] for x in range(screen.columns)]
            row = Text()
            for look, run in itertools.groupby(cells, key=look_of):
                row.append(
                    "".join(cell.data for cell in run),
                    Style(color=look[0], bold=look[1], underline=look[2], strike=look[3]),
                )
            row.rstrip()
            text.append(row)
            text.append("\n")
        text.rstrip()
        console.print(text)
        shown = console.export_svg(title=title, theme=DEFAULT_TERMINAL_THEME)
        # A picture that fetches nothing: with whatever fixed-width font the reader has.
        return re.sub(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", "", shown, flags=re.DOTALL)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        env = {n: os.environ[n] for n in ("PATH", "LANG") if n in os.environ}
        env |= {"HOME": folder, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        env["XDG_CACHE_HOME"] = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
        terminal = Terminal("chat", "--seed", "1", env=env, cwd=home, columns=84, rows=30)
        try:
            walk(terminal)
        finally:
            terminal.kill()
        shown = picture(terminal, "afternote chat").replace(folder, "~")
    Path(sys.argv[1]).write_text(shown, encoding="utf-8")


if __name__ == "__main__":
    main()
