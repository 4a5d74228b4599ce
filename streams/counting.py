"""Counts of units in buckets of event time, kept by one part in plain memory. Pure.

A bucket holds sets, not deltas: adding an event twice changes nothing, so a repeat is harmless. Buckets of
local days older than `memory_days` before the part's clock are let go; what still arrives for them is
recounted from the facts, all of the day at once (`recount_days`).

Events are gathered and counted together when their batch ends (`take_upserts`): the fifteen buckets of an
event (five levels, three grains) as columns cost a tenth of what they cost one by one (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import msgspec

from producers.contract import Kind
from streams.buckets import COUNTED, Day, Names, Upserts
from streams.calendar import LocalCalendar
from streams.contract import Path

LOADED_AT_ONCE = 20_000
"""Events that a rebuild folds in one go: bounds its memory."""


class Countable(msgspec.Struct, frozen=True, gc=False):
    """What counting needs of an event."""

    identity: str
    """See `identity` in the contract."""
    kind: Kind
    occurred_s: int
    path: Path
    problem_type: str
    reporter: int
    """See `reporter_hash`."""


class Counts:
    """The counts of one part."""

    def __init__(self, calendar: LocalCalendar, memory_days: int) -> None:
        self._calendar = calendar
        self._memory_days = memory_days
        self._names = Names()
        self._days: dict[int, Day] = {}
        self._seen: set[str] = set()
        self._horizon = 0
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
        if event.kind not in COUNTED:
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
            day = self._days[day_start] = Day(day_start, self._names)
        day.add(
            event.identity, event.kind, event.occurred_s, hour, event.path, event.problem_type, event.reporter
        )

    def take_upserts(self) -> tuple[Upserts, list[int]]:
        """Return the buckets changed since the last call, and the days to recount; forget both."""
        upserts = Upserts()
        for day in self._days.values():
            day.fold(upserts)
        recount = sorted(self._recount)
        self._recount = set()
        return upserts, recount

    def load(self, events: Iterable[Countable]) -> int:
        """Rebuild the state from facts; nothing of it counts as changed. Return how many were counted."""
        before = len(self._seen)
        remaining = iter(events)
        while chunk := list(islice(remaining, LOADED_AT_ONCE)):
            for event in chunk:
                self.add(event)
            self.take_upserts()
        return len(self._seen) - before
