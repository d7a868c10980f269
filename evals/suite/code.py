"""By what state of checks, cases and references letters were scored."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SCORING = ("assistant", "evals/suite", "evals/cases", "evals/references")


@functools.cache
def scoring_code() -> str:
    """Changes with any code or data that a score hangs on."""
    digest = hashlib.sha256()
    for folder in SCORING:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".yaml", ".json", ".toml") and "reports" not in path.parts:
                digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]
