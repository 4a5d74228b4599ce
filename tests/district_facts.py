"""The example district as the pure intake sees it: one run of the real tagger, which several tests share."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from deploy.example_district import REGISTRY_FILE
from producers.contract import ComplaintEvent, Kind
from producers.records import Record
from producers.sources.synthetic import DEFAULT_SEED, district_deliveries
from streams.contract import Tagged
from streams.estates.registry import Registry
from streams.estates.registry_csv import parse_csv
from streams.pipeline import Place, RawRecord, Tools, arrival_ms, read_event, tag_event
from streams.toolshelf import compile_tools

NOW_MS = int(dt.datetime(2026, 1, 1, tzinfo=dt.UTC).timestamp() * 1000)
"""When the records were sent, as far as the intake is told."""
FIGURED = frozenset({Kind.OPENED, Kind.PETITIONED})
"""The kinds that figures are made of; tagging the others too would treble the time."""


def example_registry() -> Registry:
    """Return the registry that is shipped."""
    return parse_csv(REGISTRY_FILE.read_text(encoding="utf-8"), REGISTRY_FILE.name).registry()


def raw(record: Record, offset: int = 0) -> RawRecord:
    """Return a record as the intake reads it."""
    return RawRecord(Place(1, 0, offset, NOW_MS), record.key, record.value, tuple(record.headers))


@lru_cache(maxsize=1)
def tagged_district() -> tuple[tuple[ComplaintEvent, Tagged], ...]:
    """Return the default stream's complaints and petitions, repeats included, as sent and as tagged."""
    registry = example_registry()
    tools = compile_tools(registry.version, REGISTRY_FILE.read_text(encoding="utf-8"))
    return tuple(_tagged(tools))


def _tagged(tools: Tools) -> list[tuple[ComplaintEvent, Tagged]]:
    known: dict[str, Tagged] = {}
    pairs = []
    for offset, delivery in enumerate(district_deliveries(DEFAULT_SEED)):
        if not isinstance(delivery.what, ComplaintEvent) or delivery.what.kind not in FIGURED:
            continue
        record = raw(delivery.record(), offset)
        event = read_event(record, 0)
        if event.event_id not in known:
            known[event.event_id] = tag_event(event, record.place, arrival_ms(event), tools)
        pairs.append((event, known[event.event_id]))
    return pairs
