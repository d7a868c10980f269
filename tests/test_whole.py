"""Whole replies are asked for past the SDK's own requests: the endpoint must not see the difference, nor the user in an error."""

from __future__ import annotations

import contextlib
import functools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from assistant.errors import AfternoteError, TryLater
from assistant.providers import Message, Request
from assistant.providers.endpoint import Endpoint
from assistant.providers.patience import Patience

URL = "https://letters.example/v1"
ASKED = Request((Message("system", "Be brief."), Message("user", "A note to Zoë <b>.")), seed=3, temperature=0.5)
REPLY = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Dear Zoë"}, "finish_reason": "stop"}]}
# What the SDK adds that says nothing to an endpoint: how often it tried, how long it waits, how its answer is read.
OF_THE_SDK = {"x-stainless-retry-count", "x-stainless-read-timeout", "x-stainless-raw-response"}


def endpoint(answer: Callable[[httpx2.Request], httpx2.Response], streams: bool, url: str = URL) -> Endpoint:
    client = httpx2.Client(transport=httpx2.MockTransport(answer))
    made = Endpoint("m", url, "sk-a-key-of-ours", patience=Patience(attempts=1), http_client=client)
    made.streams = streams
    return made


def sent(streams: bool, url: str = URL) -> tuple[str, dict[str, list[str]], dict[str, object]]:
    """Address, headers and body of the request for a letter."""
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json=REPLY)

    assert endpoint(answer, streams, url).complete(ASKED).texts == ("Dear Zoë",)
    headers: dict[str, list[str]] = {}
    for name, value in seen[0].headers.multi_items():
        headers.setdefault(name.lower(), []).append(value)
    return str(seen[0].url), headers, json.loads(seen[0].content)


@pytest.mark.parametrize("url", [URL, f"{URL}/", "https://api.openai.com/v1"])
@pytest.mark.parametrize("custom", ["", "user-agent: mine\nX-Team: hiring"])
def test_it_sends_what_the_sdk_sends(url: str, custom: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-environment")
    if custom:
        monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", custom)
    whole, streamed = sent(False, url), sent(True, url)
    assert whole[0] == streamed[0]
    assert whole[1]["authorization"] == ["Bearer sk-a-key-of-ours"]
    differ = {name for name in whole[1] | streamed[1] if whole[1].get(name) != streamed[1].get(name)}
    assert differ <= OF_THE_SDK | {"content-length"}
    del streamed[2]["stream"], streamed[2]["stream_options"]
    assert whole[2] == streamed[2]


REFUSALS = [
    httpx2.Response(401, json={"error": {"message": "no such key", "code": "invalid_api_key"}}),
    httpx2.Response(429, json={"error": {"message": "slow down", "type": "rate_limit_error"}}),
    httpx2.Response(429, json={"error": {"message": "paid up?", "code": "insufficient_quota"}}),
    httpx2.Response(422, json={"detail": [{"loc": ["body"], "input": {"messages": "the whole brief"}}]}),
    httpx2.Response(400, json={"error": "just words"}),
    httpx2.Response(400, json=["odd"]),
    httpx2.Response(403, text="Forbidden by policy 7"),
    httpx2.Response(500, text=""),
    httpx2.Response(503, html="<html>busy</html>", headers={"retry-after": "7200"}),
    httpx2.Response(307, headers={"location": "https://elsewhere.example/"}),
]


def again(answer: httpx2.Response, _request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(answer.status_code, content=answer.content, headers=answer.headers)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda r: f"{r.status_code} {r.text[:20]}")
def test_a_refusal_reads_as_it_does_through_the_sdk(refusal: httpx2.Response) -> None:
    said = []
    for streams in (False, True):
        made = endpoint(functools.partial(again, refusal), streams)
        with pytest.raises(AfternoteError) as raised:
            made.complete(ASKED)
        said.append((type(raised.value), str(raised.value)))
    assert said[0] == said[1]
    assert "the whole brief" not in said[0][1]


def test_a_key_that_no_header_can_hold_is_refused_each_time() -> None:
    made = endpoint(lambda _: httpx2.Response(200, json=REPLY), streams=False)
    made.key = "sk-é"
    for _ in range(2):
        with pytest.raises((AfternoteError, UnicodeEncodeError)):
            made.complete(ASKED)


def serve(answers: Callable[[socket.socket], None]) -> str:
    """The address of a server that takes one connection at a time, as small local ones do."""
    listening = socket.create_server(("127.0.0.1", 0))

    def take() -> None:
        while True:
            taken, _ = listening.accept()
            with taken, contextlib.suppress(OSError):
                answers(taken)

    threading.Thread(target=take, daemon=True).start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}/v1"


def asked(taken: socket.socket) -> bool:
    """Whether a whole request came."""
    had = b""
    while b"\r\n\r\n" not in had:
        piece = taken.recv(65536)
        if not piece:
            return False
        had += piece
    head, _, body = had.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += taken.recv(65536)
    return True


@contextlib.contextmanager
def whole(url: str, **patience: float) -> Iterator[Endpoint]:
    """An endpoint of whole replies, whose connections are closed in the end."""
    made = Endpoint("m", url, patience=Patience(attempts=1, **patience))  # type: ignore[arg-type]  # seconds all
    made.streams = False
    yield made
    for lane in made._lanes:
        assert lane.line
        lane.line.http.close()


def test_a_second_thread_takes_the_connection_that_the_first_is_done_with() -> None:
    body = json.dumps(REPLY).encode()

    def answers(taken: socket.socket) -> None:
        while asked(taken):
            taken.sendall(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body
            )

    with whole(serve(answers), first=3, idle=3) as one:
        for _ in range(3):
            with ThreadPoolExecutor(1) as pool:  # each time another thread
                assert pool.submit(one.complete, ASKED).result().texts == ("Dear Zoë",)
        assert len(one._lanes) == 1


def test_a_reply_whose_connection_was_ended_for_its_silence_is_no_empty_reply() -> None:
    def answers(taken: socket.socket) -> None:
        asked(taken)
        taken.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")  # it ends with the connection
        taken.recv(1)

    with whole(serve(answers), first=0.3, idle=0.3) as one, pytest.raises(TryLater, match=r"no answer within 0\.6 s"):
        one.complete(ASKED)


def test_what_follows_a_late_head_has_as_long_again() -> None:
    body = json.dumps(REPLY).encode()

    def answers(taken: socket.socket) -> None:
        asked(taken)
        time.sleep(0.7)
        taken.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body))
        time.sleep(0.7)
        taken.sendall(body)

    with whole(serve(answers), first=0.5, idle=0.5) as one:
        assert one.complete(ASKED).texts == ("Dear Zoë",)
