"""The adapter that is shipped: which file, made for which weights, and whether it is whole."""

from __future__ import annotations

import functools
import hashlib
import tomllib
from pathlib import Path
from typing import Any

from assistant.errors import Unavailable

FOLDER = Path(__file__).resolve().parent.parent / "adapter"


@functools.cache
def card() -> dict[str, Any]:
    """What `adapter/card.toml` says: name, version, file, sha256, base, licence and more."""
    return tomllib.loads((FOLDER / "card.toml").read_text(encoding="utf-8"))


def adapter_file() -> Path:
    """Where the adapter lies."""
    return FOLDER / str(card()["file"])


def verified_adapter() -> Path:
    """The adapter, with the hash that its card names. Raises Unavailable for one that is missing or differs."""
    try:
        path = adapter_file()
        with path.open("rb") as file:
            right = hashlib.file_digest(file, "sha256").hexdigest() == card()["sha256"]
    except (OSError, ValueError, KeyError):
        right = False
    if not right:
        raise Unavailable(f"the adapter in {FOLDER} is missing or damaged (wrong hash); install afternote again")
    return path
