"""Intervals and paired differences, against figures known from elsewhere."""

import math

import pytest

from evals.suite.alike import sameness, whole
from evals.suite.stats import clustered_error, paired, share, wilson


@pytest.mark.parametrize(
    ("passed", "n", "low", "high"),
    [(18, 20, 0.70, 0.97), (17, 20, 0.64, 0.95), (20, 20, 0.84, 1.0), (0, 10, 0.0, 0.28)],
)
def test_wilsons_interval(passed: int, n: int, low: float, high: float) -> None:
    assert wilson(passed, n) == pytest.approx((low, high), abs=0.006)
    assert wilson(0, 0) == (0.0, 1.0)


def test_values_of_a_cluster_count_for_less() -> None:
    values = [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    alone, together = clustered_error(values, list("abcdef")), clustered_error(values, list("aaabbb"))
    assert alone == pytest.approx(math.sqrt(0.25 / 6 * 6 / 5))
    assert together > 1.5 * alone
    assert clustered_error([1.0], ["a"]) == math.inf
    assert clustered_error([1.0, 0.0], ["a", "a"]) == math.inf


def test_one_family_alone_says_nothing_for_sure() -> None:
    change = paired([1.0] * 5, [1.0, 1.0, 1.0, 1.0, 0.0], ["a"] * 5)
    assert (change.low, change.high) == (-1.0, 1.0)
    found = share([1.0, 1.0, 1.0, 0.0], list("abcd"), ["a"] * 4)
    assert found.high - found.low > 0.6


def test_one_failure_makes_nothing_surer() -> None:
    cases, families = [f"c{n % 100}" for n in range(300)], [f"f{n % 20}" for n in range(300)]
    assert share([1.0] * 299 + [0.0], cases, families).low < share([1.0] * 300, cases, families).low


def test_repeats_of_one_case_make_it_no_surer() -> None:
    once = share([1.0] * 5, list("abcde"), list("abcde"))
    thrice = share([1.0] * 15, list("abcde") * 3, list("abcde") * 3)
    assert (once.low, once.high) == (thrice.low, thrice.high)
    assert thrice.n == 15
    mixed = share([1.0, 1.0, 0.0, 1.0], list("abcd"), list("xxyy"))
    assert mixed.low < 0.75 < mixed.high
    assert share([], [], []).n == 0


def test_a_difference_is_of_pairs() -> None:
    before, after = [1.0, 0.0, 1.0, 0.0], [1.0, 1.0, 1.0, 1.0]
    change = paired(before, after, list("abcd"))
    assert change.mean == 0.5
    assert change.low < 0.5 < change.high
    same = paired(before, before, list("abcd"))
    assert (same.mean, same.low, same.high) == (0, 0, 0)


TEMPLATE = "Dear {0},\n\nThank you so much for the opportunity to interview for the {1} role at your wonderful company.\n\nBest,\n{2}"


def test_letters_from_one_mould_sound_alike_and_letters_of_people_don_t() -> None:
    from evals.suite.references import references

    people = [(r.name, r.letter) for r in references()]
    mould = [(r.name, TEMPLATE.format(r.brief.recipient, r.brief.job_title, r.brief.sender)) for r in references()]
    assert whole(sameness(people)) < 0.05
    assert whole(sameness(mould)) > 0.5
    assert whole(sameness([("a", text) for _, text in mould])) == 0.0  # letters on one case say the same by right
    assert whole({}) == 0.0
