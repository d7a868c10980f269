"""The one retry policy: what is tried again, how often, after which wait, and how long an answer is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from assistant.errors import ProviderError, UsageError
from assistant.text import one_line

T = TypeVar("T")
WINDOW = 0.5  # seconds: the first wait is drawn from 0 to this, each further one from twice as much
WIDEST = 20.0  # seconds: and never from more than this


@dataclass(frozen=True)
class Patience:
    """How long an endpoint is borne with; seconds but for `attempts`.

    `attempts` counts the first one; `total` bounds when another is begun, measured from the first; `longest_wait` is the longest
    Retry-After that is waited for. `connect` is for the connection, `first` for the first word (a cold local server may load for a
    minute), `idle` for each next one.
    """

    attempts: int = 4
    total: float = 120.0
    longest_wait: float = 30.0
    connect: float = 10.0
    first: float = 120.0
    idle: float = 60.0


# Nobody waits at a screen for one row of a batch, and a row given up has to be asked for again.
BATCH = Patience(attempts=8, total=600.0, longest_wait=120.0)
SETTINGS = {field.name: f"AFTERNOTE_{field.name.upper()}" for field in fields(Patience)}


@dataclass
class Waited:
    """Seconds that were waited for one's turn."""

    seconds: float = 0.0


class Passing(Exception):
    """A failure worth another attempt: the error to give up with, and the seconds that the endpoint asked to wait, if it did."""

    def __init__(self, error: ProviderError, retry_after: float | None = None) -> None:
        """Keep both."""
        super().__init__(str(error))
        self.error, self.retry_after = error, retry_after


def patience_from(environment: Mapping[str, str], file: Mapping[str, Any], base: Patience | None = None) -> Patience:
    """The patience that the environment (AFTERNOTE_ATTEMPTS, AFTERNOTE_FIRST …), else the `[patience]` table of the settings, asks for.

    What neither names stays as in `base`. Raises UsageError for an unknown name or what is no number above 0.
    """
    for name in file:
        if name not in SETTINGS:
            raise UsageError(f"[patience]: unknown setting {one_line(name)!r}; there are: {', '.join(SETTINGS)}")
    found: dict[str, Any] = {}
    for name, variable in SETTINGS.items():
        raw, where = (environment[variable], variable) if environment.get(variable) else (file.get(name), name)
        if raw is None:
            continue
        try:
            number = float(raw)
        except (TypeError, ValueError):
            number = 0.0
        if not 0 < number < 86_400 or isinstance(raw, bool) or (name == "attempts" and number != int(number)):
            kind = "a whole number above 0" if name == "attempts" else "seconds above 0"
            raise UsageError(f"{where} must be {kind}, not {one_line(str(raw))!r}")
        found[name] = int(number) if name == "attempts" else number
    return replace(base or Patience(), **found)


def patiently(
    attempt: Callable[[], T],
    patience: Patience,
    tell: Callable[[str], None],
    sleep: Callable[[float], None],
    apart: Waited | None = None,
) -> T:
    """What `attempt` gives, tried again while it raises Passing: exponential back-off with full jitter, or as long as the endpoint asks.

    `tell` gets one line before each wait. `apart` is the time an attempt waited for its turn, which isn't the endpoint's and doesn't count.
    Raises the error of the last attempt, which then says how many there were.
    """
    begun = time.monotonic()
    try:
        return attempt()
    except Passing as refusal:
        first = refusal
    import tenacity  # only now: most requests are served at once

    jitter = tenacity.wait_random_exponential(multiplier=WINDOW, max=WIDEST)

    def pause(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = getattr(error, "retry_after", None)
        return max(jitter(state), asked or 0.0)  # "now" would have all who were refused come back at once

    def before(state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        tell(
            f"{error}; trying again in {state.upcoming_sleep:.1f} s ({state.attempt_number + 1} of {patience.attempts})"
        )

    waiting: list[Passing] = [first]
    made = [0]

    def again() -> T:
        made[0] += 1
        if waiting:
            raise waiting.pop()  # the refusal there already was counts as the first attempt
        return attempt()

    def enough(state: tenacity.RetryCallState) -> bool:
        waited = apart.seconds if apart else 0.0
        if state.attempt_number >= patience.attempts:
            return True
        return time.monotonic() - begun - waited + state.upcoming_sleep >= patience.total

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(Passing),
        stop=enough,
        wait=pause,
        before_sleep=before,
        reraise=True,
        sleep=sleep,
    )
    try:
        return retrying(again)
    except Passing as last:
        if made[0] > 1:
            last.error.args = (f"{last.error}; given up after {made[0]} attempts in {time.monotonic() - begun:.0f} s",)
        raise last.error from None
