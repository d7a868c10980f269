"""The letter on the clipboard."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
from collections.abc import Iterator

from assistant.errors import UsageError
from assistant.text import clean, one_line, shorten

_WITHOUT = (
    "nothing copied: no clipboard was found; on Linux it takes a display and xclip (X11) or wl-clipboard (Wayland)"
)


def copy(text: str) -> None:
    """Put a text, cleaned, on the clipboard. Raises UsageError where there is none; at once where there is no display."""
    import pyperclip

    text = clean(text).encode("utf-8", "replace").decode()
    try:
        with _silent():
            pyperclip.copy(text)
            # On X11 and Wayland a program is started, and nobody asks how it ended: only reading back tells.
            held = pyperclip.paste() if _by_program() else text
    except Exception as error:  # each system's way to the clipboard raises what it likes
        raise UsageError(
            _WITHOUT if _by_program() else f"nothing copied: {shorten(one_line(str(error)), 120)}"
        ) from None
    if held.rstrip() != text.rstrip():
        raise UsageError(_WITHOUT)


def _by_program() -> bool:
    return sys.platform == "linux" and "microsoft" not in platform.release().lower()


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Standard output and error on the null device for programs started meanwhile.

    xclip stays in the background as long as it holds the text: with our output in hand it would keep `… | less` waiting for ever.
    """
    kept = [(fd, os.dup(fd)) for fd in (1, 2)]
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        for fd, _ in kept:
            os.dup2(null, fd)
        yield
    finally:
        os.close(null)
        for fd, own in kept:
            os.dup2(own, fd)
            os.close(own)
