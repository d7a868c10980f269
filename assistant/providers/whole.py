"""Whole replies, asked for over the SDK's HTTP client and without the SDK's own work on each request, which costs as much again.

Only a batch asks so: what the SDK would do there, look at each message, time, retry and wrap the answer, is done here by others.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI


@dataclass(frozen=True)
class Line:
    """The way to an endpoint: the HTTP client, the address of chat completions, and the headers that the SDK sends, the key among them."""

    http: httpx2.Client
    address: httpx2.URL
    headers: httpx2.Headers

    @contextlib.contextmanager
    def ask(self, body: Mapping[str, Any], timeout: httpx2.Timeout) -> Iterator[httpx2.Response]:
        """The answer, its content not yet read. Raises httpx2's errors, and for a refusal the SDK's APIStatusError."""
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        request = self.http.build_request("POST", self.address, content=content, headers=self.headers, timeout=timeout)
        response = self.http.send(request, stream=True)
        try:
            if response.status_code >= 300:
                raise _refusal(response)
            yield response
        finally:
            response.close()


@dataclass
class Lane:
    """One request's way at a time: for whole replies a line of its own, and the connection that it last had."""

    line: Line | None
    wire: Any = None


def line_of(sdk: OpenAI, http: httpx2.Client) -> Line:
    """The way that an SDK's client takes over this HTTP client."""
    import httpx2

    sent = httpx2.Headers(sdk.auth_headers)  # first, as the SDK merges them; one that is no text takes a header out
    for name, value in sdk.default_headers.items():
        if isinstance(value, str):
            sent[name] = value
        else:
            sent.pop(name, None)
    return Line(http, httpx2.URL(f"{str(sdk.base_url).rstrip('/')}/chat/completions"), sent)


def _refusal(response: httpx2.Response) -> Exception:
    """As the SDK has it: the error of the answer's JSON, and of anything else only the status: a server may quote the brief."""
    import openai

    response.read()
    try:
        body = json.loads(response.text)
    except (ValueError, RecursionError):
        body = None
    told = body.get("error", body) if isinstance(body, dict) else body
    return openai.APIStatusError(f"Error code: {response.status_code}", response=response, body=told)
