"""Reading a brief: TOML or JSON, from a file, from standard input, or from flags. Every error says where."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.brief import Brief, brief_from
from assistant.errors import BriefError
from assistant.files import read_bounded
from assistant.text import one_line

MAX_BYTES = 256 * 1024  # a full brief has some two kilobytes; more is the wrong file


def read_brief_values(path: Path) -> dict[str, Any]:
    """The raw keys and values of a brief file. Raises BriefError naming the file and, where there is one, the line."""
    name = one_line(str(path))
    try:
        data = read_bounded(path, MAX_BYTES)
    except IsADirectoryError:
        raise BriefError(f"{name} is a directory; give the brief file in it") from None
    except FileNotFoundError:
        raise BriefError(f"{name}: no such file; `-` reads the brief from standard input") from None
    except OSError as error:
        raise BriefError(f"{name} can't be read: {error.strerror or error}") from None
    return parse_brief_values(data, name)


def parse_brief_values(data: bytes, name: str) -> dict[str, Any]:
    """The raw keys and values of a brief's bytes: JSON when they start with a brace, TOML otherwise. `name` is for messages."""
    if len(data) > MAX_BYTES:
        raise BriefError(f"{name} is too long; a brief has at most {MAX_BYTES:,} bytes: is it the right one?")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BriefError(f"{name}, line {line}: not UTF-8 text; save the file as UTF-8") from None
    if not text.strip():
        raise BriefError(f"{name} is empty; see examples/final-round.toml for what a brief holds")
    values = _json(text, name) if text.lstrip().startswith("{") else _toml(text, name)
    try:
        # Without the required keys the flags may still supply them; everything else must already be right here, where the line is known.
        needed = ("sender", "company", "job_title")
        told = {key: value for key, value in values.items() if key not in needed or value != ""}
        brief_from(dict.fromkeys(needed, "-") | told)
    except BriefError as error:
        raise BriefError(f"{name}{_line_of(text, str(error), values)}: {error}") from None
    return values


def brief_from_values(values: Mapping[str, Any], name: str) -> Brief:
    """The brief of merged values (file, then flags). Raises BriefError naming the file and the flag for a required key."""
    flags = {"sender": "--from", "company": "--company", "job_title": "--job"}
    for key, flag in flags.items():
        if not values.get(key):
            raise BriefError(f"{name}: {key} is missing; add it to the brief or give {flag}")
    return brief_from(values)


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message = one_line(str(error)) or "nested too deeply"
        place = re.search(r"\(at line (\d+), column (\d+)\)", message)
        where = f", line {place.group(1)}" if place else ""
        raise BriefError(f"{name}{where}: not valid TOML: {message}") from None


def _json(text: str, name: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise BriefError(f"{name}, line {error.lineno}: not valid JSON: {error.msg}") from None
    except RecursionError:
        raise BriefError(f"{name}: not a brief: nested too deeply") from None
    if not isinstance(values, dict):
        raise BriefError(f"{name}: a brief in JSON is one object")
    return values


def _line_of(text: str, message: str, values: Mapping[str, Any]) -> str:
    """`, line N` of the key that the message is about, or nothing when it can't be found."""
    named = re.match(r"unknown key '(.+?)'|(\w+)", message)
    key = (named.group(1) or named.group(2)) if named else ""
    if key not in values:
        return ""
    found = re.search(
        rf'^[ \t{{,]*["\']?{re.escape(key)}["\']?[ \t]*[=:]|^\[+{re.escape(key)}\]|"{re.escape(key)}"[ \t]*:',
        text,
        re.MULTILINE,
    )
    return (
        f", line {text.count(chr(10), 0, found.start() + len(found.group()) - len(found.group().lstrip())) + 1}"
        if found
        else ""
    )
