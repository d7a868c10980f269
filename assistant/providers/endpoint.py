"""Any endpoint that speaks OpenAI's chat completions: OpenAI itself, Ollama, vLLM, llama-server, LM Studio and others."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from assistant.errors import Interrupted, NotAuthorised, NothingWritten, ProviderError, StreamCut, TryLater, Unavailable
from assistant.providers.seam import Completion, OnText, Request, Usage
from assistant.text import one_line, shorten

if TYPE_CHECKING:
    from openai import OpenAI

ATTEMPTS = 4
LONGEST_WAIT = 30.0  # seconds: a Retry-After beyond this is an answer for later, not a wait
TIMEOUT = 180.0  # seconds: a cold local model may need over half a minute before its first token


@dataclass
class Endpoint:
    """The openai SDK behind the seam. `key` is sent to `base_url` and nowhere else; "" sends a dummy, as local servers expect."""

    model: str
    base_url: str
    key: str = ""
    name: str = "openai"
    style: Literal["letter"] = "letter"
    http_client: Any = None
    wait: Callable[[float], None] = time.sleep
    _client: OpenAI | None = field(default=None, repr=False)

    @property
    def destination(self) -> str:
        """Everything sent goes to this base URL."""
        return self.base_url

    def complete(self, request: Request, on_text: OnText | None = None) -> Completion:
        """One request, retried while the endpoint says "later"; streamed when one completion is wanted."""
        texts: list[str] = []
        usage = Usage()
        while len(texts) < request.n:  # `n` isn't spoken by every compatible server, one at a time is
            completion = self._patiently(request, on_text if request.n == 1 else None)
            texts += completion.texts
            usage += completion.usage
        return Completion(tuple(texts), usage)

    def _patiently(self, request: Request, on_text: OnText | None) -> Completion:
        try:
            return self._once(request, on_text)
        except _Passing as refusal:
            first = refusal
        import tenacity  # only now: most requests are served at once

        def pause(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = getattr(error, "retry_after", None)
            return float(asked) if asked is not None else tenacity.wait_random_exponential(multiplier=1, max=8)(state)

        waiting: list[_Passing] = [first]

        def attempt() -> Completion:
            if waiting:
                raise waiting.pop()  # the refusal there already was counts as the first attempt
            return self._once(request, on_text)

        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Passing),
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=pause,
            reraise=True,
            sleep=self.wait,
        )(attempt)

    def body(self, request: Request) -> dict[str, Any]:
        """What is sent for one completion: all of it, also what --dry-run prints. Only parameters that were set go along."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
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

    def _sdk(self) -> OpenAI:
        if self._client is None:
            from openai import OpenAI  # about 0.8 s: not for commands that need no endpoint

            self._client = OpenAI(
                api_key=self.key or "none",
                base_url=self.base_url,
                max_retries=0,
                timeout=TIMEOUT,
                http_client=self.http_client,
            )
        return self._client

    def _once(self, request: Request, on_text: OnText | None) -> Completion:
        pieces: list[str] = []
        usage, finished = Usage(), False
        try:
            for piece, counted, ended in self._chunks(request, pieces):
                pieces.append(piece)
                usage, finished = usage + counted, finished or ended
                if piece and on_text:
                    on_text(piece)
        except KeyboardInterrupt:
            raise Interrupted("".join(pieces)) from None
        text = "".join(pieces)
        if not finished and text:
            raise StreamCut(f"{self.base_url}: the reply broke off before its end", text)
        if not text.strip():
            raise NothingWritten(f"{self.base_url}: {self.model} sent an empty reply; try again, or another model")
        return Completion((text,), usage)

    def _chunks(self, request: Request, so_far: list[str]) -> Iterator[tuple[str, Usage, bool]]:
        """Text, usage and whether the reply has ended, chunk by chunk; errors are ours. `so_far` is what a cut must not lose."""
        with self._errors(so_far):
            for chunk in self._sdk().chat.completions.create(**self.body(request)):
                counted = chunk.usage
                usage = Usage(counted.prompt_tokens or 0, counted.completion_tokens or 0) if counted else Usage()
                choice = chunk.choices[0] if chunk.choices else None
                text = choice.delta.content if choice and choice.delta else None
                yield text or "", usage, bool(choice and choice.finish_reason)

    @contextlib.contextmanager
    def _errors(self, pieces: list[str]) -> Iterator[None]:
        """Turn whatever the SDK raises into our own errors, and keep what had come by then."""
        import openai

        try:
            yield
        except openai.APIStatusError as error:
            raise self._status_error(error) from None
        except openai.APITimeoutError:
            if pieces:
                raise StreamCut(f"{self.base_url}: the reply stopped coming", "".join(pieces)) from None
            raise TryLater(f"{self.base_url}: no answer within {TIMEOUT:.0f} s") from None
        except openai.APIConnectionError as error:
            if pieces:
                raise StreamCut(f"{self.base_url}: the connection broke off", "".join(pieces)) from None
            reason = one_line(str(error.__cause__ or error))
            raise Unavailable(
                f"{self.base_url}: can't connect ({shorten(reason, 100)}); is it running, is the address right?"
            ) from None
        except openai.APIError as error:
            if pieces:
                raise StreamCut(f"{self.base_url}: {shorten(one_line(error.message), 120)}", "".join(pieces)) from None
            raise ProviderError(f"{self.base_url}: {shorten(one_line(error.message), 160)}") from None
        except (openai.OpenAIError, ValueError, AttributeError, TypeError) as error:
            if pieces:
                raise StreamCut(f"{self.base_url}: garbage in the reply", "".join(pieces)) from None
            raise ProviderError(
                f"{self.base_url} doesn't speak chat completions: {shorten(one_line(str(error)), 120)}"
            ) from None
        except Exception as error:
            # The transport's own errors reach here unwrapped when a stream breaks after its headers; anything else is a defect and shows.
            if not type(error).__module__.startswith(("httpx", "httpcore")):
                raise
            if pieces:
                raise StreamCut(f"{self.base_url}: the connection broke off", "".join(pieces)) from None
            raise Unavailable(
                f"{self.base_url}: the connection broke off ({shorten(one_line(str(error)), 80)})"
            ) from None

    def _status_error(self, error: Any) -> ProviderError:
        detail = shorten(one_line(error.message), 160)
        status, where = error.status_code, self.base_url
        if status in (401, 403):
            return NotAuthorised(
                f"{where}: the key isn't accepted ({status}); {'check it' if self.key else 'none was given for this address'}"
            )
        if status == 404:
            offered = self.models()
            hint = f"it offers: {', '.join(map(one_line, offered[:8]))}" if offered else "check --model and --base-url"
            return Unavailable(f"{where}: unknown model {self.model!r}, or no such address; {hint}")
        if status == 429 and getattr(error, "code", "") == "insufficient_quota":
            return TryLater(f"{where}: the account has no quota left")
        if status in (408, 409, 429) or status >= 500:
            asked = _seconds(error.response.headers.get("retry-after"))
            if asked is not None and asked > LONGEST_WAIT:
                return TryLater(f"{where}: asks to wait {asked:.0f} s; try again then")
            return _Passing(f"{where}: can't serve now ({status}): {detail}", asked)
        return ProviderError(f"{where}: refused the request ({status}): {detail}")


class _Passing(TryLater):
    """A refusal worth another attempt, with the seconds the endpoint asked to wait."""

    def __init__(self, message: str, retry_after: float | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None  # the date form: rare, and our own back-off does as well
