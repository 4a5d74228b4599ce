from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.report.period import Period, UnreadablePeriod, parse_period

days = st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021", dt.date(2021, 1, 1), dt.date(2021, 12, 31)),
        ("2021-Q4", dt.date(2021, 10, 1), dt.date(2021, 12, 31)),
        ("2020-02", dt.date(2020, 2, 1), dt.date(2020, 2, 29)),
        ("2021-12", dt.date(2021, 12, 1), dt.date(2021, 12, 31)),
        (" 2021-01-15..2021-03-02 ", dt.date(2021, 1, 15), dt.date(2021, 3, 2)),
    ],
)
def test_a_period_is_read_as_people_write_it(text: str, first: dt.date, last: dt.date) -> None:
    assert parse_period(text) == Period(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "21",
        "2021-13",
        "2021-Q5",
        "2021-06-30..2021-01-01",
        "2021..",
        "0000",
        "2021-02-30..2021-03-01",
        "2020-01-01..2021-01-01",
    ],
)
def test_what_is_no_period_is_refused_with_the_text(text: str) -> None:
    with pytest.raises(UnreadablePeriod) as caught:
        parse_period(text)
    assert repr(text) in str(caught.value)


@given(days, st.integers(0, 364))
def test_the_year_before_is_as_long_but_for_leap_days(first: dt.date, length: int) -> None:
    period = Period(first, first + dt.timedelta(days=length))
    before = period.year_before()
    assert before.last < period.last
    assert abs((before.last - before.first).days - length) <= 1
    assert parse_period(str(period)) == period


def test_a_whole_february_is_compared_with_a_whole_february() -> None:
    assert parse_period("2021-02").year_before() == parse_period("2020-02")
    assert parse_period("2020-02").year_before() == parse_period("2019-02")


@given(days, st.integers(0, 800), days)
def test_a_period_that_is_not_over_is_cut(first: dt.date, length: int, day: dt.date) -> None:
    period = Period(first, first + dt.timedelta(days=length))
    cut = period.until(day)
    assert cut.first == period.first <= cut.last <= period.last
    assert cut == period or cut.last == max(day, first)
