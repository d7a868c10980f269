"""From the lines of a Batch API's files to letters: each answer is replayed to the same drafting that asks an endpoint at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final, Literal

from assistant.batch.rows import Row
from assistant.batch.work import FAILED, result_of
from assistant.providers import refusals
from assistant.providers.endpoint import Endpoint
from assistant.providers.patience import Passing
from assistant.providers.seam import Completion, OnText, Request, Usage
from assistant.providers.stream import MOST_TEXT, Garbled, chunk_of
from assistant.writing import Options

MOST_LINE = 8_000_000  # bytes: as of any reply
ENDPOINT: Final = "/v1/chat/completions"  # as the Batch API calls it, whatever the base URL


@dataclass(frozen=True)
class Line:
    """One line of an output or error file: the letter's id, and the answer as `answer_of` makes it."""

    id: str
    answer: dict[str, Any]


class _Wanted(Exception):
    """The drafting asks for more than there is."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


class Replay:
    """A provider that gives the answers there are, each once and in order, just as the endpoint itself would have given them."""

    name = "openai"
    style: Literal["letter"] = "letter"

    def __init__(self, endpoint: Endpoint, answers: Sequence[dict[str, Any]]) -> None:
        """Nothing is asked yet. `endpoint` is asked nothing: it knows what a whole reply is, and what its errors are called."""
        self._endpoint, self._answers = endpoint, list(answers)
        self.model, self.destination = endpoint.model, endpoint.destination

    def complete(self, request: Request, on_text: OnText | None = None) -> Completion:
        """The next answer. Raises the error that it is, or what stops the drafting when there is none."""
        if not self._answers:
            raise _Wanted(request)
        answer = self._answers.pop(0)
        if "error" in answer:
            error = refusals.reported(self._endpoint.place, answer["error"], "")
            raise error.error if isinstance(error, Passing) else error
        text = self._endpoint.whole(answer["text"], answer["ended"])
        if on_text:
            on_text(text)
        return Completion((text,), Usage(*answer["usage"]))


@dataclass(frozen=True)
class Drafting:
    """How letters are made of answers: as `Work` has it, one at a time and without asking anybody."""

    endpoint: Endpoint
    options: Options
    hidden: bool

    def next(self, row: Row, answers: Sequence[dict[str, Any]]) -> dict[str, Any] | Request:
        """The result of a row, as `result_of` makes it; or what must be asked before there is one."""
        try:
            return result_of(row, Replay(self.endpoint, answers), self.options, self.hidden)
        except _Wanted as wanted:
            return wanted.request
        except Exception as error:
            # A defect of ours in one row is that row's failure, as in a crew.
            why = f"a defect of afternote, please report it: {type(error).__name__}"
            return {"row": row.number, "id": row.id, "key": row.key, "status": FAILED, "error": why, "exit_code": 1}

    def line(self, name: str, request: Request) -> bytes:
        """A line of a request file. The body is the one that the endpoint would be sent at once."""
        values = {"custom_id": name, "method": "POST", "url": ENDPOINT, "body": self.endpoint.body(request)}
        return json.dumps(values, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def lines_of(file: IO[bytes], place: refusals.Place) -> Iterator[Line | None]:
    """Each line of an output or error file of `place`; None for one that can't be read or names no letter."""
    while line := file.readline(MOST_LINE):
        whole = len(line) < MOST_LINE or line.endswith(b"\n")
        while len(line) == MOST_LINE and not line.endswith(b"\n"):
            line = file.readline(MOST_LINE)
        if whole and line.strip():
            yield read_line(line, place)


def read_line(line: bytes, place: refusals.Place) -> Line | None:
    """What a line says; None when it can't be read."""
    try:
        values = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or not isinstance(values.get("custom_id"), str):
        return None
    return Line(values["custom_id"], answer_of(values, place))


def answer_of(values: dict[str, Any], place: refusals.Place) -> dict[str, Any]:
    """The answer in a line: `text`, how it `ended` and its `usage`; or an `error` as an endpoint reports it, without the key."""
    response = values.get("response")
    response = response if isinstance(response, dict) else {}
    status, body = response.get("status_code"), response.get("body")
    if status == 200 and isinstance(body, dict):
        try:
            chunk = chunk_of(json.dumps(body).encode())
        except Garbled as why:
            return failure(f"no chat completion: {why}")
        if chunk.error:
            return _reported(chunk.error, place)
        if len(chunk.text) > MOST_TEXT:
            return failure("the reply can't be read on: it has no end")
        usage = chunk.usage or Usage()
        return {"text": chunk.text, "ended": chunk.ended, "usage": [usage.prompt_tokens, usage.completion_tokens]}
    said = values.get("error") or (body.get("error") if isinstance(body, dict) else None) or {}
    error = said if isinstance(said, dict) else {"message": said}
    if isinstance(status, int) and status != 200:
        error = {"message": f"refused the request ({status})"} | error | {"code": error.get("code") or status}
    return _reported(error, place)


def failure(why: str) -> dict[str, Any]:
    """An answer that is none, and why."""
    return {"error": {"message": why}}


def _reported(error: dict[str, Any], place: refusals.Place) -> dict[str, Any]:
    """An error as it may be kept: what somebody may read of it, and nothing else."""
    kept = {name: value if isinstance(value, int) else place.said(value) for name, value in error.items() if value}
    return {"error": {name: kept[name] for name in ("message", "code", "type") if name in kept} or {"code": "unknown"}}
