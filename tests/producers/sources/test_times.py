"""Local times, and the two hours of the year that make trouble."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.sources.times import Ambiguous, Nonexistent, TimeReader, UnreadableTime

NEW_YORK = ZoneInfo("America/New_York")
NAIVE = dt.datetime(1990, 1, 1)  # noqa: DTZ001  (a local time, as sources write it)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(cell: Any, *formats: str, zone: ZoneInfo = NEW_YORK) -> str:
    return TimeReader(zone, formats or ("iso",)).read(cell).isoformat()


@pytest.mark.parametrize(
    ("cell", "formats", "expected"),
    [
        ("2019-12-31T23:59:11.000", (), "2020-01-01T04:59:11+00:00"),
        ("2019-07-01 00:00", (), "2019-07-01T04:00:00+00:00"),
        ("2019-07-01", (), "2019-07-01T04:00:00+00:00"),
        ("2019-07-01T00:00:00Z", (), "2019-07-01T00:00:00+00:00"),
        ("2019-07-01T00:00:00+08:00", (), "2019-06-30T16:00:00+00:00"),
        ("07/01/2019 01:30:00 PM", ("iso", "%m/%d/%Y %I:%M:%S %p"), "2019-07-01T17:30:00+00:00"),
        ("1561953600", ("unix_s",), "2019-07-01T04:00:00+00:00"),
        (1561953600123, ("unix_ms",), "2019-07-01T04:00:00.123000+00:00"),
        (NAIVE.replace(year=2019, month=7, hour=8), (), "2019-07-01T12:00:00+00:00"),
        (dt.date(2019, 7, 1), (), "2019-07-01T04:00:00+00:00"),
        (43647.5, (), "2019-07-01T16:00:00+00:00"),  # Excel's day 43647 is 2019-07-01
    ],
)
def test_a_cell_is_a_moment(cell: Any, formats: tuple[str, ...], expected: str) -> None:
    assert read(cell, *formats) == expected


def test_shanghai_had_summer_time_once() -> None:
    assert read("1988-07-01 12:00", zone=SHANGHAI) == "1988-07-01T03:00:00+00:00"
    assert read("2019-07-01 12:00", zone=SHANGHAI) == "2019-07-01T04:00:00+00:00"


@pytest.mark.parametrize(
    "cell", ["", "soon", "2019-02-30", "25:00", 0.5, float("nan"), float("inf"), -1e9, [1], {}]
)
def test_what_is_no_time_is_said_to_be_none(cell: Any) -> None:
    with pytest.raises(UnreadableTime):
        TimeReader(NEW_YORK).read(cell)


@pytest.mark.parametrize(
    ("choice", "expected"), [("earlier", "2019-11-03T05:30:00+00:00"), ("later", "2019-11-03T06:30:00+00:00")]
)
def test_an_hour_that_was_twice_is_read_as_the_mapping_says(choice: Ambiguous, expected: str) -> None:
    #  clocks:  01:00 --- 01:59 EDT, 01:00 --- 01:59 EST, 02:00
    assert TimeReader(NEW_YORK, ambiguous=choice).read("2019-11-03 01:30").isoformat() == expected


def test_a_request_is_not_closed_before_it_was_opened() -> None:
    opened = dt.datetime(2019, 11, 3, 5, 50, tzinfo=dt.UTC)  # 01:50 EDT; closed at 01:10, so EST is meant
    closed = TimeReader(NEW_YORK).read("2019-11-03 01:10", not_before=opened)
    assert closed.isoformat() == "2019-11-03T06:10:00+00:00"


def test_an_hour_that_never_was_is_read_as_if_clocks_had_stood() -> None:
    #  clocks:  01:59 EST, 03:00 EDT
    assert TimeReader(NEW_YORK).read("2019-03-10 02:30").isoformat() == "2019-03-10T07:30:00+00:00"


@pytest.mark.parametrize(
    ("ambiguous", "nonexistent", "cell"),
    [("reject", "shift", "2019-11-03 01:30"), ("earlier", "reject", "2019-03-10 02:30")],
)
def test_a_mapping_may_reject_either(ambiguous: Ambiguous, nonexistent: Nonexistent, cell: str) -> None:
    with pytest.raises(UnreadableTime, match="America/New_York"):
        TimeReader(NEW_YORK, ("iso",), ambiguous, nonexistent).read(cell)


@given(st.datetimes(NAIVE, NAIVE.replace(year=2100), timezones=st.just(dt.UTC)))
def test_a_moment_written_in_local_time_is_read_back_but_for_the_repeated_hour(moment: dt.datetime) -> None:
    local = moment.astimezone(NEW_YORK)
    back = TimeReader(NEW_YORK).read(local.replace(tzinfo=None, fold=0))
    assert back == moment or (local.fold == 1 and back == moment - dt.timedelta(hours=1))
