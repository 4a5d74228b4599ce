"""What was read of the topic again beside the facts that stand, on a real ClickHouse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from deploy.local.clickhouse import ClickHouseServer
from sinks.clickhouse import ClickHouse, DatabaseRefused
from sinks.fact_replay import FactReplay, FactsChanged, NotInLog
from sinks.migrate import Migrator
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.contract import Tagged
from tests.sinks.conftest import own_databases
from tests.sinks.made import NOON, fact

pytestmark = pytest.mark.stack

DAY = int((NOON - dt.timedelta(hours=12)).timestamp())
"""Midnight of Shanghai."""
HELD_FROM = DAY + 86_400
MONTH_ON = NOON + dt.timedelta(days=30)


@pytest.fixture
def sinks(clickhouse_server: ClickHouseServer) -> Iterator[SinksSettings]:
    with own_databases(clickhouse_server) as settings:
        Migrator(settings).migrate()
        yield settings


def put(sinks: SinksSettings, *facts: Tagged) -> FactsChanged:
    """Put facts in place that were read again; a worker holds what occurred from HELD_FROM on."""
    with FactReplay(sinks) as table:
        table.keep(facts)
        changed = table.compare({0: HELD_FROM})
        table.swap()
    return changed


def stored(sinks: SinksSettings) -> list[tuple[str, int, str, int]]:
    """Return request, offset, title and tag version of the facts that stand."""
    server = ClickHouse(sinks.clickhouse)
    columns = "request_id, off, title, tag_version"
    rows = server.execute(f"SELECT {columns} FROM {sinks.clickhouse.database}.complaints FINAL ORDER BY ALL")
    server.close()
    return [(request, off, title, version) for request, off, title, version in rows]


def test_what_differs_takes_the_next_version_until_there_is_none(sinks: SinksSettings) -> None:
    same, other, last = (fact(number, title="a") for number in (1, 2, 3))
    ClickHouseSink(sinks).insert_facts([same, replace(other, tag_version=7), replace(last, tag_version=255)])
    again = [same, replace(other, title="b"), replace(last, title="b"), fact(4, title="a")]
    assert put(sinks, *again) == FactsChanged(restored=1, retagged=1)
    assert stored(sinks) == [("r1", 1, "a", 0), ("r2", 2, "b", 8), ("r3", 3, "a", 255), ("r4", 4, "a", 0)]
    assert put(sinks, *again) == FactsChanged(0, 0)


def test_of_deliveries_in_other_months_the_first_holds_unless_a_worker_holds_its_day(
    sinks: SinksSettings,
) -> None:
    first = [fact(number, title="a") for number in range(3)]
    ClickHouseSink(sinks).insert_facts(
        [
            replace(first[0], title="before"),
            replace(first[1], offset=100, occurred_at=NOON - dt.timedelta(days=40), tag_version=2),
            replace(first[2], offset=101, occurred_at=MONTH_ON),  # held in memory
        ]
    )
    repeat = replace(first[0], offset=90, occurred_at=NOON - dt.timedelta(days=40))
    assert put(sinks, first[1], first[2], repeat) == FactsChanged(restored=1, retagged=0)
    assert stored(sinks) == [("r0", 0, "before", 0), ("r1", 1, "a", 2), ("r2", 101, "a", 0)]


def test_what_the_topic_holds_no_longer_is_told_with_its_days(sinks: SinksSettings) -> None:
    ClickHouseSink(sinks).insert_facts([fact(1), fact(2), fact(3, MONTH_ON), fact(4, source="app", epoch=0)])
    with FactReplay(sinks) as table:
        assert table.not_in_log(1, {0: 2}, [DAY], "") == NotInLog(2, "2021-06-01", "2021-06-01")
        assert table.not_in_log(1, {0: 2}, [DAY], "app").facts == 1
        assert table.not_in_log(2, {}, [DAY], "").facts == 3  # a new epoch, of which nothing is stored yet


def test_a_fact_that_cannot_be_kept_ends_the_replay_and_nothing_is_left_beside(sinks: SinksSettings) -> None:
    with pytest.raises(DatabaseRefused, match="part 0 offset -1"), FactReplay(sinks) as table:
        table.keep([fact(1), fact(-1)])
    server = ClickHouse(sinks.clickhouse)
    named = server.execute(f"SHOW TABLES FROM {sinks.clickhouse.database} LIKE 'complaints%'")
    assert named == [("complaints",)]
    server.close()
