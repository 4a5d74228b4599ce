"""Counts as tests read them: one row a bucket, from the columns that the streams publish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from streams.buckets import Upserts
from streams.contract import CountFrame, Grain, Level, decode_count_frame, frame_encode
from streams.packing import COUNT, HASH, SECOND, buckets_of, pack

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


def rows(upserts: Upserts) -> dict[Bucket, Measures]:
    """Return what the streams publish of each bucket."""
    columns = {column.name: getattr(upserts, column.name) for column in fields(Upserts)}
    published = decode_count_frame(frame_encode(CountFrame(epoch=1, part=0, next=1, **columns)))
    return {
        (each.level, each.unit, each.grain, each.start): Measures(*each[4:]) for each in buckets_of(published)
    }


def frame(part: int, next_offset: int, counted: dict[Bucket, Measures], epoch: int = 1) -> CountFrame:
    """Return a frame of these buckets."""
    measures = list(counted.values())
    types = [[*each.categories.items()] or [("", 0)] for each in measures]
    sketches = [each.reporters or [0] for each in measures]
    return CountFrame(
        epoch=epoch,
        part=part,
        next=next_offset,
        units=[unit for _, unit, *_ in counted],
        levels=bytes([[*Level].index(level) for level, *_ in counted]),
        grains=bytes([[*Grain].index(grain) for _, _, grain, _ in counted]),
        buckets=_packed([bucket for *_, bucket in counted], SECOND),
        opened=_packed([each.opened for each in measures], COUNT),
        petitioned=_packed([each.petitioned for each in measures], COUNT),
        closed=_packed([each.closed for each in measures], COUNT),
        reopened=_packed([each.reopened for each in measures], COUNT),
        categories=[name for each in types for name, _ in each],
        category_counts=_packed([number for each in types for _, number in each], COUNT),
        category_firsts=_firsts(types),
        reporters=_packed([hash_ for sketch in sketches for hash_ in sketch], HASH),
        reporter_firsts=_firsts(sketches),
    )


def _packed(numbers: list[int], kind: str) -> bytes:
    return pack(np.array(numbers, dtype=kind), kind)


def _firsts(lists: Sequence[Sequence[object]]) -> bytes:
    return b"".join(b"\x01" + bytes(len(each) - 1) for each in lists)
