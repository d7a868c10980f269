"""A double of a language model that obeys its prompt, on loopback: to see that the suite notices when a prompt is made worse.

It knows the reference letters. Asked for one of them by a prompt that forbids flattery, forbids inventing and wants the usual length,
it answers with the reference. What the prompt doesn't forbid, it does: the letter's spoilt twin where there is one, else sentences of
that fault are put in.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from assistant.text import count_words
from evals.data import faulty_sentences, grounded
from evals.spoil import insert
from evals.suite.references import Reference, references

OBSEQUIOUS = ("thanks", "flattery", "abasement")
SHORT = 0.63  # of the middle of the length asked for: with fewer words a letter is filled up
_LENGTH = re.compile(r"(\d+) to (\d+) words")


def answer(messages: list[dict[str, str]]) -> str:
    """The letter that these messages ask for. Raises LookupError when they are about no reference."""
    prompt = "\n".join(m["content"] for m in messages if m["role"] != "assistant")
    own = next((r for r in references() if all(json.dumps(v, ensure_ascii=False) in prompt for v in _who(r))), None)
    if own is None:
        raise LookupError("no reference was written on this brief")
    low, high = (int(n) for n in _first(_LENGTH.search(prompt)).groups())
    if "Being obsequious" not in prompt and own.kind != "ack":
        return _twin(own, "obsequious") or _with(own, [s for s in _faults() if s["family"] in OBSEQUIOUS], 3)
    if "Inventing" not in prompt and own.kind != "ack":
        return _twin(own, "ungrounded") or _with(own, _inventions(), 3)
    return _longer(own, (low + high) // 2)


def _who(reference: Reference) -> tuple[str, ...]:
    return reference.brief.sender, reference.brief.company


def _first(match: re.Match[str] | None) -> re.Match[str]:
    if match is None:
        raise LookupError("the prompt names no length")
    return match


def _twin(reference: Reference, fault: str) -> str:
    return next((c.letter for c in reference.contrasts if c.fault == fault), "")


def _with(reference: Reference, sentences: list[dict[str, Any]], count: int) -> str:
    draw, text = random.Random(reference.name), reference.letter
    for sentence in draw.sample(sentences, count):
        text, _ = insert(text, sentence["text"], draw)
    return text


def _longer(reference: Reference, wanted: int) -> str:
    """The letter itself where it is long enough, else filled up with what anybody might say."""
    draw, text = random.Random(reference.name), reference.letter
    while count_words(reference.letter) < SHORT * wanted and count_words(text) < wanted:
        text, _ = insert(text, draw.choice([s["text"] for s in _faults() if s["family"] == "padding"]), draw)
    return text


def _faults() -> list[dict[str, Any]]:
    return faulty_sentences("development")


def _inventions() -> list[dict[str, Any]]:
    return [{"text": i["sentence"]} for row in grounded("development") for i in row["inventions"]]


@dataclass
class Endpoint:
    """The endpoint: its base URL, and the prompts it was asked, each as one text."""

    url: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def obedient(latency: float = 0.0) -> Iterator[Endpoint]:
    """The endpoint for the time of a `with`. Each answer comes whole after `latency` seconds."""
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            endpoint.asked.append("\n".join(message["content"] for message in asked["messages"]))
            time.sleep(latency)
            try:
                status, body, kind = 200, _stream(answer(asked["messages"])), "text/event-stream"
            except LookupError as error:
                status, body, kind = 422, json.dumps({"error": {"message": str(error)}}).encode(), "application/json"
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128  # as many as may ask at once

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        endpoint.url = f"http://127.0.0.1:{server.server_port}/v1"
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()


def _stream(text: str) -> bytes:
    """The text as one chunk of a streamed reply, and its end."""
    usage = {"prompt_tokens": 900, "completion_tokens": count_words(text), "total_tokens": 900 + count_words(text)}
    head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "obedient"}
    chunks: list[dict[str, Any]] = [
        head | {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]},
        head | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        head | {"choices": [], "usage": usage},
    ]
    return b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks) + b"data: [DONE]\n\n"
