"""The city's clock: how much the whole city is expected to send, and sent, between two moments.

It knows nothing of units. Time of day, weekday, season and growth enter the detector here alone: a unit is
weighed by its share of what the city's clock shows.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from streams.surges.hours import HOUR, LocalHours
from streams.surges.sources import Sources, SourcesState

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KEPT_HOURS = 24 * 60
"""Hours behind the present that windows and the profile look back on."""
ROOM_HOURS = KEPT_HOURS + 24 * 30
PROFILE_DAYS = 56
LEVEL_DAYS = 28
REFRESHED_DAYS = 15
"""Days behind the present whose expectation is revised at each close: the longest window lies within."""
FLAT_EVENTS = 24.0
"""Pseudo-events, spread evenly over the day, that the hourly profile starts from."""
COLUMNS = ("counts", "expected", "known_expected", "sent", "due", "known_due", "days", "clock_hours")
WEEKDAY_EVENTS = 100.0
"""Pseudo-events of an ordinary day that each weekday's factor starts from."""


class ClockState(msgspec.Struct, frozen=True):
    """A clock as plain data."""

    first: int
    base: int
    hour: int
    columns: dict[str, NDArray[Any]]
    """Of each hour from `base` on, by what `COLUMNS` calls them."""
    per_day: float
    active_days: int
    closed: int
    """First hour of the day that is not closed."""
    sources: SourcesState


class CityClock:
    """Hourly counts of the city with what was expected of them; hours are UTC seconds // 3600.

    One slot an hour from `base` on; sums up to the start of each slot answer any window at once.
    """

    def __init__(self, first_hour: int, hours: LocalHours) -> None:
        self._hours = hours
        self._base = self._hour = self._first = first_hour
        self._counts = np.zeros(ROOM_HOURS)
        self._expected = np.zeros(ROOM_HOURS)
        self._sent = np.zeros(ROOM_HOURS + 1)
        self._due = np.zeros(ROOM_HOURS + 1)
        self._known_expected = np.zeros(ROOM_HOURS)
        self._known_due = np.zeros(ROOM_HOURS + 1)
        self._days = np.zeros(ROOM_HOURS, np.int64)
        self._clock_hours = np.zeros(ROOM_HOURS, np.int64)
        self._place(first_hour)
        self.per_day = 0.0
        """Events the city is expected to send on an ordinary day."""
        self.active_days = 0
        """Closed days with events among those that the profile looks back on."""
        self._closed = first_hour
        self._sources = Sources()

    def state(self) -> ClockState:
        """Return all that the clock knows."""
        columns = {name: getattr(self, f"_{name}").copy() for name in COLUMNS}
        return ClockState(
            self._first,
            self._base,
            self._hour,
            columns,
            self.per_day,
            self.active_days,
            self._closed,
            self._sources.state(),
        )

    def restore(self, state: ClockState) -> None:
        """Know this, and nothing else."""
        self._first, self._base, self._hour = state.first, state.base, state.hour
        for name in COLUMNS:
            setattr(self, f"_{name}", state.columns[name].copy())
        self.per_day, self.active_days = state.per_day, state.active_days
        self._closed = state.closed
        self._sources.restore(state.sources)

    def reach(self, hour: int) -> None:
        """Go on to the hour after the one reached so far."""
        self._hour = hour
        slot = hour - self._base
        self._place(hour)
        self._sent[slot] = self._sent[slot - 1] + self._counts[slot - 1]
        if self._sources.is_learning(hour):
            begun = np.maximum(self._sources.beginnings() - self._base, 0)
            self._sources.learn(hour, self._known_due[slot] - self._known_due[begun])
            self._learn()

    def add(self, second: float, source: str = "") -> bool:
        """Count one event that occurred at `second`; return whether its source is known, not being learnt.

        One that is older than the clock's memory is not counted.
        """
        is_known = self._sources.add(source, second, self._hour)
        slot = int(second // HOUR) - self._base
        if slot < 0:
            return is_known
        self._counts[slot] += 1
        current = self._hour - self._base
        if slot < current:
            self._sent[slot + 1 : current + 1] += 1
        return is_known

    def since(self, starts: Floats, now: float) -> tuple[Floats, Floats, Ints]:
        """Return what the city was due and what it sent since each start, and the starts' local days."""
        whole = starts // HOUR
        slots = np.maximum(whole.astype(np.int64) - self._base, 0)
        part = np.minimum(starts / HOUR - whole, 1.0)
        current = min(now / HOUR - self._hour, 1.0)
        last = self._hour - self._base
        due_now = self._due[last] + self._expected[last] * current
        sent_now = self._sent[last] + self._counts[last]
        passed = np.where(slots == last, max(current, 1e-9), 1.0)
        due = due_now - self._due[slots] - self._expected[slots] * part
        sent = sent_now - self._sent[slots] - self._counts[slots] * np.minimum(part / passed, 1.0)
        return due, sent, self._days[slots]

    def known_due_until(self, second: float) -> float:
        """Return what the city was due from the start of its memory to `second`, but to sources being learnt.

        Quick, without vectors.
        """
        slot = int(second // HOUR) - self._base
        if slot < 0:
            return 0.0
        part = second / HOUR - slot - self._base
        return self._known_due.item(slot) + self._known_expected.item(slot) * part

    def at_least_since(self, starts: Floats, ends: Floats) -> tuple[Floats, Floats]:
        """Return what the city was due from starts to ends, and the least that it sent meanwhile.

        The ends lie in the hour reached, and so may some starts. More may yet be heard of what was sent.
        """
        slots, due = self._slots_due(starts)
        sent = self._sent[slots] + self._counts[slots] * (starts / HOUR - slots - self._base)
        last = self._hour - self._base
        sent_now = self._sent[last] + self._counts[last]
        sent = np.where(slots < last, sent_now - sent, 0.0)
        return self._slots_due(ends)[1] - due, sent

    def _slots_due(self, seconds: Floats) -> tuple[Ints, Floats]:
        slots = np.maximum((seconds // HOUR).astype(np.int64) - self._base, 0)
        return slots, self._due[slots] + self._expected[slots] * (seconds / HOUR - slots - self._base)

    def days(self, starts: Floats) -> Ints:
        """Return the local days of moments that the clock remembers."""
        return self._days[np.maximum((starts // HOUR).astype(np.int64) - self._base, 0)]

    def close_day(self, hour: int) -> None:
        """Learn from all hours before `hour`, the first of a new local day; expect the day that begins."""
        self._forget(hour)
        self._sources.forget(hour)
        self._closed = hour
        self._learn()

    def _learn(self) -> None:
        hour = self._closed
        begin = max(self._first, self._base, hour - KEPT_HOURS)
        if begin >= hour:
            return
        past = self._columns(begin, hour)
        counts = self._counts[begin - self._base : hour - self._base]
        # As many as the sources of today would have sent.
        counts = counts / self._sources.level(np.arange(begin, hour))
        first = int(past.day[0])
        totals = np.bincount(past.day - first, counts).astype(np.float64)[-PROFILE_DAYS:]
        weekdays = ((np.arange(first, int(past.day[-1]) + 1, dtype=np.int64) + 6) % 7)[-PROFILE_DAYS:]
        self.active_days = int(np.count_nonzero(totals))
        profile = _profile(past.hour, counts)
        factors = _weekday_factors(totals, weekdays)
        self.per_day = _level((totals / factors[weekdays])[-LEVEL_DAYS:])
        self._expect(hour - 24 * REFRESHED_DAYS, hour + 26, profile, factors)

    def _expect(self, begin: int, end: int, profile: Floats, factors: Floats) -> None:
        begin = max(begin, self._base, self._first)
        coming = self._columns(begin, end)
        hours = np.arange(begin, end)
        expected = self.per_day * factors[coming.weekday] * profile[coming.hour] * self._sources.level(hours)
        known = expected * self._sources.known_part(hours)
        low, high = begin - self._base, end - self._base
        self._expected[low:high], self._known_expected[low:high] = expected, known
        self._due[low + 1 : high + 1] = self._due[low] + np.cumsum(expected)
        self._known_due[low + 1 : high + 1] = self._known_due[low] + np.cumsum(known)

    def _columns(self, begin: int, end: int) -> _Columns:
        for hour in range(max(begin, self._hour + 1), end):
            self._place(hour)
        days = self._days[begin - self._base : end - self._base]
        return _Columns(days, self._clock_hours[begin - self._base : end - self._base], (days + 6) % 7)

    def _place(self, hour: int) -> None:
        local = self._hours.at(hour)
        self._days[hour - self._base], self._clock_hours[hour - self._base] = local.day, local.hour

    def _forget(self, hour: int) -> None:
        drop = hour - KEPT_HOURS - self._base
        if hour + 48 - self._base < ROOM_HOURS:
            return
        for name in COLUMNS:
            column = getattr(self, f"_{name}")
            column[:-drop] = column[drop:].copy()
            column[-drop:] = 0
        self._base += drop


class _Columns(NamedTuple):
    """Local days, hours of the day and weekdays of consecutive hours."""

    day: Ints
    hour: Ints
    weekday: Ints


def _profile(hours_of_day: Ints, counts: Floats) -> Floats:
    by_hour = np.bincount(hours_of_day, counts, 24).astype(np.float64) + FLAT_EVENTS / 24
    by_hour /= by_hour.sum()
    return by_hour


def _weekday_factors(totals: Floats, weekdays: Ints) -> Floats:
    usual = max(float(np.median(totals)), float(totals.mean()) / 2, 1e-6)
    factors = np.ones(7)
    for weekday in range(7):
        own = totals[weekdays == weekday]
        if len(own):
            prior = WEEKDAY_EVENTS / usual
            factors[weekday] = (np.median(own) / usual * len(own) + prior) / (len(own) + prior)
    factors /= factors.mean()
    return factors


def _level(days: Floats) -> float:
    """Return the mean of the days, each counted with at most three standard deviations above it."""
    level = float(days.mean())
    for _ in range(3):
        level = float(np.minimum(days, level + 3 * np.sqrt(level + 1)).mean())
    return level
