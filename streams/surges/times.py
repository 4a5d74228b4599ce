"""When the counted requests of all units occurred: one column of numbers, a segment of it for each unit.

One column, so that the last requests of many units are looked up at once (`screen.py`); a list for each unit
would have to be turned into numbers again and again. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_ROOM = 4
"""Places that a segment has at the least; it doubles when it is full."""
FIRST_ROOM = 4096


class Times:
    """Ascending moments (s since 1970 UTC) of each unit; units by the number that `enroll` gave them."""

    def __init__(self) -> None:
        self._column = np.zeros(FIRST_ROOM)
        self._used = 0
        self._begin: list[int] = []
        self._count: list[int] = []
        self._room: list[int] = []

    def enroll(self) -> int:
        """Return the number of another unit, which has no requests yet."""
        self._begin.append(self._used)
        self._count.append(0)
        self._room.append(0)
        return len(self._begin) - 1

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self._begin)

    def add(self, unit: int, second: float) -> None:
        """Put a moment into its place; among equal ones it is the last."""
        count = self._count[unit]
        if count == self._room[unit]:
            self.reserve(unit, 1)
        end = self._begin[unit] + count
        self._column[end] = second
        if count and self._column.item(end - 1) > second:
            segment = self._column[end - count : end + 1]
            place = int(segment[:-1].searchsorted(second, "right"))
            segment[place + 1 :] = segment[place:-1].copy()
            segment[place] = second
        self._count[unit] = count + 1

    def of(self, unit: int) -> Floats:
        """Return a unit's moments, a view that the next `add` may outdate."""
        begin = self._begin[unit]
        return self._column[begin : begin + self._count[unit]]

    def held(self, unit: int, start: float) -> int:
        """Return how many of a unit's moments lie at `start` or later."""
        return self._count[unit] - int(self.of(unit).searchsorted(start))

    def forget(self, unit: int, before: float) -> None:
        """Drop a unit's moments before `before`."""
        gone = int(self.of(unit).searchsorted(before))
        self._begin[unit] += gone
        self._count[unit] -= gone
        self._room[unit] -= gone

    # --- many units at once ---

    def segments(self, units: Sequence[int]) -> tuple[Ints, Ints]:
        """Return where the units' segments begin in the column, and how many moments each holds."""
        begin, count = self._begin, self._count
        return np.array([begin[unit] for unit in units]), np.array([count[unit] for unit in units])

    def pencil(self, places: Ints, seconds: Floats) -> None:
        """Write moments behind the ends of segments, where room was reserved; they are not added by that."""
        self._column[places] = seconds

    def at(self, places: Ints) -> Floats:
        """Return what stands at these places of the column."""
        return self._column[places]

    def reserve(self, unit: int, more: int) -> None:
        """Make room for so many more moments of a unit; this may move all segments."""
        count = self._count[unit]
        if count + more <= self._room[unit]:
            return
        room = max(LEAST_ROOM, 2 * (count + more))
        if self._used + room > len(self._column):
            self._rewrite(room)
        begin, self._begin[unit] = self._begin[unit], self._used
        self._column[self._used : self._used + count] = self._column[begin : begin + count]
        self._room[unit] = room
        self._used += room

    def _rewrite(self, more: int) -> None:
        """Write all segments anew, close together, with room for so much more and as much again."""
        old = self._column
        self._column = np.zeros(2 * (sum(self._room) + more) + FIRST_ROOM)
        self._used = 0
        for unit, (begin, count, room) in enumerate(zip(self._begin, self._count, self._room, strict=True)):
            self._column[self._used : self._used + count] = old[begin : begin + count]
            self._begin[unit] = self._used
            self._used += room
