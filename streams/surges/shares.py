"""What share of the city's events each unit usually sends: an empirical-Bayes baseline, closed once a day.

A unit's share is Gamma distributed a priori, the prior fitted to all units of its level by moments each day,
so that a quiet unit borrows from all and a city-wide change moves none. Nothing here knows what time it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from streams.contract import Level

LEVELS = tuple(Level)
RING_DAYS = 16
CAP_DEVIATIONS = 3.0
FEW_UNITS = 5
"""Below this many units of a level no prior can be fitted; a vague one of shape `VAGUE_SHAPE` is taken."""
VAGUE_SHAPE = 0.5

Floats = NDArray[np.float64]


class Shares:
    """Decayed counts of every unit and of the city, and the posterior share of each unit they give."""

    def __init__(self, half_lives: tuple[float, ...], lag_days: int) -> None:
        self._lag = lag_days
        self._keep = 0.5 ** (1 / np.array(half_lives))
        self._used = 0
        self._level = np.zeros(64, np.int8)
        self._ring = np.zeros((64, RING_DAYS))
        self._counts = np.zeros((64, len(half_lives)))
        self._city_ring = np.zeros(RING_DAYS)
        self._city = np.zeros(len(half_lives))
        self._shape = np.zeros((64, len(half_lives)))
        self._mean = np.zeros((64, len(half_lives)))
        self._prior: dict[int, tuple[Floats, Floats]] = {}
        self.posterior: list[tuple[tuple[float, float], ...]] = []
        """For each unit, for each half-life: (shape, expected share)."""

    def enroll(self, level: Level) -> int:
        """Return the index of a unit that is seen for the first time."""
        if self._used == len(self._level):
            self._grow()
        index, self._used = self._used, self._used + 1
        self._level[index] = LEVELS.index(level)
        self.posterior.append(self._of_newcomer(LEVELS.index(level)))
        return index

    def prior(self, level: Level) -> tuple[float, float]:
        """Return (shape, rate) of the prior share of a level's units at the longest half-life."""
        known = self._prior.get(LEVELS.index(level))
        if known is None:
            return VAGUE_SHAPE, VAGUE_SHAPE
        return float(known[0][0]), float(known[1][0])

    def add(self, index: int, day: int) -> None:
        """Count an event of a unit on a day that has not yet entered the baseline."""
        self._ring[index, day % RING_DAYS] += 1

    def add_city(self, day: int) -> None:
        """Count an event of the city."""
        self._city_ring[day % RING_DAYS] += 1

    def close_day(self, today: int) -> None:
        """Let the day `lag` days before yesterday enter the baseline, and free its place for a new day."""
        slot = (today - 1 - self._lag) % RING_DAYS
        n = self._used
        sent = self._city_ring[slot]
        if sent:
            usual = self._mean[:n].max(axis=1) * sent
            entered = np.minimum(self._ring[:n, slot], usual + CAP_DEVIATIONS * np.sqrt(usual + 1))
            self._counts[:n] = self._counts[:n] * self._keep + entered[:, None]
            self._city = self._city * self._keep + sent
        else:
            self._counts[:n] *= self._keep
            self._city *= self._keep
        self._ring[:, slot] = 0
        self._city_ring[slot] = 0
        self._infer()

    def _infer(self) -> None:
        if not self._city.all():
            return
        n = self._used
        for level in np.unique(self._level[:n]):
            rows = np.flatnonzero(self._level[:n] == level)
            shape, rate = _fit_prior(self._counts[rows], self._city)
            self._prior[int(level)] = (shape, rate)
            self._shape[rows] = shape + self._counts[rows]
            self._mean[rows] = self._shape[rows] / (rate + self._city)
        pairs = np.stack([self._shape[:n], self._mean[:n]], axis=2).tolist()
        self.posterior = [tuple((a, m) for a, m in unit) for unit in pairs]

    def _of_newcomer(self, level: int) -> tuple[tuple[float, float], ...]:
        if level not in self._prior:
            return tuple((VAGUE_SHAPE, 0.0) for _ in self._keep)
        shape, rate = self._prior[level]
        means = shape / (rate + self._city)
        return tuple(zip(shape.tolist(), means.tolist(), strict=True))

    def _grow(self) -> None:
        for name in ("_level", "_ring", "_counts", "_shape", "_mean"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros_like(old)]))


def _fit_prior(counts: Floats, city: Floats) -> tuple[Floats, Floats]:
    """Fit Gamma(shape, rate) to shares counts / city by moments, their Poisson noise taken out."""
    shares = counts / city
    mean = np.maximum(shares.mean(axis=0), 1e-12)
    if len(counts) < FEW_UNITS:
        return np.full_like(mean, VAGUE_SHAPE), VAGUE_SHAPE / mean
    variance = np.maximum(shares.var(axis=0) - mean / city, 0.05 * mean**2)
    return mean**2 / variance, mean / variance
