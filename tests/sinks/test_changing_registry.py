"""History where units move, merge, split or are renamed: by their time, and by the registry in force."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from producers.contract import Kind
from sinks.clickhouse import ClickHouse
from sinks.requests import RequestKeeper
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from sinks.units import store_units
from streams.contract import Level, Path
from streams.estates.registry import Area, Estate, Registry
from tests.sinks.loads import next_load
from tests.sinks.made import HOUR, NOON, fact, store

pytestmark = pytest.mark.stack

AREAS = [
    Area("city", Level.CITY, "深圳"),
    Area("d1", Level.DISTRICT, "坪山", "city"),
    Area("s1", Level.STREET, "坑梓", "d1"),
    Area("s2", Level.STREET, "石井", "d1"),
]


def estates(mark: str, *rows: tuple[str, str, str, tuple[str, ...]]) -> list[Estate]:
    """Return estates of (id, name, parent, aliases), their ids and names marked as those of one test."""
    return [
        Estate(f"{unit}{mark}", f"{name}{mark}苑", parent, tuple(f"{each}{mark}苑" for each in aliases))
        for unit, name, parent, aliases in rows
    ]


def test_history_stays_with_its_time_and_is_shown_by_the_registry_in_force_too(
    standard: SinksSettings,
) -> None:
    mark = uuid.uuid4().hex[:6]
    then = [
        *[("moved", "移山", "s1", ()), ("renamed", "旧名", "s1", ()), ("kept", "大湖", "s2", ())],
        *[("merged", "小湖", "s1", ()), ("split", "双塔", "s1", ()), ("dropped", "拆迁", "s1", ())],
    ]
    now = [
        *[
            ("moved", "移山", "s2", ()),
            ("renamed", "新名", "s1", ("旧名",)),
            ("kept", "大湖", "s2", ("小湖",)),
        ],
        *[("split", "双塔", "s1", ()), ("north", "北塔", "s1", ()), ("south", "南塔", "s1", ())],
    ]
    sink, server = ClickHouseSink(standard), ClickHouse(standard.clickhouse)
    store_units(Registry(estates(mark, *then), AREAS), standard, next_load())
    units = [f"{unit}{mark}" for unit, *_ in then]
    street = {f"{unit}{mark}": parent for unit, _, parent, _ in then}
    store(
        sink,
        [
            fact(at, source=mark, path=Path(unit, "", street[unit], "d1", "city"))
            for at, unit in enumerate(units)
        ],
    )
    store_units(Registry(estates(mark, *now), AREAS), standard, next_load())

    def shown(view: str, unit: str) -> dict[str, tuple[Any, ...]]:
        query = f"SELECT {unit}, estate_id, estate, street_id FROM bi.{view} WHERE source = {{source:String}}"
        rows = server.execute(query, {"source": mark})
        return {
            row[0].removesuffix(mark): tuple(str(each).replace(mark, "") for each in row[1:]) for row in rows
        }

    assert shown("complaints", "estate_id") == {
        "moved": ("moved", "移山苑", "s1"),
        "renamed": ("renamed", "新名苑", "s1"),
        "kept": ("kept", "大湖苑", "s2"),
        "merged": ("merged", "", "s1"),
        "split": ("split", "双塔苑", "s1"),
        "dropped": ("dropped", "", "s1"),
    }
    assert shown("complaints_now", "counted_estate_id") == {
        "moved": ("moved", "移山苑", "s2"),
        "renamed": ("renamed", "新名苑", "s1"),
        "kept": ("kept", "大湖苑", "s2"),
        "merged": ("kept", "大湖苑", "s2"),
        "split": ("split", "双塔苑", "s1"),
        "dropped": ("dropped", "拆迁苑", "s1"),
    }
    moved = "SELECT counted_estate_id FROM bi.complaints_now WHERE is_moved AND source = {source:String}"
    assert {unit for (unit,) in server.execute(moved, {"source": mark})} == {f"merged{mark}", f"moved{mark}"}
    server.close()
    sink.close()


@pytest.mark.parametrize(
    ("assigned", "closed", "expected"),
    [
        (1, 2, (3600, 7200, False)),
        (-1, 2, (None, 7200, False)),
        (1, -2, (3600, None, True)),  # what is dated last holds: it is open
    ],
)
def test_times_between_steps_are_never_negative(
    standard: SinksSettings, assigned: int, closed: int, expected: tuple[int | None, int | None, bool]
) -> None:
    source = f"clock-{uuid.uuid4().hex[:8]}"
    steps: list[tuple[Kind, dt.datetime]] = [
        (Kind.OPENED, NOON),
        (Kind.ASSIGNED, NOON + assigned * HOUR),
        (Kind.CLOSED, NOON + closed * HOUR),
    ]
    sink, server = ClickHouseSink(standard), ClickHouse(standard.clickhouse)
    store(
        sink,
        [fact(at, when, source=source, request_id="r", kind=kind) for at, (kind, when) in enumerate(steps)],
    )
    RequestKeeper(standard).keep_all()
    query = (
        "SELECT seconds_to_assign, seconds_to_close, is_open FROM bi.requests WHERE source = {source:String}"
    )
    assert server.execute(query, {"source": source}) == [expected]
    server.close()
    sink.close()
