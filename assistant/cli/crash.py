"""What a defect of ours prints: Python's traceback, without a key in it."""

from __future__ import annotations

import os
import sys
from types import TracebackType


def told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The traceback on stderr, in place of `sys.excepthook`: it shows no variables, but a library's message may quote what it was given."""
    import traceback

    from assistant.keys import ENVIRONMENT, without_secrets
    from assistant.text import clean

    text = clean("".join(traceback.format_exception(kind, error, trace)))
    for name in ENVIRONMENT:
        text = without_secrets(text, os.environ.get(name, "").strip())
    sys.stderr.write(f"{text}afternote: this is a defect in afternote, not something you did\n")
