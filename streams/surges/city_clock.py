"""The city's clock: how much the whole city is expected to send, and sent, between two moments.

It knows nothing of units. Time of day, weekday, season and growth enter the detector here alone: a unit is
weighed by its share of what the city's clock shows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.surges.hours import HOUR, LocalHours

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KEPT_HOURS = 24 * 60
"""Hours behind the present that windows and the profile look back on."""
PROFILE_DAYS = 56
LEVEL_DAYS = 28
REFRESHED_DAYS = 15
"""Days behind the present whose expectation is revised at each close: the longest window lies within."""
FLAT_EVENTS = 24.0
"""Pseudo-events, spread evenly over the day, that the hourly profile starts from."""
WEEKDAY_EVENTS = 100.0
"""Pseudo-events of an ordinary day that each weekday's factor starts from."""


class CityClock:
    """Hourly counts of the city with what was expected of them; hours are UTC seconds // 3600.

    Plain lists, one entry an hour from `base` on: the hot path reads single entries, where numpy is slow.
    """

    def __init__(self, first_hour: int, hours: LocalHours) -> None:
        self._hours = hours
        self._base = first_hour
        self._counts = [0]
        self._expected = [0.0]
        self._sent = [0]
        self._due = [0.0]
        self.per_day = 0.0
        """Events the city is expected to send on an ordinary day."""

    def reach(self, hour: int) -> None:
        """Make room for the counts of all hours up to `hour`."""
        while self._base + len(self._sent) <= hour:
            self._sent.append(self._sent[-1] + self._counts[-1])
            self._counts.append(0)
            if len(self._expected) < len(self._counts):
                self._expected.append(0.0)
                self._due.append(self._due[-1] + self._expected[-2])

    def add(self, second: float) -> None:
        """Count one event that occurred at `second`; one that is older than the clock's memory is not."""
        slot = int(second // HOUR) - self._base
        if slot < 0:
            return
        self._counts[slot] += 1
        for later in range(slot + 1, len(self._sent)):
            self._sent[later] += 1

    def reading(self, second: float, now: float) -> tuple[float, float]:
        """Return (expected, sent) from the start of the clock's memory to `second`, as known at `now`."""
        slot = int(second // HOUR) - self._base
        if slot < 0:
            return 0.0, 0.0
        if slot >= len(self._sent):
            return self._due[-1] + self._expected[-1], self._sent[-1] + self._counts[-1]
        begin = (slot + self._base) * HOUR
        part = (second - begin) / HOUR
        due = self._due[slot] + self._expected[slot] * part
        passed = (now - begin) / HOUR
        if passed < 1:
            part = part / passed if passed > 0 else 0.0
        return due, self._sent[slot] + self._counts[slot] * part

    def close_day(self, hour: int) -> None:
        """Learn from all hours before `hour`, the first of a new local day, and expect the day that begins."""
        self.reach(hour)
        self._forget(hour)
        past = _columns(self._hours, self._base, hour)
        counts = np.array(self._counts[: hour - self._base], dtype=np.float64)
        first = int(past.day[0])
        totals = np.bincount(past.day - first, counts)[-PROFILE_DAYS:]
        weekdays = (np.arange(first, first + past.day[-1] - first + 1) + 6)[-PROFILE_DAYS:] % 7
        profile = _profile(past.hour, counts)
        factors = _weekday_factors(totals, weekdays)
        self.per_day = _level((totals / factors[weekdays])[-LEVEL_DAYS:])
        self._expect(hour - 24 * REFRESHED_DAYS, hour + 26, profile, factors)

    def _expect(self, begin: int, end: int, profile: Floats, factors: Floats) -> None:
        begin = max(begin, self._base)
        low = begin - self._base
        coming = _columns(self._hours, begin, end)
        expected = self.per_day * factors[coming.weekday] * profile[coming.hour]
        due = self._due[low] + np.cumsum(expected) - expected
        self._expected[low:] = expected.tolist()
        self._due[low:] = due.tolist()

    def _forget(self, hour: int) -> None:
        drop = hour - KEPT_HOURS - self._base
        if drop > 0:
            for column in (self._counts, self._expected, self._sent, self._due):
                del column[:drop]
            self._base += drop


class _Columns(NamedTuple):
    """Local days, hours of the day and weekdays of consecutive hours."""

    day: Ints
    hour: Ints
    weekday: Ints


def _columns(hours: LocalHours, begin: int, end: int) -> _Columns:
    rows = np.array([hours.at(hour) for hour in range(begin, end)], dtype=np.int64)
    return _Columns(rows[:, 0], rows[:, 1], rows[:, 2])


def _profile(hours_of_day: Ints, counts: Floats) -> Floats:
    by_hour = np.bincount(hours_of_day, counts, 24) + FLAT_EVENTS / 24
    return by_hour / by_hour.sum()


def _weekday_factors(totals: Floats, weekdays: Ints) -> Floats:
    usual = max(float(np.median(totals)), float(totals.mean()) / 2, 1e-6)
    factors = np.ones(7)
    for weekday in range(7):
        own = totals[weekdays == weekday]
        if len(own):
            prior = WEEKDAY_EVENTS / usual
            factors[weekday] = (np.median(own) / usual * len(own) + prior) / (len(own) + prior)
    return factors / factors.mean()


def _level(days: Floats) -> float:
    """Return the mean of the days, each counted with at most three standard deviations above it."""
    level = float(days.mean())
    for _ in range(3):
        level = float(np.minimum(days, level + 3 * np.sqrt(level + 1)).mean())
    return level
