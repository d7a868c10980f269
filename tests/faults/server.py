"""An endpoint that can lie: raw bytes on a loopback socket, one script a request. No HTTP library stands between, to put them right."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Step(Enum):
    """What a script does beside sending bytes and, as a number, waiting seconds."""

    HOLD = "say no more, and keep the connection open"
    RESET = "break the connection off, so that the other side gets a reset"
    MARK = "tell the test that it came so far"
    KEEP = "wait for the next request on the same connection"


HOLD, RESET, MARK, KEEP = Step


@dataclass(frozen=True)
class Again:
    """These bytes again and again, until the other side has had enough; `pause` seconds between them."""

    piece: bytes
    pause: float = 0.0


Answer = tuple[bytes | float | Again | Step, ...]


class Endpoint:
    """The server. `answers` go to the requests in turn, the last one again and again; without any, no connection is taken.

    `asked` holds the bodies of the chat completions asked for, `heads` everything's request line and headers.
    """

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []
        self.heads: list[str] = []
        self.marked = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self._full: list[socket.socket] = []
        if answers:
            self._socket.listen(128)
            self._socket.settimeout(0.2)
            threading.Thread(target=self._accept, daemon=True).start()

    def fill(self) -> None:
        """Let new connections hang: those not yet accepted are too many. For an endpoint without answers."""
        self._socket.listen(0)
        for _ in range(8):
            one = socket.socket()
            one.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                one.connect(("127.0.0.1", self.port))
            self._full.append(one)
        time.sleep(0.1)

    def close(self) -> None:
        """Be gone."""
        self._over.set()
        for one in (self._socket, *self._full):
            one.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            connection.settimeout(60)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            going = True
            while going:
                going = False
                head, body = _request(connection)
                if not head:
                    return
                for step in self._answer_to(head, body):
                    going = step is KEEP
                    if not self._do(connection, step):
                        return

    def _answer_to(self, head: str, body: bytes) -> Answer:
        with self._lock:
            self.heads.append(head)
            if not head.startswith("POST"):
                return whole_json({"object": "list", "data": [{"id": "qwen3", "object": "model"}]})
            with contextlib.suppress(ValueError):
                self.asked.append(json.loads(body))
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _do(self, connection: socket.socket, step: bytes | float | Again | Step) -> bool:
        """One step; whether the script goes on after it."""
        if isinstance(step, bytes):
            connection.sendall(step)
        elif isinstance(step, Again):
            while not self._over.wait(step.pause):
                connection.sendall(step.piece)
        elif step is HOLD:
            while not self._over.is_set() and not select.select([connection], [], [], 0.2)[0]:
                pass
        elif step is RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        elif step is MARK:
            self.marked.release()
        elif isinstance(step, (int, float)):
            self._over.wait(step)
        return True


@contextlib.contextmanager
def endpoint(*answers: Answer) -> Iterator[Endpoint]:
    """An endpoint for the time of a `with`."""
    it = Endpoint(*answers)
    try:
        yield it
    finally:
        it.close()


def _request(connection: socket.socket) -> tuple[str, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return "", b""
        data += piece
        if data.startswith(b"\x16\x03"):  # the beginning of TLS: as servers do that don't speak it
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")
            return "", b""
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(h[15:]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    return head.decode("latin-1"), body


# What the scripts are made of.
def head(status: str = "200 OK", kind: str = "text/event-stream", *more: str) -> bytes:
    """The beginning of an answer, up to its body, which ends with the connection."""
    return "\r\n".join((f"HTTP/1.1 {status}", f"content-type: {kind}", "connection: close", *more, "", "")).encode()


def event(values: object) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(values).encode() + b"\n\n"


def piece(text: str, finish: str | None = None, **more: Any) -> bytes:
    """An event that brings this text."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return event(
        {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice], **more}
    )


def pieces(text: str) -> bytes:
    """A text in events of three words."""
    words = text.split(" ")
    return b"".join(
        piece(" ".join(words[i : i + 3]) + (" " if i + 3 < len(words) else "")) for i in range(0, len(words), 3)
    )


DONE = b"data: [DONE]\n\n"
USAGE = {"prompt_tokens": 700, "completion_tokens": 150, "total_tokens": 850}


def end(usage: object = None, finish: str = "stop") -> bytes:
    """The last events of a reply."""
    counted = USAGE if usage is None else usage
    return piece("", finish) + event({"id": "1", "choices": [], "usage": counted}) + DONE


def whole(text: str) -> Answer:
    """A reply with which nothing is wrong: streamed."""
    return (head(), pieces(text), end())


def message(text: str, usage: object = None, finish: str = "stop") -> dict[str, Any]:
    """A reply with which nothing is wrong, as one object."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion", "choices": [choice], "usage": USAGE if usage is None else usage}


def whole_json(values: object, *more: str) -> Answer:
    """One object, as servers send it that don't stream."""
    body = json.dumps(values).encode()
    return (head("200 OK", "application/json", f"content-length: {len(body)}", *more), body)


def refusal(status: int, words: str = "told to", *more: str, **error: Any) -> Answer:
    """A refusal with a reason, as such endpoints give it."""
    body = json.dumps({"error": {"message": words, "type": None, "code": None, **error}}).encode()
    return (head(f"{status} Refused", "application/json", f"content-length: {len(body)}", *more), body)


def chunked(*parts: bytes) -> bytes:
    """Parts in chunked transfer, without the last chunk, which would end it."""
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
