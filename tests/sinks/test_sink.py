from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deploy.chaos.link import Link, Loss, Trap
from deploy.local.clickhouse import ClickHouseServer
from sinks.clickhouse import ClickHouse, DatabaseAway, DatabaseRefused
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from streams.buckets import Upserts
from streams.calendar import LocalCalendar
from streams.contract import (
    CountFrame,
    Grain,
    Level,
    Path,
    Progress,
    Reason,
    Rejected,
    Surge,
    SurgeState,
    Tag,
)
from tests.counted import Measures, frame, rows
from tests.sinks.made import NOON, counted_by_streams, fact, month_of_facts

pytestmark = pytest.mark.stack

Figures = dict[tuple[Any, ...], tuple[Any, ...]]
END_OF_STREAM = b"\x05"
"""By which the server says that a query, an insert too, is done (native protocol)."""


@pytest.fixture
def sink(fresh: SinksSettings) -> ClickHouseSink:
    return ClickHouseSink(fresh)


@pytest.fixture
def ask(fresh: SinksSettings, server: ClickHouse) -> Callable[[str], list[tuple[Any, ...]]]:
    return lambda query: server.execute(query.replace("pulse.", f"{fresh.clickhouse.database}."))


Ask = Callable[[str], list[tuple[Any, ...]]]


def surge(revision: int, **fields: Any) -> Surge:
    values: dict[str, Any] = {
        "surge_id": "s1",
        "unit": "e1",
        "level": Level.ESTATE,
        "path": Path("e1", "c1", "s1", "d1", "city"),
        "state": SurgeState.OPEN,
        "revision": revision,
        "opened_at": NOON,
        "updated_at": NOON,
        "window_start": NOON - dt.timedelta(hours=1),
        "window_end": NOON,
        "observed": 9,
        "expected": 1.5,
        "expected_low": 0,
        "expected_high": 4,
        "score": 5.5,
        "reporters": 9,
        "requests": 11,
        "categories": {"noise": 11},
        "request_ids": ("r1", "r2"),
        "detector_version": "1",
    }
    return Surge(**{**values, **fields})


def rejection(offset: int, value: bytes = b"\x00\xff not JSON") -> Rejected:
    return Rejected(
        source="12345",
        reason=Reason.NOT_JSON,
        detail="not one JSON object in UTF-8",
        epoch=1,
        part=0,
        offset=offset,
        key=b"12345/r1",
        value=value,
        headers=(("ce_id", b"v1"), ("x", b"\xfe")),
    )


def test_every_field_of_a_fact_comes_back(sink: ClickHouseSink, ask: Ask) -> None:
    due = NOON + dt.timedelta(days=5, milliseconds=123)
    full = fact(
        7,
        NOON.replace(microsecond=123_456),
        other_tags=(
            Tag(estate_id="?x", name="", surface="某苑", confidence=0.5),
            Tag(estate_id="e2", name="", surface=""),
        ),
        lon=114.3,
        lat=22.7,
        reporter="abc",
        due_at=due,
        satisfaction=0.25,
        registry_version="v1",
        text="第一行\n第二行\t'引号' \\ \x00 🏠",
        epoch=3,
        part=2,
    )
    assert sink.insert_facts([full]) == []
    [row] = ask(
        "SELECT kind, occurred_at, local_date, estate_id, city_id, tag_name, tag_confidence, "
        "other_estate_ids, lon, lat, due_at, satisfaction, text, reporter, epoch, part, off, version, "
        "problem_type FROM pulse.complaints"
    )
    assert row == (
        *("opened", NOON.replace(microsecond=123_000), dt.date(2021, 6, 1), "e1", "city", "御景花园", 0.9),
        *(["?x", "e2"], 114.3, 22.7, due, 0.25, full.text, "abc", 3, 2, 7),
        (1 << 56) - 1 - ((3 << 40) | 7),
        "noise",
    )


def test_the_local_date_is_that_of_the_platforms_zone(sink: ClickHouseSink, ask: Ask) -> None:
    evening = dt.datetime(2020, 12, 31, 15, 59, 59, tzinfo=dt.UTC)
    sink.insert_facts([fact(1, evening), fact(2, evening + dt.timedelta(seconds=1))])
    rows = ask("SELECT local_date FROM pulse.complaints ORDER BY off")
    assert rows == [(dt.date(2020, 12, 31),), (dt.date(2021, 1, 1),)]


def test_the_same_batch_twice_changes_no_figure(sink: ClickHouseSink, ask: Ask) -> None:
    facts = month_of_facts(1, 500)
    frames = [_frame(next_offset=10, opened=3), _frame(next_offset=20, opened=5)]
    everything = (
        lambda: sink.insert_facts(facts),
        lambda: sink.insert_counts(frames),
        lambda: sink.insert_surges([surge(1), surge(2, observed=12)]),
        lambda: sink.insert_rejected([rejection(1), rejection(2)]),
        lambda: sink.insert_progress([_progress(500)]),
    )
    for insert in everything:
        insert()
    once = _figures(ask)
    for insert in reversed(everything):
        insert()
    assert _figures(ask) == once
    assert once["facts"] == (len({(each.request_id, each.event_id) for each in facts}),)
    assert once["counts"] == (1, 5)
    assert once["surges"] == (1, 12)
    assert once["rejected"] == (2,)


def test_the_first_delivery_survives_and_a_later_tag_beats_it(sink: ClickHouseSink, ask: Ask) -> None:
    first, second = fact(5, title="first"), fact(5, title="second", offset=9)
    for batch in ([second], [first], [second]):
        sink.insert_facts(batch)
    assert ask("SELECT title, off FROM pulse.complaints FINAL") == [("first", 5)]
    sink.insert_facts([fact(5, title="moved", offset=12, tag_version=1)])
    sink.insert_facts([first])
    assert ask("SELECT title FROM pulse.complaints FINAL") == [("moved",)]


def test_the_same_event_id_in_another_request_is_another_event(sink: ClickHouseSink, ask: Ask) -> None:
    sink.insert_facts([fact(1, event_id="1"), fact(2, event_id="1"), fact(3, event_id="1", source="b")])
    assert ask("SELECT count() FROM pulse.complaints FINAL") == [(3,)]


def test_a_row_that_cannot_be_packed_is_refused_alone(sink: ClickHouseSink, ask: Ask) -> None:
    facts = [fact(number) for number in range(100)]
    facts[17] = fact(17, title="\ud800 half a surrogate pair")
    facts[63] = fact(63, tag_version=300)
    refused = sink.insert_facts(facts)
    assert [each.index for each in refused] == [17, 63]
    assert "surrogates not allowed" in refused[0].reason
    assert ask("SELECT count() FROM pulse.complaints FINAL") == [(98,)]


def test_a_row_that_the_server_refuses_is_refused_alone(sink: ClickHouseSink, ask: Ask) -> None:
    ask("ALTER TABLE pulse.complaints ADD CONSTRAINT polite CHECK position(title, 'refuse me') = 0")
    facts = [fact(number, title="refuse me, 张三" if number == 40 else "") for number in range(64)]
    try:
        [refused] = sink.insert_facts(facts)
    finally:
        ask("ALTER TABLE pulse.complaints DROP CONSTRAINT polite")
    assert refused.index == 40
    assert "polite" in refused.reason
    assert "张三" not in refused.reason, "the server names the values; these may be a resident's"
    assert ask("SELECT count() FROM pulse.complaints FINAL") == [(63,)]


def test_a_batch_of_which_most_is_refused_is_our_fault_and_stops_the_writer(sink: ClickHouseSink) -> None:
    facts = [fact(number, tag_version=300) for number in range(40)]
    with pytest.raises(DatabaseRefused, match="cannot hold most rows"):
        sink.insert_facts(facts)


def test_a_missing_table_is_no_fault_of_the_rows(empty: SinksSettings) -> None:
    with pytest.raises(DatabaseRefused):
        ClickHouseSink(empty).insert_facts([fact(1)])


def test_history_of_more_months_than_an_insert_may_touch_by_default(sink: ClickHouseSink, ask: Ask) -> None:
    months = [
        dt.datetime(2000 + year, month, 3, tzinfo=dt.UTC) for year in range(11) for month in range(1, 13)
    ]
    assert len(months) > 100
    assert sink.insert_facts([fact(number, month) for number, month in enumerate(months)]) == []
    assert ask("SELECT count() FROM pulse.complaints") == [(len(months),)]


def test_an_insert_whose_reply_is_lost_is_repeated_and_counts_once(
    fresh: SinksSettings, clickhouse_server: ClickHouseServer, ask: Ask
) -> None:
    with Link(clickhouse_server.port) as link:
        through = fresh.clickhouse.model_copy(update={"port": link.port})
        sink = ClickHouseSink(fresh.model_copy(update={"clickhouse": through}))
        sink.insert_facts([fact(0)])
        trap = Trap(Loss.REPLY, ending=END_OF_STREAM)
        link.set_trap(trap)
        assert sink.insert_facts([fact(number) for number in range(1, 50)]) == []
        assert trap.sprung.is_set()
    assert ask("SELECT count() FROM pulse.complaints FINAL") == [(50,)]


def test_a_server_that_stays_away_is_said_to_be_away(fresh: SinksSettings) -> None:
    with Link(target=1) as link:
        gone = fresh.clickhouse.model_copy(update={"port": link.port, "patience_seconds": 0.5})
        with pytest.raises(DatabaseAway) as caught:
            ClickHouseSink(fresh.model_copy(update={"clickhouse": gone})).insert_facts([fact(1)])
    assert isinstance(caught.value, ConnectionError)


def test_an_older_frame_does_not_undo_a_newer_one(sink: ClickHouseSink, ask: Ask) -> None:
    sink.insert_counts([_frame(next_offset=20, opened=5)])
    sink.insert_counts([_frame(next_offset=10, opened=3)])
    assert ask("SELECT opened, version FROM pulse.unit_counts FINAL") == [(5, (1 << 40) + 20)]
    sink.insert_counts([_frame(next_offset=4, opened=1, epoch=2)])
    assert ask("SELECT opened FROM pulse.unit_counts FINAL") == [(1,)]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "Asia/Kolkata", "America/New_York"])
def test_recounting_days_says_what_the_streams_counting_says(
    fresh: SinksSettings, ask: Ask, zone: str
) -> None:
    # The autumn of 2021 has a change of clocks in New York.
    facts = month_of_facts(3, 800, start=dt.datetime(2021, 10, 10, tzinfo=dt.UTC))
    sink = ClickHouseSink(fresh.model_copy(update={"zone": zone}))
    for batch in (facts[300:], facts[:400]):
        sink.insert_facts(batch)
    calendar = LocalCalendar(ZoneInfo(zone))
    days = {calendar.day_start(int(each.occurred_at.timestamp())) for each in facts}
    below = 700
    sink.recount_days(1, 0, below, days)
    expected = _as_figures(counted_by_streams(facts[:below], zone))
    assert _stored_counts(ask) == expected
    assert {row[0] for row in ask("SELECT DISTINCT version FROM pulse.unit_counts")} == {(1 << 40) + below}


def test_recounting_one_day_leaves_the_others_alone(
    sink: ClickHouseSink, ask: Ask, fresh: SinksSettings
) -> None:
    facts = [fact(1, NOON), fact(2, NOON + dt.timedelta(days=1)), fact(3, NOON, part=1)]
    sink.insert_facts(facts)
    midnight = LocalCalendar(ZoneInfo(fresh.zone)).day_start(int(NOON.timestamp()))
    sink.recount_days(1, 0, 10, {midnight})
    assert ask("SELECT part, opened FROM pulse.unit_counts WHERE level = 'city' AND grain = 'day'") == [
        (0, 1)
    ]


def test_a_sketch_keeps_the_256_smallest_hashes(sink: ClickHouseSink, ask: Ask, fresh: SinksSettings) -> None:
    facts = [fact(number, reporter=f"p{number}") for number in range(400)]
    sink.insert_facts(facts)
    midnight = LocalCalendar(ZoneInfo(fresh.zone)).day_start(int(NOON.timestamp()))
    sink.recount_days(1, 0, 400, {midnight})
    assert _stored_counts(ask) == _as_figures(counted_by_streams(facts, fresh.zone))


def _frame(next_offset: int, opened: int, epoch: int = 1) -> CountFrame:
    measures = Measures(opened, 0, 0, 0, {"noise": opened}, [1, 2**64 - 1])
    return frame(0, next_offset, {(Level.ESTATE, "e1", Grain.MINUTE, 1_622_520_000): measures}, epoch)


def _progress(next_offset: int) -> Progress:
    return Progress(epoch=1, part=0, next=next_offset, clock_ms=0, registry_version="v1")


def _figures(ask: Ask) -> dict[str, tuple[Any, ...]]:
    queries = {
        "facts": "SELECT count() FROM pulse.complaints FINAL",
        "counts": "SELECT count(), sum(opened) FROM pulse.unit_counts FINAL",
        "surges": "SELECT count(), max(observed) FROM pulse.surges FINAL",
        "rejected": "SELECT count() FROM pulse.rejected FINAL",
        "progress": "SELECT count(), max(next) FROM pulse.progress FINAL",
    }
    return {name: ask(query)[0] for name, query in queries.items()}


def _stored_counts(ask: Ask) -> Figures:
    rows = ask(
        "SELECT toString(level), unit, toString(grain), toUnixTimestamp64Second(bucket), opened, petitioned, "
        "closed, reopened, categories, reporters FROM pulse.unit_counts FINAL"
    )
    return {row[:4]: row[4:] for row in rows}


def _as_figures(upserts: Upserts) -> Figures:
    return {
        (level.value, unit, grain.value, bucket): dataclasses.astuple(measures)
        for (level, unit, grain, bucket), measures in rows(upserts).items()
    }


def test_fine_grains_go_by_when_they_were_written_not_by_what_they_count(
    sink: ClickHouseSink, ask: Ask
) -> None:
    sink.insert_facts([fact(1, dt.datetime(2005, 1, 1, tzinfo=dt.UTC))])
    midnight = LocalCalendar(ZoneInfo("Asia/Shanghai")).day_start(1_104_537_600)
    sink.recount_days(1, 0, 2, {midnight})
    ask("OPTIMIZE TABLE pulse.unit_counts FINAL")
    grains = "SELECT grain, count() FROM pulse.unit_counts GROUP BY grain ORDER BY grain"
    assert ask(grains) == [("day", 5), ("hour", 5), ("minute", 5)]
    ask(
        "ALTER TABLE pulse.unit_counts UPDATE inserted_at = inserted_at - toIntervalDay(91) WHERE 1 "
        "SETTINGS mutations_sync = 1"
    )
    ask("OPTIMIZE TABLE pulse.unit_counts FINAL")
    assert ask(grains) == [("day", 5), ("hour", 5)]
