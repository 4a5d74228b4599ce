"""How the columns of a frame of counts are packed, and what they say bucket by bucket. Pure.

The streams pack without a Python object for each number, and the database unpacks (unit_count_frames); who
reads `unit.counts` otherwise takes `buckets_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.contract import CountFrame, Grain, Level

# Little-endian, as `CountFrame` says of each column.
CODE: Final = "<u1"
SECOND: Final = "<i8"
COUNT: Final = "<u4"
HASH: Final = "<u8"

Packed = bytes | bytearray


class Bucket(NamedTuple):
    """The new value of one bucket."""

    level: Level
    unit: str
    grain: Grain
    start: int
    """Seconds since 1970 UTC."""
    opened: int
    petitioned: int
    closed: int
    reopened: int
    categories: dict[str, int]
    reporters: list[int]
    """Ascending hashes; see `REPORTER_SKETCH_SIZE`."""


def pack(values: NDArray[Any], kind: str) -> bytes:
    """Return a column as bytes of one of the kinds above."""
    return values.astype(kind).tobytes()


def buckets_of(frame: CountFrame) -> Iterator[Bucket]:
    """Yield what a frame says of each bucket.

    Raises:
        ValueError: its columns do not fit together.
    """
    levels, grains = [*Level], [*Grain]
    kinds = (frame.opened, frame.petitioned, frame.closed, frame.reopened)
    types = [*zip(frame.categories, _numbers(frame.category_counts, COUNT), strict=True)]
    columns = zip(
        frame.levels,
        frame.units,
        frame.grains,
        _numbers(frame.buckets, SECOND),
        zip(*(_numbers(column, COUNT) for column in kinds), strict=True),
        _split(types, frame.category_firsts),
        _split(_numbers(frame.reporters, HASH), frame.reporter_firsts),
        strict=True,
    )
    for level, unit, grain, start, figures, named, sketch in columns:
        told = (dict(named), sketch) if figures[0] else ({}, [])
        yield Bucket(levels[level], unit, grains[grain], start, *figures, *told)


def _numbers(column: Packed, kind: str) -> list[int]:
    numbers: list[int] = np.frombuffer(column, dtype=kind).tolist()
    return numbers


def _split(entries: Sequence[Any], firsts: Packed) -> list[Any]:
    begins = [place for place, first in enumerate(firsts) if first]
    return [entries[begin:end] for begin, end in pairwise([*begins, len(entries)])]
