"""The rule book of one run: the shipped packs, the user's own, and what the user switched off."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assistant.checks.engine import Engine
from assistant.checks.packs import Pack, Rule, shipped_packs
from assistant.errors import UsageError
from assistant.patterns import Matcher
from assistant.text import one_line


@dataclass(frozen=True)
class RuleBook:
    """Rules by id, in the order of their packs, and the engine for those with patterns. `problems` names rules that couldn't be used."""

    rules: Mapping[str, Rule]
    engine: Engine
    problems: tuple[str, ...] = field(default=())

    @functools.cached_property
    def guards(self) -> tuple[Matcher, tuple[str, ...]]:
        """What the `unless` of the learned rules excuse, all in one matcher, and of which family each is."""
        entries = [
            (pattern, rule.id.partition(".")[0])
            for rule in self.rules.values()
            if rule.type == "learned"
            for pattern in rule.unless
        ]
        return Matcher(pattern for pattern, _ in entries), tuple(family for _, family in entries)

    def __getitem__(self, rule_id: str) -> Rule:
        """The rule of this id. Raises UsageError naming the nearest one."""
        if rule_id not in self.rules:
            near = difflib.get_close_matches(rule_id, list(self.rules), n=1, cutoff=0.0)
            raise UsageError(
                f"there is no rule {one_line(rule_id)!r}; the nearest is {near[0]!r}; `afternote rules list` has all"
            )
        return self.rules[rule_id]


@functools.cache
def shipped_book() -> RuleBook:
    """The rules as they come with the package."""
    return make_book(shipped_packs())


def make_book(packs: Iterable[Pack], off: Iterable[str] = ()) -> RuleBook:
    """A book of these packs; a later rule replaces an earlier one of the same id. `off` holds ids, or `pack.*` for all of a pack."""
    packs = list(packs)
    rules = {rule.id: rule for pack in packs for rule in pack.rules}
    problems = [problem for pack in packs for problem in pack.problems]
    for name in off:
        gone = [i for i in rules if i == name or (name.endswith(".*") and i.startswith(name[:-1]))]
        if not gone:
            near = difflib.get_close_matches(name, list(rules), n=1, cutoff=0.0)
            problems.append(
                f"off: there is no rule {one_line(name)!r}" + (f"; the nearest is {near[0]!r}" if near else "")
            )
        for rule_id in gone:
            del rules[rule_id]
    return RuleBook(rules, Engine(tuple(rules.values())), tuple(problems))
