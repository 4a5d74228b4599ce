"""Which part of an estate's requests usually comes from people who never wrote about it before. Pure.

A surge is carried by new voices, everyday complaining partly by known ones. How much so is learnt: where
everyone is always new (or nobody's name is known), new voices prove nothing and change no score.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

HALF_LIFE_DAYS = 120.0
PRIOR_REQUESTS = 20.0
"""Requests at the city's own part that each estate starts from."""


class Voices:
    """Decayed counts of requests, and of newcomers' among them; estates by their index, days local."""

    def __init__(self, kept_days: int) -> None:
        self._kept_days = kept_days
        self._keep = 0.5 ** (1 / HALF_LIFE_DAYS)
        self._counts = np.zeros((64, 2))
        self._today: list[tuple[int, bool]] = []
        self._days: dict[int, list[float]] = {}
        self._last: list[float] = []

    def add(self, estate: int, *, is_new: bool) -> None:
        """Count a request of the day that is not yet closed."""
        self._today.append((estate, is_new))

    def newcomers_part(self, estate: int, day: int) -> float:
        """Return the usual part of newcomers, 0..1, as it was known when local day `day` began."""
        known = self._days.get(day, self._last)
        return known[estate] if estate < len(known) else 1.0

    def close_day(self, today: int, estates: int, surging: Collection[int]) -> None:
        """Learn from the day that ended, except from estates that had a surge open."""
        while len(self._counts) < estates:
            self._counts = np.concatenate([self._counts, np.zeros_like(self._counts)])
        self._counts *= self._keep
        for estate, is_new in self._today:
            if estate not in surging:
                self._counts[estate] += (1, is_new)
        self._today = []
        requests, new = self._counts[:estates].T
        usual = (new.sum() + PRIOR_REQUESTS) / (requests.sum() + PRIOR_REQUESTS)
        part = (new + PRIOR_REQUESTS * usual) / (requests + PRIOR_REQUESTS)
        self._last = self._days[today] = part.tolist()
        for day in [day for day in self._days if day < today - self._kept_days]:
            del self._days[day]
