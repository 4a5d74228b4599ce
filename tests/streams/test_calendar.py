"""Buckets follow the local clock, daylight saving included."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calendar import LocalCalendar

NEW_YORK = ZoneInfo("America/New_York")


def second(zone: ZoneInfo, *when: int) -> int:
    return int(dt.datetime(*when, tzinfo=zone).timestamp())  # type: ignore[misc,arg-type]


@pytest.mark.parametrize("name", ["Asia/Shanghai", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe"])
@given(st.integers(0, 4_000_000_000))
def test_day_and_hour_hold_the_moment(name: str, moment: int) -> None:
    zone = ZoneInfo(name)
    day, hour = LocalCalendar(zone).day_and_hour(moment)
    local = dt.datetime.fromtimestamp(moment, zone)
    start = dt.datetime.fromtimestamp(day, zone)
    assert (start.date(), start.time()) == (local.date(), dt.time())
    assert 0 <= moment - hour < 3600 or zone.key == "Australia/Lord_Howe"
    assert day <= hour or zone.key == "Australia/Lord_Howe"


def test_a_day_may_have_23_or_25_hours() -> None:
    calendar = LocalCalendar(NEW_YORK)
    spring = calendar.day_start(second(NEW_YORK, 2021, 3, 14, 12))
    autumn = calendar.day_start(second(NEW_YORK, 2021, 11, 7, 12))
    assert calendar.day_start(spring + 24 * 3600) == spring + 23 * 3600
    assert calendar.days_before(autumn + 25 * 3600, 1) == autumn


def test_days_before_counts_local_days() -> None:
    calendar = LocalCalendar(NEW_YORK)
    day = second(NEW_YORK, 2021, 3, 15)
    assert calendar.days_before(day, 1) == second(NEW_YORK, 2021, 3, 14)
    assert calendar.days_before(day, 2) == second(NEW_YORK, 2021, 3, 13)
