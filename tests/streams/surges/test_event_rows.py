"""Tables of past events: which columns are known, how times are read and written, what is refused."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.contract import Path
from streams.surges.event_rows import TimeFormat, UnreadableRows, read_arrivals

SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(*rows: str, zone: ZoneInfo = SHANGHAI) -> list[object]:
    return list(read_arrivals([row.split(",") for row in rows], TimeFormat(zone)))


def test_the_columns_of_the_benchmark_are_known() -> None:
    (one,) = read_arrivals(
        [
            ["event_id", "estate", "user", "occurred_at", "arrived_at"],
            ["m1", "E1", "u", "2023-01-01T00:00:00", "2023-01-01T00:01:00"],
        ],
        TimeFormat(ZoneInfo("UTC")),
    )
    assert (one.event_id, one.path, one.reporter) == ("m1", Path("E1"), "u")
    assert one.weighed - one.occurred == 60_000


def test_ancestors_and_category_are_taken() -> None:
    (one,) = read_arrivals(
        [
            ["unit", "occurred_at", "category", "source", "community", "street", "district", "city"],
            ["E1", "2023-01-01 08:00:00", "leak", "app", "C", "S", "D", "P"],
        ],
        TimeFormat(SHANGHAI),
    )
    assert one.path == Path("E1", "C", "S", "D", "P")
    assert (one.problem_type, one.source) == ("leak", "app")
    assert one.occurred == int(dt.datetime(2023, 1, 1, tzinfo=dt.UTC).timestamp() * 1000)


def test_a_request_without_a_reporter_is_a_reporter_of_its_own() -> None:
    found = read_arrivals(
        [
            ["unit", "occurred_at", "event_id", "request_id", "reporter"],
            ["E", "2023-01-01T00:00:00", "a", "r", ""],
            ["E", "2023-01-01T00:00:00", "b", "r", ""],
            ["E", "2023-01-01T00:00:00", "c", "", ""],
            ["E", "2023-01-01T00:00:00", "", "", ""],
            ["E", "2023-01-01T00:00:00", "d", "s", "r"],
        ],
        TimeFormat(SHANGHAI),
    )
    first, again, *others = [each.reporter for each in found]
    assert first == again
    assert len({first, *others}) == 4


def test_the_clock_never_runs_backwards() -> None:
    found = list(
        read_arrivals(
            [["unit", "occurred_at"], ["E", "2023-01-02T00:00:00"], ["E", "2023-01-01T00:00:00"]],
            TimeFormat(SHANGHAI),
        )
    )
    assert found[1].weighed == found[0].weighed > found[1].occurred
    assert found[0].event_id != found[1].event_id


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["a,b"], "neither a column `unit` nor a column `estate`"),
        (["unit,b"], "no column `occurred_at`"),
        (["unit,occurred_at", "E,yesterday"], "line 2, column `occurred_at`: 'yesterday'"),
        (["unit,occurred_at,arrived_at", "E,2023-01-01,soon"], "line 2, column `arrived_at`: 'soon'"),
        (["unit,occurred_at", "E"], "line 2 has 1 cells, the header 2"),
    ],
)
def test_what_cannot_be_read_is_said_with_row_and_column(rows: list[str], message: str) -> None:
    with pytest.raises(UnreadableRows, match=message):
        read(*rows)


@pytest.mark.parametrize(
    "text",
    ["2023-05-01T10:00:00", "2023-05-01 10:00:00", "2023-05-01T10:00:00+08:00", "2023-05-01T10:00:00Z"],
)
def test_times_come_out_as_they_went_in(text: str) -> None:
    times = TimeFormat(SHANGHAI)
    moment = dt.datetime.fromtimestamp(times.milliseconds(text) / 1000, dt.UTC)
    assert times.write(moment) == text


@given(st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2040, 1, 1)))  # noqa: DTZ001  # local times
def test_local_times_are_read_by_their_zones_clock(local: dt.datetime) -> None:
    zone = ZoneInfo("America/New_York")
    exact = local.replace(tzinfo=zone, fold=0).timestamp() * 1000  # a text says no fold
    assert abs(TimeFormat(zone).milliseconds(local.isoformat()) - exact) <= 1
