"""Many people's briefs, and an endpoint on loopback that writes to each the letter that was written for their brief.

    python benchmarks/crowd.py briefs 2000 > briefs.jsonl
    python benchmarks/crowd.py serve [--latency 0.2] [--port 0]

The briefs are those of the reference letters, each time of another sender, so that no two rows are the same and no check is spared. The
server costs a fraction of a millisecond a request: what is measured is the asker.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant import check
from assistant.brief import Brief
from evals.suite.references import Reference, references

_SENDER = re.compile(rb'sender: \\"(.*?)\\"')
_FIRST = "Ade Bo Chi Dara Efe Fay Gil Hana Ivo Jun Kai Lea Mo Nia Oke Pia Quy Rui Sol Tam Uma Vic Wen Xia Yao Zoe"
_NAMES = _FIRST.split()


@cache
def _notes() -> list[Reference]:
    """Those with nothing to revise: one request a row, so that the ideal is known."""
    notes = [r for r in references() if r.kind == "note"]
    return [r for r in notes if not check(r.letter, r.brief).errors]


def sender(number: int) -> str:
    """The name of the sender of row `number`; no two rows' are the same."""
    first, rest = _NAMES[number % len(_NAMES)], number // len(_NAMES)
    letters = ""
    while rest or not letters:
        letters, rest = letters + "aeioulnrst"[rest % 10], rest // 10
    return f"{first} Mc{letters.capitalize()}"


def briefs(count: int) -> Iterator[dict[str, object]]:
    """So many briefs as rows of a batch."""
    for number in range(count):
        brief = _notes()[number % len(_notes())].brief
        values = {f.name: getattr(brief, f.name) for f in fields(Brief)}
        values = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items() if v}
        yield values | {"sender": sender(number), "id": f"row-{number}"}


def letter(name: str) -> str:
    """The letter of the sender of that name."""
    first, _, last = name.partition(" Mc")
    rest = sum("aeioulnrst".index(ch) * 10**place for place, ch in enumerate(last.lower()))
    number = rest * len(_NAMES) + _NAMES.index(first)
    reference = _notes()[number % len(_notes())]
    return reference.letter.replace(reference.brief.sender, name)


@cache
def _reply(text: str, streamed: bool) -> bytes:
    usage = {"prompt_tokens": 1500, "completion_tokens": len(text) // 4, "total_tokens": 1500 + len(text) // 4}
    head = {"id": "1", "created": 1, "model": "crowd"}
    if not streamed:
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        body = json.dumps(head | {"object": "chat.completion", "choices": [choice], "usage": usage}).encode()
        kind = b"application/json"
    else:
        chunk = head | {"object": "chat.completion.chunk"}
        parts = [
            chunk | {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]},
            chunk | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            chunk | {"choices": [], "usage": usage},
        ]
        body = b"".join(b"data: " + json.dumps(part).encode() + b"\n\n" for part in parts) + b"data: [DONE]\n\n"
        kind = b"text/event-stream"
    return b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n%s" % (kind, len(body), body)


async def serve(latency: float, port: int) -> None:
    """Answer until the process ends; prints the base URL first."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(re.search(rb"content-length: *(\d+)", head, re.IGNORECASE).group(1))  # type: ignore[union-attr]
                body = await reader.readexactly(length)
                await asyncio.sleep(latency)
                found = _SENDER.search(body)
                text = letter(found.group(1).decode()) if found else "No sender, no letter."
                writer.write(_reply(text, b'"stream":true' in body.replace(b" ", b"")))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("briefs", "serve"))
    parser.add_argument("count", type=int, nargs="?", default=2000)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    if options.what == "briefs":
        for values in briefs(options.count):
            print(json.dumps(values, ensure_ascii=False))
        return
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.latency, options.port))


if __name__ == "__main__":
    main()
