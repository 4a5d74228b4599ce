"""The buckets of one local day as columns: what a part has counted of each unit in each minute, hour and day.

Pure. A bucket is a row of an integer table, found by one number made of unit, grain and start; a batch is
counted by sorting those numbers. Rows of distinct reporters are kept beside it, since sets do not add up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from producers.contract import Kind
from streams.contract import Grain, Path
from streams.packing import CODE, COUNT, SECOND, pack
from streams.sketches import Reporters, packed, united

Integers = NDArray[np.int64]
Counted = NDArray[np.int32]

GRAINS: Final = len(Grain)
COUNTED: Final = {Kind.OPENED: 0, Kind.PETITIONED: 1, Kind.CLOSED: 2, Kind.REOPENED: 3}
"""What is counted, by its column."""
KINDS: Final = len(COUNTED)
OPENED: Final = COUNTED[Kind.OPENED]

# A bucket's number: unit, 2 bits of grain, 26 bits of its start in minutes since 1970 (up to the year 2097).
START_BITS: Final = 26
GRAIN_BITS: Final = 2
START_MASK: Final = (1 << START_BITS) - 1
GRAIN_MASK: Final = (1 << GRAIN_BITS) - 1
UNIT_SHIFT: Final = START_BITS + GRAIN_BITS
GRAIN_CODES: Final = np.arange(GRAINS, dtype=np.int64) << START_BITS

FIRST_ROWS: Final = 256
MORE_CATEGORIES: Final = 8


class Names:
    """Numbers for units, paths and categories of one part; grows with what is met."""

    def __init__(self) -> None:
        self.units: list[str] = []
        self.levels: list[int] = []
        """Places in `Level`, of the units."""
        self.categories: list[str] = []
        self._unit_numbers: dict[tuple[int, str], int] = {}
        self._category_numbers: dict[str, int] = {}
        self._paths: dict[Path, tuple[int, ...]] = {}

    def path(self, path: Path) -> tuple[int, ...]:
        """Return the numbers of a path's five units, from the estate up; -1 where it names none."""
        known = self._paths.get(path)
        if known is None:
            ids = (path.estate, path.community, path.street, path.district, path.city)
            known = self._paths[path] = tuple(
                self._unit(level, unit) if unit else -1 for level, unit in enumerate(ids)
            )
        return known

    def category(self, category: str) -> int:
        """Return a category's number."""
        known = self._category_numbers.get(category)
        if known is None:
            known = self._category_numbers[category] = len(self.categories)
            self.categories.append(category)
        return known

    def _unit(self, level: int, unit: str) -> int:
        known = self._unit_numbers.get((level, unit))
        if known is None:
            known = self._unit_numbers[level, unit] = len(self.units)
            self.units.append(unit)
            self.levels.append(level)
        return known


@dataclass(slots=True)
class Upserts:
    """New values of buckets, packed as in the contract's `CountFrame`."""

    units: list[str] = field(default_factory=list)
    levels: bytearray = field(default_factory=bytearray)
    grains: bytearray = field(default_factory=bytearray)
    buckets: bytearray = field(default_factory=bytearray)
    opened: bytearray = field(default_factory=bytearray)
    petitioned: bytearray = field(default_factory=bytearray)
    closed: bytearray = field(default_factory=bytearray)
    reopened: bytearray = field(default_factory=bytearray)
    categories: list[str] = field(default_factory=list)
    category_counts: bytearray = field(default_factory=bytearray)
    category_firsts: bytearray = field(default_factory=bytearray)
    reporters: bytearray = field(default_factory=bytearray)
    reporter_firsts: bytearray = field(default_factory=bytearray)

    def __len__(self) -> int:
        return len(self.units)


@dataclass(slots=True)
class Gathered:
    """Events of a day that are not folded yet; columns of equal length."""

    units: list[tuple[int, ...]] = field(default_factory=list)
    starts: list[tuple[int, int]] = field(default_factory=list)
    """Minute and hour, in minutes since 1970."""
    kinds: list[int] = field(default_factory=list)
    categories: list[int] = field(default_factory=list)
    reporters: list[int] = field(default_factory=list)


class Day:
    """The buckets of one local day."""

    def __init__(self, start: int, names: Names) -> None:
        """Begin a day (start in seconds since 1970 UTC) without events."""
        self.identities: list[str] = []
        self._start = start // 60
        self._names = names
        self._gathered = Gathered()
        self._rows: dict[int, int] = {}
        self._figures = np.zeros((FIRST_ROWS, KINDS + MORE_CATEGORIES), dtype=np.int32)
        self._reporters: list[Reporters] = []

    def add(
        self, identity: str, kind: Kind, second: int, hour: int, path: Path, category: str, reporter: int
    ) -> None:
        """Gather an event that was not counted before; `second` and `hour` (its start) since 1970 UTC."""
        self.identities.append(identity)
        gathered = self._gathered
        gathered.units.append(self._names.path(path))
        gathered.starts.append((second // 60, hour // 60))
        gathered.kinds.append(COUNTED[kind])
        gathered.categories.append(self._names.category(category))
        gathered.reporters.append(reporter)

    def fold(self, upserts: Upserts) -> None:
        """Count what was gathered, and append the new values of the buckets that it changed."""
        gathered, self._gathered = self._gathered, Gathered()
        if not gathered.kinds:
            return
        keys, counted = self._keys(gathered)
        touched, place = np.unique(keys, return_inverse=True)
        rows = self._rows_of(touched.tolist())
        self._add_figures(rows, place, counted, gathered)
        self._add_reporters(rows, place, counted, gathered)
        self._tell(touched, rows, upserts)

    def _keys(self, gathered: Gathered) -> tuple[Integers, Integers]:
        """Return the number of each bucket that an event falls in, and which event that is."""
        units = np.array(gathered.units, dtype=np.int64)
        starts = np.full((len(units), GRAINS), self._start, dtype=np.int64)
        starts[:, :2] = gathered.starts
        keys = (units[:, :, None] << UNIT_SHIFT) + (starts + GRAIN_CODES)[:, None, :]
        events = np.broadcast_to(np.arange(len(units))[:, None, None], keys.shape)
        known = np.broadcast_to(units[:, :, None] >= 0, keys.shape)
        return keys[known], events[known]

    def _rows_of(self, keys: list[int]) -> Integers:
        rows = self._rows
        found = [rows.setdefault(key, len(rows)) for key in keys]
        self._reporters += [None] * (len(rows) - len(self._reporters))
        self._grow()
        return np.array(found, dtype=np.int64)

    def _grow(self) -> None:
        height, width = self._figures.shape
        more_rows = max(0, len(self._reporters) - height)
        more_columns = max(0, KINDS + len(self._names.categories) - width)
        if more_rows or more_columns:
            below = max(more_rows, height) if more_rows else 0
            beside = more_columns + MORE_CATEGORIES if more_columns else 0
            self._figures = np.pad(self._figures, ((0, below), (0, beside)))

    def _add_figures(self, rows: Integers, place: Integers, counted: Integers, gathered: Gathered) -> None:
        width = self._figures.shape[1]
        kinds = np.array(gathered.kinds, dtype=np.int64)[counted]
        opened = kinds == OPENED
        categories = np.array(gathered.categories, dtype=np.int64)[counted[opened]]
        cells = np.concatenate((place * width + kinds, place[opened] * width + KINDS + categories))
        added = np.bincount(cells, minlength=len(rows) * width).reshape(len(rows), width)
        self._figures[rows] += added.astype(np.int32)

    def _add_reporters(self, rows: Integers, place: Integers, counted: Integers, gathered: Gathered) -> None:
        opened = np.array(gathered.kinds, dtype=np.int64)[counted] == OPENED
        place = place[opened]
        order = np.argsort(place, kind="stable")
        hashes = np.array(gathered.reporters, dtype=np.uint64)[counted[opened][order]].tolist()
        ends = np.cumsum(np.bincount(place, minlength=len(rows))).tolist()
        known = self._reporters
        for row, (first, end) in zip(rows.tolist(), pairwise([0, *ends]), strict=True):
            if end - first == 1 and known[row] is None:  # most buckets of small units
                known[row] = hashes[first]
            elif end > first:
                known[row] = united(known[row], hashes[first:end])

    def _tell(self, touched: Integers, rows: Integers, upserts: Upserts) -> None:
        names, units = self._names, touched >> UNIT_SHIFT
        figures = self._figures[rows]
        numbers = units.tolist()
        upserts.units += [names.units[unit] for unit in numbers]
        upserts.levels += bytes([names.levels[unit] for unit in numbers])
        upserts.grains += pack((touched >> START_BITS) & GRAIN_MASK, CODE)
        upserts.buckets += pack((touched & START_MASK) * 60, SECOND)
        upserts.opened += pack(figures[:, OPENED], COUNT)
        upserts.petitioned += pack(figures[:, COUNTED[Kind.PETITIONED]], COUNT)
        upserts.closed += pack(figures[:, COUNTED[Kind.CLOSED]], COUNT)
        upserts.reopened += pack(figures[:, COUNTED[Kind.REOPENED]], COUNT)
        self._tell_categories(figures, upserts)
        hashes, firsts = packed([self._reporters[row] for row in rows.tolist()])
        upserts.reporters += hashes
        upserts.reporter_firsts += firsts

    def _tell_categories(self, figures: Counted, upserts: Upserts) -> None:
        # Who opened nothing has no category: the last column keeps the place of such a bucket.
        types = np.hstack((figures[:, KINDS:], figures[:, [OPENED]] == 0))
        at_row, at_column = np.nonzero(types)
        names = [*self._names.categories, *[""] * (types.shape[1] - len(self._names.categories))]
        upserts.categories += [names[column] for column in at_column.tolist()]
        upserts.category_counts += pack(types[at_row, at_column], COUNT)
        upserts.category_firsts += pack(np.diff(at_row, prepend=-1) != 0, CODE)
