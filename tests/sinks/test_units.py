from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from sinks.clickhouse import ClickHouse, DatabaseRefused
from sinks.requests import RequestKeeper
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from sinks.statements import resolve
from sinks.units import UNIT_COLUMNS, store_units, unit_rows
from streams.contract import Grain, Level, Path
from streams.estates.candidates import candidate_id
from streams.estates.registry import Area, Estate, Governance, Registry
from tests.counted import Measures, frame
from tests.sinks.loads import next_load
from tests.sinks.made import fact, store

AREAS = [
    Area("city", Level.CITY, "深圳"),
    Area("d1", Level.DISTRICT, "坪山", "city"),
    Area("s1", Level.STREET, "坑梓", "d1"),
]
ESTATE = Estate(
    id="e1",
    name="御景花园",
    parent="s1",
    aliases=("京基御景", "御景"),
    lon=114.38,
    lat=22.75,
    households=1200,
    property_company="京基物业",
    governance=Governance(
        party_branch_founded_on=dt.date(2019, 7, 1), branch_has_premises=False, committee="elected"
    ),
)
LOADED = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)


def test_every_unit_has_a_row_with_its_ancestors() -> None:
    registry = Registry([ESTATE], AREAS)
    rows = [dict(zip(UNIT_COLUMNS, row, strict=True)) for row in unit_rows(registry, 5)]
    assert [(row["level"], row["id"]) for row in rows] == [
        *[("city", "city"), ("district", "d1"), ("street", "s1"), ("estate", "e1")]
    ]
    estate = rows[3]
    assert (estate["community_id"], estate["street_id"], estate["city_id"]) == ("", "s1", "city")
    assert (estate["status"], rows[0]["status"]) == ("delivered", "")
    assert (estate["registry_version"], estate["loaded_at"]) == (registry.version, 5)


@pytest.mark.stack
def test_what_was_counted_at_a_name_follows_it_into_the_registry(
    standard: SinksSettings,
) -> None:
    source = f"source-{uuid.uuid4().hex[:8]}"  # the databases are shared
    name = f"星河{source[-8:]}苑"
    candidate, estate = candidate_id(name), f"e-{source[-8:]}"
    sink, server = ClickHouseSink(standard), ClickHouse(standard.clickhouse)
    store(sink, [fact(1, source=source, path=Path(candidate, city="city"))])
    RequestKeeper(standard).keep_all()
    day = (Grain.DAY, 1_622_476_800)
    lacked = frame(0, 10, {(Level.ESTATE, candidate, *day): Measures(2, reporters=[1, 2])})
    known = frame(1, 10, {(Level.ESTATE, estate, *day): Measures(3, reporters=[2, 3])})
    sink.insert_counts([lacked, known])
    counts = "SELECT unit, name, opened, reporters FROM bi.unit_counts WHERE unit IN ({a:String}, {b:String})"

    of_source = {"s": source}

    def seen() -> list[list[tuple[Any, ...]]]:
        told = [
            server.execute(f"SELECT estate_id, estate FROM bi.{view} WHERE source = {{s:String}}", of_source)
            for view in ("complaints", "feed", "requests")
        ]
        return [*told, sorted(server.execute(counts, {"a": candidate, "b": estate}))]

    store_units(Registry([Estate(estate, "某苑", "city")], AREAS), standard, next_load())
    assert seen() == [*[[(candidate, "")]] * 3, [(candidate, "", 2, 2), (estate, "某苑", 3, 2)]]
    store_units(Registry([Estate(estate, "某苑", "city", (name,))], AREAS), standard, next_load())
    assert seen() == [*[[(estate, "某苑")]] * 3, [(estate, "某苑", 5, 3)]]
    server.close()


@pytest.mark.stack
def test_the_latest_load_is_in_force_and_what_it_dropped_is_gone(standard: SinksSettings) -> None:
    server = ClickHouse(standard.clickhouse)
    second = Estate(id="e2", name="二期", parent="s1")
    store_units(Registry([ESTATE, second], AREAS), standard, next_load())
    assert _name(server, "e2") == "二期"
    renamed = Estate(id="e1", name="御景花园一期", parent="s1")
    assert store_units(Registry([renamed], AREAS), standard, next_load()) == 4
    assert (_name(server, "e1"), _name(server, "e2")) == ("御景花园一期", "")
    assert server.execute("SELECT estate_id, street, households FROM bi.estates") == [("e1", "坑梓", None)]
    server.close()


@pytest.mark.stack
def test_what_is_known_of_an_estate_comes_back_and_what_is_not_is_null(
    fresh: SinksSettings, server: ClickHouse
) -> None:
    with pytest.raises(DatabaseRefused):
        # The dictionary's user sees the project's own database alone, and this one is another.
        store_units(Registry([ESTATE], AREAS), fresh, LOADED)
    query = (
        "SELECT aliases, lon, households, party_branch_founded_on, branch_has_premises, "
        "branch_secretary_is_owner, committee FROM {db}.units WHERE level = 'estate'"
    )
    [row] = server.execute(resolve(query, fresh))
    assert row == (["京基御景", "御景"], 114.38, 1200, dt.date(2019, 7, 1), False, None, "elected")


def _name(server: ClickHouse, estate: str) -> str:
    query = "SELECT dictGetOrDefault('pulse.units_dict', 'name', ('estate', {estate:String}), '')"
    [(name,)] = server.execute(query, {"estate": estate})
    return str(name)
