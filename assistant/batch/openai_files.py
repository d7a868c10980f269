"""The Batch API itself: files up and down, batches begun and looked after; every call with our patience, our errors and no surprises."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from assistant.batch.openai_answers import ENDPOINT, MOST_LINE, read_line
from assistant.errors import ProviderError, Unavailable
from assistant.providers import refusals
from assistant.providers.endpoint import Endpoint
from assistant.providers.patience import Passing, patiently
from assistant.providers.watch import TooMuch, bound
from assistant.text import one_line

if TYPE_CHECKING:
    from openai import OpenAI

T = TypeVar("T")
ENDED = ("completed", "failed", "expired", "cancelled")
MOST_DOWNLOAD = 4_000_000_000  # bytes: fifty thousand letters have a fiftieth of it
MOST_LISTED = 10_000  # batches that are looked through for one of ours
# Statuses by which an endpoint says that it began nothing; after others, and after silence, it may have.
REFUSED = (400, 401, 402, 403, 404, 405, 413, 415, 422, 429)
MARK = "afternote"  # the name under which a batch carries its part's name


@dataclass(frozen=True)
class Standing:
    """How a batch stands: its status in the API's words, requests answered, failed and in all, its files, and what it says went wrong."""

    status: str
    done: int = 0
    failed: int = 0
    total: int = 0
    files: tuple[str, ...] = ()
    why: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.status in ENDED


class Api:
    """Files and batches at an endpoint. Its errors are those of a chat completion; `wait` sleeps."""

    def __init__(
        self, endpoint: Endpoint, tell: Callable[[str], None], wait: Callable[[float], None] = time.sleep
    ) -> None:
        """Nothing is sent yet; `tell` gets a line before each further attempt."""
        self.place, self._endpoint, self._tell, self._wait = endpoint.place, endpoint, tell, wait
        self._client: OpenAI | None = None

    def upload(self, path: Path, name: str) -> str:
        """Put a file of requests there; its id. Tried again, it may leave a file that nobody uses, which the endpoint removes in time."""

        def once() -> str:
            with path.open("rb") as file:
                made = self._sdk().files.create(file=(f"{name}.jsonl", file), purpose="batch", timeout=self._timeout)
            return _name(made.id)

        return self._patiently(once, "files")

    def create(self, file: str, mark: str, look: bool, refused: Callable[[], None]) -> str:
        """Begin the batch of a file, once: its id. `refused` is called when there surely is none.

        With `look`, and before each further attempt, it is looked for first: an answer that was lost may have been a yes.
        """
        tried = [look]

        def once() -> str:
            if tried[0] and (there := self._find(file, mark)):
                return there
            tried[0] = True
            import openai

            try:
                made = self._sdk().batches.create(
                    input_file_id=file, endpoint=ENDPOINT, completion_window="24h", metadata={MARK: mark},
                    timeout=self._timeout,
                )  # fmt: skip
            except openai.APIStatusError as error:
                if error.status_code in REFUSED:
                    refused()
                raise
            return _name(made.id)

        return self._patiently(once, "batches")

    def look(self, batch: str) -> Standing:
        """How a batch stands, asked once: whoever waits for it asks again anyway. Raises Passing too."""
        with self._errors(f"batches/{one_line(batch)}"):
            return _standing(self._sdk().batches.retrieve(batch, timeout=self._timeout), self.place)

    def download(self, file: str, into: IO[bytes]) -> None:
        """Write a file's bytes into `into`, from its beginning at every attempt. Raises Unavailable for one that isn't whole."""

        def once() -> None:
            into.seek(0)
            into.truncate()
            had, tail = 0, b""
            with self._sdk().files.with_streaming_response.content(file, timeout=self._timeout) as response:
                for piece in response.iter_bytes(1 << 16):
                    had += len(piece)
                    if had > MOST_DOWNLOAD:
                        raise TooMuch
                    into.write(piece)
                    tail = (tail + piece).rpartition(b"\n")[2][:MOST_LINE]
            if tail.strip() and not read_line(tail, self.place):  # not every server says beforehand how long it is
                raise Passing(Unavailable(f"{self.place.base_url}: {one_line(file)} ended in the midst of a line"))
            into.flush()

        self._patiently(once, f"files/{one_line(file)}")

    def remove(self, *files: str) -> None:
        """Take files away from there; where that can't be done the endpoint does it in time."""
        for file in files:
            with contextlib.suppress(ProviderError, Passing), self._errors("files"):
                self._sdk().files.delete(file, timeout=self._timeout)

    def _find(self, file: str, mark: str) -> str:
        """The batch that was begun for this file, or ""."""
        pages = self._sdk().batches.list(limit=100, timeout=self._timeout)
        for batch in itertools.islice(pages, MOST_LISTED):
            if (
                getattr(batch, "input_file_id", "") == file
                or (getattr(batch, "metadata", None) or {}).get(MARK) == mark
            ):
                return _name(batch.id)
        return ""

    @property
    def _timeout(self) -> Any:
        import httpx2

        patience = self._endpoint.patience
        return httpx2.Timeout(patience.idle, connect=patience.connect, read=patience.first + patience.idle)

    def _sdk(self) -> OpenAI:
        if self._client is None:
            import openai

            # A redirect would take the briefs to an address that nobody chose.
            client = openai.DefaultHttpxClient(follow_redirects=False)
            client.event_hooks = {"response": [_bound_unless_download]}
            key, url = self._endpoint.key or "none", self._endpoint.base_url
            self._client = openai.OpenAI(api_key=key, base_url=url, max_retries=0, http_client=client)
        return self._client

    def _patiently(self, call: Callable[[], T], what: str) -> T:
        def attempt() -> T:
            with self._errors(what):
                return call()

        return patiently(attempt, self._endpoint.patience, self._tell, self._wait)

    @contextlib.contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        """Turn whatever SDK and transport raise into our own errors; Passing is worth another attempt."""
        import httpx2
        import openai

        url = self.place.base_url
        try:
            yield
        except openai.APIStatusError as error:
            if error.status_code in (404, 405):
                raise Unavailable(
                    f"{url}: no {what} there ({error.status_code}); has this endpoint a Batch API, and is it the right account?"
                ) from None
            raise refusals.refused(self.place, error, lambda: ()) from None
        except (openai.APIConnectionError, httpx2.TransportError) as error:
            raise refusals.broken(self.place, error, "") from None
        except (TooMuch, openai.OpenAIError, httpx2.DecodingError, ValueError, TypeError, AttributeError) as error:
            why = "a reply without an end" if isinstance(error, TooMuch) else self.place.said(error, 120)
            raise ProviderError(f"{url} doesn't speak the Batch API ({what}): {why}") from None


def _standing(batch: Any, place: refusals.Place) -> Standing:
    """What the endpoint says of a batch. Raises TypeError for what is none."""
    if not isinstance(batch.status, str):
        raise TypeError("a batch without a status")
    counts = batch.request_counts
    done, failed, total = (_count(getattr(counts, name, 0)) for name in ("completed", "failed", "total"))
    errors = [place.said(error.message or error.code) for error in (getattr(batch.errors, "data", None) or [])[:50]]
    shown = "; ".join(list(dict.fromkeys(errors))[:3])
    files = tuple(_name(file) for file in (batch.output_file_id, batch.error_file_id) if file)
    return Standing(batch.status, done, failed, total, files, shown)


def _name(value: object) -> str:
    """An id of the endpoint's. Raises TypeError for what is none: it becomes part of an address."""
    if not isinstance(value, str) or not value or len(value) > 500:
        raise TypeError("a file or batch without an id")
    return value


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 10**9 else 0


def _bound_unless_download(response: Any) -> None:
    """Let no reply be read without end; a file is counted where it is written."""
    if response.status_code >= 300 or not response.request.url.path.endswith("/content"):
        bound(response)
