"""What the streams publish: tagged complaints, unit counts, surges, rejected records.

Sinks and other readers may rely on this module alone. It does no I/O.

Positions. A *part* is a partition of `complaints.raw`, an *epoch* one incarnation of that topic (a broker
that lost its topics starts a new one). A record's place is (epoch, part, offset). `complaints.tagged` and
`unit.counts` have as many partitions as `complaints.raw`, and part p writes to partition p alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from enum import StrEnum
from typing import Final

import msgspec

from producers.contract import Crs, Kind

TAGGED_TOPIC: Final = "complaints.tagged"
COUNTS_TOPIC: Final = "unit.counts"
ARRIVALS_TOPIC: Final = "unit.arrivals"
SURGES_TOPIC: Final = "surges"
REJECTED_TOPIC: Final = "complaints.rejected"
CONTROL_TOPIC: Final = "platform.control"
REGISTRY_TOPIC: Final = "platform.registry"
COMPACTED_TOPICS: Final = frozenset({SURGES_TOPIC, REGISTRY_TOPIC})
"""Topics of which the newest record of each key outlives all others: their logs have gaps for good."""

EPOCH_SHIFT: Final = 40
"""version = (epoch << 40) + next: a partition may hold 2^40 records before an epoch must end."""

REPORTER_SKETCH_SIZE: Final = 256
"""Distinct reporters of a (unit, bucket, part): exact up to here, then the 256 smallest hashes (a bottom-k
sketch; Bar-Yossef et al. 2002), whose estimate (k - 1) / k-th smallest, hashes scaled to 0..1, has a
relative standard error of 1 / sqrt(254) = 6.3%."""


EPOCH_START: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MILLISECOND: Final = dt.timedelta(milliseconds=1)


def milliseconds(moment: dt.datetime) -> int:
    """Return an aware moment as whole milliseconds since 1970 UTC, rounded down."""
    return (moment - EPOCH_START) // MILLISECOND


def moment(ms: int) -> dt.datetime:
    """Return milliseconds since 1970 as an aware UTC moment."""
    return EPOCH_START + dt.timedelta(milliseconds=ms)


class Level(StrEnum):
    """The five levels of units, from the smallest up."""

    ESTATE = "estate"
    COMMUNITY = "community"
    STREET = "street"
    DISTRICT = "district"
    CITY = "city"


UNPLACED: Final = "unplaced"
"""The estate-level unit of events without an estate, so that sums over children stay sums."""
CANDIDATE_PREFIX: Final = "?"
"""Marks the unit id of an estate that the registry lacks: the prefix and its normalised name."""


class Path(msgspec.Struct, frozen=True, array_like=True):
    """The units that one event counts at; an empty id where the registry or the source does not know."""

    estate: str
    community: str = ""
    street: str = ""
    district: str = ""
    city: str = ""


class Role(StrEnum):
    """Whether the complaint is about the estate or only names it."""

    PRIMARY = "primary"
    LANDMARK = "landmark"


class Tag(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One estate that a message names."""

    estate_id: str
    """Registry id, or `?` and a normalised name where the registry lacks it."""
    name: str
    """The registry's name that was recognised (possibly an alias); empty where the registry lacks it."""
    surface: str
    """The characters of the message that name it; empty where coordinates or structured fields decided."""
    role: Role = Role.PRIMARY
    rule: str = ""
    """The rule that decided, one of a closed set (docs/tagging.md)."""
    evidence: str = ""
    """What the rule saw, for a person to read; never resident's data."""
    confidence: float = 1.0
    """Calibrated probability that the tag is right."""


class Tagged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event, stripped of what would identify a resident, with the estate it is about."""

    source: str
    request_id: str
    event_id: str
    kind: Kind
    occurred_at: dt.datetime
    weighed_at: dt.datetime
    """Its moment for surge detection: its arrival, or its part's clock where that stood later already."""
    path: Path
    tag: Tag | None = None
    """The primary that it counts at; none: counted at `unplaced`."""
    other_tags: tuple[Tag, ...] = ()
    problem_type: str = ""
    """One of the platform's problem types (docs/tagging.md)."""
    problem_confidence: float = 0.0
    title: str = ""
    text: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    crs: Crs = Crs.WGS84
    zone: str = "UTC"
    category: str = ""
    channel: str = ""
    reporter: str = ""
    status: str = ""
    department: str = ""
    due_at: dt.datetime | None = None
    satisfaction: float | None = None
    tag_version: int = 0
    """Rises when the event's tag is changed later; the highest holds."""
    registry_version: str = ""
    epoch: int
    part: int
    offset: int


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Ends every batch in `complaints.tagged`, without a key: all below `next` has been dealt with."""

    epoch: int
    part: int
    next: int
    clock_ms: int
    """The part's clock: the latest arrival seen below `next`, ms since 1970 UTC."""
    registry_version: str


class Grain(StrEnum):
    """The width of a bucket: minute and hour in UTC, day in the platform's local time."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


class CountFrame(msgspec.Struct, frozen=True, kw_only=True):
    """The new values of the buckets that one batch touched: upserts, columns of equal length.

    A unit's figure is the sum over parts of the highest version of each (unit, grain, bucket, part);
    distinct reporters are the union of the sketches.

    Columns of numbers are packed, little-endian and one after another, so that whoever hands them on need
    not look into them: an event touches some eight buckets (docs/performance.md). Lists of a bucket's
    categories and of its reporters stand one behind another, each bucket with one entry at least; beside
    them a byte an entry is 1 where another bucket begins. The one entry of a bucket that opened nothing
    means nothing.
    """

    epoch: int
    part: int
    next: int
    """Values are those of the log below here; version = (epoch << 40) + next."""
    units: list[str]
    levels: bytes
    """UInt8: the level's place in `Level`, from 0."""
    grains: bytes
    """UInt8: the grain's place in `Grain`, from 0."""
    buckets: bytes
    """Int64: start of each bucket, seconds since 1970 UTC."""
    opened: bytes
    """UInt32, as are the three below."""
    petitioned: bytes
    closed: bytes
    reopened: bytes
    categories: list[str]
    """Problem types of the opened requests, entry by entry."""
    category_counts: bytes
    """UInt32: how many of each."""
    category_firsts: bytes
    """UInt8: 1 where another bucket begins, else 0."""
    reporters: bytes
    """UInt64: bottom-k sketch of distinct reporters of opened requests, ascending hashes, entry by entry."""
    reporter_firsts: bytes
    """UInt8: 1 where another bucket begins, else 0."""
    recount_days: list[int] = []
    """Starts of local days (s since 1970) older than memory, to be recounted from facts, all units of the
    day: the sink does so once it has stored this part up to `next`."""


class ArrivalFrame(msgspec.Struct, frozen=True, kw_only=True):
    """The opened requests of one batch, for the weigher; columns of equal length, in order of the log."""

    epoch: int
    part: int
    first: int
    next: int
    """The batch covers the part's offsets first..next-1."""
    clock_ms: int
    """The part's clock at `next`."""
    offsets: list[int]
    identities: list[str]
    """See `identity`: what repeats are recognised by."""
    request_ids: list[str]
    paths: list[Path]
    reporters: list[str]
    problem_types: list[str]
    occurred_ms: list[int]
    weighed_ms: list[int]
    sources: list[str] = []
    """Empty: of a version that did not tell."""


class SurgeState(StrEnum):
    """Where an episode stands."""

    OPEN = "open"
    CLEARED = "cleared"


class Surge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One episode in which a unit has more complaints than its history explains; upserted by `surge_id`."""

    surge_id: str
    """Made of unit and opening event: a replay finds the same."""
    unit: str
    level: Level
    path: Path
    """The unit's ancestors; levels below the unit's own are empty."""
    state: SurgeState
    revision: int
    """Rises with each change of the episode; the highest holds."""
    opened_at: dt.datetime
    """The moment of the decision, in event time (the minute that was weighed)."""
    updated_at: dt.datetime
    cleared_at: dt.datetime | None = None
    window_start: dt.datetime
    window_end: dt.datetime
    """The window that decided, half-open, in event time."""
    observed: int
    """Distinct reporters' requests in the window."""
    expected: float
    expected_low: float
    expected_high: float
    """The central 90% of what the window would hold without a surge."""
    score: float
    """log10 of the recurrence interval: 5 = once in 100,000 unit-days."""
    reporters: int
    requests: int
    """All requests in the window, repeats of one reporter included."""
    categories: dict[str, int] = {}
    category: str = ""
    """The problem type that most of them had when it opened; it stays, whatever comes after."""
    request_ids: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    """For an area: the estates that carry it."""
    detector_version: str


class Reason(StrEnum):
    """Why a record was rejected; a closed set, used as metric label and header."""

    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    INVALID_FIELD = "invalid_field"
    HEADERS_DISAGREE = "headers_disagree"
    WRONG_KEY = "wrong_key"
    IN_THE_FUTURE = "in_the_future"
    INTERNAL = "internal"


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """A record that could not be taken, kept whole.

    The value of the Kafka record is the original bytes, the fields below are its headers (`x-reason` and so
    on) beside the original ones, and this struct is the row that sinks make of both.
    """

    source: str
    reason: Reason
    detail: str
    """One sentence that names the field and what to do."""
    epoch: int
    part: int
    offset: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


def identity(source: str, request_id: str, event_id: str) -> str:
    """Return what makes two deliveries the same event: ids need to be unique within a request only.

    Two request systems that both number from 1 do not swallow each other's events.
    """
    return f"{source}/{request_id}/{event_id}"


def reporter_of(reporter: str, source: str, request_id: str) -> str:
    """Return who reported a request: where that is unknown, somebody who has reported nothing else."""
    return reporter or f"{source}/{request_id}"


def reporter_hash(reporter: str) -> int:
    """Return the 64-bit hash by which reporters are told apart: BLAKE2b of 8 bytes, big-endian, unsigned.

    It is taken of `reporter_of`.
    """
    return int.from_bytes(hashlib.blake2b(reporter.encode("utf-8", "surrogatepass"), digest_size=8).digest())


json_encode = msgspec.json.Encoder().encode
decode_tagged = msgspec.json.Decoder(Tagged).decode
decode_progress = msgspec.json.Decoder(Progress).decode
decode_surge = msgspec.json.Decoder(Surge).decode
frame_encode = msgspec.msgpack.Encoder().encode
decode_count_frame = msgspec.msgpack.Decoder(CountFrame).decode
decode_arrival_frame = msgspec.msgpack.Decoder(ArrivalFrame).decode
