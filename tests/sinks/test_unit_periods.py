"""Days, months and years of a unit beside what was to be expected, of counts whose answer is known."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sinks.clickhouse import ClickHouse
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.contract import Grain, Level
from tests.counted import Bucket, Measures, frame
from tests.sinks.conftest import ZONE

pytestmark = pytest.mark.stack

OPENED = {
    # Tuesdays; nobody wrote on the 15th.
    dt.date(2021, 6, 1): 4,
    dt.date(2021, 6, 8): 8,
    dt.date(2021, 6, 22): 4,
    dt.date(2021, 6, 29): 6,
    dt.date(2022, 6, 10): 5,
    dt.date(2023, 1, 1): 1,
}


def counted(part: int) -> dict[Bucket, Measures]:
    """What one of two parts has seen: half of each day, of two reporters one; of one event, part 1 alone."""
    found: dict[Bucket, Measures] = {}
    for day, opened in OPENED.items():
        start = int(dt.datetime.combine(day, dt.time(), ZoneInfo(ZONE)).timestamp())
        own = opened // 2 + opened % 2 * part
        measures = Measures(own, categories={"noise": own}, reporters=[1, 2 + part] if own else [])
        for level, unit in ((Level.ESTATE, "e"), (Level.CITY, "c")):
            found[level, unit, Grain.DAY, start] = measures
    return found


def ask(fresh: SinksSettings, server: ClickHouse, what: str, grain: str) -> list[tuple[Any, ...]]:
    sink = ClickHouseSink(fresh)
    sink.insert_counts([frame(part, 10, counted(part)) for part in (0, 1)])
    sink.close()
    return server.execute(
        f"SELECT {what} FROM {fresh.clickhouse.bi_database}.unit_periods"
        " WHERE level = 'estate' AND unit = 'e' AND grain = {grain:String} ORDER BY local_date",
        {"grain": grain},
    )


def test_a_day_is_held_against_its_weekday_in_the_four_weeks_before(
    fresh: SinksSettings, server: ClickHouse
) -> None:
    found = ask(fresh, server, "local_date, opened, expected", "day")
    assert found == [
        (dt.date(2021, 6, 1), 4, None),  # the data begin here
        (dt.date(2021, 6, 8), 8, None),
        (dt.date(2021, 6, 22), 4, None),
        (dt.date(2021, 6, 29), 6, (4 + 8 + 0 + 4) / 4),
        (dt.date(2022, 6, 10), 5, 0),
        (dt.date(2023, 1, 1), 1, 0),
    ]


def test_a_month_and_a_year_are_held_against_those_a_year_before(
    fresh: SinksSettings, server: ClickHouse
) -> None:
    months = ask(fresh, server, "local_date, opened, categories, reporters, expected", "month")
    assert months == [
        (dt.date(2021, 6, 1), 22, {"noise": 22}, 3, None),
        (dt.date(2022, 6, 1), 5, {"noise": 5}, 3, 22),
        (dt.date(2023, 1, 1), 1, {"noise": 1}, 2, 0),
    ]
    years = ask(fresh, server, "local_date, opened, expected", "year")
    assert years == [
        (dt.date(2021, 1, 1), 22, None),
        (dt.date(2022, 1, 1), 5, None),
        (dt.date(2023, 1, 1), 1, 5),
    ]


def test_the_band_holds_what_chance_does(fresh: SinksSettings, server: ClickHouse) -> None:
    bands = {row[0]: row[1:] for row in ask(fresh, server, "local_date, expected_low, expected_high", "day")}
    # 90% of Poisson counts of mean 4 lie within 1 to 8.
    low, high = bands[dt.date(2021, 6, 29)]
    assert 1 <= low < 2
    assert 7 <= high < 8.5
    assert bands[dt.date(2021, 6, 1)] == (None, None)
    [_, (_, low, high), _] = ask(fresh, server, "local_date, expected_low, expected_high", "month")
    # A month after one of 22, whose own chance counts as well: 15 to 31 would be those of a known mean.
    assert 11 < low < 14
    assert 33 < high < 36
