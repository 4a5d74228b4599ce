"""Counts of units in buckets of event time, kept by one part in plain memory. Pure.

A bucket holds sets, not deltas: adding an event twice changes nothing, so a repeat is harmless. Buckets of
local days older than `memory_days` before the part's clock are let go; what still arrives for them is
recounted from the facts, all of the day at once (`recount_days`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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


Key = tuple[int, int, str]
"""(index into LEVELS, bucket start in seconds, unit); the grain is the map that the key stands in."""


class Bucket:
    """What one part has counted of one unit in one bucket."""

    __slots__ = ("categories", "closed", "opened", "petitioned", "reopened", "reporters")

    def __init__(self) -> None:
        self.opened = self.petitioned = self.closed = self.reopened = 0
        self.categories: dict[str, int] = {}
        self.reporters: set[int] = set()

    def add(self, event: Countable) -> None:
        """Count an event that was not counted before."""
        if event.kind is Kind.OPENED:
            self.opened += 1
            self.categories[event.problem_type] = self.categories.get(event.problem_type, 0) + 1
            self.reporters.add(event.reporter)
        elif event.kind is Kind.PETITIONED:
            self.petitioned += 1
        elif event.kind is Kind.CLOSED:
            self.closed += 1
        elif event.kind is Kind.REOPENED:
            self.reopened += 1

    def measures(self) -> Measures:
        """Return the values to publish; reporters as a bottom-k sketch."""
        reporters = sorted(self.reporters)[:REPORTER_SKETCH_SIZE]
        return Measures(self.opened, self.petitioned, self.closed, self.reopened, dict(self.categories), reporters)


class Day:
    """The buckets of one local day."""

    __slots__ = ("buckets", "identities")

    def __init__(self) -> None:
        self.identities: list[str] = []
        self.buckets: dict[Grain, dict[Key, Bucket]] = {grain: {} for grain in Grain}


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
        self._touched: dict[tuple[Grain, Key], Bucket] = {}
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
        minute = event.occurred_s - event.occurred_s % 60
        self._add_to(day, Grain.MINUTE, minute, event)
        self._add_to(day, Grain.HOUR, hour, event)
        self._add_to(day, Grain.DAY, day_start, event)

    def _add_to(self, day: Day, grain: Grain, start: int, event: Countable) -> None:
        buckets, touched = day.buckets[grain], self._touched
        for level, unit in enumerate(event.path.__struct_fields__):
            name = getattr(event.path, unit)
            if not name:
                continue
            key = (level, start, name)
            bucket = buckets.get(key)
            if bucket is None:
                bucket = buckets[key] = Bucket()
            bucket.add(event)
            touched[grain, key] = bucket

    def take_upserts(self) -> tuple[list[Upsert], list[int]]:
        """Return the buckets changed since the last call, and the days to recount; forget both."""
        upserts = list(self._upserts())
        recount = sorted(self._recount)
        self._touched = {}
        self._recount = set()
        return upserts, recount

    def _upserts(self) -> Iterator[Upsert]:
        for (grain, (level, start, unit)), bucket in self._touched.items():
            yield Upsert(unit, LEVELS[level], grain, start, bucket.measures())

    def load(self, events: Iterable[Countable]) -> int:
        """Rebuild the state from facts; nothing of it counts as changed. Return how many were counted."""
        before = len(self._seen)
        for event in events:
            self.add(event)
        self._touched = {}
        self._recount = set()
        return len(self._seen) - before


def countable(
    identity: str, kind: Kind, occurred_s: int, path: Path, problem_type: str, reporter: str, request: str
) -> Countable:
    """Build what is counted; a missing reporter stands for itself by its request (`source/request_id`)."""
    return Countable(identity, kind, occurred_s, path, problem_type, reporter_hash(reporter or request))
