"""The brief: what the sender truly knows, each usable fact with an id."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from assistant.errors import BriefError
from assistant.text import one_line

ROLES = ("hiring manager", "interviewer", "recruiter", "hr", "committee")
STAGES = ("application", "screen", "interview", "final")
# The four lists a letter may draw on, with the letter that starts the ids of their facts.
FACT_LISTS = {"conversation": "C", "their_work": "W", "about_me": "M", "next_step": "N"}
_TEXTS = ("sender", "recipient", "recipient_role", "company", "job_title", "stage", "region")
_LISTS = (*FACT_LISTS, "already_said", "avoid")
_REQUIRED = ("sender", "company", "job_title")
_SURROGATE = re.compile("[\udc80-\udcff]")  # a byte that was no text
MAX_ENTRY = 2_000  # characters: a fact is a note; a pasted mail belongs to --rejection


@dataclass(frozen=True)
class Fact:
    """One note of the sender's: `id` such as C1, the list it stands in, and its text as typed."""

    id: str
    kind: str
    text: str


@dataclass(frozen=True)
class Brief:
    """Everything the letter may rest on. Text is cleaned and put on one line; lists become tuples.

    `stage` and `region` are "" when unknown, `recipient` is "" when there is no name. Raises BriefError for what can't be right.
    """

    sender: str
    company: str
    job_title: str
    recipient: str = ""
    recipient_role: str = "hiring manager"
    stage: str = ""
    region: str = ""
    conversation: tuple[str, ...] = ()
    their_work: tuple[str, ...] = ()
    about_me: tuple[str, ...] = ()
    next_step: tuple[str, ...] = ()
    already_said: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    feedback: bool = False

    def __post_init__(self) -> None:
        """Clean every value, and refuse wrong types and unknown choices by the key's name."""
        for key in _TEXTS:
            object.__setattr__(self, key, _text(key, getattr(self, key)))
        for key in _LISTS:
            object.__setattr__(self, key, _entries(key, getattr(self, key)))
        if not isinstance(self.feedback, bool):
            raise BriefError(f"feedback must be true or false, not {_kind(self.feedback)}")
        for key in _REQUIRED:
            if not getattr(self, key):
                raise BriefError(f"{key} is missing: the letter can't be written without it")
        _choice("recipient_role", self.recipient_role, ROLES)
        if self.stage:
            _choice("stage", self.stage, STAGES)

    @functools.cached_property
    def facts(self) -> tuple[Fact, ...]:
        """All usable facts in the order of the lists, with their ids: C1, C2, W1, M1, N1."""
        return tuple(
            Fact(f"{letter}{place}", kind, text)
            for kind, letter in FACT_LISTS.items()
            for place, text in enumerate(getattr(self, kind), start=1)
        )


def brief_from(values: Mapping[str, Any]) -> Brief:
    """A brief from parsed TOML or JSON, or from flags. Raises BriefError; an unknown key is answered with the nearest known one."""
    known = [field.name for field in fields(Brief)]
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(str(key).lower().replace("-", "_"), known, n=1, cutoff=0.0)
            raise BriefError(f"unknown key {one_line(str(key))!r}; the nearest known one is {near[0]!r}")
    for key in _REQUIRED:
        if key not in values:
            raise BriefError(f"{key} is missing: the letter can't be written without it")
    return Brief(**values)


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise BriefError(f"{key} must be text in quotes, not {_kind(value)}")
    if _SURROGATE.search(value):
        raise BriefError(f"{key} isn't UTF-8 text; does the terminal's locale say UTF-8 (LANG=C.UTF-8)?")
    if len(value) > MAX_ENTRY:
        raise BriefError(f"{key} has {len(value)} characters; {MAX_ENTRY} are the most")
    return one_line(value)


def _entries(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise BriefError(f'{key} must be a list of texts, such as ["…"], not {_kind(value)}')
    entries = [_text(f"{key}[{place}]", entry) for place, entry in enumerate(value, start=1)]
    return tuple(entry for entry in entries if entry)


def _choice(key: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise BriefError(f"{key} is {value!r}; it must be one of: {', '.join(allowed)}")


def _kind(value: object) -> str:
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "a table",
        type(None): "nothing",
    }
    return names.get(type(value), type(value).__name__)
