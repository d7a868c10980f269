"""The connection to an endpoint while a reply comes: ended when nothing comes for too long, and never read without bounds."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any

MOST_BYTES = 8_000_000  # of any reply
MOST_REFUSAL = 65_536  # bytes of a refusal: its reason is a line
REFUSAL_SECONDS = 10.0  # for these
LONGEST_REPLY = 900.0  # seconds: a letter that isn't there by then comes no more
EVERY = 0.05  # seconds between two looks at the connections

_kept: set[Watch] = set()
_lock = threading.Lock()
_guarding: threading.Thread | None = None
_wake = threading.Event()
_watching: ContextVar[Watch | None] = ContextVar("watching", default=None)


class TooMuch(Exception):
    """A reply without an end."""


class Late(Exception):
    """Nothing came for so many seconds."""

    def __init__(self, seconds: float) -> None:
        """It was allowed this long."""
        super().__init__()
        self.seconds = seconds


class Watch:
    """Ends a connection on which no sign of life came for too long. A blocked read can't be told otherwise: its socket is shut down.

    `late` says afterwards how many seconds had been too many; 0.0 while it is in time. `first` and `idle` are as in Patience; `first`
    counts from the request's being sent, or from the beginning of the `with`. `stream` is the connection, as far as it is known: a
    request that is made within the `with` tells of its own.
    """

    def __init__(self, first: float, idle: float, stream: Any = None) -> None:
        """A watch over a connection of the HTTP client."""
        self.late = 0.0
        self.stream, self._first, self._idle, self._allowed = stream, first, idle, first
        self._begun = self._heard = time.monotonic()

    def __enter__(self) -> Watch:
        """Begin to watch."""
        _watching.set(self)
        with _lock:
            _kept.add(self)
        _guard()
        _wake.set()
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no more."""
        with _lock:
            _kept.discard(self)
        self.stream = None
        _watching.set(None)

    def over(self, stream: Any) -> Watch:
        """This watch, over the connection that is likely to be taken."""
        self.stream = stream
        return self

    def trace(self, event: str, told: dict[str, Any]) -> None:
        """What the HTTP client tells of a request's way: which connection it takes, and when the wait for its answer begins."""
        if event.endswith("connect_tcp.started"):
            self.stream = None  # what was held for its connection isn't
        elif event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self.stream = told["return_value"]
        elif event.endswith("receive_response_headers.started"):
            self._heard, self._allowed = time.monotonic(), self._first

    def arrived(self, stream: Any) -> None:
        """The head of the answer is there, on this connection: what follows has as long again."""
        self.stream = stream
        self._begun = self._heard = time.monotonic()
        self._allowed = self._first

    def heard(self) -> None:
        """A part of the reply came; the next may take as long as `idle`."""
        self._heard, self._allowed = time.monotonic(), self._idle

    def look(self) -> None:
        """End the connection if it is late. One that isn't there yet has a time-out of its own."""
        stream, longest = self.stream, max(LONGEST_REPLY, self._first)
        due = min(self._heard + self._allowed, self._begun + longest)
        if not self.late and stream is not None and time.monotonic() >= due:
            self.late = min(self._allowed, longest)
            _shut(stream)


def _guard() -> None:
    """See that the one thread runs that looks after all connections: a thread for each would cost more than reading its reply."""
    global _guarding
    with _lock:
        if _guarding is None or not _guarding.is_alive():
            _guarding = threading.Thread(target=_look_after, daemon=True)
            _guarding.start()


def _look_after() -> None:
    while True:
        _wake.wait()
        _wake.clear()
        while watches := _all_kept():
            for watch in watches:
                watch.look()
            time.sleep(EVERY)


def _all_kept() -> tuple[Watch, ...]:
    with _lock:
        return tuple(_kept)


def follow(request: Any) -> None:
    """Tell the watch that is kept here which way a request goes: for the HTTP client's request hook."""
    if watch := _watching.get():
        request.extensions = {**request.extensions, "trace": watch.trace}


def bound(response: Any) -> None:
    """Let no reply be read without end: for the HTTP client's response hook. A refusal is cut short, another reply raises TooMuch."""
    response.stream = _bounded_stream(response)


def _bounded_stream(response: Any) -> Any:
    import httpx2

    inner, refused = response.stream, response.status_code >= 300

    class Bounded(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            had = 0
            if not refused:
                for piece in inner:
                    had += len(piece)
                    if had > MOST_BYTES:
                        raise TooMuch
                    yield piece
                return
            # What is cut off of a refusal was only its explanation: the status says enough.
            with (
                contextlib.suppress(httpx2.TransportError),
                Watch(REFUSAL_SECONDS, REFUSAL_SECONDS, stream_of(response)),
            ):
                for piece in inner:
                    had += len(piece)
                    yield piece
                    if had > MOST_REFUSAL:
                        return

        def close(self) -> None:
            inner.close()

    return Bounded()


def read_whole(pieces: Iterable[bytes], until: float) -> bytes:
    """A reply that isn't streamed, all of it. Raises Late when it isn't there `until` then, by the monotonic clock, and TooMuch."""
    whole = b"".join(_counted(pieces, until))
    if not whole.strip():
        return b'{"choices": []}'  # nothing at all: said as an empty reply
    return whole


def _counted(pieces: Iterable[bytes], until: float) -> Iterator[bytes]:
    had = 0
    begun = time.monotonic()
    for piece in pieces:
        had += len(piece)
        if time.monotonic() > until:  # it comes, but drop by drop
            raise Late(until - begun)
        if had > MOST_BYTES:
            raise TooMuch
        yield piece


def stream_of(response: Any) -> Any:
    """The connection beneath a response, None where it has none."""
    return response.extensions.get("network_stream")


def _shut(stream: Any) -> None:
    """End a connection, so that a read that waits on it ends too."""
    with contextlib.suppress(OSError, AttributeError):
        stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
