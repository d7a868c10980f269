"""The openai SDK behind the seam, against a transport that answers from a function: nothing is mocked between us and the wire."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2  # comes with openai
import pytest

from assistant.errors import AfternoteError, NotAuthorised, ProviderError, StreamCut, TryLater, Unavailable
from assistant.providers import Message, Request
from assistant.providers.endpoint import Endpoint
from assistant.providers.gate import Gate
from assistant.providers.patience import Patience

ATTEMPTS = Patience().attempts
ASK = Request((Message("user", "hi"),))


def chunk(text: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return (
        b"data: "
        + json.dumps(
            {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        ).encode()
        + b"\n\n"
    )


USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
LAST = (
    b"data: "
    + json.dumps(
        {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": USAGE}
    ).encode()
)
WHOLE = chunk("Dear ") + chunk("Ann", "stop") + LAST + b"\n\ndata: [DONE]\n\n"


def endpoint(answer: Callable[[Any], Any], key: str = "") -> Endpoint:
    client = httpx2.Client(transport=httpx2.MockTransport(answer))
    gate = Gate(clock=lambda: sum(waits))
    return Endpoint("m", "http://model.test/v1", key, http_client=client, wait=waits.append, gate=gate)


waits: list[float] = []


def stream(content: bytes) -> Any:
    return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=content)


def test_a_stream_comes_in_pieces_with_its_usage() -> None:
    pieces: list[str] = []
    completion = endpoint(lambda request: stream(WHOLE)).complete(ASK, pieces.append)
    assert completion.texts == ("Dear Ann",)
    assert pieces == ["Dear ", "Ann"]
    assert (completion.usage.prompt_tokens, completion.usage.completion_tokens) == (5, 2)


def test_only_parameters_that_were_set_are_sent() -> None:
    bodies: list[dict[str, Any]] = []

    def answer(request: Any) -> Any:
        bodies.append(json.loads(request.content))
        return stream(WHOLE)

    endpoint(answer).complete(ASK)
    endpoint(answer).complete(Request(ASK.messages, temperature=0.0, seed=0))
    assert set(bodies[0]) == {"model", "messages", "stream", "stream_options"}
    assert (bodies[1]["temperature"], bodies[1]["seed"]) == (0.0, 0)
    assert bodies[1] == endpoint(answer).body(Request(ASK.messages, temperature=0.0, seed=0))


def test_the_key_of_the_environment_is_not_sent_where_none_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    seen: list[Any] = []

    def answer(request: Any) -> Any:
        seen.append(request)
        return stream(WHOLE)

    endpoint(answer).complete(ASK)
    assert "sk-secret" not in str(seen[0].headers)


def test_the_organisation_of_the_environment_is_told_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-ours")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-ours")
    seen: list[Any] = []

    def answer(request: Any) -> Any:
        seen.append(request)
        return stream(WHOLE)

    endpoint(answer).complete(ASK)
    assert not {"openai-organization", "openai-project"} & {name.lower() for name in seen[0].headers}


def failing(status: int, code: str | None = None, headers: dict[str, str] | None = None) -> Callable[[Any], Any]:
    body = {"error": {"message": "no \x1b[31mway", "code": code}}
    return lambda request: httpx2.Response(status, headers=headers or {}, json=body)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (failing(401), NotAuthorised, 77),
        (failing(403), NotAuthorised, 77),
        (failing(404), Unavailable, 69),
        (failing(400), ProviderError, 1),
        (failing(429), TryLater, 75),
        (failing(503), TryLater, 75),
        (failing(429, "insufficient_quota"), TryLater, 75),
    ],
)
def test_every_refusal_becomes_one_of_our_errors(answer: Any, kind: type[AfternoteError], code: int) -> None:
    with pytest.raises(kind) as caught:
        endpoint(answer).complete(ASK)
    assert caught.value.exit_code == code
    assert "\x1b" not in str(caught.value)
    assert "\n" not in str(caught.value)


def count(answer: Callable[[Any], Any]) -> tuple[int, Exception | None]:
    calls: list[Any] = []

    def counted(request: Any) -> Any:
        calls.append(request)
        return answer(request)

    waits.clear()
    try:
        endpoint(counted).complete(ASK)
    except AfternoteError as error:
        return len(calls), error
    return len(calls), None


def test_later_is_tried_again_a_few_times_and_no_more() -> None:
    assert count(failing(503))[0] == ATTEMPTS
    assert len(waits) == ATTEMPTS - 1


def test_retry_after_is_honoured_but_not_for_ever() -> None:
    count(failing(429, headers={"retry-after": "3"}))
    assert waits == [3.0] * (ATTEMPTS - 1)
    calls, error = count(failing(429, headers={"retry-after": "900"}))
    assert calls == 1
    assert "900 s" in str(error)


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_final_refusal_is_not_tried_again(status: int) -> None:
    assert count(failing(status))[0] == 1


def test_quota_is_not_tried_again() -> None:
    assert count(failing(429, "insufficient_quota"))[0] == 1


def test_an_unknown_model_is_answered_with_those_there_are() -> None:
    def answer(request: Any) -> Any:
        if request.url.path.endswith("/models"):
            return httpx2.Response(
                200,
                json={"object": "list", "data": [{"id": "qwen3", "object": "model", "created": 1, "owned_by": "x"}]},
            )
        return failing(404)(request)

    with pytest.raises(Unavailable, match=r"unknown model 'm'.*qwen3"):
        endpoint(answer).complete(ASK)


def test_a_stream_that_ends_early_keeps_what_came() -> None:
    with pytest.raises(StreamCut) as caught:
        endpoint(lambda request: stream(chunk("Dear ") + chunk("An"))).complete(ASK)
    assert caught.value.partial == "Dear An"
    assert caught.value.exit_code == 69


def test_a_connection_that_breaks_keeps_what_came() -> None:
    class Breaking(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield chunk("Dear ")
            raise httpx2.ReadError("line dropped")

    with pytest.raises(StreamCut) as caught:
        endpoint(
            lambda request: httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=Breaking())
        ).complete(ASK)
    assert caught.value.partial == "Dear "


@pytest.mark.parametrize("content", [b"", b"data: [DONE]\n\n", chunk("  ", "stop") + b"data: [DONE]\n\n"])
def test_an_empty_reply_is_an_error(content: bytes) -> None:
    with pytest.raises(ProviderError, match="empty reply"):
        endpoint(lambda request: stream(content)).complete(ASK)


@pytest.mark.parametrize(
    "content",
    [b"data: {oops\n\n", b"data: 7\n\n", b'data: {"choices": 3}\n\n', b'data: {"choices": [{"delta": 5}]}\n\n'],
)
def test_garbage_in_the_stream_is_an_error_and_no_traceback(content: bytes) -> None:
    with pytest.raises(ProviderError):
        endpoint(lambda request: stream(content)).complete(ASK)


def test_a_dead_address_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="can't connect"):
        Endpoint("m", "http://127.0.0.1:9/v1", wait=waits.append).complete(ASK)
