"""Any endpoint that speaks OpenAI's chat completions: OpenAI itself, Ollama, vLLM, llama-server, LM Studio and others."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from assistant.errors import Interrupted, NothingWritten, ProviderError
from assistant.providers import refusals
from assistant.providers.gate import Gate
from assistant.providers.patience import Passing, Patience, Waited, patiently
from assistant.providers.seam import Completion, OnText, Request, Usage
from assistant.providers.stream import DONE, MOST_TEXT, Chunk, Garbled, chunk_of, events
from assistant.providers.watch import Late, TooMuch, Watch, bound, follow, read_whole, stream_of
from assistant.providers.whole import Lane, line_of
from assistant.settings import OPENAI_URL

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

TOLD_AFTER = 5.0  # seconds of waiting for the rate limit
LETTER_TOKENS = 300  # of a reply, before it is known: what a gate books beside the prompt
CHARACTERS = 4  # of English to a token, about: the same


def _silent(_line: str) -> None:
    """Nobody listens."""


@dataclass
class Endpoint:
    """The openai SDK behind the seam. `key` is sent to `base_url` and nowhere else; "" sends a dummy, as local servers expect.

    `slots` bounds how many requests are under way at once, for all threads that ask. `tell` gets a line before each further attempt.
    `streams` False asks for whole replies, which cost a third of the processor's time where nobody watches. `gate` is the rate limit that
    it keeps, with all who share it.
    """

    model: str
    base_url: str
    key: str = field(default="", repr=False)
    name: str = "openai"
    style: Literal["letter"] = "letter"
    patience: Patience = field(default_factory=Patience)
    tell: Callable[[str], None] = _silent
    streams: bool = True
    gate: Gate = field(default_factory=Gate, repr=False)
    slots: AbstractContextManager[Any] = field(default_factory=contextlib.nullcontext, repr=False)
    http_client: Any = None
    wait: Callable[[float], None] = time.sleep
    _client: OpenAI | None = field(default=None, repr=False)
    _tls: Any = field(default=None, repr=False)
    _lanes: list[Lane] = field(default_factory=list, repr=False)  # those that nobody is on
    _lock: Any = field(default_factory=Lock, repr=False)

    @property
    def destination(self) -> str:
        """Everything sent goes to this base URL."""
        return self.base_url

    def complete(self, request: Request, on_text: OnText | None = None) -> Completion:
        """One request, tried again as `patience` has it while nothing of the answer was shown; streamed when one completion is wanted."""
        texts: list[str] = []
        usage = Usage()
        while len(texts) < request.n:  # `n` isn't spoken by every compatible server, one at a time is
            show = on_text if request.n == 1 else None
            waited = Waited()
            attempt = functools.partial(self._once, request, show, waited)
            completion = patiently(attempt, self.patience, self.tell, self.wait, waited)
            texts += completion.texts
            usage += completion.usage
        return Completion(tuple(texts), usage)

    def body(self, request: Request) -> dict[str, Any]:
        """What is sent for one completion: all of it, also what --dry-run prints. Only parameters that were set go along."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
        }
        if self.streams:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        if request.temperature is not None:
            body["temperature"] = request.temperature
        if request.seed is not None:
            body["seed"] = request.seed
        return body

    def models(self) -> tuple[str, ...]:
        """Names of the models that the endpoint offers; empty where it doesn't say."""
        with contextlib.suppress(Exception):
            return tuple(model.id for model in self._sdk().with_options(timeout=10.0).models.list())
        return ()

    @property
    def place(self) -> refusals.Place:
        """What its errors are about."""
        return refusals.Place(self.base_url, self.model, self.key, self.patience)

    @property
    def _allowed(self) -> float:
        """Seconds until the first word; a whole reply may take as long as that and a pause."""
        return self.patience.first + (0.0 if self.streams else self.patience.idle)

    def _sdk(self) -> OpenAI:
        with self._lock:
            if self._client is None:
                import openai  # about 0.8 s: not for commands that need no endpoint

                # The SDK would tell any address which organisation of OpenAI's the environment names.
                own = (
                    {}
                    if self.base_url == OPENAI_URL
                    else {"OpenAI-Organization": openai.omit, "OpenAI-Project": openai.omit}
                )
                self._client = openai.OpenAI(
                    api_key=self.key or "none",
                    base_url=self.base_url,
                    max_retries=0,
                    http_client=self._http(),
                    default_headers=own,  # type: ignore[arg-type]  # `omit` takes a header out
                )
            return self._client

    def _http(self) -> httpx2.Client:
        """A client of HTTP that watches over what it sends and gets."""
        import httpx2
        import openai

        if self._tls is None:  # reading the certificates takes longer than all else
            self._tls = httpx2.create_ssl_context()
        # A redirect would take the brief to an address that nobody chose.
        client: httpx2.Client = self.http_client or openai.DefaultHttpxClient(follow_redirects=False, verify=self._tls)
        client.event_hooks = {"request": [follow], "response": [bound]}
        return client

    @contextlib.contextmanager
    def _lane(self) -> Iterator[Lane]:
        """A way to the endpoint for one request at a time, so that it waits for nobody's connection; the last one used comes first."""
        try:
            lane = self._lanes.pop()
        except IndexError:
            lane = Lane(None if self.streams else line_of(self._sdk(), self._http()))
        try:
            yield lane
        finally:
            self._lanes.append(lane)

    def _turn(self, tokens: int, waited: Waited) -> None:
        """Wait until the rate limit lets this request go, and say so when that takes a while."""
        told = False
        while pause := self.gate.wait(tokens):
            if not told and waited.seconds > TOLD_AFTER:
                self.tell(f"{self.base_url}: waiting for its rate limit")
                told = True
            self.wait(pause)
            waited.seconds += pause

    def _once(self, request: Request, on_text: OnText | None, waited: Waited) -> Completion:
        pieces: list[str] = []
        usage, ended = Usage(), ""
        booked = sum(len(m.content) for m in request.messages) // CHARACTERS + LETTER_TOKENS
        try:
            self._turn(booked, waited)
            with self.slots, self._errors(pieces):
                for chunk in self._chunks(request):
                    if chunk.error:
                        raise refusals.reported(self.place, chunk.error, "".join(pieces))
                    # Counts come once, at the end, or grow with each chunk; the last ones are right either way.
                    usage, ended = chunk.usage or usage, ended or chunk.ended
                    if chunk.text:
                        pieces.append(chunk.text)
                        if sum(map(len, pieces)) > MOST_TEXT:
                            raise TooMuch
                        if on_text:
                            on_text(chunk.text)
        except KeyboardInterrupt:
            raise Interrupted("".join(pieces)) from None
        self.gate.served(booked, usage.prompt_tokens + usage.completion_tokens)
        return Completion((self.whole("".join(pieces), ended),), usage)

    def whole(self, text: str, ended: str) -> str:
        """The text, if it is all there. Raises StreamCut or NothingWritten."""
        if ended == "content_filter":
            raise NothingWritten(f"{self.base_url}: its content filter stopped the letter; another model may write it")
        if not text.strip():
            raise NothingWritten(f"{self.base_url}: {self.model} sent an empty reply; try again, or another model")
        if ended == "length":
            stopped = refusals.cut(self.place, f"{self.model} stopped at its limit of length", text)
            stopped.passing = False
            raise stopped
        if not ended:
            raise refusals.cut(self.place, "the reply broke off before its end", text)
        return text

    def _chunks(self, request: Request) -> Iterator[Chunk]:
        """The reply, chunk by chunk; an unstreamed one is a single chunk. Raises what SDK and transport raise, Garbled, and TooMuch."""
        import httpx2
        import openai

        patience, allowed = self.patience, self._allowed
        timeout = httpx2.Timeout(patience.idle, connect=patience.connect, read=allowed)
        # With each piece of a head that comes in pieces the client's own time-out would begin anew.
        watch = Watch(allowed, patience.idle)
        try:
            with (
                self._lane() as lane,
                watch.over(lane.wire),
                self._asked(lane, self.body(request), timeout) as response,
            ):
                lane.wire = stream_of(response)
                watch.arrived(lane.wire)
                self.gate.learn(response.headers)
                kind = response.headers.get("content-type", "").lower()
                if "html" in kind:
                    raise Garbled("it sent a web page; is the base URL right?")
                if "event-stream" in kind:
                    yield from self._streamed(response, watch)
                else:
                    whole = read_whole(response.iter_bytes(), time.monotonic() + allowed)
                    if watch.late:  # a socket that was shut down may also look like the end of the reply
                        raise Late(watch.late)
                    yield chunk_of(whole)
        except (openai.APIConnectionError, httpx2.TransportError):
            if watch.late:
                raise Late(watch.late) from None
            raise

    def _streamed(self, response: httpx2.Response, watch: Watch) -> Iterator[Chunk]:
        """The events of a streamed reply, whose connection is watched."""
        import httpx2

        over = False
        try:
            for data in events(response.iter_bytes()):
                watch.heard()
                yield (chunk := chunk_of(data))
                if chunk.ended == DONE:  # what a server does after that is no part of the letter
                    return
                over = over or bool(chunk.ended)
        except httpx2.TransportError:
            if over:  # the letter is whole; only the count of its tokens may be lost
                return
            raise
        if watch.late and not over:  # a socket that was shut down may also look like the end of the reply
            raise Late(watch.late)

    @contextlib.contextmanager
    def _asked(self, lane: Lane, body: dict[str, Any], timeout: Any) -> Iterator[httpx2.Response]:
        """The answer to a request, its content not yet read."""
        if lane.line:
            with lane.line.ask(body, timeout) as response:
                yield response
            return
        # Given as the extra body, it goes out as it is: the SDK's look at every message costs a fifth of a request's time.
        create = self._sdk().chat.completions.with_streaming_response.create
        with create(model=self.model, messages=[], extra_body=body, timeout=timeout) as answer:
            yield answer.http_response

    @contextlib.contextmanager
    def _errors(self, pieces: list[str]) -> Iterator[None]:
        """Turn whatever SDK and transport raise into our own errors, and keep what had come by then."""
        import httpx2
        import openai

        asked_at = self.gate.clock()
        place = self.place
        try:
            yield
        except openai.APIStatusError as error:
            refusal = refusals.refused(place, error, self.models)
            if isinstance(refusal, Passing) and error.status_code == 429:
                self.gate.slower(self.gate.clock() - asked_at)
                self.gate.hold(refusal.retry_after or 0.0)
            raise refusal from None
        except Late as late:
            raise refusals.too_late(place, late.seconds, "".join(pieces)) from None
        except (openai.APIConnectionError, httpx2.TransportError) as error:
            raise refusals.broken(place, error, "".join(pieces), self._allowed) from None
        except (
            Garbled,
            TooMuch,
            openai.OpenAIError,
            httpx2.DecodingError,
            ValueError,
            TypeError,
            AttributeError,
        ) as error:
            why = "it has no end" if isinstance(error, TooMuch) else place.said(error, 120)
            if pieces:
                raise refusals.cut(place, f"the reply can't be read on: {why}", "".join(pieces)) from None
            raise ProviderError(f"{self.base_url} doesn't speak chat completions: {why}") from None
