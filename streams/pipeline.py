"""One record's way through the intake, without I/O: from raw bytes to what should happen with it.

`process` decides; agents only carry out. The steps stand in the order in which they happen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from producers.contract import (
    EVENT_TYPE_PREFIX,
    EVENT_TYPE_SUFFIX,
    MAX_EVENT_BYTES,
    REGISTRY_TYPE,
    SPEC_VERSION,
    TICK_TYPE,
    ComplaintEvent,
    Kind,
    RegistryActivated,
    Tick,
    decode_event,
    decode_registry_activated,
    decode_tick,
    event_key,
    event_type,
    fault_of,
)
from streams.contract import Reason, Tagged, milliseconds, moment
from streams.letters import LetterReader, Reading

TYPES: Final = {kind: event_type(kind).encode() for kind in Kind}
VERSION: Final = SPEC_VERSION.encode()


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where a record stands in the raw log, and when the broker's client stamped it."""

    epoch: int
    part: int
    offset: int
    timestamp_ms: int


class RawRecord(msgspec.Struct, frozen=True, gc=False):
    """A record of `complaints.raw` as it was read."""

    place: Place
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


class Dead(Exception):
    """The record cannot be taken; `detail` names the field and what to do."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Tools:
    """What the tagging of one registry version needs."""

    registry_version: str
    letters: LetterReader


def read_event(record: RawRecord, tolerance_ms: int) -> ComplaintEvent:
    """Decode and validate one keyed record.

    Raises:
        Dead: with the reason, naming the field, why the record is rejected.
    """
    event = _decode(record.value or b"")
    # Judged by the record's own timestamp, not by a clock: a replay must come to the same answer.
    fault = fault_of(event, moment(record.place.timestamp_ms + tolerance_ms))
    if fault is not None:
        reason = Reason.IN_THE_FUTURE if fault.is_future else Reason.INVALID_FIELD
        raise Dead(reason, f"`$.{fault.field}` {fault.problem}")
    if record.key != event_key(event.source, event.request_id):
        raise Dead(Reason.WRONG_KEY, "the record's key must be `source/request_id` of its own body")
    _check_headers(event, record.headers)
    return event


def _decode(value: bytes) -> ComplaintEvent:
    if len(value) > MAX_EVENT_BYTES:
        raise Dead(Reason.TOO_LARGE, f"the event has {len(value)} bytes, at most {MAX_EVENT_BYTES} are taken")
    try:
        return decode_event(value)
    except msgspec.ValidationError as exc:
        raise Dead(Reason.INVALID_FIELD, f"{exc}; send the field as docs/event-contract.md says") from exc
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise Dead(Reason.NOT_JSON, f"not one JSON object in UTF-8: {exc}") from exc
    except RecursionError as exc:
        raise Dead(Reason.NOT_JSON, "objects are nested too deeply; flatten the field `extra`") from exc


def _check_headers(event: ComplaintEvent, headers: tuple[tuple[str, bytes], ...]) -> None:
    for name, value in headers:
        if name == "ce_id":
            agrees = value == event.event_id.encode()
        elif name == "ce_source":
            agrees = value == event.source.encode()
        elif name == "ce_type":
            agrees = value == TYPES[event.kind]
        else:
            agrees = name != "ce_specversion" or value == VERSION
        if not agrees:
            raise Dead(
                Reason.HEADERS_DISAGREE, f"header `{name}` differs from the body; send the same in both"
            )


def arrival_ms(event: ComplaintEvent) -> int:
    """Return when the platform was told, and never before it happened."""
    occurred = milliseconds(event.occurred_at)
    return occurred if event.arrived_at is None else max(occurred, milliseconds(event.arrived_at))


class Read(msgspec.Struct, frozen=True, gc=False):
    """An event that can be taken, and the moment at which surges will weigh it."""

    event: ComplaintEvent
    place: Place
    weighed_ms: int


def tag_event(event: ComplaintEvent, place: Place, weighed_ms: int, tools: Tools) -> Tagged:
    """Tie one event to its estate; see `tag_events`."""
    return tag_events([Read(event, place, weighed_ms)], tools)[0]


def tag_events(read: Sequence[Read], tools: Tools) -> list[Tagged]:
    """Tie events to their estates and strip what would identify a resident."""
    readings = tools.letters.read_all([each.event for each in read])
    return [_tagged(each, said, tools) for each, said in zip(read, readings, strict=True)]


def _tagged(read: Read, said: Reading, tools: Tools) -> Tagged:
    event, place, tagging = read.event, read.place, said.tagging
    return Tagged(
        source=event.source,
        request_id=event.request_id,
        event_id=event.event_id,
        kind=event.kind,
        occurred_at=event.occurred_at.astimezone(dt.UTC),
        weighed_at=moment(read.weighed_ms),
        path=tagging.path,
        tag=tagging.primary,
        other_tags=tagging.others,
        problem_type=said.problem_type,
        problem_confidence=said.problem_confidence,
        title=said.title,
        text=said.text,
        address=said.address,
        lon=event.lon,
        lat=event.lat,
        crs=event.crs,
        zone=event.zone,
        category=event.category,
        channel=event.channel,
        reporter=event.reporter,
        status=event.status,
        department=event.department,
        due_at=None if event.due_at is None else event.due_at.astimezone(dt.UTC),
        satisfaction=event.satisfaction,
        registry_version=tools.registry_version,
        epoch=place.epoch,
        part=place.part,
        offset=place.offset,
    )


def read_control(record: RawRecord, tolerance_ms: int) -> Tick | RegistryActivated:
    """Decode a record without key: a tick or the activation of a registry version.

    Raises:
        Dead: it is neither, or its clock is ahead.
    """
    type_ = dict(record.headers).get("ce_type", b"").decode(errors="replace")
    try:
        if type_ == TICK_TYPE:
            return _not_ahead(decode_tick(record.value or b""), record.place.timestamp_ms + tolerance_ms)
        if type_ == REGISTRY_TYPE:
            return decode_registry_activated(record.value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise Dead(Reason.NOT_JSON, f"a control record of type {type_} cannot be read: {exc}") from exc
    if type_.startswith(EVENT_TYPE_PREFIX) and type_.endswith(EVENT_TYPE_SUFFIX):
        raise Dead(Reason.WRONG_KEY, "an event needs the key `source/request_id`")
    raise Dead(Reason.HEADERS_DISAGREE, "a record without key must bear the `ce_type` of a control record")


def _not_ahead(tick: Tick, latest_ms: int) -> Tick:
    if milliseconds(tick.at) > latest_ms:
        raise Dead(
            Reason.IN_THE_FUTURE, "`$.at` of a tick lies after the moment it was sent; check the clock"
        )
    return tick
