"""From Kafka records to contract structs, and back to a record for the rejected topic. Pure.

A record here is anything with `key`, `value`, `headers`, `partition`, `offset`, `timestamp`, as aiokafka's
has. Only the platform writes the topics read here; a record that cannot be read all the same is not skipped
in silence but kept whole as rejected, under epoch 0, which no raw record has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import msgspec

from streams.contract import (
    COUNTS_TOPIC,
    SURGES_TOPIC,
    TAGGED_TOPIC,
    CountFrame,
    Progress,
    Reason,
    Rejected,
    Surge,
    Tagged,
    decode_count_frame,
    decode_progress,
    decode_surge,
    decode_tagged,
)

Struct = TypeVar("Struct")
OutRecord = tuple[bytes | None, bytes, list[tuple[str, bytes]], int]
"""(key, value, headers, timestamp in ms since 1970)"""

UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
OURS: Final = frozenset({"x-source", "x-reason", "x-detail", "x-topic", "x-epoch", "x-partition", "x-offset"})
"""Headers that the platform puts before a rejected record's own. They are known by their place, not by their
names alone: a sender may use the same, and would otherwise say where its record is stored."""


@dataclass(slots=True)
class TaggedBatch:
    """What a batch of `complaints.tagged` holds."""

    facts: list[Tagged] = field(default_factory=list)
    sources: list[Any] = field(default_factory=list)
    """The record of each fact."""
    marks: list[Progress] = field(default_factory=list)
    rejected: list[OutRecord] = field(default_factory=list)


def read_tagged(records: Sequence[Any]) -> TaggedBatch:
    """Sort a batch's records into facts and marks; unreadable ones are returned for the rejected topic."""
    batch = TaggedBatch()
    for record in records:
        try:
            if record.key is None:
                batch.marks.append(decode_progress(record.value))
            else:
                batch.facts.append(decode_tagged(record.value))
                batch.sources.append(record)
        except UNREADABLE as error:
            batch.rejected.append(_unreadable(TAGGED_TOPIC, record, error))
    return batch


def read_count_frames(records: Sequence[Any]) -> tuple[list[CountFrame], list[OutRecord]]:
    """Return a batch's frames, and what cannot be read."""
    return _read_all(COUNTS_TOPIC, decode_count_frame, records)


def read_surges(records: Sequence[Any]) -> tuple[list[Surge], list[OutRecord]]:
    """Return a batch's surges, and what cannot be read."""
    return _read_all(SURGES_TOPIC, decode_surge, records)


def read_rejected(records: Sequence[Any]) -> list[Rejected]:
    """Return rejected records as rows; a missing or odd header becomes an empty value, nothing is dropped."""
    return [_rejected(record) for record in records]


def refused_fact(fact: Tagged, record: Any, reason: str) -> OutRecord:
    """Return a fact that the database cannot hold, for the rejected topic, under its place in the raw one."""
    return _out(record, TAGGED_TOPIC, fact.source, reason, (fact.epoch, fact.part, fact.offset))


def refused_surge(record: Any, reason: str) -> OutRecord:
    """Return, for the rejected topic, a surge that the database cannot hold."""
    return _out(record, SURGES_TOPIC, "pulse", reason, (0, record.partition, record.offset))


def _read_all(
    topic: str, decode: Callable[[bytes], Struct], records: Sequence[Any]
) -> tuple[list[Struct], list[OutRecord]]:
    read: list[Struct] = []
    rejected: list[OutRecord] = []
    for record in records:
        try:
            read.append(decode(record.value))
        except UNREADABLE as error:
            rejected.append(_unreadable(topic, record, error))
    return read, rejected


def _unreadable(topic: str, record: Any, error: Exception) -> OutRecord:
    detail = f"cannot be read from {topic}: {error}; only the platform may write there"
    return _out(record, topic, "unknown", detail, (0, record.partition, record.offset))


def _out(record: Any, topic: str, source: str, detail: str, place: tuple[int, int, int]) -> OutRecord:
    epoch, part, offset = place
    headers = [
        ("x-source", source.encode()),
        ("x-reason", Reason.INTERNAL.value.encode()),
        ("x-detail", detail[:500].encode("utf-8", "replace")),
        ("x-topic", topic.encode()),
        ("x-epoch", str(epoch).encode()),
        ("x-partition", str(part).encode()),
        ("x-offset", str(offset).encode()),
        *record.headers,
    ]
    return record.key, record.value or b"", headers, record.timestamp


def _rejected(record: Any) -> Rejected:
    ours: dict[str, bytes] = {}
    for name, value in record.headers:
        if name not in OURS or name in ours:
            break
        ours[name] = value or b""
    reason = ours.get("x-reason", b"").decode(errors="replace")
    return Rejected(
        source=ours.get("x-source", b"unknown").decode(errors="replace"),
        reason=Reason(reason) if reason in set(Reason) else Reason.INTERNAL,
        detail=ours.get("x-detail", b"").decode(errors="replace"),
        epoch=_number(ours.get("x-epoch", b"")),
        part=_number(ours.get("x-partition", b"")),
        offset=_number(ours.get("x-offset", b"")),
        key=record.key or b"",
        value=record.value or b"",
        headers=tuple((name, value or b"") for name, value in [*record.headers][len(ours) :]),
    )


def _number(text: bytes) -> int:
    return int(text) if text.isdigit() else 0
