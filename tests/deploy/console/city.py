"""The example district in ClickHouse as the platform would have left it, with surges of our own.

Facts are the real tagger's, counts and rows the real sink's: only who surges is made up.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import structs

from deploy.example_district import REGISTRY_FILE
from producers.contract import ComplaintEvent, Kind
from producers.sources.synthetic import DEFAULT_SEED, district_deliveries
from sinks.requests import RequestKeeper
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from sinks.units import store_units
from streams.contract import Level, Path, Progress, Surge, SurgeState, Tag, Tagged
from streams.estates.registry import Registry
from streams.pipeline import arrival_ms, read_event, tag_event
from streams.toolshelf import compile_tools
from tests.district_facts import example_registry, raw
from tests.sinks.made import store

NOW: Final = dt.datetime(2021, 11, 30, 9, 30, tzinfo=dt.UTC)
"""The clock of the data: half past five in the afternoon there."""
COMPLAINTS: Final = dt.timedelta(days=75)
LIVES: Final = dt.timedelta(days=20)
"""How far back complaints, and what else befell requests, are stored: tagging all of it takes a minute."""
HOUR: Final = dt.timedelta(hours=1)
PINGSHAN: Final = "440310001"
"""The street that a scoped account of the tests sees."""
KENGZI: Final = "440310002"
"""Another one."""


class City:
    """What the tests know of it, and how they make more happen."""

    def __init__(self, settings: SinksSettings) -> None:
        self.registry: Registry = example_registry()
        self._settings = settings
        self._sink = ClickHouseSink(settings)
        self._keeper = RequestKeeper(settings)
        self._next = 1_000_000
        self.facts: list[Tagged] = []

    def fill(self) -> None:
        """Store the registry, four months of facts and their counts."""
        store_units(self.registry, self._settings)
        self.facts = recent_facts(self.registry)
        self.store(self.facts)

    def store(self, facts: list[Tagged]) -> None:
        """Store facts, the counts of all of their days, and the progress that covers them."""
        assert not store(self._sink, facts)
        self.count_days_of(*(fact.occurred_at for fact in facts))
        self.tick(NOW)
        self._keeper.keep_all()

    def count_days_of(self, *moments: dt.datetime) -> None:
        """Count the local days of moments anew, from all facts that are stored."""
        zone = ZoneInfo(self._settings.zone)
        days = {dt.datetime.combine(moment.astimezone(zone), dt.time(), zone) for moment in moments}
        self._next += 1
        self._sink.recount_days(1, 0, self._next, {round(day.timestamp()) for day in days})

    def tick(self, clock: dt.datetime) -> None:
        """Say that the platform has been told of everything up to a moment."""
        ms = round(clock.timestamp() * 1000)
        version = self.registry.version
        self._next += 1
        self._sink.insert_progress(
            [Progress(epoch=1, part=0, next=self._next, clock_ms=ms, registry_version=version)]
        )

    def complain(self, estate: str, title: str, at: dt.datetime = NOW, **fields: Any) -> Tagged:
        """Store one complaint about an estate, without counts."""
        [fact] = self.complain_at_once([estate], title, at, **fields)
        return fact

    def complain_at_once(
        self, estates: list[str], title: str, at: dt.datetime = NOW, **fields: Any
    ) -> list[Tagged]:
        """Store a complaint about each of the estates, in one insert, without counts."""
        made = [self._complaint(estate, title, at, fields) for estate in estates]
        assert not store(self._sink, made)
        self._keeper.keep_all()
        self.facts += made
        return made

    def _complaint(self, estate: str, title: str, at: dt.datetime, fields: dict[str, Any]) -> Tagged:
        self._next += 1
        number = self._next
        tag = Tag(estate_id=estate, name=self.name(estate), surface="", rule="name", confidence=0.95)
        values: dict[str, Any] = {
            "source": "12345-pingshan",
            "request_id": f"LIVE{number}",
            "event_id": f"LIVE{number}-opened",
            "kind": Kind.OPENED,
            "occurred_at": at,
            "weighed_at": at,
            "path": self.path(estate),
            "tag": tag,
            "problem_type": "noise",
            "title": title,
            "text": "楼下施工到半夜，无法休息",
            "epoch": 1,
            "part": 0,
            "offset": number,
        }
        return Tagged(**{**values, **fields})

    def surge(self, unit: str, surge_id: str, score: float = 7.2, **fields: Any) -> Surge:
        """Store a surge of an estate or an area that began in the last hours."""
        path = self.path(unit)
        inside = [fact for fact in self.facts if _is_recent(fact) and unit in structs.astuple(fact.path)]
        start = NOW - 6 * HOUR
        values: dict[str, Any] = {
            "surge_id": surge_id,
            "unit": unit,
            "level": Level.ESTATE if path.estate else Level.STREET,
            "path": path,
            "state": SurgeState.OPEN,
            "revision": 1,
            "opened_at": NOW - HOUR,
            "updated_at": NOW - HOUR,
            "window_start": start,
            "window_end": NOW - HOUR,
            "observed": 9,
            "expected": 0.8,
            "expected_low": 0.0,
            "expected_high": 3.0,
            "score": score,
            "reporters": 9,
            "requests": 11,
            "categories": {"noise": 6, "parking": 3},
            "request_ids": tuple(fact.request_id for fact in inside[:20]),
            "detector_version": "test",
        }
        made = Surge(**{**values, **fields})
        assert not self._sink.insert_surges([made])
        return made

    def estates(self, street: str) -> list[str]:
        """Return the estates of a street, delivered ones with the most facts first."""
        found = [each for each in self.registry.estates if self.registry.path(each).street == street]
        weight = dict.fromkeys(found, 0)
        for fact in self.facts:
            if fact.path.estate in weight:
                weight[fact.path.estate] += 1
        return sorted(found, key=lambda each: -weight[each])

    def name(self, unit: str) -> str:
        """Return the name of a unit."""
        return self.registry.unit(unit).name

    def path(self, unit: str) -> Path:
        """Return the units that one lies in."""
        if unit in self.registry.estates:
            return self.registry.path(unit)
        return self.registry.area_path(unit)


def recent_facts(registry: Registry) -> list[Tagged]:
    """Return the last months of the default stream as the real tagger sees them, each event once."""
    tools = compile_tools(registry.version, REGISTRY_FILE.read_text(encoding="utf-8"))
    known: dict[str, Tagged] = {}
    for offset, delivery in enumerate(district_deliveries(DEFAULT_SEED)):
        event = delivery.what
        if not isinstance(event, ComplaintEvent) or event.event_id in known or not _is_wanted(event):
            continue
        record = raw(delivery.record(), offset)
        event = read_event(record, 0)
        known[event.event_id] = tag_event(event, record.place, arrival_ms(event), tools)
    return [*known.values()]


def _is_wanted(event: ComplaintEvent) -> bool:
    reach = COMPLAINTS if event.kind is Kind.OPENED else LIVES
    return NOW - reach < event.occurred_at <= NOW


def _is_recent(fact: Tagged) -> bool:
    return fact.kind is Kind.OPENED and fact.occurred_at > NOW - dt.timedelta(days=10)
