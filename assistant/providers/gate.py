"""One rate limit for all who ask an endpoint: requests and tokens a minute, as told or as the endpoint's headers say."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator, Mapping, MutableSequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

LONGEST_BLOCK = (
    120.0  # seconds that a header may hold everybody back; whatever is wrong then, the next answer says again
)
BURST = 1.0  # seconds' worth of requests or tokens that may go at once
LOOK = 1.0  # seconds after which those who wait look again
# An endpoint that refuses and doesn't say how many it would take is asked at half the pace, which then grows with every answer, by a step
# or in proportion. The paces are requests a minute.
FIRST_PACE, SLOWEST, NO_PACE = 1200.0, 6.0, 60_000.0
STEP, GROWTH = 2.0, 0.02
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)?")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, None: 1.0}
# What `state` holds: when the next request and the next token are due and until when all wait, in seconds of the monotonic clock, which
# no change of the time of day moves and which is one for all processes; the limits, a minute; the pace, and when it was last lowered.
_REQUEST, _TOKEN, _BLOCKED, _RPM, _TPM, _PACE, _LOWERED = range(7)
SIZE = 7


@dataclass
class Gate:
    """The generic cell rate algorithm over shared numbers: who asks waits until it is due, and books the next one's time.

    `state` holds SIZE floats and `lock` guards them: a list and a thread's lock, or an array and a lock that processes share. A limit of
    0 is none. `told` are the limits that the user set: headers don't change those.
    """

    state: MutableSequence[float] = field(default_factory=lambda: [0.0] * SIZE)
    lock: Any = field(default_factory=Lock)
    told: tuple[float, float] = (0.0, 0.0)
    clock: Callable[[], float] = time.monotonic

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        """The lock, or after a second no lock: a process that was killed with it must not stop the others, and a rate is only a rate."""
        got = self.lock.acquire(timeout=1.0)
        try:
            yield
        finally:
            if got:
                self.lock.release()

    def __post_init__(self) -> None:
        """Begin with what the user set."""
        for place, limit in zip((_RPM, _TPM), self.told, strict=True):
            if limit:
                self.state[place] = limit

    def wait(self, tokens: int) -> float:
        """Seconds to wait before asking again whether a request of about so many tokens may go; 0.0 when it may, and then it is booked.

        Nobody books ahead: a limit that changes, or a block, is heeded by all who wait.
        """
        with self._held():
            now, due = self.clock(), self.state[_BLOCKED]
            requests = min((r for r in (self.state[_RPM], self.state[_PACE]) if r > 0), default=0.0)
            # A learnt limit that a single letter exceeds is meant otherwise, or none would ever be written.
            each = [(_REQUEST, requests, 1)]
            if self.told[1] or self.state[_TPM] >= tokens:
                each.append((_TOKEN, self.state[_TPM], tokens))
            each = [(place, limit, amount) for place, limit, amount in each if limit > 0]
            due = max([due, *(self.state[place] - BURST for place, _, _ in each)])
            if due > now:
                return min(due - now, LOOK)
            for place, limit, amount in each:
                self.state[place] = max(self.state[place], now) + amount * 60.0 / limit
            return 0.0

    def slower(self, age: float) -> None:
        """The endpoint refused, because it is asked too often, what was asked so many seconds ago. One burst counts once."""
        with self._held():
            if self.clock() - age > self.state[_LOWERED]:
                self.state[_PACE] = max(SLOWEST, (self.state[_PACE] or FIRST_PACE) / 2)
                self.state[_LOWERED] = self.clock()

    def hold(self, seconds: float) -> None:
        """Let nobody ask for so long: the endpoint said so."""
        with self._held():
            self.state[_BLOCKED] = max(self.state[_BLOCKED], self.clock() + min(seconds, LONGEST_BLOCK))

    def served(self, booked: int, used: int) -> None:
        """An answer came: book what it cost beyond what was expected, and dare a little more."""
        with self._held():
            if pace := self.state[_PACE]:
                pace += max(STEP, pace * GROWTH)
                self.state[_PACE] = pace if pace < NO_PACE else 0.0
            if self.state[_TPM] > 0 and used:
                self.state[_TOKEN] += (used - booked) * 60.0 / self.state[_TPM]

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take over what an answer's `x-ratelimit-…` headers say.

        A limit of a day that is read as one of a minute is only too generous: `remaining` and `reset` still stop in time.
        """
        for name, place, told in zip(("requests", "tokens"), (_RPM, _TPM), self.told, strict=True):
            limit = _number(headers.get(f"x-ratelimit-limit-{name}"))
            if limit and not told:
                with self._held():
                    self.state[place] = limit
            left, reset = headers.get(f"x-ratelimit-remaining-{name}"), headers.get(f"x-ratelimit-reset-{name}")
            if _number(left) == 0 and reset:
                self.hold(seconds_of(reset))


def seconds_of(words: str) -> float:
    """The seconds in `6m0s`, `120ms` or `7.5`; 0 for anything else."""
    parts = _PART.findall(words.strip())
    if "".join(number + unit for number, unit in parts) != words.strip():
        return 0.0
    return sum(float(number) * _UNITS[unit or None] for number, unit in parts)


def _number(header: str | None) -> float | None:
    try:
        number = float(header) if header else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number < 1e12 else None
