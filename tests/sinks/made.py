"""Facts as the streams would publish them, for the sinks' tests."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from producers.contract import Kind
from sinks.clickhouse import Refused
from sinks.records import TaggedBatch
from sinks.settling import Lot
from sinks.sink import ClickHouseSink
from streams.buckets import Upserts
from streams.calendar import LocalCalendar
from streams.contract import Path, Tag, Tagged, identity, reporter_hash, reporter_of
from streams.counting import Countable, Counts
from streams.surges.arrival import Arrival

HOUR = dt.timedelta(hours=1)
NOON = dt.datetime(2021, 6, 1, 4, 0, tzinfo=dt.UTC)
KINDS = (Kind.OPENED, Kind.OPENED, Kind.OPENED, Kind.CLOSED, Kind.REOPENED, Kind.PETITIONED, Kind.RATED)
SOURCE = "12345"
TYPES = ("parking", "noise", "property_service")


def fact(number: int, at: dt.datetime = NOON, **fields: Any) -> Tagged:
    """An opened request of its own at estate e1; its offset is its number."""
    values: dict[str, Any] = {
        "source": SOURCE,
        "request_id": f"r{number}",
        "event_id": f"v{number}",
        "kind": Kind.OPENED,
        "occurred_at": at,
        "weighed_at": at,
        "path": Path("e1", "c1", "s1", "d1", "city"),
        "tag": Tag(estate_id="e1", name="御景花园", surface="御景花园", rule="name", confidence=0.9),
        "problem_type": "noise",
        "title": "噪音扰民",
        "text": "楼下广场舞到半夜",
        "epoch": 1,
        "part": 0,
        "offset": number,
    }
    return Tagged(**{**values, **fields})


def fact_of(arrival: Arrival, offset: int) -> Tagged:
    """The fact that the weigher would have made this arrival of; of the event's identity its last part."""
    return Tagged(
        source=SOURCE,
        request_id=arrival.request_id,
        event_id=arrival.event_id.rpartition("/")[2],
        kind=Kind.OPENED,
        occurred_at=dt.datetime.fromtimestamp(arrival.occurred / 1000, dt.UTC),
        weighed_at=dt.datetime.fromtimestamp(arrival.weighed / 1000, dt.UTC),
        path=arrival.path,
        problem_type=arrival.problem_type,
        reporter=arrival.reporter,
        epoch=1,
        part=0,
        offset=offset,
    )


def month_of_facts(seed: int, number: int, start: dt.datetime = NOON, days: int = 40) -> list[Tagged]:
    """Facts of one part over some days: several units, kinds, repeated reporters, duplicates, late ones."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable draw, no secret
    facts: list[Tagged] = []
    for offset in range(number):
        if facts and chance.random() < 0.1:
            facts.append(_again(chance, facts, offset))
            continue
        estate = chance.randrange(6)
        moment = start + dt.timedelta(seconds=chance.random() * days * 86_400)
        facts.append(
            fact(
                offset,
                moment,
                kind=chance.choice(KINDS),
                path=Path(f"e{estate}", f"c{estate // 2}" if estate else "", "s1", "d1", "city"),
                problem_type=chance.choice(TYPES),
                reporter=chance.choice(("", "a", "b", "c")),
            )
        )
    return facts


def _again(chance: random.Random, facts: list[Tagged], offset: int) -> Tagged:
    """A later delivery of an earlier event, most of which name another time."""
    earlier = chance.choice(facts)
    shift = chance.choice((dt.timedelta(), dt.timedelta(days=-31, hours=3), dt.timedelta(days=-1), HOUR))
    values = {name: getattr(earlier, name) for name in earlier.__struct_fields__}
    return Tagged(**{**values, "offset": offset, "occurred_at": earlier.occurred_at + shift})


def as_counted(fact: Tagged) -> Countable:
    """What the streams count of a fact."""
    return Countable(
        identity(fact.source, fact.request_id, fact.event_id),
        fact.kind,
        int(fact.occurred_at.timestamp()),
        fact.path,
        fact.problem_type,
        reporter_hash(reporter_of(fact.reporter, fact.source, fact.request_id)),
    )


def counted_by_streams(facts: list[Tagged], zone: str) -> Upserts:
    """What the streams' own counting says of facts in the order of their log."""
    counts = Counts(LocalCalendar(ZoneInfo(zone)), memory_days=1)
    for each in facts:
        counts.add(as_counted(each))
    upserts, _ = counts.take_upserts()
    return upserts


def store(sink: ClickHouseSink, facts: Sequence[Tagged]) -> list[Refused]:
    """Store facts, and say which requests they change, as the writer does."""
    refused = sink.insert_facts(facts)
    sink.settle(Lot.of(TaggedBatch(facts=[*facts])))
    return refused
