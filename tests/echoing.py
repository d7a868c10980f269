"""An endpoint on loopback that gives the key it was sent away wherever it can: in refusals, headers, garbage, its list of models."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LETTER_PIECE = "Subject: The ovens\n\nDear Ann,\n\nYou said the ovens are cold."


@dataclass
class Echo:
    """The server: how it behaves, and the Authorization header of every request it got, as method, path and value."""

    mode: str
    url: str = ""
    elsewhere: str = ""
    seen: list[tuple[str, str, str]] = field(default_factory=list)


@contextmanager
def echoing(mode: str = "models", elsewhere: str = "") -> Iterator[Echo]:
    """An endpoint that behaves as `mode` says: 401, 400, 500, garbage, stream-error, cut, redirect (to `elsewhere`), models."""
    echo = Echo(mode, elsewhere=elsewhere)

    class Handler(BaseHTTPRequestHandler):
        def _say(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            for name, value in (("content-type", kind), ("content-length", str(len(body))), ("x-echo", self._key())):
                self.send_header(name, value)
            if status == 500:
                self.send_header("retry-after", "3600")
            if status == 307:
                self.send_header("location", echo.elsewhere)
            self.end_headers()
            self.wfile.write(body)

        def _key(self) -> str:
            return self.headers.get("authorization", "")

        def do_GET(self) -> None:
            echo.seen.append(("GET", self.path, self._key()))
            if echo.mode.isdigit():
                self._refuse(int(echo.mode))
            elif echo.mode == "garbage":
                self._say(200, f"<html>{self._key()}</html>".encode(), "text/html")
            elif echo.mode == "redirect":
                self._say(307, b"")
            else:
                self._say(200, json.dumps({"object": "list", "data": [_model("m"), _model(self._key())]}).encode())

        def do_POST(self) -> None:
            echo.seen.append(("POST", self.path, self._key()))
            self.rfile.read(int(self.headers["content-length"]))
            if echo.mode.isdigit():
                self._refuse(int(echo.mode))
            elif echo.mode == "garbage":
                self._say(200, f"data: {self._key()} {{{{\n\n".encode(), "text/event-stream")
            elif echo.mode == "stream-error":
                error = {"error": {"message": f"key {self._key()} is over its limit", "code": self._key()}}
                self._say(200, b"data: " + json.dumps(error).encode() + b"\n\n", "text/event-stream")
            elif echo.mode == "redirect":
                self._say(307, b"")
            else:
                choice = {"index": 0, "delta": {"content": LETTER_PIECE}, "finish_reason": None}
                chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
                self._say(200, b"data: " + json.dumps(chunk).encode() + b"\n\n", "text/event-stream")

        def _refuse(self, status: int) -> None:
            message = f"Incorrect API key provided: {self._key()} ({self._key()[-12:]})"
            self._say(status, json.dumps({"error": {"message": message, "code": self._key()}}).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    echo.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield echo
    finally:
        server.shutdown()
        server.server_close()


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 1, "owned_by": "me"}
