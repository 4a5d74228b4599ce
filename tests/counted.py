"""Counts as tests read them: one row a bucket, from the columns that the streams publish."""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.buckets import Upserts
from streams.contract import CountFrame, Grain, Level

Bucket = tuple[Level, str, Grain, int]
"""level, unit, grain, start (seconds since 1970 UTC)"""


@dataclass(frozen=True)
class Measures:
    """What is counted of a unit in a bucket."""

    opened: int = 0
    petitioned: int = 0
    closed: int = 0
    reopened: int = 0
    categories: dict[str, int] = field(default_factory=dict)
    reporters: list[int] = field(default_factory=list)


def rows(columns: Upserts | CountFrame) -> dict[Bucket, Measures]:
    """Return what the columns say of each bucket."""
    buckets = zip(columns.levels, columns.units, columns.grains, columns.buckets, strict=True)
    kinds = zip(columns.opened, columns.petitioned, columns.closed, columns.reopened, strict=True)
    types = zip(columns.categories, columns.category_counts, strict=True)
    told = zip(buckets, kinds, types, columns.reporters, strict=True)
    return {
        bucket: Measures(*figures, dict(zip(*named, strict=True)), sketch)
        for bucket, figures, named, sketch in told
    }


def frame(part: int, next_offset: int, counted: dict[Bucket, Measures], epoch: int = 1) -> CountFrame:
    """Return a frame of these buckets."""
    measures = list(counted.values())
    return CountFrame(
        epoch=epoch,
        part=part,
        next=next_offset,
        levels=[level for level, *_ in counted],
        units=[unit for _, unit, *_ in counted],
        grains=[grain for _, _, grain, _ in counted],
        buckets=[bucket for *_, bucket in counted],
        opened=[each.opened for each in measures],
        petitioned=[each.petitioned for each in measures],
        closed=[each.closed for each in measures],
        reopened=[each.reopened for each in measures],
        categories=[list(each.categories) for each in measures],
        category_counts=[list(each.categories.values()) for each in measures],
        reporters=[each.reporters for each in measures],
    )
