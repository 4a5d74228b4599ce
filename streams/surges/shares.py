"""What share of the city's events each estate usually sends: a Bayesian filter over all estates at once.

Every estate's share of the city's day is a hidden state on a grid of logarithms. Each day the states drift,
and the day's count (negative binomial, or now and then a surge that says nothing of the share) weighs them.
Two filters run side by side, one nearly still and one quick, and each estate leans on the one that foretold
its own days better (dynamic model averaging). Newcomers start from what all estates look like together.

What was known at the start of each of the last days is kept, so that a window can be compared with what was
known before it began. Pure; the only time it knows is the day that closes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from streams.surges.settings import DetectorSettings

Floats = NDArray[np.float32]

GRID_POINTS = 128
LEAST_SHARE, MOST_SHARE = 2e-7, 1.2
PRIOR_SPREAD = 1.3
"""Standard deviation, in logs, of estates' shares before any is known."""
PSEUDO_UNITS = 5.0
"""Estates' worth of that first guess in the prior, for ever."""
SURGE_DAY_MEAN = 6.0
"""Mean count of a surge's day, whose size says nothing of the share."""
FORGETTING = 0.99
"""Power to which the odds of the two filters are taken each day (Raftery and others, 2010)."""


class Share(NamedTuple):
    """A unit's share of the city's events: its mean and the square of its relative standard error."""

    mean: float
    variance: float


class Shares:
    """The filters of all estates; estates are addressed by the index that `enroll` gave them."""

    def __init__(self, settings: DetectorSettings) -> None:
        self._settings = settings
        self._grid = np.linspace(np.log(LEAST_SHARE), np.log(MOST_SHARE), GRID_POINTS)
        self._values = np.exp(self._grid).astype(np.float32)
        step = self._grid[1] - self._grid[0]
        self._hops = [min(0.5, sd * sd / step**2) for sd in settings.drift_per_day]
        self._used = 0
        self._states = np.zeros((64, len(self._hops), GRID_POINTS), np.float32)
        self._odds = np.zeros((64, len(self._hops)), np.float32)
        self._today = np.zeros(64)
        self._city_today = 0
        self._prior = self._first_guess(20)
        self._days: dict[int, tuple[list[float], list[float], Share]] = {}

    def enroll(self) -> int:
        """Return the index of an estate that is seen for the first time."""
        if self._used == len(self._today):
            self._grow()
        index, self._used = self._used, self._used + 1
        self._states[index] = self._prior
        self._odds[index] = np.array(self._settings.drift_odds)
        return index

    def add(self, index: int) -> None:
        """Count an event of an estate that occurred on the day that is not yet closed."""
        self._today[index] += 1
        self._city_today += 1

    def known(self, index: int, day: int) -> Share:
        """Return an estate's share as it was known when local day `day` began."""
        means, variances, newcomer = self._days.get(day) or self._days[min(self._days)]
        if index < len(means):
            return Share(means[index], variances[index])
        return newcomer

    def latest(self, index: int) -> float:
        """Return an estate's mean share as it is known now."""
        return self.known(index, max(self._days, default=0)).mean

    def close_day(self, today: int, surging: list[int]) -> None:
        """Learn from the day that ended before local day `today`; `surging` estates had a surge open."""
        n = self._used
        states = self._states[:n]
        self._drift(states)
        if self._city_today:
            self._learn(states, surging)
            self._renew_prior(states)
        self._today[:] = 0
        self._city_today = 0
        self._remember(today, states)

    def _drift(self, states: Floats) -> None:
        for model, hop in enumerate(self._hops):
            old = states[:, model]
            moved = hop / 2 * (old[:, :-2] + old[:, 2:])
            edges = old[:, [1, -2]] * (hop / 2)
            inner = (1 - hop) * old
            inner[:, 1:-1] += moved
            inner[:, [0, -1]] += edges + old[:, [0, -1]] * (hop / 2)
            states[:, model] = inner
        states *= 1 - self._settings.jump_per_day
        states += self._settings.jump_per_day * self._prior

    def _learn(self, states: Floats, surging: list[int]) -> None:
        counts, which = np.unique(self._today[: len(states)], return_inverse=True)
        usual = self._usual_likelihood(counts)
        odd = (1 / (1 + SURGE_DAY_MEAN)) * (SURGE_DAY_MEAN / (1 + SURGE_DAY_MEAN)) ** counts
        chance = np.full(len(states), self._settings.surge_day, np.float32)
        chance[surging] = 0.5
        likelihood = usual[which] * (1 - chance)[:, None] + (odd[which] * chance)[:, None].astype(np.float32)
        states *= likelihood[:, None, :]
        evidence = states.sum(axis=2)
        states /= evidence[:, :, None]
        odds = self._odds[: len(states)]
        odds[:] = odds**FORGETTING * evidence
        odds /= odds.sum(axis=1, keepdims=True)
        np.maximum(odds, 1e-3, out=odds)

    def _usual_likelihood(self, counts: NDArray[np.float64]) -> Floats:
        size = 1 / self._settings.day_variance
        mean = self._values.astype(np.float64) * self._city_today
        log_odds = np.log(mean / (mean + size))
        constant = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
        out = np.exp(constant[:, None] + counts[:, None] * log_odds - size * np.log1p(mean / size))
        return np.maximum(out, 1e-30).astype(np.float32)

    def _renew_prior(self, states: Floats) -> None:
        n = len(states)
        guess = self._first_guess(max(20, n))
        self._prior = ((states.mean(axis=1).sum(axis=0) + PSEUDO_UNITS * guess) / (n + PSEUDO_UNITS)).astype(np.float32)

    def _first_guess(self, units: int) -> Floats:
        centre = -np.log(units) - PRIOR_SPREAD**2 / 2
        guess = np.exp(-0.5 * ((self._grid - centre) / PRIOR_SPREAD) ** 2)
        return (guess / guess.sum()).astype(np.float32)

    def _remember(self, today: int, states: Floats) -> None:
        odds = self._odds[: len(states)]
        odds = odds / odds.sum(axis=1, keepdims=True)
        mean = ((states @ self._values) * odds).sum(axis=1)
        square = ((states @ self._values**2) * odds).sum(axis=1)
        variance = np.maximum(square / mean**2 - 1, 1e-4)
        first = float(self._prior @ self._values)
        newcomer = Share(first, float(self._prior @ self._values**2) / first**2 - 1)
        self._days[today] = (mean.tolist(), variance.tolist(), newcomer)
        for day in [day for day in self._days if day < today - self._settings.window_days - 1]:
            del self._days[day]

    def _grow(self) -> None:
        for name in ("_states", "_odds", "_today"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros_like(old)]))
