"""The connection to an endpoint while a reply comes: ended when nothing comes for too long, and never read without bounds."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

MOST_BYTES = 8_000_000  # of any reply
MOST_REFUSAL = 65_536  # bytes of a refusal: its reason is a line
REFUSAL_SECONDS = 10.0  # for these
LONGEST_REPLY = 900.0  # seconds: a letter that isn't there by then comes no more


class TooMuch(Exception):
    """A reply without an end."""


class Watch:
    """Ends a connection on which no sign of life came for too long. A blocked read can't be told otherwise: its socket is shut down.

    `late` says afterwards how many seconds had been too many; 0.0 while it is in time. `first` and `idle` are as in Patience; `first`
    counts from the beginning of the `with`.
    """

    def __init__(self, response: Any, first: float, idle: float) -> None:
        """Watch this response of the HTTP client."""
        self.late = 0.0
        self._response, self._idle, self._allowed = response, idle, first
        self._begun = self._heard = time.monotonic()
        self._over = threading.Event()

    def __enter__(self) -> Watch:
        """Begin to watch."""
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no more."""
        self._over.set()

    def heard(self) -> None:
        """A part of the reply came; the next may take as long as `idle`."""
        self._heard, self._allowed = time.monotonic(), self._idle

    def _watch(self) -> None:
        while True:
            due = min(self._heard + self._allowed, self._begun + LONGEST_REPLY)
            # Never longer than `idle`: while this waits for the first word, that may come, and a silence begin that is due sooner.
            if self._over.wait(min(max(0.0, due - time.monotonic()), self._idle)):
                return
            if time.monotonic() >= min(self._heard + self._allowed, self._begun + LONGEST_REPLY):
                self.late = self._allowed
                _shut(self._response)
                return


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
            with contextlib.suppress(httpx2.TransportError), Watch(response, REFUSAL_SECONDS, REFUSAL_SECONDS):
                for piece in inner:
                    had += len(piece)
                    yield piece
                    if had > MOST_REFUSAL:
                        return

        def close(self) -> None:
            inner.close()

    return Bounded()


def _shut(response: Any) -> None:
    """End the connection beneath a response, so that a read that waits on it ends too."""
    stream = response.extensions.get("network_stream")
    with contextlib.suppress(OSError, AttributeError):
        stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
