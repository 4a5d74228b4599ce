"""Distinct reporters of a bucket: the smallest of their hashes, which unite with those of other parts. Pure.

A city's day has hundreds of thousands of reporters and is told after every batch, so a sketch is held as it
is told: sorted, packed, and no longer than anyone will read. Bar-Yossef et al. 2002 (k minimum values).
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from streams.contract import REPORTER_SKETCH_SIZE

Sketch: TypeAlias = "array[int]"
"""Ascending hashes, of the type below."""
Reporters: TypeAlias = "int | array[int] | None"
"""Nobody; one, which most buckets of small units never get beyond; or a sketch of several."""

WIDE: Final = "Q"
"""Unsigned, 64 bits."""
_FIRSTS: Final = b"\x01" + bytes(REPORTER_SKETCH_SIZE - 1)


def united(known: Reporters, more: Sequence[int]) -> Reporters:
    """Return the reporters with more of them; a sketch is changed in place.

    Args:
        known: reporters so far.
        more: hashes of others, at least one, in any order; repeats change nothing.
    """
    if isinstance(known, array):
        for reporter in more:
            _add(known, reporter)
        return known
    smallest = sorted({*more} if known is None else {known, *more})[:REPORTER_SKETCH_SIZE]
    return array(WIDE, smallest) if len(smallest) > 1 else smallest[0]


def packed(rows: Iterable[Reporters]) -> tuple[bytes, bytearray]:
    """Return all hashes one after another, little-endian, and 1 for each where another row begins.

    Whoever has nobody keeps the place, with a hash of 0.
    """
    told = array(WIDE)
    firsts = bytearray()
    for reporters in rows:
        if isinstance(reporters, array):
            told.extend(reporters)
            firsts += _FIRSTS[: len(reporters)]
        else:
            told.append(reporters or 0)
            firsts.append(1)
    if sys.byteorder == "big":
        told.byteswap()
    return told.tobytes(), firsts


def _add(sketch: Sketch, reporter: int) -> None:
    held = len(sketch)
    if held == REPORTER_SKETCH_SIZE and reporter >= sketch[-1]:
        return  # most of them, once there are many
    place = bisect_left(sketch, reporter)
    if place == held or sketch[place] != reporter:
        sketch.insert(place, reporter)
        if held == REPORTER_SKETCH_SIZE:
            sketch.pop()
