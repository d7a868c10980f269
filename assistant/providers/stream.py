"""Reading what an endpoint sends back: a streamed reply event by event, or a whole one; pure functions that trust nothing in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from assistant.providers.seam import Usage

MOST_LINE = 1_000_000  # bytes: a chunk holds a few words; a line without end would fill the memory
DONE = "done"  # how a reply ended that only said [DONE]
MOST_TEXT = 100_000  # characters: the longest letter has some three thousand


class Garbled(Exception):
    """What came is no chat completion; the message says in a few words why."""


@dataclass(frozen=True)
class Chunk:
    """One event of a reply: text, what it cost so far, why it ended ("" while it goes on), and an error that it reports instead."""

    text: str = ""
    usage: Usage | None = None
    ended: str = ""
    error: dict[str, Any] | None = None


def events(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The data of each server-sent event, however the bytes were cut on their way. Raises Garbled for a line without end.

    Comments, by which servers keep a connection open, and other fields are passed over; an event of several data lines is joined.
    """
    rest = b""
    data: list[bytes] = []
    for piece in pieces:
        lines = (rest + piece).replace(b"\r\n", b"\n").split(b"\n")
        rest = lines.pop()
        if len(rest) > MOST_LINE:
            raise Garbled("a line without an end")
        for line in lines:
            if line.startswith(b"data:"):
                data.append(line[5:].strip())
            elif not line.strip() and data:
                yield b"\n".join(data)
                data = []
    if rest.startswith(b"data:"):
        data.append(rest[5:].strip())
    if data:
        yield b"\n".join(data)


def chunk_of(data: bytes) -> Chunk:
    """One event of a streamed reply, or a whole unstreamed reply, which is an event of its own. Raises Garbled."""
    if data == b"[DONE]":
        return Chunk(ended=DONE)
    try:
        values = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise Garbled("it isn't UTF-8") from None
    except (ValueError, RecursionError):
        raise Garbled("it isn't JSON") from None
    if not isinstance(values, dict):
        raise Garbled("it isn't an object")
    if error := values.get("error"):
        return Chunk(error=error if isinstance(error, dict) else {"message": str(error)})
    choices = values.get("choices")
    if choices is None and "usage" not in values:
        raise Garbled("it holds no choices")
    if not isinstance(choices or [], list):
        raise Garbled("its choices are no list")
    usage = usage_of(values.get("usage"))
    if not choices:
        return Chunk(usage=usage)
    choice = choices[0]
    said = (choice.get("delta") or choice.get("message") or {}) if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(said, dict):
        raise Garbled("its choice is no object")
    text, ended = said.get("content") or "", choice.get("finish_reason") or ("stop" if "message" in choice else "")
    if not isinstance(text, str) or not isinstance(ended, str):
        raise Garbled("its content isn't text")
    # Half of a surrogate pair is valid JSON and no text: nothing could print or save it.
    return Chunk(text.encode("utf-8", "replace").decode(), usage, ended)


def usage_of(values: object) -> Usage | None:
    """What a reply says it cost; None where it says nothing, and 0 for a count that can't be one."""
    if not isinstance(values, dict):
        return None
    return Usage(_count(values.get("prompt_tokens")), _count(values.get("completion_tokens")))


def _count(value: object) -> int:
    sound = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e9
    return int(value) if sound else 0  # type: ignore[call-overload]  # `sound` says that it is a number
