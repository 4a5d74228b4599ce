"""When the counted requests of all units occurred, and which are newcomers': a segment of two columns each.

Columns, so that the last requests of many units are looked up at once (`screen.py`); a list for each unit
would have to be turned into numbers again and again. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_ROOM = 4
"""Places that a segment has at the least; it doubles when it is full."""
FIRST_ROOM = 4096


class Segments(NamedTuple):
    """Where some units' moments lie in the column."""

    begin: Ints
    held: Ints
    newcomers_ever: Ints
    """How many newcomers the unit ever had."""


class TimesState(msgspec.Struct, frozen=True):
    """All units' moments, one unit behind the other."""

    counts: Ints
    """Of each unit."""
    newcomers_ever: Ints
    """Of each unit."""
    column: Floats
    newcomers: Ints


class Times:
    """Ascending moments (s since 1970 UTC) of each unit; units by the number that `enroll` gave them."""

    def __init__(self) -> None:
        self._column = np.zeros(FIRST_ROOM)
        self._newcomers = np.zeros(FIRST_ROOM, np.int64)
        """How many of the unit's requests before this one were newcomers', ever."""
        self._newcomers_ever: list[int] = []
        self._used = 0
        self._begin: list[int] = []
        self._count: list[int] = []
        self._room: list[int] = []

    def state(self) -> TimesState:
        """Return the moments, without the room between the segments."""
        begin, counts, ever = (
            np.array(c, np.int64) for c in (self._begin, self._count, self._newcomers_ever)
        )
        places = np.repeat(begin - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        return TimesState(counts, ever, self._column[places], self._newcomers[places])

    def restore(self, state: TimesState) -> None:
        """Know these units' moments, and no others."""
        used = len(state.column)
        self._column, self._newcomers = (
            np.zeros(2 * used + FIRST_ROOM),
            np.zeros(2 * used + FIRST_ROOM, np.int64),
        )
        self._column[:used], self._newcomers[:used] = state.column, state.newcomers
        self._used = used
        self._count, self._room = state.counts.tolist(), state.counts.tolist()
        self._begin = (np.cumsum(state.counts) - state.counts).tolist()
        self._newcomers_ever = state.newcomers_ever.tolist()

    def enroll(self) -> int:
        """Return the number of another unit, which has no requests yet."""
        self._begin.append(self._used)
        self._count.append(0)
        self._room.append(0)
        self._newcomers_ever.append(0)
        return len(self._begin) - 1

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self._begin)

    def add(self, unit: int, second: float, *, is_new: bool = False) -> None:
        """Put a moment into its place; among equal ones it is the last. `is_new`: a newcomer's."""
        count = self._count[unit]
        if count == self._room[unit]:
            self.reserve(unit, 1)
        end = self._begin[unit] + count
        self._column[end] = second
        self._newcomers[end] = self._newcomers_ever[unit]
        if count and self._column.item(end - 1) > second:
            self._move_back(end - count, end, is_new)
        self._newcomers_ever[unit] += is_new
        self._count[unit] = count + 1

    def _move_back(self, begin: int, end: int, is_new: bool) -> None:
        """Move the moment at `end` to its place in the segment."""
        second = self._column.item(end)
        place = begin + int(self._column[begin:end].searchsorted(second, "right"))
        for column in (self._column, self._newcomers):
            column[place + 1 : end + 1] = column[place:end].copy()
        self._column[place] = second
        self._newcomers[place + 1 : end + 1] += is_new

    def of(self, unit: int) -> Floats:
        """Return a unit's moments, a view that the next `add` may outdate."""
        begin = self._begin[unit]
        return self._column[begin : begin + self._count[unit]]

    def newcomers(self, unit: int, sizes: Ints) -> Ints:
        """Return how many of a unit's latest requests are newcomers', for each of these numbers of them."""
        end = self._begin[unit] + self._count[unit]
        return self._newcomers_ever[unit] - self._newcomers[end - sizes]

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

    def segments(self, units: Sequence[int]) -> Segments:
        """Return where the units' segments lie."""
        columns = (self._begin, self._count, self._newcomers_ever)
        return Segments(*(np.array([column[unit] for unit in units]) for column in columns))

    def pencil(self, places: Ints, seconds: Floats, newcomers: Ints) -> None:
        """Write moments behind the ends of segments, where room was reserved; they are not added by that."""
        self._column[places] = seconds
        self._newcomers[places] = newcomers

    def at(self, places: Ints) -> Floats:
        """Return the moments at these places of the column."""
        return self._column[places]

    def newcomers_before(self, places: Ints) -> Ints:
        """Return how many of a unit's requests before each place were newcomers', ever."""
        return self._newcomers[places]

    def reserve(self, unit: int, more: int) -> None:
        """Make room for so many more moments of a unit; this may move all segments."""
        count = self._count[unit]
        if count + more <= self._room[unit]:
            return
        room = max(LEAST_ROOM, 2 * (count + more))
        if self._used + room > len(self._column):
            self._rewrite(room)
        begin, self._begin[unit] = self._begin[unit], self._used
        for column in (self._column, self._newcomers):
            column[self._used : self._used + count] = column[begin : begin + count]
        self._room[unit] = room
        self._used += room

    def _rewrite(self, more: int) -> None:
        """Write all segments anew, close together, with room for so much more and as much again."""
        old, old_newcomers = self._column, self._newcomers
        self._column = np.zeros(2 * (sum(self._room) + more) + FIRST_ROOM)
        self._newcomers = np.zeros(len(self._column), np.int64)
        self._used = 0
        for unit, (begin, count, room) in enumerate(zip(self._begin, self._count, self._room, strict=True)):
            self._column[self._used : self._used + count] = old[begin : begin + count]
            self._newcomers[self._used : self._used + count] = old_newcomers[begin : begin + count]
            self._begin[unit] = self._used
            self._used += room
