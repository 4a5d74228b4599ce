"""Counts of units in buckets of event time, kept by one part in plain memory. Pure.

A bucket holds sets, not deltas: adding an event twice changes nothing, so a repeat is harmless. Buckets of
local days older than `memory_days` before the part's clock are let go; what still arrives for them is
recounted from the facts, all of the day at once (`recount_days`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from msgspec import structs

from producers.contract import Kind
from streams.calendar import LocalCalendar
from streams.contract import (
    REPORTER_SKETCH_SIZE,
    Grain,
    Level,
    Measures,
    Path,
    reporter_hash,
)

LEVELS = (Level.ESTATE, Level.COMMUNITY, Level.STREET, Level.DISTRICT, Level.CITY)


@dataclass(frozen=True, slots=True)
class Countable:
    """What counting needs of an event."""

    identity: str
    """See `identity` in the contract."""
    kind: Kind
    occurred_s: int
    path: Path
    problem_type: str
    reporter: int
    """Hash of the reporter, see `reporter_hash`."""


class Bucket:
    """What one part has counted of one unit in one bucket.

    Most buckets of small units hold one event, and there are millions: the first category and the first
    reporter are kept bare (240 bytes a bucket instead of 550), a dict and a set come with the second.
    """

    __slots__ = (
        "batch",
        "categories",
        "closed",
        "grain",
        "level",
        "opened",
        "petitioned",
        "reopened",
        "reporters",
        "start",
        "unit",
    )

    def __init__(self, unit: str, level: int, grain: Grain, start: int) -> None:
        self.unit, self.level, self.grain, self.start = unit, level, grain, start
        self.batch = -1
        self.opened = self.petitioned = self.closed = self.reopened = 0
        self.categories: str | dict[str, int] | None = None
        self.reporters: int | set[int] | None = None

    def add(self, event: Countable) -> None:
        """Count an event that was not counted before."""
        kind = event.kind
        if kind is Kind.OPENED:
            self.opened += 1
            self._add_category(event.problem_type)
            self._add_reporter(event.reporter)
        elif kind is Kind.PETITIONED:
            self.petitioned += 1
        elif kind is Kind.CLOSED:
            self.closed += 1
        else:
            self.reopened += 1

    def _add_category(self, category: str) -> None:
        known = self.categories
        if known is None:
            self.categories = category
        elif isinstance(known, str):
            self.categories = {known: 1, category: 1} if known != category else {known: 2}
        else:
            known[category] = known.get(category, 0) + 1

    def _add_reporter(self, reporter: int) -> None:
        known = self.reporters
        if known is None:
            self.reporters = reporter
        elif isinstance(known, int):
            if known != reporter:
                self.reporters = {known, reporter}
        else:
            known.add(reporter)

    def measures(self) -> Measures:
        """Return the values to publish; reporters as a bottom-k sketch."""
        categories, reporters = self.categories, self.reporters
        if not isinstance(categories, dict):
            categories = {} if categories is None else {categories: 1}
        else:
            categories = dict(categories)
        if isinstance(reporters, set):
            sketch = sorted(reporters)[:REPORTER_SKETCH_SIZE]
        else:
            sketch = [] if reporters is None else [reporters]
        return Measures(self.opened, self.petitioned, self.closed, self.reopened, categories, sketch)


class Day:
    """The buckets of one local day, by their start and unit; unit ids are unique over all levels."""

    __slots__ = ("identities", "starts")

    def __init__(self) -> None:
        self.identities: list[str] = []
        self.starts: dict[Grain, dict[int, dict[str, Bucket]]] = {grain: {} for grain in Grain}


@dataclass(frozen=True, slots=True)
class Upsert:
    """The new value of one bucket of one unit."""

    unit: str
    level: Level
    grain: Grain
    bucket: int
    measures: Measures


class Counts:
    """The counts of one part."""

    COUNTED = frozenset({Kind.OPENED, Kind.PETITIONED, Kind.CLOSED, Kind.REOPENED})

    def __init__(self, calendar: LocalCalendar, memory_days: int) -> None:
        self._calendar = calendar
        self._memory_days = memory_days
        self._days: dict[int, Day] = {}
        self._seen: set[str] = set()
        self._horizon = 0
        self._touched: list[Bucket] = []
        self._batch = 0
        self._recount: set[int] = set()

    @property
    def horizon(self) -> int:
        """Start of the first local day in memory, seconds since 1970."""
        return self._horizon

    def advance(self, clock_s: int) -> None:
        """Let go of the days that the part's clock has left behind."""
        horizon = self._calendar.days_before(self._calendar.day_start(clock_s), self._memory_days)
        if horizon <= self._horizon:
            return
        self._horizon = horizon
        for start in [start for start in self._days if start < horizon]:
            self._seen.difference_update(self._days.pop(start).identities)

    def add(self, event: Countable) -> None:
        """Count one event, once."""
        if event.kind not in self.COUNTED:
            return
        day_start, hour = self._calendar.day_and_hour(event.occurred_s)
        if day_start < self._horizon:
            self._recount.add(day_start)
            return
        if event.identity in self._seen:
            return
        self._seen.add(event.identity)
        day = self._days.get(day_start)
        if day is None:
            day = self._days[day_start] = Day()
        day.identities.append(event.identity)
        units = [(level, unit) for level, unit in enumerate(structs.astuple(event.path)) if unit]
        self._add_to(day, Grain.MINUTE, event.occurred_s - event.occurred_s % 60, units, event)
        self._add_to(day, Grain.HOUR, hour, units, event)
        self._add_to(day, Grain.DAY, day_start, units, event)

    def _add_to(
        self, day: Day, grain: Grain, start: int, units: list[tuple[int, str]], event: Countable
    ) -> None:
        starts, batch = day.starts[grain], self._batch
        buckets = starts.get(start)
        if buckets is None:
            buckets = starts[start] = {}
        for level, unit in units:
            bucket = buckets.get(unit)
            if bucket is None:
                bucket = buckets[unit] = Bucket(unit, level, grain, start)
            bucket.add(event)
            if bucket.batch != batch:
                bucket.batch = batch
                self._touched.append(bucket)

    def take_upserts(self) -> tuple[list[Upsert], list[int]]:
        """Return the buckets changed since the last call, and the days to recount; forget both."""
        upserts = [
            Upsert(bucket.unit, LEVELS[bucket.level], bucket.grain, bucket.start, bucket.measures())
            for bucket in self._touched
        ]
        recount = sorted(self._recount)
        self._begin_batch()
        return upserts, recount

    def _begin_batch(self) -> None:
        self._touched = []
        self._recount = set()
        self._batch += 1

    def load(self, events: Iterable[Countable]) -> int:
        """Rebuild the state from facts; nothing of it counts as changed. Return how many were counted."""
        before = len(self._seen)
        for event in events:
            self.add(event)
        self._begin_batch()
        return len(self._seen) - before


def countable(
    identity: str, kind: Kind, occurred_s: int, path: Path, problem_type: str, reporter: str, request: str
) -> Countable:
    """Build what is counted; a missing reporter stands for itself by its request (`source/request_id`)."""
    return Countable(identity, kind, occurred_s, path, problem_type, reporter_hash(reporter or request))
