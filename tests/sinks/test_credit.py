"""The laws that credit scores keep, and whether their intervals hold what they promise."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sinks.credit import Account, Rating, Standing, rate_companies, rate_shares, tiers
from sinks.shrinkage import LEVEL, shrink_counts, shrink_shares


@st.composite
def an_account(draw: st.DrawFn, number: int) -> Account:
    grades = draw(st.lists(st.integers(0, 120), min_size=4, max_size=4))
    return Account(
        name=f"company {number:02}",
        households=draw(st.integers(1, 20_000)),
        points=sum(grade * count for grade, count in enumerate(grades, 1)),
        points_squared=sum(grade**2 * count for grade, count in enumerate(grades, 1)),
    )


@st.composite
def some_accounts(draw: st.DrawFn) -> list[Account]:
    return [draw(an_account(number)) for number in range(draw(st.integers(3, 8)))]


def by_name(ratings: list[Rating]) -> dict[str, Rating]:
    return {each.name: each for each in ratings}


def account(name: str, households: int, points: int) -> Account:
    return Account(name, households, points, points)


@settings(max_examples=30, deadline=None)
@given(some_accounts(), st.data(), st.integers(1, 50), st.integers(1, 4))
def test_more_complaints_never_raise_the_score_of_their_company(
    accounts: list[Account], data: st.DataObject, more: int, grade: int
) -> None:
    index = data.draw(st.integers(0, len(accounts) - 1))
    own = accounts[index]
    worse = dataclasses.replace(
        own, points=own.points + more * grade, points_squared=own.points_squared + more * grade**2
    )
    before = by_name(rate_companies(accounts, 1.0))[own.name]
    after = by_name(rate_companies([*accounts[:index], worse, *accounts[index + 1 :]], 1.0))[own.name]
    assert after.score <= before.score + 1e-9
    assert after.low <= before.low + 1e-6
    assert after.high <= before.high + 1e-6


@settings(max_examples=20, deadline=None)
@given(some_accounts(), st.sampled_from([0.25, 2.0, 3.0, 1000.0]))
def test_a_scale_that_is_common_to_all_changes_no_score(accounts: list[Account], factor: float) -> None:
    """A longer period, or households counted in other units, say nothing about who is better."""
    one, other = rate_companies(accounts, 1.0), by_name(rate_companies(accounts, factor))
    for each in one:
        assert other[each.name].score == pytest.approx(each.score)
        assert other[each.name].shrunk * factor == pytest.approx(each.shrunk)


@settings(max_examples=20, deadline=None)
@given(some_accounts(), st.randoms(use_true_random=False))
def test_the_order_of_companies_says_nothing(accounts: list[Account], chance: object) -> None:
    shuffled = list(accounts)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rate_companies(shuffled, 1.0) == rate_companies(accounts, 1.0)


def test_a_small_company_is_shrunk_further_than_a_large_one() -> None:
    """All with thrice the rate of the others; the fewer households, the nearer to the mean."""
    others = [account(f"other {number}", 5000, 500 + 40 * number) for number in range(8)]
    ratios = []
    for households in (10, 100, 1000, 10_000):
        own = account("own", households, households * 3 // 10)
        rated = by_name(rate_companies([*others, own], 1.0))["own"]
        assert rated.raw == pytest.approx(300)
        ratios.append(rated.shrunk / rated.raw)
    assert ratios == sorted(ratios)
    assert ratios[0] < 0.6
    assert ratios[-1] > 0.95


def test_one_complaint_at_a_tiny_estate_is_no_disgrace() -> None:
    others = [account(f"other {number}", 3000, 300 + 30 * number) for number in range(8)]
    tiny = by_name(rate_companies([*others, account("tiny", 5, 2)], 1.0))["tiny"]
    assert tiny.raw == pytest.approx(400)
    assert tiny.standing is Standing.NEITHER


def test_equal_companies_are_not_told_apart() -> None:
    """A plug-in estimate would find no spread at all, intervals of no length, and ranks from rounding."""
    rated = rate_companies([account(f"{number}", 2000, 200) for number in range(6)], 1.0)
    assert {(each.tier, each.best_rank, each.worst_rank, each.standing) for each in rated} == {
        (1, 1, 6, Standing.NEITHER)
    }
    assert all(each.low < 50 < each.high for each in rated)


def test_a_company_far_off_the_others_is_on_a_list() -> None:
    usual = [account(f"usual {number}", 4000, 380 + 20 * number) for number in range(5)]
    rated = by_name(rate_companies([*usual, account("bad", 4000, 1600), account("good", 4000, 90)], 1.0))
    assert rated["bad"].standing is Standing.BLACK
    assert rated["good"].standing is Standing.RED
    assert (rated["good"].best_rank, rated["good"].worst_rank) == (1, 1)
    assert (rated["bad"].best_rank, rated["bad"].worst_rank) == (7, 7)
    assert rated["good"].tier < rated["usual 2"].tier < rated["bad"].tier


def test_companies_without_households_or_company_are_not_compared() -> None:
    few = [account("a", 100, 3), account("b", 100, 4), account("c", 0, 9)]
    assert rate_companies(few, 1.0) == []
    assert [each.name for each in rate_companies([*few, account("d", 50, 0)], 1.0)] == ["a", "b", "d"]


interval = st.tuples(st.floats(0, 100), st.floats(0, 30)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(interval, max_size=12))
def test_overlapping_intervals_share_a_tier_and_separate_tiers_lie_apart(
    intervals: list[tuple[float, float]],
) -> None:
    found = tiers(intervals)
    for one, first in zip(intervals, found, strict=True):
        for other, second in zip(intervals, found, strict=True):
            overlap = one[0] <= other[1] and other[0] <= one[1]
            assert first == second or not overlap
            assert first >= second or one[0] > other[1]
    assert set(found) == set(range(1, len(set(found)) + 1))


@settings(max_examples=20, deadline=None)
@given(some_accounts())
def test_spans_of_ranks_of_overlapping_companies_overlap(accounts: list[Account]) -> None:
    rated = rate_companies(accounts, 1.0)
    for one in rated:
        assert 1 <= one.best_rank <= one.worst_rank <= len(rated)
        for other in rated:
            if one.low <= other.high and other.low <= one.high:
                assert one.best_rank <= other.worst_rank
                assert one.tier == other.tier
                assert {one.standing, other.standing} != {Standing.RED, Standing.BLACK}


def test_intervals_of_counts_hold_the_truth_as_often_as_they_say() -> None:
    """Requests of 1 to 4 points at companies whose rates spread by a half, four cities of 30 companies."""
    chance = np.random.default_rng(20211231)
    held = []
    for _ in range(4):
        exposures = chance.lognormal(0.5, 1.0, 30)
        rates = chance.gamma(4.0, 8.0, 30)
        grades = chance.multinomial(1, [0.75, 0.15, 0.07, 0.03], (30, 4000)).argmax(axis=2) + 1
        numbers = chance.poisson(rates * exposures)
        points = np.array([row[:n].sum() for row, n in zip(grades, numbers, strict=True)], dtype=float)
        dispersion = float((grades**2).mean() / grades.mean())
        truth = rates * float(grades.mean())
        found = shrink_counts(points, exposures, np.full(30, dispersion))
        held += [each.low <= true <= each.high for each, true in zip(found, truth, strict=True)]
    assert np.mean(held) == pytest.approx(LEVEL, abs=0.1)  # three standard errors of 120 draws


def test_intervals_of_shares_hold_the_truth_as_often_as_they_say() -> None:
    chance = np.random.default_rng(20211231)
    held = []
    for _ in range(4):
        trials = chance.integers(1, 80, 30).astype(float)
        shares = chance.beta(12, 3, 30)
        found = shrink_shares(chance.binomial(trials.astype(int), shares).astype(float), trials)
        held += [each.low <= true <= each.high for each, true in zip(found, shares, strict=True)]
    assert np.mean(held) == pytest.approx(LEVEL, abs=0.1)


def test_few_answers_are_shrunk_to_the_share_of_the_others() -> None:
    names = [f"estate {number}" for number in range(6)]
    rated = by_name(rate_shares(names, [80, 85, 75, 82, 0, 0], [100, 100, 100, 100, 1, 100]))
    assert rated["estate 4"].raw == rated["estate 5"].raw == 0
    assert rated["estate 4"].score > 15 > rated["estate 5"].score
    assert rated["estate 5"].standing is Standing.BLACK
    assert rated["estate 5"].tier > rated["estate 0"].tier


def test_one_unit_alone_is_refused() -> None:
    one = np.array([1.0])
    with pytest.raises(ValueError, match="alone"):
        shrink_counts(one, one, one)
    with pytest.raises(ValueError, match="alone"):
        shrink_shares(one, one)
