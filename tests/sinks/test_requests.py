"""The table of requests is what the facts say, however they come and whatever dies; on the real server."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from producers.contract import Kind
from sinks import requests
from sinks.clickhouse import ClickHouse, DatabaseRefused
from sinks.contract import REQUESTS
from sinks.migrate import Migrator, own_migrations
from sinks.request_check import RequestCheck, RequestReport
from sinks.request_replay import Mended, replay_requests
from sinks.requests import RequestKeeper, Ticket
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.contract import Path, Progress, Tagged
from tests.sinks.from_facts import from_facts
from tests.sinks.made import HOUR, NOON, fact, store

pytestmark = pytest.mark.stack

DAY = dt.timedelta(days=1)
REQUESTS_MADE = 80
COLUMNS = "* EXCEPT (estate_id, estate)"
"""The dictionaries of names may not read these databases; test_dashboards compares estates as well."""


def lives(seed: int, number: int) -> list[Tagged]:
    """Events of some requests over months: ties in time, repeats that say otherwise, corrected tags."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable draw, no secret
    made: list[Tagged] = []
    for offset in range(number):
        if made and chance.random() < 0.15:
            made.append(_again(chance, chance.choice(made), offset))
            continue
        at = NOON + dt.timedelta(days=chance.randrange(80), hours=chance.randrange(3))
        estate = chance.choice(("e1", "e2", "?某苑", "unplaced"))
        made.append(
            fact(
                offset,
                at,
                weighed_at=at + chance.randrange(3) * HOUR,
                source=chance.choice(("12345", "grid")),
                request_id=f"r{chance.randrange(REQUESTS_MADE)}",
                kind=chance.choice([*Kind]),
                path=Path(estate, chance.choice(("", "c1")), chance.choice(("s1", "s2")), "d1", "city"),
                status=chance.choice(("", "a", "b")),
                department=chance.choice(("", "x", "y")),
                due_at=chance.choice((None, at + DAY, at + 9 * DAY)),
                satisfaction=chance.choice((None, 0.0, 0.5, 1.0)),
                problem_type=chance.choice(("noise", "parking")),
            )
        )
    return made


def _again(chance: random.Random, earlier: Tagged, offset: int) -> Tagged:
    """Another delivery of an event, of another month or of a corrected tag."""
    if chance.random() < 0.5:
        elsewhere = Path("e9", "c9", "s9", "d1", "city")
        return msgspec.structs.replace(earlier, tag_version=earlier.tag_version + 1, path=elsewhere)
    late = earlier.occurred_at - chance.choice((0, 40)) * DAY
    return msgspec.structs.replace(earlier, offset=offset, occurred_at=late, status="repeated")


def clock(sink: ClickHouseSink, at: dt.datetime, next_offset: int = 10_000) -> None:
    ms = int(at.timestamp() * 1000)
    sink.insert_progress([Progress(epoch=1, part=0, next=next_offset, clock_ms=ms, registry_version="")])


def said(server: ClickHouse, settings: SinksSettings) -> list[tuple[Any, ...]]:
    return server.execute(f"SELECT {COLUMNS} FROM {settings.clickhouse.bi_database}.requests ORDER BY ALL")


def by_facts(server: ClickHouse, settings: SinksSettings) -> list[tuple[Any, ...]]:
    return server.execute(f"SELECT {COLUMNS} FROM ({from_facts('requests', settings)}) ORDER BY ALL")


@pytest.fixture
def sink(fresh: SinksSettings) -> ClickHouseSink:
    return ClickHouseSink(fresh)


@pytest.fixture
def keeper(fresh: SinksSettings) -> RequestKeeper:
    return RequestKeeper(fresh)


@pytest.mark.parametrize("seed", range(3))
def test_requests_stand_as_their_facts_say_after_every_batch(
    fresh: SinksSettings, server: ClickHouse, sink: ClickHouseSink, keeper: RequestKeeper, seed: int
) -> None:
    facts = lives(seed, 400)
    random.Random(seed).shuffle(facts)  # noqa: S311 - a repeatable draw, no secret
    clock(sink, NOON + 30 * DAY)
    for first in range(0, len(facts), 100):
        store(sink, facts[first : first + 100])
        keeper.keep_all()
        found = said(server, fresh)
        assert len(found) > REQUESTS_MADE / 2
        assert found == by_facts(server, fresh)
    server.execute(f"OPTIMIZE TABLE {fresh.clickhouse.database}.complaints FINAL")
    server.execute(f"OPTIMIZE TABLE {fresh.clickhouse.database}.requests FINAL")
    assert said(server, fresh) == by_facts(server, fresh)
    assert RequestCheck(fresh).run() == RequestReport(compared=len(said(server, fresh)))


def test_a_reading_that_was_broken_off_is_made_again(
    fresh: SinksSettings, server: ClickHouse, sink: ClickHouseSink, keeper: RequestKeeper
) -> None:
    """Whatever it dies at: before its rows are stored, or before it says so."""
    for number, table in enumerate(("request_readings", "requests", "request_changes")):
        store(sink, lives(number, 100))
        name = f"{fresh.clickhouse.database}.{table}"
        refusal = "is_done = 0" if table == "request_changes" else "0"
        server.execute(f"ALTER TABLE {name} ADD CONSTRAINT broken CHECK {refusal}")
        with pytest.raises(DatabaseRefused):
            keeper.keep()
        server.execute(f"ALTER TABLE {name} DROP CONSTRAINT broken")
        assert RequestCheck(fresh).run().waiting == 1
        keeper.keep_all()
        assert said(server, fresh) == by_facts(server, fresh)


def test_readers_that_work_at_once_and_while_facts_come_leave_nothing_out(
    fresh: SinksSettings, server: ClickHouse, sink: ClickHouseSink
) -> None:
    facts = lives(7, 3000)
    stored = threading.Event()

    def read() -> None:
        mine = RequestKeeper(fresh)
        while not stored.is_set():
            mine.keep()

    with ThreadPoolExecutor(3) as readers:
        running = [readers.submit(read) for _ in range(3)]
        for first in range(0, len(facts), 20):
            store(sink, facts[first : first + 20])
        stored.set()
        for each in running:
            each.result()
    RequestKeeper(fresh).keep_all()
    assert said(server, fresh) == by_facts(server, fresh)
    assert RequestCheck(fresh).run().is_exact


def test_an_older_reading_that_is_stored_last_does_not_hold(
    fresh: SinksSettings, server: ClickHouse, sink: ClickHouseSink, keeper: RequestKeeper
) -> None:
    store(sink, [fact(1, request_id="r")])
    keeper.keep_all()
    table = f"{fresh.clickhouse.database}.{REQUESTS}"
    server.execute(f"CREATE TEMPORARY TABLE older AS SELECT * FROM {table}")
    store(sink, [fact(2, NOON + HOUR, request_id="r", kind=Kind.CLOSED)])
    keeper.keep_all()
    server.execute(f"INSERT INTO {table} SELECT * FROM older")
    assert said(server, fresh) == by_facts(server, fresh)
    assert [row[8] for row in said(server, fresh)] == [False]


def test_numbers_of_readings_rise_though_the_server_s_clock_goes_back(
    fresh: SinksSettings, server: ClickHouse, sink: ClickHouseSink, keeper: RequestKeeper
) -> None:
    readings = f"{fresh.clickhouse.database}.request_readings"
    ahead = 2**62
    server.execute(f"INSERT INTO {readings} (reader, version) VALUES ('changes', {ahead})")
    for number in range(2):
        store(sink, [fact(number)])
        keeper.keep_all()
    versions = f"SELECT version FROM {fresh.clickhouse.database}.requests ORDER BY version"
    assert server.execute(versions) == [(ahead + 1,), (ahead + 2,)]


def test_a_request_is_overdue_by_the_clock_that_requests_are_put_together_up_to(
    fresh: SinksSettings, server: ClickHouse, sink: ClickHouseSink, keeper: RequestKeeper
) -> None:
    overdue = f"SELECT is_overdue FROM {fresh.clickhouse.bi_database}.requests"
    shown = f"SELECT DISTINCT requests_clock FROM {fresh.clickhouse.bi_database}.freshness"
    store(sink, [fact(1, request_id="r", due_at=NOON + HOUR)])
    clock(sink, NOON)
    keeper.keep_all()
    assert (server.execute(overdue), server.execute(shown)) == ([(False,)], [(NOON,)])
    store(sink, [fact(2, NOON + HOUR / 2, request_id="r", kind=Kind.CLOSED)])
    clock(sink, NOON + 2 * HOUR, 2)
    # It was closed in time, and nobody has taken that up yet: it must not be called overdue meanwhile.
    assert (server.execute(overdue), server.execute(shown)) == ([(False,)], [(NOON,)])
    keeper.keep_all()
    assert (server.execute(overdue), server.execute(shown)) == ([(False,)], [(NOON + 2 * HOUR,)])
    clock(sink, NOON + 3 * HOUR, 3)  # nothing but time has passed
    assert keeper.keep_all() == 0
    assert server.execute(shown) == [(NOON + 3 * HOUR,)]


def test_facts_that_were_there_before_the_table_are_taken_up_by_the_migration(empty: SinksSettings) -> None:
    before = [each for each in own_migrations() if not each.is_repeatable and each.name < "0029"]
    Migrator(empty, before).migrate()
    sink, server = ClickHouseSink(empty), ClickHouse(empty.clickhouse)
    sink.insert_facts(lives(1, 300))
    clock(sink, NOON + 30 * DAY)
    Migrator(empty).migrate()
    assert len(said(server, empty)) > REQUESTS_MADE
    assert said(server, empty) == by_facts(server, empty)
    assert RequestCheck(empty).run().waiting == 1  # of what may have been under way
    # What comes from then on, beats what the migration has read.
    store(sink, lives(2, 300))
    RequestKeeper(empty).keep_all()
    assert said(server, empty) == by_facts(server, empty)
    server.close()


def test_what_nobody_has_said_to_be_stored_is_not_compared_yet(
    fresh: SinksSettings, sink: ClickHouseSink, keeper: RequestKeeper
) -> None:
    store(sink, [fact(0, request_id="r")])
    clock(sink, NOON, 1)
    keeper.keep_all()
    # The writer has stored its closing, and has not come to its ticket.
    sink.insert_facts([fact(1, NOON + HOUR, request_id="r", kind=Kind.CLOSED)])
    assert RequestCheck(fresh).run() == RequestReport(compared=0)
    # Were it said to be stored, without a ticket, nobody would ever take it up.
    clock(sink, NOON + HOUR, 2)
    assert RequestCheck(fresh).run().differing == 1


@pytest.mark.parametrize(
    ("damage", "differing"),
    [
        ("ALTER TABLE {db}.complaints DELETE WHERE request_id IN ('r1', 'r2')", 2),
        ("DELETE FROM {db}.complaints WHERE request_id = 'r3' AND kind = 'closed'", 1),
        ("ALTER TABLE {db}.complaints UPDATE department = 'z' WHERE request_id = 'r4'", 1),
        ("TRUNCATE TABLE {db}.requests", 5),
    ],
)
def test_a_replay_mends_what_was_changed_past_the_platform(
    fresh: SinksSettings,
    server: ClickHouse,
    sink: ClickHouseSink,
    keeper: RequestKeeper,
    damage: str,
    differing: int,
) -> None:
    store(sink, [fact(number, request_id=f"r{number}") for number in range(5)])
    store(sink, [fact(9, NOON + HOUR, request_id="r3", kind=Kind.CLOSED)])
    store(sink, [fact(10, NOON - 90 * DAY)])
    keeper.keep_all()
    server.execute(f"{damage.format(db=fresh.clickhouse.database)} SETTINGS mutations_sync = 1")
    day = NOON.date()
    assert replay_requests(fresh, day, day, dry_run=True) == Mended(5, differing)
    assert replay_requests(fresh, day, day) == Mended(5, differing)
    assert replay_requests(fresh, day, day).differing == 0
    of_the_day = [row for row in by_facts(server, fresh) if row[3] == day]
    assert [row for row in said(server, fresh) if row[3] == day] == of_the_day
    assert len(of_the_day) == (3 if "DELETE WHERE" in damage else 5)


def test_comparing_in_many_slices_finds_the_same(
    fresh: SinksSettings, sink: ClickHouseSink, keeper: RequestKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(sink, lives(3, 500))
    keeper.keep_all()
    whole = RequestCheck(fresh).run()
    monkeypatch.setattr("sinks.request_check.FACTS_AT_ONCE", 30)
    assert len([*RequestCheck(fresh).slices()]) > 10
    assert RequestCheck(fresh).run() == whole
    assert whole.compared > REQUESTS_MADE


def test_what_goes_at_once_is_bounded_but_for_a_single_ticket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "REQUESTS_AT_ONCE", 10)
    first: Callable[[list[Ticket]], list[Ticket]] = requests._first
    tickets = [Ticket(number, number, size, 0) for number, size in enumerate((4, 6, 1, 30))]
    assert first(tickets) == tickets[:2]
    assert first(tickets[3:]) == tickets[3:]
    assert first([]) == []


def test_an_estate_s_requests_are_found_by_what_it_was_called(
    standard: SinksSettings,
) -> None:
    """The index is a superset: it names the request at its former estate as well."""
    sink, server = ClickHouseSink(standard), ClickHouse(standard.clickhouse)
    moved = fact(1, source="index", request_id="index-1", path=Path("e-old", "c-old", "s1", "d1", "city"))
    for version, estate in enumerate(("e-old", "e-new")):
        path = Path(estate, "c-old", "s1", "d1", "city")
        store(sink, [msgspec.structs.replace(moved, path=path, tag_version=version)])
        RequestKeeper(standard).keep_all()
    found = "SELECT DISTINCT unit FROM bi.request_units WHERE source = 'index' ORDER BY unit"
    assert server.execute(found) == [("community:c-old",), ("estate:e-new",), ("estate:e-old",)]
    assert server.execute("SELECT estate_id FROM bi.requests WHERE source = 'index'") == [("e-new",)]
    server.close()
