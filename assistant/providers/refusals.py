"""What goes wrong with an endpoint, as errors of ours: one line each, and which of them are worth another attempt."""

from __future__ import annotations

import email.utils
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assistant.errors import NoModel, NoQuota, NotAuthorised, ProviderError, StreamCut, TryLater, Unavailable
from assistant.keys import without_secrets
from assistant.providers.patience import Passing, Patience
from assistant.text import one_line, shorten

# Not for now: request time-out, conflict, too many requests, and whatever is the server's own fault.
PASSING = (408, 409, 429)
# Names that endpoints give to an account that is used up; waiting doesn't fill it.
EXHAUSTED = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "quota_exceeded")
OVERLOADED = ("server_error", "overloaded_error", "rate_limit_error", "rate_limit_exceeded", "service_unavailable")


@dataclass(frozen=True)
class Place:
    """The endpoint that an error is about: base URL, model, key (to be kept out of every message), and how long it was waited for."""

    base_url: str
    model: str
    key: str
    patience: Patience

    def said(self, words: object, limit: int = 160) -> str:
        """What the endpoint said, fit for a message: one line, short, and without the key, which some quote."""
        return shorten(without_secrets(one_line(str(words)), self.key), limit)


def cut(place: Place, why: str, text: str) -> StreamCut:
    """A reply that ended before it was whole; `text` is what came."""
    return StreamCut(f"{place.base_url}: {why}", text)


def too_late(place: Place, seconds: float, text: str) -> Exception:
    """Nothing came for so long."""
    if text:
        return cut(place, f"nothing more came for {round(seconds, 1):g} s", text)
    return Passing(TryLater(f"{place.base_url}: no answer within {round(seconds, 1):g} s"))


def broken(place: Place, error: BaseException, text: str, allowed: float = 0.0) -> Exception:
    """The connection wasn't made, or broke; `allowed` is how many seconds an answer was waited for."""
    if text:
        return cut(place, "the connection broke off", text)
    causes = _causes(error)
    names = {type(cause).__name__ for cause in causes}
    if "ConnectTimeout" in names:
        return Passing(Unavailable(f"{place.base_url}: no connection within {place.patience.connect:g} s"))
    if names & {"ReadTimeout", "WriteTimeout", "PoolTimeout"}:
        return too_late(place, allowed or place.patience.first, "")
    why = place.said(causes[-1] if str(causes[-1]) else error, 100)
    # httpx wraps the reason: its text is all that is left of a certificate that isn't trusted.
    if any(isinstance(cause, ssl.SSLError) for cause in causes) or "CERTIFICATE_VERIFY" in why:
        return Unavailable(f"{place.base_url}: its certificate isn't accepted ({why}); is this the right address?")
    if names & {"ReadError", "RemoteProtocolError", "WriteError"}:
        return Passing(Unavailable(f"{place.base_url}: the connection broke off ({why})"))
    return Passing(Unavailable(f"{place.base_url}: can't connect ({why}); is it running, and is the address right?"))


def reported(place: Place, error: Mapping[str, Any], text: str) -> Exception:
    """An error that an endpoint reports in the midst of a reply, or in place of one."""
    words = place.said(error.get("message") or error.get("code") or "an error without a reason")
    if text:
        return cut(place, f"the endpoint broke off: {words}", text)
    code, kind = error.get("code"), str(error.get("type") or "")
    code = code if isinstance(code, (int, str)) else ""
    if code in (401, 403):
        return _not_accepted(place, int(code), words)
    if code == 402 or code in EXHAUSTED or kind in EXHAUSTED:
        return NoQuota(f"{place.base_url}: the account has no quota left")
    if (isinstance(code, int) and (code in PASSING or 500 <= code < 600)) or {kind, str(code)} & {*OVERLOADED}:
        return Passing(TryLater(f"{place.base_url}: can't serve now: {words}"))
    return ProviderError(f"{place.base_url}: {words}")


def refused(place: Place, error: Any, models: Callable[[], tuple[str, ...]]) -> Exception:
    """A refusal with an HTTP status, from the SDK's APIStatusError. `models` is asked for what there is when the model is unknown."""
    status, where = error.status_code, place.base_url
    headers = error.response.headers
    page = "html" in headers.get("content-type", "").lower()
    told = error.body.get("message") if isinstance(error.body, dict) else None
    detail = "it sent a web page" if page else place.said(told or error.message)
    if status in (401, 403):
        return _not_accepted(place, status, detail)
    if status == 402 or {str(getattr(error, "code", "")), str(getattr(error, "type", ""))} & {*EXHAUSTED}:
        return NoQuota(f"{where}: the account has no quota left")
    if 300 <= status < 400:
        target = place.said(headers.get("location", "elsewhere"), 120)
        return Unavailable(
            f"{where}: sends on to {target}; nothing was sent there: if it is right, give it as --base-url"
        )
    if status == 404:
        offered = models()
        hint = f"it offers: {', '.join(place.said(name, 60) for name in offered[:8])}" if offered else ""
        return NoModel(
            f"{where}: unknown model {place.model!r}, or no such address; {hint or 'check --model and --base-url'}"
        )
    if status in PASSING or status >= 500:
        asked = retry_after(headers, datetime.now(UTC))
        if asked is not None and asked > place.patience.longest_wait:
            long = f"{asked:.0f} s" if asked < 86_400 else "more than a day"
            return TryLater(f"{where}: asks to wait {long}; try again then")
        return Passing(TryLater(f"{where}: can't serve now ({status}): {detail}"), asked)
    return ProviderError(f"{where}: refused the request ({status}): {detail}")


def _not_accepted(place: Place, status: int, detail: str) -> NotAuthorised:
    """401 is about the key; 403 may be about this letter, as where an endpoint has each brief looked at by a filter of its own."""
    if status == 403:
        return NotAuthorised(f"{place.base_url}: not allowed (403): {detail}", final=False)
    hint = "check it" if place.key else "none was given for this address"
    return NotAuthorised(f"{place.base_url}: the key isn't accepted ({status}); {hint}")


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds that an endpoint asks to wait, from `Retry-After` (seconds or a date) or `retry-after-ms`; None when it doesn't.

    A date is read against the endpoint's own `Date` where it sends one: the two clocks needn't agree (RFC 9110, 10.2.3).
    """
    with_ms = _number(headers.get("retry-after-ms"))
    if with_ms is not None:
        return with_ms / 1000
    header = headers.get("retry-after")
    seconds = _number(header)
    if seconds is not None or not header:
        return seconds
    until, sent = _date(header), _date(headers.get("date", ""))
    return max(0.0, (until - (sent or now)).total_seconds()) if until else None


def _number(header: str | None) -> float | None:
    try:
        number = float(header or "")
    except ValueError:
        return None
    return min(number, 1e9) if number >= 0 else None  # also refuses nan


def _date(header: str) -> datetime | None:
    try:
        found = email.utils.parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what caused it, the innermost last."""
    found = [error]
    while (inner := found[-1].__cause__ or found[-1].__context__) and inner not in found:
        found.append(inner)
    return found
