"""A chat-completions endpoint on loopback that answers as a test tells it to: slowly, cut short, or with a refusal."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """One answer: `text` streamed in pieces with `pause` seconds between them; `status` refuses; `cut` ends it after so many pieces."""

    text: str = ""
    pause: float = 0.0
    status: int = 200
    cut: int | None = None


@dataclass
class Endpoint:
    """The server: `answers` are given in order, the last one again and again; `asked` holds every request's body."""

    answers: list[Answer]
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving(*answers: Answer) -> Iterator[Endpoint]:
    """An endpoint for the time of a `with`."""
    endpoint = Endpoint(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            endpoint.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            answer = endpoint.next()
            if answer.status != 200:
                body = json.dumps({"error": {"message": "told to"}}).encode()
                self.send_response(answer.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.send_header("retry-after", "3600")
                self.end_headers()
                self.wfile.write(body)
                return
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            words = answer.text.split(" ")
            pieces = [" ".join(words[i : i + 3]) + " " for i in range(0, len(words), 3)]
            try:
                for number, piece in enumerate(pieces):
                    if answer.cut is not None and number >= answer.cut:
                        return
                    self._send({"content": piece}, None)
                    time.sleep(answer.pause)
                self._send({}, "stop")
                self.wfile.write(b"data: [DONE]\n\n")
            except OSError:
                pass  # the program hung up, as on Ctrl-C

        def _send(self, delta: dict[str, str], finish: str | None) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
            self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
