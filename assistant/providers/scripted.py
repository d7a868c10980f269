"""A provider that answers from a list: for tests, for trying the program out, and for showing what was asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from assistant.errors import ProviderError, StreamCut, UsageError
from assistant.files import read_text_bounded, reason
from assistant.providers.seam import Completion, OnText, Request, Usage
from assistant.text import one_line

_MOST_BYTES = 10_000_000


@dataclass
class Scripted:
    """Gives `replies` in order and remembers every request in `calls`.

    A request for n completions takes n replies. A reply that ends in "<cut>" breaks off there, as a stream does when the line drops.
    """

    replies: list[str]
    style: Literal["letter", "sentences"] = "letter"
    model: str = "scripted"
    name: str = "scripted"
    destination: str = ""
    calls: list[Request] = field(default_factory=list)

    def complete(self, request: Request, on_text: OnText | None = None) -> Completion:
        """Take the next replies. Raises ProviderError when the script has run out."""
        self.calls.append(request)
        if len(self.replies) < request.n:
            raise ProviderError(f"the script has {len(self.replies)} replies left where {request.n} were asked for")
        texts, self.replies = self.replies[: request.n], self.replies[request.n :]
        for text in texts:
            whole = text.removesuffix("<cut>")
            if on_text:
                for start in range(0, len(whole), 7):  # pieces that split words and fact ids, as real streams do
                    on_text(whole[start : start + 7])
            if whole != text:
                raise StreamCut("the reply broke off before its end", whole)
        words = sum(len(m.content.split()) for m in request.messages)
        return Completion(tuple(texts), Usage(words, sum(len(t.split()) for t in texts)))

    def complete_all(self, requests: Sequence[Request]) -> list[Completion]:
        """One after the other."""
        return [self.complete(request) for request in requests]


def read_script(path: Path) -> Scripted:
    """A scripted provider from a JSON file: a list of replies, or {"style": "letter"|"sentences", "replies": [...]}."""
    name = one_line(str(path))
    try:
        content = json.loads(read_text_bounded(path, _MOST_BYTES))
    except (OSError, ValueError) as error:
        raise UsageError(f"--provider scripted: {name} can't be read as JSON: {reason(error)}") from None
    style: Any = "letter"
    replies = content
    if isinstance(content, dict):
        style, replies = content.get("style", "letter"), content.get("replies")
    if (
        style not in ("letter", "sentences")
        or not isinstance(replies, list)
        or not all(isinstance(r, str) for r in replies)
    ):
        raise UsageError(f'--provider scripted: {name} must be a list of replies, or {{"style": …, "replies": […]}}')
    return Scripted(list(replies), style, model=path.name)
