"""Rules of the user's own: packs in the settings folder, and the table `[check]` of `config.toml` there or of a project's `afternote.toml`.

[check]
off = ["thanks.budget", "machine.*"]    # rules that shouldn't run
rules = ["our-rules.yaml"]              # more packs, beside this file
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from assistant.checks.book import RuleBook, make_book, shipped_book
from assistant.checks.packs import MOST_BYTES, Pack, read_pack, shipped_packs
from assistant.errors import UsageError
from assistant.files import read_text_bounded, reason
from assistant.text import one_line

_KEYS = ("off", "rules")


@dataclass(frozen=True)
class UserRules:
    """Ids that are switched off, and files of more packs."""

    off: tuple[str, ...] = ()
    files: tuple[Path, ...] = field(default=())


def read_check_table(path: Path) -> UserRules:
    """The table `[check]` of a TOML file; nothing when there is no file or no table. Raises UsageError."""
    name = one_line(str(path))
    try:
        table = tomllib.loads(read_text_bounded(path, MOST_BYTES)).get("check", {})
    except FileNotFoundError:
        return UserRules()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{name}: can't be read: {reason(error)}") from None
    if not isinstance(table, dict):
        raise UsageError(f"{name}: [check] must be a table")
    for key, value in table.items():
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1, cutoff=0.0)[0]
            raise UsageError(f"{name}: [check] has no {one_line(key)!r}; the nearest known key is {near!r}")
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise UsageError(f"{name}: [check] {key} must be a list of texts")
    return UserRules(tuple(table.get("off", ())), tuple(path.parent / file for file in table.get("rules", ())))


def project_file(start: Path) -> Path | None:
    """The nearest `afternote.toml`, in this folder or one above it."""
    return next((f / "afternote.toml" for f in (start, *start.parents) if (f / "afternote.toml").is_file()), None)


def user_book(settings: Path, start: Path) -> RuleBook:
    """The shipped rules with what settings folder and project add or switch off. Broken rules are among its problems; raises UsageError."""
    project = project_file(start)
    tables = [read_check_table(settings / "config.toml"), *([read_check_table(project)] if project else [])]
    own = settings / "rules"
    files = [*(sorted(own.glob("*.yaml")) if own.is_dir() else []), *(file for table in tables for file in table.files)]
    off = [name for table in tables for name in table.off]
    if not files and not off:
        return shipped_book()
    packs: list[Pack] = [*shipped_packs(), *map(read_pack, files)]
    return make_book(packs, off)
