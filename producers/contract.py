"""What producers publish, and all that the stages behind them may know of them.

One event is one thing that happened to one request. Events travel on `complaints.raw` as JSON with
CloudEvents 1.0 headers (Kafka binary mode). Beside events the topic carries control records, which have no
key: ticks that move the clock of a silent partition, and the activation of a registry version.

This module does no I/O. Fields may be added with defaults; none is removed, none changes its type.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Final, NamedTuple

import msgspec

RAW_TOPIC: Final = "complaints.raw"
SPEC_VERSION: Final = "1.0"
EVENT_TYPE_PREFIX: Final = "estatepulse.complaint."
EVENT_TYPE_SUFFIX: Final = ".v1"
TICK_TYPE: Final = "estatepulse.tick.v1"
REGISTRY_TYPE: Final = "estatepulse.registry.activated.v1"
MAX_EVENT_BYTES: Final = 256 * 1024
"""A larger value is rejected whole: brokers are configured to take more, so that the reason is ours."""

MAX_ID_CHARACTERS: Final = 200
EARLIEST: Final = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
"""No request system of ours is older: an earlier time is a wrong unit or epoch."""
LATEST_DUE: Final = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


AwareTime = Annotated[dt.datetime, msgspec.Meta(tz=True)]
"""A moment with its offset: one without is refused, since nobody could say which it is."""


class Kind(StrEnum):
    """What happened to the request."""

    OPENED = "opened"
    UPDATED = "updated"
    ASSIGNED = "assigned"
    CLOSED = "closed"
    REOPENED = "reopened"
    RATED = "rated"
    PETITIONED = "petitioned"


class Crs(StrEnum):
    """The coordinate reference system of `lon` and `lat`."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


class ComplaintEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened to one request.

    Every event, a `closed` one too, repeats the fields by which it can be tied to an estate, since a
    consumer may see it without the ones before it.
    """

    source: str
    """Name of the request system, e.g. `12345-pingshan`; one name for ever, it is part of the key."""
    request_id: str
    """The source's own number of the request."""
    event_id: str
    """Stable: the same happening has the same id, whoever sends it and however often."""
    kind: Kind
    occurred_at: AwareTime
    """When it happened at the source; aware, sent in UTC."""
    arrived_at: AwareTime | None = None
    """When the platform was told; aware. Absent: the same moment as `occurred_at`."""
    zone: str = "UTC"
    """IANA name of the source's own time zone, for showing local times."""
    title: str = ""
    text: str = ""
    address: str = ""
    lon: float | None = None
    """Degrees east, in `crs`."""
    lat: float | None = None
    """Degrees north, in `crs`."""
    crs: Crs = Crs.WGS84
    category: str = ""
    """The source's own category, unmapped."""
    channel: str = ""
    reporter: str = ""
    """A keyed hash: the platform never learns who complained. Empty: not known."""
    district: str = ""
    street: str = ""
    community: str = ""
    estate: str = ""
    """The estate as the source gives it, if it does."""
    status: str = ""
    department: str = ""
    due_at: AwareTime | None = None
    satisfaction: float | None = None
    """0 (very dissatisfied) to 1 (very satisfied)."""
    extra: dict[str, Any] = {}
    """The source's remaining fields, untouched."""


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """Moves a partition's clock on where it has no events: nothing that arrived before `at` will follow."""

    source: str
    at: AwareTime


class RegistryActivated(msgspec.Struct, frozen=True, kw_only=True):
    """From this record of its partition on, events are tagged by this version of the registry."""

    version: str


class Fault(NamedTuple):
    """What is wrong with the values of an event whose types are right."""

    field: str
    problem: str
    """Half a sentence that follows the field's name."""
    is_future: bool = False
    """Whether it is wrong only in that it lies after the moment it was sent."""


def fault_of(event: ComplaintEvent, latest: dt.datetime) -> Fault | None:
    """Return the first fault of an event; None where it can be taken.

    Args:
        event: decoded.
        latest: aware; nothing may have happened or arrived after it.
    """
    return _fault_of_ids(event) or _fault_of_values(event) or _fault_of_times(event, latest)


def _fault_of_ids(event: ComplaintEvent) -> Fault | None:
    ids = {"source": event.source, "request_id": event.request_id, "event_id": event.event_id}
    for field, id_ in ids.items():
        if not 0 < len(id_) <= MAX_ID_CHARACTERS:
            return Fault(field, f"has {len(id_)} characters; send 1 to {MAX_ID_CHARACTERS}")
    return None


def _fault_of_values(event: ComplaintEvent) -> Fault | None:
    lon, lat = event.lon, event.lat
    if (lon is None) != (lat is None):
        missing = "lon" if lon is None else "lat"
        return Fault(missing, "is missing; lon and lat go together, send both or neither")
    if lon is not None and not -180 <= lon <= 180:
        return Fault("lon", "is outside -180..180 degrees")
    if lat is not None and not -90 <= lat <= 90:
        return Fault("lat", "is outside -90..90 degrees")
    if event.satisfaction is not None and not 0.0 <= event.satisfaction <= 1.0:
        return Fault("satisfaction", "is outside 0..1")
    return None


def _fault_of_times(event: ComplaintEvent, latest: dt.datetime) -> Fault | None:
    for field, moment in (("occurred_at", event.occurred_at), ("arrived_at", event.arrived_at)):
        if moment is None or EARLIEST <= moment <= latest:
            continue
        if moment < EARLIEST:
            return Fault(field, "lies before 1990; is its unit or epoch wrong?")
        return Fault(field, "lies after it was sent; check the source's clock and zone", is_future=True)
    if event.due_at is not None and not EARLIEST <= event.due_at < LATEST_DUE:
        return Fault("due_at", "lies outside 1990..2199")
    return None


def event_key(source: str, request_id: str) -> bytes:
    """Return the Kafka key: all happenings of one request go to one partition, in order."""
    return f"{source}/{request_id}".encode()


def event_type(kind: Kind) -> str:
    """Return the CloudEvents type of an event of this kind."""
    return f"{EVENT_TYPE_PREFIX}{kind.value}{EVENT_TYPE_SUFFIX}"


Headers = list[tuple[str, bytes]]

# Made once: an event's headers are a good part of what publishing it costs.
_SPEC_VERSION_HEADER: Final = ("ce_specversion", SPEC_VERSION.encode())
_CONTENT_TYPE_HEADER: Final = ("content-type", b"application/json")
_TYPE_HEADERS: Final = {kind: ("ce_type", event_type(kind).encode()) for kind in Kind}


def event_headers(event: ComplaintEvent) -> Headers:
    """Return the CloudEvents attributes of an event as Kafka headers (binary content mode)."""
    return [
        _SPEC_VERSION_HEADER,
        ("ce_id", event.event_id.encode()),
        ("ce_source", event.source.encode()),
        _TYPE_HEADERS[event.kind],
        ("ce_time", event.occurred_at.astimezone(dt.UTC).isoformat().encode()),
        _CONTENT_TYPE_HEADER,
    ]


def control_headers(type_: str, source: str) -> Headers:
    """Return the CloudEvents attributes of a control record, which is known by its missing key."""
    return [
        _SPEC_VERSION_HEADER,
        ("ce_source", source.encode()),
        ("ce_type", type_.encode()),
        _CONTENT_TYPE_HEADER,
    ]


encode = msgspec.json.Encoder().encode
decode_event = msgspec.json.Decoder(ComplaintEvent).decode
decode_tick = msgspec.json.Decoder(Tick).decode
decode_registry_activated = msgspec.json.Decoder(RegistryActivated).decode
