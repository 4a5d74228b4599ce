"""The city's clock: how much the whole city is expected to send, and sent, between two moments.

It knows nothing of units. Time of day, weekday, season and growth enter the detector here alone: a unit is
weighed by its share of what the city's clock shows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from streams.surges.hours import HOUR, LocalHours

Floats = NDArray[np.float64]

KEPT_HOURS = 24 * 64
"""Hours behind the present that windows, the profile and young units' baselines look back on."""
ROOM_HOURS = 2 * KEPT_HOURS
PROFILE_DAYS = 56
LEVEL_DAYS = 28
REFRESHED_DAYS = 15
"""Days behind the present whose expectation is revised at each close: the longest window lies within."""
FLAT_EVENTS = 24.0
"""Pseudo-events, spread evenly over the day, that the hourly profile starts from."""
WEEKDAY_EVENTS = 100.0
"""Pseudo-events of an ordinary day that each weekday's factor starts from."""


class CityClock:
    """Hourly counts of the city with what was expected of them; hours are UTC seconds // 3600."""

    def __init__(self, first_hour: int, hours: LocalHours) -> None:
        self._hours = hours
        self._base = first_hour
        self._first = first_hour
        self._counts = np.zeros(ROOM_HOURS)
        self._expected = np.zeros(ROOM_HOURS)
        self._sent = np.zeros(ROOM_HOURS + 1)
        self._due = np.zeros(ROOM_HOURS + 1)
        self.per_day = 0.0
        """Events the city is expected to send on an ordinary day."""

    def add(self, second: float) -> None:
        """Count one event that occurred at `second`; one that is older than the clock's memory is not."""
        slot = int(second // HOUR) - self._base
        if slot < 0:
            return
        self._counts[slot] += 1
        self._sent[slot + 1 :] += 1

    def reading(self, second: float, now: float) -> tuple[float, float]:
        """Return (expected, sent) from the start of the clock's memory to `second`, as known at `now`."""
        slot = int(second // HOUR) - self._base
        if slot < 0:
            return 0.0, 0.0
        begin = (slot + self._base) * HOUR
        part = (second - begin) / HOUR
        passed = min(1.0, (now - begin) / HOUR)
        sent = self._sent.item(slot)
        if passed > 0:
            sent += self._counts.item(slot) * min(1.0, part / passed)
        return self._due.item(slot) + self._expected.item(slot) * part, sent

    def close_day(self, hour: int) -> None:
        """Learn from all hours before `hour`, the first of a new local day, and expect the day that begins."""
        self._make_room(hour)
        today = self._hours.at(hour).day
        past = self._local(hour - KEPT_HOURS, hour)
        counts = self._slice(hour - KEPT_HOURS, hour)
        inside = past[0] >= max(today - PROFILE_DAYS, self._hours.at(self._first).day)
        days, hours_of_day, weekdays = (column[inside] for column in past)
        totals = np.bincount(days - (today - PROFILE_DAYS), counts[inside], PROFILE_DAYS)
        known = np.unique(days) - (today - PROFILE_DAYS)
        if not len(known):
            return
        profile = _profile(hours_of_day, counts[inside])
        factors = _weekday_factors(totals[known], _weekday_of(known, today))
        self.per_day = _level(totals[known][-LEVEL_DAYS:] / factors[_weekday_of(known, today)][-LEVEL_DAYS:])
        self._expect(hour - 24 * REFRESHED_DAYS, hour + 26, profile, factors)

    def _expect(self, begin: int, end: int, profile: Floats, factors: Floats) -> None:
        begin = max(begin, self._first, self._base)
        _, hours_of_day, weekdays = self._local(begin, end)
        expected = self.per_day * factors[weekdays] * profile[hours_of_day]
        low = begin - self._base
        self._expected[low : low + len(expected)] = expected
        self._due[low + 1 :] = self._due[low] + np.cumsum(self._expected[low:])

    def _make_room(self, hour: int) -> None:
        excess = hour + 48 - self._base - ROOM_HOURS
        if excess <= 0:
            return
        drop = max(excess, min(hour - self._base - KEPT_HOURS, KEPT_HOURS))
        for name in ("_counts", "_expected"):
            kept = getattr(self, name)[drop:]
            setattr(self, name, np.concatenate([kept, np.zeros(ROOM_HOURS - len(kept))]))
        self._sent = np.concatenate([[0.0], np.cumsum(self._counts)])
        self._due = np.concatenate([[0.0], np.cumsum(self._expected)])
        self._base += drop

    def _slice(self, begin: int, end: int) -> Floats:
        out = np.zeros(end - begin)
        low = max(begin, self._base)
        out[low - begin :] = self._counts[low - self._base : end - self._base]
        return out

    def _local(self, begin: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        rows = np.array([self._hours.at(hour) for hour in range(begin, end)], dtype=np.int64)
        return rows[:, 0], rows[:, 1], rows[:, 2]


def _weekday_of(days: NDArray[np.int64], today: int) -> NDArray[np.int64]:
    return (days + today - PROFILE_DAYS + 6) % 7


def _profile(hours_of_day: NDArray[np.int64], counts: Floats) -> Floats:
    by_hour = np.bincount(hours_of_day, counts, 24) + FLAT_EVENTS / 24
    return by_hour / by_hour.sum()


def _weekday_factors(totals: Floats, weekdays: NDArray[np.int64]) -> Floats:
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
