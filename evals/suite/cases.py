"""The cases: briefs with the behaviour they probe, one TOML file each. `evals/suite.md` describes the format."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from assistant import Brief
from assistant.brief_file import brief_from_values
from evals.suite.references import references

HERE = Path(__file__).resolve().parent.parent / "cases"
KEYS = {"family", "probes", "kind", "must", "never", "one_of", "brief", "reference"}


@dataclass(frozen=True)
class Case:
    """One brief and what is expected of any letter on it, whatever the product's own checks think.

    `must` are strings that stand in every good letter, `never` ones that stand in none, of `one_of` at least one; white space and case
    don't matter. `reference` names a letter of `evals/references` that was written on the same brief, "" when there is none.
    """

    name: str
    family: str
    probes: str
    kind: str
    brief: Brief
    must: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    reference: str = ""

    @property
    def hash(self) -> str:
        """Changes when anything of the brief or the kind does."""
        return hashlib.sha256(f"{self.kind}\n{self.brief!r}".encode()).hexdigest()[:16]


def read_cases(folder: Path = HERE) -> tuple[Case, ...]:
    """All cases in the order of their names. Raises ValueError naming the file and what is wrong with it."""
    return tuple(_read(path) for path in sorted(folder.glob("*.toml")))


def reference_cases() -> tuple[Case, ...]:
    """The references as cases: to try the suite with letters that are known to be good."""
    return tuple(
        Case(
            reference.name,
            reference.kind,
            reference.register,
            reference.kind,
            reference.brief,
            reference=reference.name,
        )
        for reference in references()
    )


def choose(cases: Sequence[Case], limit: int | None) -> tuple[Case, ...]:
    """`limit` cases, in the order of names: the families take turns, and where there are fewer turns than families these
    are spread evenly.
    """
    families: dict[str, list[Case]] = {}
    for case in cases:
        families.setdefault(case.family, []).append(case)
    if limit and limit < len(families):
        names = list(families)
        families = {name: families[name] for name in (names[n * len(names) // limit] for n in range(limit))}
    turns = [case for turn in zip_longest(*families.values()) for case in turn if case]
    return tuple(sorted(turns[:limit], key=lambda case: case.name))


def expectation_failures(case: Case, text: str) -> list[str]:
    """What of the case's own expectations this letter breaks, in words."""
    broken = [f"lacks {phrase!r}" for phrase in case.must if not _stands(phrase, text)]
    broken += [f"says {phrase!r}" for phrase in case.never if _stands(phrase, text)]
    if case.one_of and not any(_stands(phrase, text) for phrase in case.one_of):
        broken.append(f"has none of {', '.join(map(repr, case.one_of))}")
    return broken


def _stands(phrase: str, text: str) -> bool:
    """Whether a phrase stands in a text as whole words, so that Company1 isn't found in Company12."""
    pattern = r"\s+".join(re.escape(word) for word in phrase.replace("’", "'").split())
    return re.search(rf"(?<!\w){pattern}(?!\w|[.,]\d)", text.replace("’", "'"), re.IGNORECASE) is not None


def _read(path: Path) -> Case:
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path.name}: can't be read: {error}") from None
    if unknown := set(values) - KEYS:
        raise ValueError(f"{path.name}: unknown key {sorted(unknown)[0]!r}; there are: {', '.join(sorted(KEYS))}")
    if missing := {"family", "probes"} - set(values):
        raise ValueError(f"{path.name}: {sorted(missing)[0]} is missing")
    if ("brief" in values) == ("reference" in values):
        raise ValueError(f"{path.name}: needs either a [brief] or the reference whose brief it shares")
    name = values.get("reference", "")
    if name:
        known = {reference.name: reference for reference in references()}
        if name not in known:
            raise ValueError(f"{path.name}: there is no reference {name!r}")
        brief, kind = known[name].brief, known[name].kind
    else:
        brief, kind = brief_from_values(values["brief"], path.name), values.get("kind", "note")
    lists = {key: tuple(values.get(key, ())) for key in ("must", "never", "one_of")}
    return Case(path.stem, values["family"], values["probes"], kind, brief, **lists, reference=name)
