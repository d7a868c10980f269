"""A Batch API on loopback: files up and down, batches that run as a test tells them to, and a record of all that was asked."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Write = Callable[[dict[str, Any]], str]  # the text for a request's body


@dataclass
class Double:
    """The service. `write` writes each letter; `refuse` holds, for "POST /files" and the like, the statuses to answer first.

    `polls`: looks until a batch has ended; `end`: how it ends, and `why`. `broken` maps a custom_id to a status for the error file; 1 is a
    request whose turn didn't come. `lines` may change the lines of an output. `lose`: creates whose answer is lost after the batch was
    begun. `slow`: seconds between what is done and the answer. `cut`: downloads that break off; without `sized` nobody says how long they
    should be.
    """

    write: Write
    url: str = ""
    polls: int = 1
    end: str = "completed"
    why: str = ""
    broken: Callable[[str], int] = lambda _: 0
    lines: Callable[[list[bytes]], list[bytes]] = lambda lines: lines
    refuse: dict[str, list[int]] = field(default_factory=dict)
    lose: int = 0
    cut: int = 0
    sized: bool = True
    slow: float = 0.0
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)  # those of all batches that were begun
    keys: set[str] = field(default_factory=set)

    def count(self, call: str) -> int:
        return sum(one.startswith(call) for one in self.calls)

    def batch_of(self, values: dict[str, Any]) -> dict[str, Any]:
        """Begin a batch: its requests are answered at once, and shown when it has ended."""
        name = f"batch_{len(self.batches) + 1}"
        requests = [json.loads(line) for line in self.files[values["input_file_id"]].splitlines()]
        self.requests += requests
        batch = values | {
            "id": name, "object": "batch", "created_at": 1, "status": "validating", "looks": 0, "output_file_id": None,
            "error_file_id": None, "errors": None,
            "request_counts": {"total": len(requests), "completed": 0, "failed": 0},
        }  # fmt: skip
        self.batches[name] = batch
        return batch

    def look(self, name: str) -> dict[str, Any]:
        batch = self.batches[name]
        batch["looks"] += 1
        if batch["looks"] >= self.polls and batch["status"] in ("validating", "in_progress"):
            batch["status"] = self.end
            if self.end == "failed":
                batch["errors"] = {"object": "list", "data": [{"code": "token_limit_exceeded", "message": self.why}]}
            else:
                self._answer(batch)
        elif batch["status"] == "validating":
            batch["status"] = "in_progress"
        return batch

    def _answer(self, batch: dict[str, Any]) -> None:
        good, bad = [], []
        for request in (json.loads(line) for line in self.files[batch["input_file_id"]].splitlines()):
            status = self.broken(request["custom_id"])
            line = {"id": "r", "custom_id": request["custom_id"], "response": None, "error": None}
            if status == 1:  # its turn didn't come
                bad.append(
                    line | {"error": {"code": "batch_expired", "message": "This request could not be executed."}}
                )
            elif status:
                body = {"error": {"message": f"told to, {request['custom_id']}", "type": "told"}}
                bad.append(line | {"response": {"status_code": status, "request_id": "q", "body": body}})
            else:
                body = reply(self.write(request["body"]))
                good.append(line | {"response": {"status_code": 200, "request_id": "q", "body": body}})
        random.Random(7).shuffle(good)
        for kind, lines in (("output", good), ("error", bad)):
            if lines:
                name = f"file-{kind}-{batch['id']}"
                written = [json.dumps(line).encode() for line in lines]
                self.files[name] = b"".join(
                    one + b"\n" for one in (self.lines(written) if kind == "output" else written)
                )
                batch[f"{kind}_file_id"] = name
        batch["request_counts"] |= {"completed": len(good), "failed": len(bad)}


def reply(text: str, tokens: tuple[int, int] = (1500, 200)) -> dict[str, Any]:
    """A whole chat completion with this text."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


@contextmanager
def batch_api(write: Write, **how: Any) -> Iterator[Double]:
    """The service for the time of a `with`; it also answers single chat completions with the same letters."""
    double = Double(write, **how)

    class Handler(BaseHTTPRequestHandler):
        def _say(self, values: object, status: int = 200) -> None:
            body = values if isinstance(values, bytes) else json.dumps(values).encode()
            time.sleep(double.slow)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            if double.sized:
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            whole = not (double.cut and self.path.endswith("/content"))
            double.cut -= not whole
            with suppress(OSError):  # whoever asked was killed
                self.wfile.write(body if whole else body[: len(body) // 2 + 7])

        def _asked(self) -> bool:
            """Note what is asked; False when it was refused."""
            call = f"{self.command} {self.path.removeprefix('/v1').partition('?')[0]}"
            double.calls.append(call)
            double.keys.add(self.headers.get("authorization", ""))
            told = next((statuses for start, statuses in double.refuse.items() if call.startswith(start)), [])
            if told and (status := told.pop(0)):
                self._say({"error": {"message": f"told to, with {self.headers.get('authorization')}"}}, status)
                return False
            return True

        def do_GET(self) -> None:
            if not self._asked():
                return
            path = self.path.removeprefix("/v1").partition("?")[0]
            if found := re.fullmatch(r"/batches/(\w+)", path):
                known = found[1] in double.batches
                self._say(double.look(found[1]) if known else {"error": {"message": "no"}}, 200 if known else 404)
            elif path == "/batches":
                listed = list(reversed(double.batches.values()))
                self._say({"object": "list", "data": listed, "has_more": False})
            elif found := re.fullmatch(r"/files/([\w-]+)/content", path):
                self._say(double.files[found[1]])
            else:
                self._say({"error": {"message": "no"}}, 404)

        def do_DELETE(self) -> None:
            if self._asked():
                name = self.path.rpartition("/")[2]
                double.files.pop(name, None)
                self._say({"id": name, "object": "file", "deleted": True})

        def do_POST(self) -> None:
            body = self._body()
            if not self._asked():
                return
            if self.path == "/v1/chat/completions":
                self._say(reply(double.write(json.loads(body))))
            elif self.path == "/v1/files":
                head = f"content-type: {self.headers['content-type']}\r\n\r\n".encode()
                parts = {p.get_param("name", header="content-disposition"): p for p in
                         BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()}  # fmt: skip
                assert parts["purpose"].get_payload() == "batch"
                name = f"file-{len(double.calls)}"
                payload = parts["file"].get_payload(decode=True)
                assert isinstance(payload, bytes)
                double.files[name] = payload
                self._say({"id": name, "object": "file", "bytes": len(body), "created_at": 1, "purpose": "batch"})
            elif self.path == "/v1/batches":
                values = json.loads(body)
                assert (values["endpoint"], values["completion_window"]) == ("/v1/chat/completions", "24h")
                batch = double.batch_of(values)
                if double.lose:
                    double.lose -= 1
                    self.connection.close()
                    return
                self._say(batch)
            else:
                self._say({"error": {"message": "no"}}, 404)

        def _body(self) -> bytes:
            if length := self.headers["content-length"]:
                return self.rfile.read(int(length))
            whole = b""
            while size := int(self.rfile.readline(), 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return whole

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    double.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
