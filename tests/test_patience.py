"""What is tried again and after which wait, and the rate limit that all who ask share."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from assistant.errors import TryLater, UsageError
from assistant.providers.gate import FIRST_PACE, SLOWEST, Gate, seconds_of
from assistant.providers.patience import WIDEST, WINDOW, Passing, Patience, Waited, patience_from, patiently
from assistant.providers.refusals import retry_after

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def tried(patience: Patience, fails: int, asked: float | None = None) -> tuple[list[float], list[str], str]:
    waits: list[float] = []
    told: list[str] = []
    left = [fails]

    def attempt() -> str:
        left[0] -= 1
        if left[0] >= 0:
            raise Passing(TryLater("busy"), asked)
        return "a letter"

    try:
        return waits, told, patiently(attempt, patience, told.append, waits.append)
    except TryLater as error:
        return waits, told, str(error)


def test_a_wait_is_drawn_from_a_window_that_doubles_and_has_a_widest() -> None:
    drawn = [tried(Patience(attempts=12, total=1e4), 11)[0] for _ in range(60)]
    for place in range(11):
        window = min(WIDEST, WINDOW * 2**place)
        column = [waits[place] for waits in drawn]
        assert all(0 <= wait <= window for wait in column)
        assert max(column) > 0.75 * window > 3 * min(column)  # full jitter: from all of the window


def test_each_wait_is_told_in_one_line_and_the_end_says_how_often() -> None:
    waits, told, said = tried(Patience(attempts=3), 5)
    assert len(waits) == len(told) == 2
    assert told[0].startswith("busy; trying again in")
    assert told[0].endswith("(2 of 3)")
    assert said.startswith("busy; given up after 3 attempts")


def test_the_first_attempt_that_succeeds_is_the_last() -> None:
    waits, told, said = tried(Patience(attempts=9), 1)
    assert (len(waits), len(told), said) == (1, 1, "a letter")


def test_no_attempt_is_begun_beyond_the_total(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("time.monotonic", clock)
    waits: list[float] = []

    def wait(seconds: float) -> None:
        clock.now += seconds
        waits.append(seconds)

    def attempt() -> None:
        clock.now += 1
        raise Passing(TryLater("busy"), 6.0)

    with pytest.raises(TryLater, match="given up after 3 attempts in 15 s"):
        patiently(attempt, Patience(attempts=9, total=20), print, wait)
    assert waits == [6.0, 6.0]  # a third would end at 21
    with pytest.raises(TryLater, match=r"^busy$"):
        patiently(attempt, Patience(attempts=9, total=5), print, wait)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "7.5"}, 7.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": format_datetime(NOW + timedelta(seconds=20), usegmt=True)}, 20.0),
        ({"retry-after": format_datetime(NOW - timedelta(hours=1), usegmt=True)}, 0.0),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_a_date_is_read_against_the_endpoints_own_clock() -> None:
    theirs = NOW + timedelta(days=3)  # their clock is wrong, or ours is
    headers = {
        "date": format_datetime(theirs, usegmt=True),
        "retry-after": format_datetime(theirs + timedelta(seconds=5), usegmt=True),
    }
    assert retry_after(headers, NOW) == 5.0


def test_patience_is_set_by_the_environment_before_the_settings_file() -> None:
    asked = patience_from({"AFTERNOTE_FIRST": "300"}, {"first": 200, "idle": 5, "attempts": 2})
    assert (asked.first, asked.idle, asked.attempts, asked.connect) == (300.0, 5.0, 2, Patience().connect)


@pytest.mark.parametrize(
    ("environment", "table"),
    [
        ({"AFTERNOTE_ATTEMPTS": "0"}, {}),
        ({"AFTERNOTE_ATTEMPTS": "2.5"}, {}),
        ({"AFTERNOTE_IDLE": "nan"}, {}),
        ({"AFTERNOTE_IDLE": "soon"}, {}),
        ({}, {"idle": -1}),
        ({}, {"idle": True}),
        ({}, {"idel": 3}),
    ],
)
def test_a_patience_that_cant_be_is_refused(environment: dict[str, str], table: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        patience_from(environment, table)


def test_time_spent_waiting_for_ones_turn_is_not_the_endpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("time.monotonic", clock)
    waited = Waited()
    tries = []

    def attempt() -> str:
        clock.now += 700
        waited.seconds += 699
        tries.append(1)
        if len(tries) < 2:
            raise Passing(TryLater("busy"))
        return "a letter"

    assert patiently(attempt, Patience(total=600), print, lambda _: None, waited) == "a letter"


def waits(gate: Gate, count: int, tokens: int = 100) -> list[float]:
    """When each of so many requests goes, in seconds from now, all of them waiting at once."""
    clock = gate.clock
    begun, out = clock.now, []
    for _ in range(count):
        while pause := gate.wait(tokens):
            clock.now += pause
        out.append(clock.now - begun)
    return out


def test_requests_are_spread_as_the_limit_has_it() -> None:
    gate = Gate(told=(60.0, 0.0), clock=Clock())
    assert waits(gate, 5) == pytest.approx([0, 0, 1, 2, 3])  # a second's worth at once, then one a second


def test_tokens_are_spread_and_what_was_wrongly_expected_is_made_up_for() -> None:
    gate = Gate(told=(0.0, 6000.0), clock=Clock())
    assert waits(gate, 2, 600) == pytest.approx([0, 5])  # six seconds' worth each
    gate.served(600, 1800)  # it cost three times as much
    assert waits(gate, 1, 600) == pytest.approx([18])


def test_a_limit_is_learnt_from_headers_unless_the_user_set_one() -> None:
    gate, told = Gate(clock=Clock()), Gate(told=(6.0, 0.0), clock=Clock())
    for one in (gate, told):
        one.learn({"x-ratelimit-limit-requests": "120"})
    assert waits(gate, 5)[-1] == pytest.approx(1.0)
    assert waits(told, 3)[-1] == pytest.approx(19.0)


def test_a_learnt_limit_that_no_letter_could_keep_is_meant_otherwise() -> None:
    gate = Gate(clock=Clock())
    gate.learn({"x-ratelimit-limit-tokens": "10"})
    assert waits(gate, 3, 900) == [0.0] * 3


def test_when_nothing_is_left_all_wait_for_the_reset_also_those_who_waited_already() -> None:
    gate = Gate(told=(6.0, 0.0), clock=Clock())
    waits(gate, 2)
    assert gate.wait(1) > 0  # waiting for its turn, ten seconds away
    gate.learn({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m12s"})
    assert waits(gate, 2) == pytest.approx([72.0, 81.0], abs=1.5)


@pytest.mark.parametrize("value", ["", "x", "1e999", "nan", "-4", "0"])
def test_headers_of_nonsense_change_nothing(value: str) -> None:
    gate = Gate(clock=Clock())
    gate.learn(
        {"x-ratelimit-limit-requests": value, "x-ratelimit-remaining-tokens": value, "x-ratelimit-reset-tokens": value}
    )
    assert waits(gate, 50, 10_000) == [0.0] * 50


def test_a_refusal_halves_the_pace_once_a_burst_and_answers_raise_it() -> None:
    clock = Clock()
    gate = Gate(clock=clock)
    clock.now += 1
    gate.slower(1.0)
    gate.slower(1.0)  # was asked before the pace was lowered: the same burst
    assert waits(gate, 201)[-1] == pytest.approx(60 / (FIRST_PACE / 2) * 200, abs=1.1)
    for _ in range(20):
        clock.now += 1
        gate.slower(0.5)
    gaps = waits(gate, 4)
    assert gaps[3] - gaps[2] == pytest.approx(60 / SLOWEST)  # never slower than that
    for _ in range(700):
        gate.served(0, 0)
    clock.now += 3600
    assert waits(gate, 50) == [0.0] * 50


@pytest.mark.parametrize("threads", [4, 48])
def test_an_endpoint_that_counts_by_the_minute_and_says_nothing_is_kept_busy(threads: int) -> None:
    """100 requests a minute, and refusals until the minute is over; each of the threads asks as soon as it may."""
    clock = Clock()
    gate = Gate(clock=clock)
    begun, served, refused, minute, used = clock(), 0, 0, 0, 0
    while clock() - begun < 1800:
        asking = sum(1 for _ in range(threads) if not gate.wait(10))
        asked = clock()
        clock.now += 0.5
        for _ in range(asking):
            if int(asked // 60) != minute:
                minute, used = int(asked // 60), 0
            if used < 100:
                used, served = used + 1, served + 1
                gate.served(10, 10)
            else:
                refused += 1
                gate.slower(clock() - asked)
    assert served > 0.6 * 3000
    assert refused < served


def test_a_lock_that_died_with_its_holder_stops_nobody() -> None:
    gate = Gate(told=(60.0, 0.0), clock=Clock())
    gate.lock.acquire()
    assert gate.wait(1) == 0.0


@pytest.mark.parametrize(
    ("words", "seconds"), [("6m0s", 360.0), ("120ms", 0.12), ("1h2m3s", 3723.0), ("7.5", 7.5), ("soon", 0.0)]
)
def test_durations_of_headers(words: str, seconds: float) -> None:
    assert seconds_of(words) == pytest.approx(seconds)
