"""A chat-completions endpoint on loopback that answers at once: what is left of a command's time is the command's own."""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LETTER = """Subject: Slotting one aisle first

Dear Anne,

I was sorry not to get the Operations Manager job at Harbor Light Foods.

You moved the night crew to four ten-hour shifts, and overtime dropped by a third after that [C1]. We disagreed a bit about slotting by
velocity or by supplier, and you said to try it on one aisle first [C2]. I ran a scanner rollout for 60 pickers at my last job [M1].

I am happy to send you the one-page training sheet we used for the scanners [N1].

Best wishes,
Marisol Vega
"""


class Handler(BaseHTTPRequestHandler):
    """Streams the letter, five words at a time."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        words = LETTER.split(" ")
        pieces = [" ".join(words[i : i + 5]) + " " for i in range(0, len(words), 5)]
        deltas = [({"content": piece}, None) for piece in pieces] + [({}, "stop")]
        body = b""
        for delta, finish in deltas:
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": int(time.time()), "model": "m"}
            chunk["choices"] = [{"index": 0, "delta": delta, "finish_reason": finish}]
            body += b"data: " + json.dumps(chunk).encode() + b"\n\n"
        body += b"data: [DONE]\n\n"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


def serve() -> ThreadingHTTPServer:
    """A server on a free port of loopback, not yet running."""
    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


if __name__ == "__main__":
    server = serve()
    print(f"http://127.0.0.1:{server.server_port}/v1", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)
