"""A record as it goes to Kafka: made from an event, from a tick, or from input that cannot become an event.

Pure: it knows the contract and nothing of the broker.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from producers.contract import (
    SPEC_VERSION,
    TICK_TYPE,
    ComplaintEvent,
    Headers,
    Tick,
    control_headers,
    encode,
    event_headers,
    event_key,
)

DEFECT_HEADER: Final = "x-defect"
"""Header of a record that its producer could not map: one sentence that names file, row and column."""
MAX_VALUE_BYTES: Final = 8 * 1024 * 1024
"""Of larger input only so much is published; the file has the rest. Topics are created to take it."""


class Record(NamedTuple):
    """What is published: a keyed record of `complaints.raw`."""

    key: bytes
    value: bytes
    headers: Headers
    arrived_at: dt.datetime | None
    """Aware; by it a replay is put in order and paced, and ticks follow it. None: not known."""
    source: str


def event_record(event: ComplaintEvent) -> Record:
    """Return the record of an event."""
    return Record(
        event_key(event.source, event.request_id),
        encode(event),
        event_headers(event),
        arrival(event),
        event.source,
    )


def arrival(event: ComplaintEvent) -> dt.datetime:
    """Return when the platform was told: never before it happened, and at once where nothing else is said."""
    if event.arrived_at is None or event.arrived_at < event.occurred_at:
        return event.occurred_at
    return event.arrived_at


def defect_record(
    source: str, request_id: str, value: bytes, reason: str, near: dt.datetime | None = None
) -> Record:
    """Return the record of input that cannot become an event.

    It is published whole all the same: the stream rejects it, with its own reason, and keeps it, so that
    published = stored + duplicates + rejected holds for every row of the input.

    Args:
        source: the request system that it came from.
        request_id: its request where that is known, else its place in the input.
        value: the input as far as it could be mapped; it must not decode as an event.
        reason: one sentence that names file, row and column.
        near: the arrival of its neighbour in the input, so that a replay keeps them together.
    """
    return _defect(event_key(source, request_id), value, source, reason, near)


def within_limit(record: Record, place: str) -> Record:
    """Return the record, or a defect in its stead where it is larger than anything that is published.

    Args:
        record: of an event.
        place: file and row, for the reason.
    """
    if len(record.value) <= MAX_VALUE_BYTES:
        return record
    return _defect(record.key, record.value, record.source, f"{place}: too large", record.arrived_at)


def _defect(key: bytes, value: bytes, source: str, reason: str, near: dt.datetime | None) -> Record:
    if len(value) > MAX_VALUE_BYTES:
        reason += f" ({len(value):,} bytes, of which {MAX_VALUE_BYTES:,} are kept)"
        value = value[:MAX_VALUE_BYTES]
    headers: Headers = [
        ("ce_specversion", SPEC_VERSION.encode()),
        ("ce_source", source.encode()),
        ("content-type", b"application/json"),
        (DEFECT_HEADER, reason.encode()),
    ]
    return Record(key, value, headers, near, source)


def tick_value(source: str, at: dt.datetime) -> tuple[bytes, Headers]:
    """Return value and headers of a tick; it has no key.

    Args:
        source: who sends it.
        at: aware; nothing that arrived before it will follow from this sender.
    """
    return encode(Tick(source=source, at=at.astimezone(dt.UTC))), control_headers(TICK_TYPE, source)
