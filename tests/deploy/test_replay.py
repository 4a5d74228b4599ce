"""`pulse replay` on a real ClickHouse: what was damaged is mended, what the stream wrote meanwhile stays."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from deploy.cli import pulse
from deploy.local.clickhouse import ClickHouseServer
from deploy.settings import load_settings
from sinks.clickhouse import ClickHouse
from sinks.count_replay import CountReplay
from sinks.migrate import Migrator
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.contract import Grain, Level, Progress, Surge
from streams.surges.hours import DAY, HOUR
from tests.counted import Measures, frame
from tests.sinks.conftest import name_in_environment, own_databases
from tests.sinks.made import SOURCE, fact_of, store
from tests.streams.surges.city import BEGIN, burst, everyday, in_order, surges_of

pytestmark = pytest.mark.stack

UTC: Final = ZoneInfo("UTC")
DAYS: Final = 24
FIRST, LAST = (dt.datetime.fromtimestamp(BEGIN + number * DAY, UTC).date() for number in (10, DAYS - 1))
COUNTS = (
    "SELECT level, unit, grain, bucket, part, opened, categories, reporters FROM {db}.unit_counts FINAL"
    " WHERE opened > 0 ORDER BY ALL"
)
SURGES = "SELECT * EXCEPT inserted_at FROM {db}.surges FINAL ORDER BY surge_id"
Rows = list[tuple[Any, ...]]


class History:
    """Facts, counts and surges of some weeks, as the streams would have stored them."""

    def __init__(self, sinks: SinksSettings) -> None:
        self.sinks = sinks
        self.server = ClickHouse(sinks.clickhouse)
        self.sink = ClickHouseSink(sinks)
        events = [
            each._replace(event_id=f"{SOURCE}/{each.request_id}/{each.event_id}")
            for each in in_order(
                everyday(DAYS)
                + burst(3, 15 * DAY + 12 * HOUR, 16, 6 * HOUR)
                + burst(8, 18 * DAY + 9 * HOUR, 16, 6 * HOUR)
            )
        ]
        store(self.sink, [fact_of(event, number) for number, event in enumerate(events)])
        self.next = len(events)
        clock_ms = (BEGIN + 40 * DAY) * 1000
        mark = Progress(epoch=1, part=0, next=self.next, clock_ms=clock_ms, registry_version="v")
        self.sink.insert_progress([mark])
        self.sink.recount_days(1, 0, self.next, [BEGIN + number * DAY for number in range(DAYS)])
        self.surges = surges_of(events, load_settings().streams.detector)
        self.sink.insert_surges(self.surges)

    def rows(self, query: str) -> Rows:
        return self.server.execute(query.format(db=self.sinks.clickhouse.database))

    def over(self) -> list[Surge]:
        """Return the last revisions of the surges of estates that a replay looks at, and that are over."""
        last = {each.surge_id: each for each in self.surges if each.opened_at.date() >= FIRST}
        return [each for each in last.values() if each.cleared_at and each.level is Level.ESTATE]


@pytest.fixture(scope="module")
def history(clickhouse_server: ClickHouseServer) -> Iterator[History]:
    with own_databases(clickhouse_server) as sinks, pytest.MonkeyPatch.context() as environment:
        name_in_environment(sinks, environment)
        utc = sinks.model_copy(update={"zone": "UTC"})
        Migrator(utc).migrate()
        yield History(utc)


def run(*options: str, exit_code: int = 0) -> Any:
    done = CliRunner().invoke(pulse, ["replay", *options, "--json"])
    assert done.exit_code == exit_code, done.output
    return json.loads(done.stdout)


def test_what_was_damaged_is_as_it_was(history: History) -> None:
    counts, surges = history.rows(COUNTS), history.rows(SURGES)
    gone, wrong = history.over()
    noon = int(wrong.opened_at.timestamp()) // DAY * DAY
    ghost = frame(0, history.next, {(Level.ESTATE, "E99", Grain.DAY, noon): Measures(7, reporters=[1])})
    other = frame(0, history.next, {(Level.CITY, "P", Grain.DAY, noon): Measures(7, reporters=[1])})
    history.sink.insert_counts([ghost, other])
    database = history.sinks.clickhouse.database
    history.server.execute(f"DELETE FROM {database}.unit_counts WHERE level = 'estate' AND unit = 'E3'")
    history.server.execute(f"DELETE FROM {database}.surges WHERE surge_id = '{gone.surge_id}'")
    unfounded = replace(wrong, surge_id="estate:E99:none", unit="E99")
    history.sink.insert_surges([replace(wrong, observed=99), unfounded])
    damaged = history.rows(COUNTS), history.rows(SURGES)

    span = ("--from", str(FIRST), "--to", str(LAST))
    told = run(*span, "--dry-run")
    assert (history.rows(COUNTS), history.rows(SURGES)) == damaged
    done = run(*span)
    assert (done["counts"], done["surges"], done["left"]) == (told["counts"], told["surges"], 0)
    assert done["surges"]["missing"] == [gone.surge_id]
    assert done["surges"]["differing"] == [wrong.surge_id]
    assert done["surges"]["unfounded"] == ["estate:E99:none"]
    assert history.rows(SURGES) == surges
    since = dt.datetime.combine(FIRST, dt.time(), UTC)
    assert [row for row in history.rows(COUNTS) if row[3] >= since] == [
        row for row in counts if row[3] >= since
    ]
    # What lies before was not asked for, and was left as it is; what was mended is not replaced again.
    before = [row for row in counts if row[:2] == ("estate", "E3") and row[3] < since]
    assert run("--from", "2024-01-01", "--to", str(LAST))["counts"]["replaced"] == len(before)
    assert history.rows(COUNTS) == counts


def test_what_the_stream_writes_meanwhile_stays(history: History) -> None:
    day = BEGIN + 20 * DAY
    live = frame(0, history.next + 5, {(Level.ESTATE, "E1", Grain.DAY, day): Measures(42, reporters=[1])})
    with CountReplay(history.sinks, "a test") as replay:
        days = replay.days(LAST - dt.timedelta(days=5), LAST)
        replay.build(replay.positions(), days)
        history.sink.insert_counts([live])
        replay.swap(replay.compare(days))
    found = (
        f"SELECT opened FROM {{db}}.unit_counts FINAL WHERE unit = 'E1' AND grain = 'day' AND bucket = {day}"
    )
    assert history.rows(found) == [(42,)]
