"""From contract structs to columns, in the order of the tables. Pure: knows nothing of a database.

Each `*_COLUMNS` lists once what is inserted, each function beside it returns one list for each of them.
Columns that the server fills in (`local_date`, `version`, `inserted_at`, ...) are not among them. Moments
travel as integers (milliseconds since 1970 UTC): a naive datetime would mean another zone in every column
type (hazard 24), and integers are packed three times as fast.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from sinks.contract import (
    COMPLAINTS,
    EPOCHS,
    PROGRESS,
    REJECTED,
    REQUEST_CHANGES,
    SURGES,
    UNIT_COUNT_FRAMES,
)
from streams.contract import (
    EPOCH_SHIFT,
    EPOCH_START,
    MILLISECOND,
    CountFrame,
    Progress,
    Rejected,
    Surge,
    Tag,
    Tagged,
    json_encode,
    milliseconds,
    reporter_hash,
    reporter_of,
)

Columns = list[Sequence[Any]]

UNTAGGED: Final = Tag(estate_id="", name="", surface="", confidence=0.0)
# One reporter complains again and again: remembering the hash saves 1 of 5 us an event.
_hash: Final = lru_cache(maxsize=1 << 16)(reporter_hash)
NOT_SENT_BACK: Final = "rejected"
SENT_BACK: Final = "retried"

COMPLAINT_COLUMNS: Final = (
    *("source", "request_id", "event_id", "kind", "occurred_at", "weighed_at", "zone"),
    *("estate_id", "community_id", "street_id", "district_id", "city_id"),
    *("tag_name", "tag_surface", "tag_rule", "tag_evidence", "tag_confidence", "other_tags", "tag_version"),
    *("problem_type", "problem_confidence", "title", "text", "address", "lon", "lat", "crs"),
    *("category", "channel", "reporter", "reporter_hash", "status", "department", "due_at", "satisfaction"),
    *("registry_version", "epoch", "part", "off"),
)
COUNT_FRAME_COLUMNS: Final = (
    *("epoch", "part", "next", "units", "levels", "grains", "buckets"),
    *("opened", "petitioned", "closed", "reopened"),
    *("categories", "category_counts", "category_firsts", "reporters", "reporter_firsts"),
)
SURGE_COLUMNS: Final = (
    *("surge_id", "level", "unit", "estate_id", "community_id", "street_id", "district_id", "city_id"),
    *("state", "revision", "opened_at", "updated_at", "cleared_at", "window_start", "window_end"),
    *("observed", "expected", "expected_low", "expected_high", "score", "reporters", "requests"),
    *("categories", "category", "request_ids", "children", "detector_version"),
)
REJECTED_COLUMNS: Final = (
    *("epoch", "part", "off", "source", "reason", "detail", "record_key", "value"),
    *("header_names", "header_values", "state", "revision"),
)
PROGRESS_COLUMNS: Final = ("epoch", "part", "next", "clock_ms", "registry_version")
REQUEST_CHANGE_COLUMNS: Final = ("ticket", "request_ids", "months")
EPOCH_COLUMNS: Final = ("epoch", "parts", "started_at", "reason")

INSERTED: Final = {
    COMPLAINTS: COMPLAINT_COLUMNS,
    UNIT_COUNT_FRAMES: COUNT_FRAME_COLUMNS,
    SURGES: SURGE_COLUMNS,
    REJECTED: REJECTED_COLUMNS,
    PROGRESS: PROGRESS_COLUMNS,
    REQUEST_CHANGES: REQUEST_CHANGE_COLUMNS,
    EPOCHS: EPOCH_COLUMNS,
}


def month_of(second: int) -> str:
    """Return the partition of facts that a moment (seconds since 1970 UTC) lies in: YYYYMM."""
    return f"{dt.datetime.fromtimestamp(second, dt.UTC):%Y%m}"


def count_version(epoch: int, next_offset: int) -> int:
    """Return the version of counts that hold what the part's log says below `next_offset`."""
    return (epoch << EPOCH_SHIFT) + next_offset


def complaint_columns(facts: Sequence[Tagged]) -> Columns:
    """Return the columns of facts. One pass a column: three times as fast as a tuple for each row."""
    tags = [fact.tag or UNTAGGED for fact in facts]
    paths = [fact.path for fact in facts]
    return [
        [fact.source for fact in facts],
        [fact.request_id for fact in facts],
        [fact.event_id for fact in facts],
        [fact.kind.value for fact in facts],
        [(fact.occurred_at - EPOCH_START) // MILLISECOND for fact in facts],
        [(fact.weighed_at - EPOCH_START) // MILLISECOND for fact in facts],
        [fact.zone for fact in facts],
        [path.estate for path in paths],
        [path.community for path in paths],
        [path.street for path in paths],
        [path.district for path in paths],
        [path.city for path in paths],
        [tag.name for tag in tags],
        [tag.surface for tag in tags],
        [tag.rule for tag in tags],
        [tag.evidence for tag in tags],
        [tag.confidence for tag in tags],
        [json_encode(fact.other_tags).decode() if fact.other_tags else "" for fact in facts],
        [fact.tag_version for fact in facts],
        [fact.problem_type for fact in facts],
        [fact.problem_confidence for fact in facts],
        [fact.title for fact in facts],
        [fact.text for fact in facts],
        [fact.address for fact in facts],
        [fact.lon for fact in facts],
        [fact.lat for fact in facts],
        [fact.crs.value for fact in facts],
        [fact.category for fact in facts],
        [fact.channel for fact in facts],
        [fact.reporter for fact in facts],
        [_hash(reporter_of(fact.reporter, fact.source, fact.request_id)) for fact in facts],
        [fact.status for fact in facts],
        [fact.department for fact in facts],
        [_optional_milliseconds(fact.due_at) for fact in facts],
        [fact.satisfaction for fact in facts],
        [fact.registry_version for fact in facts],
        [fact.epoch for fact in facts],
        [fact.part for fact in facts],
        [fact.offset for fact in facts],
    ]


def count_frame_columns(frames: Sequence[CountFrame]) -> Columns:
    """Return the columns of frames of counts, one row a frame: the server makes a row of each bucket."""
    return [[getattr(frame, name) for frame in frames] for name in COUNT_FRAME_COLUMNS]


def surge_columns(surges: Sequence[Surge]) -> Columns:
    """Return the columns of surges."""
    return [
        [surge.surge_id for surge in surges],
        [surge.level.value for surge in surges],
        [surge.unit for surge in surges],
        [surge.path.estate for surge in surges],
        [surge.path.community for surge in surges],
        [surge.path.street for surge in surges],
        [surge.path.district for surge in surges],
        [surge.path.city for surge in surges],
        [surge.state.value for surge in surges],
        [surge.revision for surge in surges],
        [milliseconds(surge.opened_at) for surge in surges],
        [milliseconds(surge.updated_at) for surge in surges],
        [_optional_milliseconds(surge.cleared_at) for surge in surges],
        [milliseconds(surge.window_start) for surge in surges],
        [milliseconds(surge.window_end) for surge in surges],
        [surge.observed for surge in surges],
        [surge.expected for surge in surges],
        [surge.expected_low for surge in surges],
        [surge.expected_high for surge in surges],
        [surge.score for surge in surges],
        [surge.reporters for surge in surges],
        [surge.requests for surge in surges],
        [surge.categories for surge in surges],
        [surge.category for surge in surges],
        [surge.request_ids for surge in surges],
        [surge.children for surge in surges],
        [surge.detector_version for surge in surges],
    ]


def rejected_columns(rejected: Sequence[Rejected], revision: int = 0) -> Columns:
    """Return the columns of rejected records that were sent back `revision` times."""
    state = SENT_BACK if revision else NOT_SENT_BACK
    return [
        [record.epoch for record in rejected],
        [record.part for record in rejected],
        [record.offset for record in rejected],
        [_text(record.source) for record in rejected],
        [record.reason.value for record in rejected],
        [_text(record.detail) for record in rejected],
        [record.key for record in rejected],
        [record.value for record in rejected],
        [[_text(name) for name, _ in record.headers] for record in rejected],
        [[value for _, value in record.headers] for record in rejected],
        [state] * len(rejected),
        [revision] * len(rejected),
    ]


def progress_columns(marks: Sequence[Progress]) -> Columns:
    """Return the columns of progress marks."""
    return [
        [mark.epoch for mark in marks],
        [mark.part for mark in marks],
        [mark.next for mark in marks],
        [mark.clock_ms for mark in marks],
        [mark.registry_version for mark in marks],
    ]


def _optional_milliseconds(moment: dt.datetime | None) -> int | None:
    return None if moment is None else milliseconds(moment)


def _text(sent: str) -> str:
    """Return what was sent in a form that UTF-8 can hold: this row must never be refused in its turn."""
    return sent.encode("utf-8", "replace").decode()
