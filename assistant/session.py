"""One chat's work: what the mail and the user told, every version of the letter, and which of them stands. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assistant.brief import FACT_LISTS, Brief, Fact, brief_from
from assistant.errors import UsageError
from assistant.letter import Letter
from assistant.text import one_line
from assistant.zones import parse_letter

if TYPE_CHECKING:
    from assistant.writing.draft import Draft

NEEDED = {"sender": "your name", "company": "the company", "job_title": "the job"}


@dataclass(frozen=True)
class Version:
    """A letter as it once stood, with what it rested on. `asked` is what the user said that led to it.

    `letter` is the whole text, subject line included; `cited` the ids of the facts of each sentence; `brief` the keys and values that it
    was held to; `findings` as `check --format json` has them. `partial`: it broke off. `own`: the user wrote it. `called` is the
    name that the reader was said to prefer by then.
    """

    number: int
    asked: str
    kind: str
    letter: str
    cited: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    brief: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Mapping[str, Any], ...] = ()
    verdict: str = ""
    model: str = ""
    seed: int | None = None
    tokens: tuple[int, int] = (0, 0)
    partial: bool = False
    own: bool = False
    called: str = ""

    def parsed(self) -> Letter:
        """The letter with its parts found, each sentence with its facts."""
        return parse_letter(self.letter).citing(dict(self.cited))

    def as_json(self) -> dict[str, Any]:
        """All of it, as it is kept and exported."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {
            "cited": {text: list(facts) for text, facts in self.cited.items()},
            "findings": list(self.findings),
            "tokens": list(self.tokens),
        }

    @classmethod
    def of_json(cls, values: Mapping[str, Any]) -> Version:
        """The version of what `as_json` gave. Raises KeyError, TypeError or ValueError for anything else."""
        kept = {name: values[name] for name in cls.__dataclass_fields__}
        kept["cited"] = {text: tuple(facts) for text, facts in kept["cited"].items()}
        kept["findings"], kept["tokens"] = tuple(kept["findings"]), tuple(kept["tokens"])
        return cls(**kept)


@dataclass
class Session:
    """What a chat has come to. `known` are the keys of a brief as far as told; `mail` the rejection as pasted or as its file had it.

    `stage` says where the talk is: opening, interview, facts (all of them shown, to be confirmed) or letter. `asked` are the names of the
    interview's questions that were put, `waiting` the question that the next words answer. `trail` holds the numbers of the versions that
    stood, one after the other; `at` which of them stands. `request` is what was asked last and isn't done. `kind` is the kind of letter
    that is wanted, "" for what fits; `called` the name that the reader prefers.
    """

    known: dict[str, Any] = field(default_factory=dict)
    mail: bytes = b""
    kind: str = ""
    stage: str = "opening"
    asked: list[str] = field(default_factory=list)
    waiting: dict[str, Any] = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)
    trail: list[int] = field(default_factory=list)
    at: int = -1
    request: str = ""
    tokens: tuple[int, int] = (0, 0)
    called: str = ""

    @property
    def title(self) -> str:
        """What the session is called in a list."""
        parts = [self.known.get("job_title", ""), self.known.get("company", "")]
        return ", ".join(filter(None, parts)) or "no job named yet"

    @property
    def missing(self) -> list[str]:
        """The keys without which no letter can be written and that aren't known."""
        return [key for key in NEEDED if not self.known.get(key)]

    @property
    def brief(self) -> Brief:
        """What the letter may rest on. Raises BriefError while something needed isn't known."""
        return brief_from(dict.fromkeys(NEEDED, "") | self.known)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts told so far, with their ids."""
        return self.told.facts

    def letter_of(self, version: Version) -> Letter:
        """The letter of a version, its sentences with the ids that their facts have now; of one written by hand, with those it takes up."""
        from assistant.checks.substance import rests_on  # here: a chat's first prompt doesn't wait for the checks

        now = {(fact.kind, fact.text): fact.id for fact in self.facts}
        then = {fact.id: now.get((fact.kind, fact.text), "") for fact in facts_of(version)}
        cited = {text: tuple(filter(None, (then.get(i, "") for i in ids))) for text, ids in version.cited.items()}
        letter = parse_letter(version.letter).citing(cited)
        free = [s for s in letter.sentences if not s.facts] if version.own else []
        return letter.citing({s.text: tuple(f.id for f in self.facts if rests_on(s, f)) for s in free})

    @property
    def told(self) -> Brief:
        """The brief as far as it is told, a dash for each name that isn't: enough to check by."""
        return brief_from(_named(self.known))

    @property
    def current(self) -> Version | None:
        """The version that stands."""
        return self.version(self.trail[self.at]) if self.trail else None

    def version(self, number: int) -> Version:
        """The version of that number. Raises UsageError."""
        if not 1 <= number <= len(self.versions):
            there = f"there are 1 to {len(self.versions)}" if self.versions else "there is none yet"
            raise UsageError(f"no version {number}; {there}")
        return self.versions[number - 1]

    def keep(self, version: Version, stands: bool = True) -> Version:
        """Add a version under the next number; `stands` makes it the one that is worked on."""
        version = replace(version, number=len(self.versions) + 1, called=self.called)
        self.versions.append(version)
        if stands:
            self.use(version.number)
        return version

    def use(self, number: int) -> Version:
        """Let a version stand. What was undone before is no longer redone. Raises UsageError."""
        version = self.version(number)
        self.trail = [*self.trail[: self.at + 1], number]
        self.at = len(self.trail) - 1
        self._as_in(version)
        return version

    def step(self, by: int) -> Version:
        """Back (-1) or forth (+1) along the versions that stood. Raises UsageError at either end."""
        if not self.trail or not 0 <= self.at + by < len(self.trail):
            raise UsageError("nothing to undo" if by < 0 else "nothing to redo")
        self.at += by
        version = self.version(self.trail[self.at])
        self._as_in(version)
        return version

    def _as_in(self, version: Version) -> None:
        """Names, and what must stay out, go with the version that stands; facts stay, since they are true whichever it is."""
        self.known.pop("avoid", None)
        self.known |= {k: v for k, v in version.brief.items() if k not in (*FACT_LISTS, "already_said") and v != "-"}
        self.called = version.called

    def add_fact(self, kind: str, text: str) -> Fact:
        """Add a fact to a list of the brief; one that stands there isn't added twice. Raises BriefError."""
        text = one_line(text)
        if kind not in FACT_LISTS or not text:
            raise UsageError(f"a fact is words in one of: {', '.join(FACT_LISTS)}")
        for fact in self.facts:
            if fact.kind == kind and fact.text.lower() == text.lower():
                return fact
        self._with_list(kind, [*self.known.get(kind, ()), text])
        return [fact for fact in self.facts if fact.kind == kind][-1]

    def change_fact(self, fact_id: str, text: str) -> Fact:
        """Put a fact in other words; "" takes it out. Raises UsageError for an unknown id, BriefError for a text that is too long."""
        fact = self.fact(fact_id)
        place = [f.id for f in self.facts if f.kind == fact.kind].index(fact.id)
        entries = list(self.known[fact.kind])
        entries[place : place + 1] = [one_line(text)] if one_line(text) else []
        self._with_list(fact.kind, entries)
        return fact

    def fact(self, fact_id: str) -> Fact:
        """The fact of that id, in either case. Raises UsageError."""
        for fact in self.facts:
            if fact.id == fact_id.upper():
                return fact
        there = ", ".join(fact.id for fact in self.facts) or "none yet"
        raise UsageError(f"no fact {one_line(fact_id)}; there are: {there}")

    def _with_list(self, kind: str, entries: list[str]) -> None:
        before = self.known.get(kind)
        self.known[kind] = entries
        try:
            brief_from(_named(self.known))
        except UsageError:
            self.known[kind] = before or []
            raise

    def state(self) -> dict[str, Any]:
        """All but the versions and the mail, for keeping."""
        names = ("known", "kind", "stage", "asked", "waiting", "trail", "at", "request", "tokens", "called")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def of_state(cls, state: Mapping[str, Any], mail: bytes, versions: list[Version]) -> Session:
        """The session that `state` was taken from. Raises TypeError or ValueError where the parts don't fit together."""
        session = cls(**{**state, "tokens": tuple(state["tokens"])}, mail=mail, versions=versions)
        numbers = [version.number for version in versions]
        if numbers != list(range(1, len(numbers) + 1)) or not set(session.trail) <= set(numbers):
            raise ValueError("a version that stood is missing")
        if not isinstance(session.at, int) or not -1 <= session.at < max(1, len(session.trail)):
            raise ValueError("the version that stands is none of those that stood")
        if not isinstance(session.asked, list) or len(session.tokens) != 2:
            raise TypeError("the state doesn't hold what it should")
        brief_from(_named(session.known))
        return session


def facts_of(version: Version) -> tuple[Fact, ...]:
    """The facts that a version was held to, with the ids they had then."""
    return brief_from(_named(version.brief)).facts


def version_of(draft: Draft, brief: Brief, asked: str, own: bool = False) -> Version:
    """A draft as a version; its number is given when it is kept."""
    from assistant.writing.draft import finding_json

    letter = draft.letter
    return Version(
        number=0,
        asked=asked,
        kind=draft.kind,
        letter=letter.text,
        cited={s.text: s.facts for s in letter.sentences if s.facts},
        brief=values_of(brief),
        findings=tuple(finding_json(f) for f in draft.report.findings),
        verdict=draft.report.verdict,
        model=draft.model,
        seed=draft.seed,
        tokens=(draft.usage.prompt_tokens, draft.usage.completion_tokens),
        own=own,
    )


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    """These values with a dash for each name that is needed and isn't known."""
    return dict(values) | {key: values.get(key) or "-" for key in NEEDED}


def values_of(brief: Brief) -> dict[str, Any]:
    """The keys and values of a brief, lists as lists."""
    values = {name: getattr(brief, name) for name in brief.__dataclass_fields__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def changed_values(before: Brief, after: Brief) -> dict[str, Any]:
    """The keys of a brief that a request changed, with their new values."""
    old, new = values_of(before), values_of(after)
    return {key: value for key, value in new.items() if value != old[key]}
