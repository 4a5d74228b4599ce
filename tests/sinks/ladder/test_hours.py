"""Working minutes: by day, at night, over weekends and holidays."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.ladder.hours import WorkingHours

SHANGHAI = ZoneInfo("Asia/Shanghai")


def hours(off_factor: float = 0.0, zone: ZoneInfo = SHANGHAI, **days: frozenset[dt.date]) -> WorkingHours:
    return WorkingHours(zone, frozenset(range(1, 6)), dt.time(9), dt.time(18), off_factor=off_factor, **days)


def local(text: str, zone: ZoneInfo = SHANGHAI) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


# 2026-11-24 is a Tuesday.
CASES = [
    ("2026-11-24 10:00", 30, 0.0, "2026-11-24 10:30"),
    ("2026-11-24 17:45", 30, 0.0, "2026-11-25 09:15"),
    ("2026-11-24 20:00", 30, 0.0, "2026-11-25 09:30"),
    ("2026-11-24 06:00", 30, 0.0, "2026-11-24 09:30"),
    ("2026-11-27 17:50", 30, 0.0, "2026-11-30 09:20"),  # over the weekend
    ("2026-11-24 20:00", 30, 4.0, "2026-11-24 22:00"),
    ("2026-11-24 17:45", 30, 4.0, "2026-11-24 19:00"),  # a half by day, a half four times as long
    ("2026-11-25 08:00", 30, 4.0, "2026-11-25 09:15"),
    ("2026-11-24 09:00", 9 * 60, 0.0, "2026-11-24 18:00"),
    ("2026-11-24 12:00", 60, 1.0, "2026-11-24 13:00"),
]


@pytest.mark.parametrize(("start", "minutes", "factor", "end"), CASES)
def test_when_so_many_working_minutes_have_passed(
    start: str, minutes: float, factor: float, end: str
) -> None:
    assert hours(factor).after(local(start), minutes) == local(end)


def test_holidays_are_not_worked_and_days_in_exchange_are() -> None:
    tuesday, saturday = dt.date(2026, 11, 24), dt.date(2026, 11, 28)
    off = hours(days_off=frozenset({tuesday}), extra_days=frozenset({saturday}))
    assert off.after(local("2026-11-24 10:00"), 30) == local("2026-11-25 09:30")
    assert off.after(local("2026-11-27 17:50"), 30) == local("2026-11-28 09:20")


def test_hours_are_those_of_the_wall_clock_where_it_jumps() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # Clocks go back on Sunday, 2026-10-25.
    assert hours(zone=berlin).after(local("2026-10-23 17:30", berlin), 60) == local(
        "2026-10-26 09:30", berlin
    )
    # A night with 25 hours: the time that really passed counts.
    sunday = hours(1.0, berlin).after(local("2026-10-24 23:30", berlin), 25 * 60)
    assert sunday == local("2026-10-25 23:30", berlin)


MOMENTS = st.integers(1_767_225_600, 1_798_761_600).map(
    lambda second: dt.datetime.fromtimestamp(second, dt.UTC)
)
MINUTES = st.integers(0, 3000)


@given(MOMENTS, MINUTES, MINUTES, st.sampled_from([0.0, 1.0, 4.0]))
def test_minutes_add_up_wherever_they_are_cut(
    start: dt.datetime, first: int, second: int, factor: float
) -> None:
    worked = hours(factor)
    whole = worked.after(start, first + second)
    parts = worked.after(worked.after(start, first), second)
    # Where the first ends exactly at closing time and the clock stands, both moments mean the same.
    assert abs(whole - parts) < dt.timedelta(seconds=1) or (second == 0 and whole <= parts)
    assert start <= whole
