"""What a day would hold: the laws of shares and bands, and a few cases that can be counted by hand."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from deploy.console.expectation import Expectation, Heat, heat, poisson_band, repeated_band
from deploy.console.rows import BaselineRow, HourRow

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = dt.date(2026, 5, 29)
MIDNIGHT = dt.datetime(2026, 5, 29, tzinfo=SHANGHAI)
LONG_AGO = dt.date(2020, 1, 1)


def estate(number: int, opened: int) -> BaselineRow:
    return BaselineRow(f"e{number}", "c1", "s1", "d1", "city", opened)


def expectation(opened: list[int], hours: list[int], first_day: dt.date = LONG_AGO) -> Expectation:
    rows = [estate(number, count) for number, count in enumerate(opened)]
    return Expectation(rows, [HourRow(*each) for each in enumerate(hours)], TODAY, first_day, SHANGHAI)


def test_a_day_is_the_mean_of_four_weeks() -> None:
    found = expectation([28, 56], [1] * 24)
    assert found.a_day(("estate", "e0")) == 1
    assert found.a_day(("street", "s1")) == found.a_day(("city", "city")) == found.a_day(None) == 3


def test_a_platform_of_a_week_has_seven_days() -> None:
    assert expectation([14], [1] * 24, TODAY - dt.timedelta(days=7)).a_day(None) == 2


def test_the_share_of_a_day_follows_its_hours() -> None:
    found = expectation([280], [0] * 8 + [30, 10] + [0] * 14)  # all between 8 and 10
    assert found.today_until(None, MIDNIGHT + dt.timedelta(hours=8)) == 0
    assert found.today_until(None, MIDNIGHT + dt.timedelta(hours=8, minutes=30)) == pytest.approx(3.75)
    assert found.today_until(None, MIDNIGHT + dt.timedelta(hours=20)) == pytest.approx(10)
    assert found.last_hour(None, MIDNIGHT + dt.timedelta(hours=9, minutes=30)) == pytest.approx(3.75 + 1.25)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 50), min_size=24, max_size=24),
    st.integers(0, 86_399),
    st.integers(0, 1000),
)
def test_the_hours_of_a_day_add_up_to_it(hours: list[int], second: int, opened: int) -> None:
    found = expectation([opened], hours)
    end = MIDNIGHT + dt.timedelta(seconds=second)
    day = sum(found.last_hour(None, end + dt.timedelta(hours=each)) for each in range(24))
    assert day == pytest.approx(found.a_day(None))
    assert 0 <= found.today_until(None, end) <= found.a_day(None) + 1e-9


@settings(deadline=None)
@given(st.floats(0, 199))
def test_the_band_is_poisson_s(mean: float) -> None:
    assert poisson_band(mean) == tuple(int(poisson.ppf(each, mean)) if mean else 0 for each in (0.05, 0.95))


@settings(deadline=None)
@given(st.floats(200, 1e6))
def test_a_large_band_is_off_by_little(mean: float) -> None:
    exact = (poisson.ppf(0.05, mean), poisson.ppf(0.95, mean))
    assert all(abs(found - true) <= 2 for found, true in zip(poisson_band(mean), exact, strict=True))


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_the_band_around_one_count_is_that_of_another_one(count: int) -> None:
    exact = [float(nbinom.ppf(each, count + 0.5, 0.5)) for each in (0.05, 0.95)]
    off = [abs(found - true) for found, true in zip(repeated_band(count), exact, strict=True)]
    assert max(off) <= (0 if count < 199 else 3)


@pytest.mark.parametrize(
    ("observed", "expected", "found"),
    [
        (2, 0.1, Heat.USUAL),  # two complaints are few, however quiet the estate
        (3, 0.1, Heat.VERY_HIGH),
        (3, 1.5, Heat.HIGH),
        (30, 29.0, Heat.USUAL),
        (0, 0.9, Heat.USUAL),
        (0, 1.0, Heat.LOW),
    ],
)
def test_a_figure_is_compared_with_what_was_expected(observed: int, expected: float, found: Heat) -> None:
    assert heat(observed, expected) is found
