"""Rule packs: what the checks look for, as data that a non-programmer can read and better.

A pack is a YAML file in `checks/rules/packs`, or a user's own. Its name begins the ids of its rules: `thanks.rejection`. Every key is
explained in `docs/rules.md`; a wrong one is an error that names the file, the rule and the nearest known key.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast, get_args

from assistant.files import read_text_bounded, reason
from assistant.letter import Severity
from assistant.patterns import PatternError, compiled, expand
from assistant.regions import region_code
from assistant.text import one_line

TYPES = ("existence", "budget", "require", "cooccur", "learned", "length", "ground", "code")
OWN_TYPES = ("existence", "budget", "require", "cooccur")  # that a user's rule may have
ZONES = ("subject", "greeting", "body", "closing", "letter")
VERDICTS = ("perfunctory", "obsequious", "bitter", "pushy", "ungrounded", "other", "")
MOST_BYTES = 2_000_000  # of a pack: a folder that is only visited may name any file as one
_PACK_KEYS = ("about", "verdict", "lists", "rules")


@dataclass(frozen=True)
class Rule:
    """One rule. `verdict` is what a letter is that breaks it badly; `where` the file it stands in; `fires` and `quiet` its examples."""

    id: str
    type: str
    message: str
    why: str
    fix: str
    source: str = ""
    severity: Severity = "error"
    verdict: str = ""
    zone: tuple[str, ...] = ("body",)
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    at_most: int = 0
    error_over: int = 0
    distinct: bool = False
    licensed: bool = False
    kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    fires: tuple[Any, ...] = field(default=(), hash=False)
    quiet: tuple[Any, ...] = field(default=(), hash=False)
    where: str = ""

    @property
    def title(self) -> str:
        """The message where no letter is at hand."""
        return self.message.replace("{count}", "too many").replace(" in one letter", "").strip()

    def applies(self, kind: str, region: str) -> bool:
        """Whether the rule speaks to letters of this kind and region; without a region, rules for certain regions are silent."""
        return (not self.kinds or kind in self.kinds) and (not self.regions or region_code(region) in self.regions)


_SEQUENCES = {"zone", "patterns", "unless", "beside", "kinds", "regions"}
_KEYS = [f.name for f in fields(Rule) if f.name not in ("id", "where")]
_SLOT = re.compile(r"\{[^}]*\}")
_NEEDED = ("type", "message", "why", "fix")


@dataclass(frozen=True)
class Pack:
    """The sound rules of one file, and what is wrong with the others, each in one line."""

    rules: tuple[Rule, ...]
    problems: tuple[str, ...] = field(default=())


def shipped_packs() -> list[Pack]:
    """The packs that come with the package, in the order of their names."""
    files = sorted((Path(__file__).parent / "rules" / "packs").glob("*.yaml"))
    return [parse_pack(f.stem, f.read_text(encoding="utf-8"), f.name, shipped=True) for f in files]


def read_pack(path: Path) -> Pack:
    """A user's own pack. What is wrong with it becomes a problem, never an exception: the other rules still run."""
    name = one_line(str(path))
    try:
        return parse_pack(path.stem, read_text_bounded(path, MOST_BYTES), name)
    except (OSError, UnicodeDecodeError) as error:
        return Pack((), (f"{name}: can't be read: {reason(error)}",))


def parse_pack(pack: str, text: str, where: str, shipped: bool = False) -> Pack:
    """The rules of a pack's text."""
    import yaml

    try:
        values = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        return Pack((), (f"{where}: no YAML: {one_line(str(error))}",))
    if not isinstance(values, dict) or not isinstance(values.get("rules"), dict):
        return Pack((), (f"{where}: a rule pack needs 'rules', each with its name",))
    problems = [f"{where}: {_unknown(key, _PACK_KEYS)}" for key in values if key not in _PACK_KEYS]
    lists = values.get("lists") or {}
    if not isinstance(lists, dict) or not all(isinstance(v, str) for v in lists.values()):
        return Pack((), (*problems, f"{where}: 'lists' must give a text for each name"))
    rules = []
    for name, entry in values["rules"].items():
        try:
            rule = _rule(f"{pack}.{name}", entry, str(values.get("verdict") or ""), lists, where)
            if not shipped:  # those of a shipped pack are compiled in the tests, so that no user waits for it
                if rule.type not in OWN_TYPES:
                    raise ValueError(f"type {rule.type!r} is the package's own; there are: {', '.join(OWN_TYPES)}")
                list(map(compiled, (*rule.patterns, *rule.unless, *rule.beside)))
            rules.append(rule)
        except (PatternError, ValueError) as error:
            problems.append(f"{where}: rule {pack}.{one_line(str(name))}: {error}")
    return Pack(tuple(rules), tuple(problems))


def _rule(rule_id: str, entry: Any, verdict: str, lists: Mapping[str, str], where: str) -> Rule:
    """One checked rule with its patterns expanded. Raises ValueError or PatternError with the reason."""
    if not isinstance(entry, dict):
        raise ValueError("must have keys such as type, patterns and message")
    for key in entry:
        if key not in _KEYS:
            raise ValueError(_unknown(key, _KEYS))
    for key in _NEEDED:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise ValueError(f"needs {key!r}, a text")
    if entry["type"] not in TYPES:
        raise ValueError(_unknown(entry["type"], TYPES, "type"))
    values: dict[str, Any] = {"verdict": verdict, **entry}
    for key in _SEQUENCES & entry.keys():
        one = [entry[key]] if isinstance(entry[key], str) else entry[key]
        if not isinstance(one, list) or not all(isinstance(v, str) and v for v in one):
            raise ValueError(f"{key!r} must be a list of texts")
        values[key] = tuple(one)
    for key in ("fires", "quiet"):
        if not isinstance(entry.get(key, []), list):
            raise ValueError(f"{key!r} must be a list of examples")
        values[key] = tuple(entry.get(key, []))
    for key, whole in (("at_most", int), ("error_over", int), ("distinct", bool), ("licensed", bool)):
        if not isinstance(values.get(key, whole()), whole):
            raise ValueError(f"{key!r} must be {'a number' if whole is int else 'true or false'}")
    if slots := set(_SLOT.findall(entry["message"])) - {"{count}", "{text}"}:
        raise ValueError(f"the message may hold {{count}} and {{text}}, not {min(slots)}")
    _one_of(values.get("severity", "error"), get_args(Severity), "severity")
    _one_of(values["verdict"], VERDICTS, "verdict")
    for zone in values.get("zone", ()):
        _one_of(zone, ZONES, "zone")
    if entry["type"] in ("existence", "budget", "require", "cooccur") and not values.get("patterns"):
        raise ValueError(f"a rule of type {entry['type']} needs 'patterns'")
    if entry["type"] == "cooccur" and not values.get("beside"):
        raise ValueError("a rule of type cooccur needs 'beside': what makes it right")
    for key in ("patterns", "unless", "beside"):
        values[key] = tuple(expand(p, lists) for p in values.get(key, ()))
    stripped: dict[str, Any] = {k: (v.strip() if isinstance(v, str) else v) for k, v in values.items()}
    return Rule(id=rule_id, where=where, **stripped)


def _one_of(value: object, known: tuple[str, ...], what: str) -> None:
    if value not in known:
        raise ValueError(_unknown(value, known, what))


def _unknown(key: object, known: Any, what: str = "key") -> str:
    near = difflib.get_close_matches(str(key), cast("list[str]", list(known)), n=1, cutoff=0.0)[0]
    return f"unknown {what} {one_line(str(key))!r}; the nearest known one is {near!r}"
