"""What share of the city's events each estate usually sends: a Bayesian filter over all estates at once.

Every estate's share of the city's day is a hidden state on a grid of logarithms. Each day the states drift,
and the day's count (negative binomial, or now and then a surge that says nothing of the share) weighs them.
Two filters run side by side, one nearly still and one quick, and each estate leans on the one that foretold
its own days better (dynamic model averaging). Newcomers start from what all estates look like together.
An area's share is the sum of its estates' shares.

What was known at the start of each of the last days is kept, so that a window can be compared with what was
known before it began. Pure; the only time it knows is the day that closes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from streams.contract import Level
from streams.surges.settings import DetectorSettings

Floats = NDArray[np.float32]

GRID_POINTS = 128
LEAST_SHARE, MOST_SHARE = 2e-7, 1.2
PRIOR_SPREAD = 1.3
"""Standard deviation, in logs, of estates' shares before any is known."""
PSEUDO_UNITS = 5.0
"""Estates' worth of that first guess in the prior, for ever."""
FEWEST_UNITS = 20
"""A city is taken to have at least so many estates until it shows more."""
SURGE_DAY_MEAN = 6.0
"""Mean count of a surge's day, whose size says nothing of the share."""
OPEN_SURGE_DAY = 0.5
"""Probability that a day of an estate with an open surge is the surge's."""
FORGETTING = 0.99
"""Power to which the odds of the filters are taken each day (Raftery and others, 2010)."""
LEAST_ODDS = 1e-3
AREA_VARIANCE = 0.01
"""Unevenness that an area keeps however many estates share it, in units of an estate's daily noise."""


class Share(NamedTuple):
    """A unit's share of the city's events, as it was known when a day began."""

    mean: float
    doubt: float
    """Square of its relative standard error."""
    unevenness: float = 1.0
    """Part of an estate's daily noise that the unit has: less the more estates share it."""


class _Known(NamedTuple):
    """All shares as they were known when a day began."""

    estates: tuple[list[float], list[float]]
    areas: tuple[list[float], list[float], list[float]]
    newcomer: Share


class Shares:
    """The filters of all estates, and the areas that they add up to; each is addressed by its own index."""

    def __init__(self, settings: DetectorSettings) -> None:
        self._settings = settings
        self._grid = np.linspace(np.log(LEAST_SHARE), np.log(MOST_SHARE), GRID_POINTS)
        self._values = np.exp(self._grid).astype(np.float32)
        step = self._grid[1] - self._grid[0]
        self._hops = [min(0.5, drift * drift / step**2) for drift in settings.drift_per_day]
        self.estates = 0
        self._states = np.zeros((64, len(self._hops), GRID_POINTS), np.float32)
        self._odds = np.zeros((64, len(self._hops)), np.float32)
        self._today = np.zeros(64)
        self._areas = 0
        self._area_of: dict[tuple[int, Level], int] = {}
        self._prior = self._first_guess(FEWEST_UNITS)
        self._days: dict[int, _Known] = {}
        self._last: _Known | None = None

    def enroll(self, level: Level) -> int:
        """Return the index of a unit that is seen for the first time: of an estate, or among the areas."""
        if level is not Level.ESTATE:
            self._areas += 1
            return self._areas - 1
        if self.estates == len(self._today):
            self._grow()
        index, self.estates = self.estates, self.estates + 1
        self._states[index] = self._prior
        self._odds[index] = np.array(self._settings.drift_odds)
        return index

    def place(self, estate: int, level: Level, area: int) -> None:
        """Note to which area of a level an estate belongs; the latest holds."""
        self._area_of[estate, level] = area

    def add(self, estate: int) -> None:
        """Count an event of an estate that occurred on the day that is not yet closed."""
        self._today[estate] += 1

    def known(self, level: Level, index: int, day: int) -> Share:
        """Return a unit's share as it was known when local day `day` began."""
        return _look_up(self._days.get(day, self._last), level, index)

    def latest(self, level: Level, index: int) -> Share:
        """Return a unit's share as it is known now."""
        return _look_up(self._last, level, index)

    def close_day(self, today: int, surging: Collection[int]) -> None:
        """Learn from the day that ended before local day `today`; `surging` estates had a surge open."""
        states = self._states[: self.estates]
        self._drift(states)
        if self._today.any():
            self._learn(states, surging)
            self._renew_prior(states)
        self._today[:] = 0
        self._last = self._days[today] = self._summary(states)
        for day in [day for day in self._days if day < today - self._settings.window_days - 1]:
            del self._days[day]

    def _drift(self, states: Floats) -> None:
        """Let each share hop to its neighbours on the grid, and now and then be drawn anew."""
        for model, hop in enumerate(self._hops):
            old = states[:, model].copy()
            states[:, model] *= 1 - hop
            states[:, model, 1:] += hop / 2 * old[:, :-1]
            states[:, model, :-1] += hop / 2 * old[:, 1:]
        states *= 1 - self._settings.jump_per_day
        states += self._settings.jump_per_day * self._prior

    def _learn(self, states: Floats, surging: Collection[int]) -> None:
        counts, which = np.unique(self._today[: len(states)], return_inverse=True)
        usual = self._usual_likelihood(counts)
        odd = (SURGE_DAY_MEAN / (1 + SURGE_DAY_MEAN)) ** counts / (1 + SURGE_DAY_MEAN)
        chance = np.full((len(states), 1), self._settings.surge_day, np.float32)
        chance[list(surging)] = OPEN_SURGE_DAY
        likelihood = usual[which] * (1 - chance) + odd[which, None].astype(np.float32) * chance
        states *= likelihood[:, None, :]
        evidence = states.sum(axis=2)
        states /= evidence[:, :, None]
        odds = self._odds[: len(states)]
        odds[:] = odds**FORGETTING * evidence
        odds /= odds.sum(axis=1, keepdims=True)
        np.maximum(odds, LEAST_ODDS, out=odds)

    def _usual_likelihood(self, counts: NDArray[np.float64]) -> Floats:
        """Return P(count | share) of days without a surge: a row for each count, a column for each share."""
        size = 1 / self._settings.day_variance
        mean = self._values.astype(np.float64) * self._today.sum()
        constant = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
        powers = counts[:, None] * np.log(mean / (mean + size)) - size * np.log1p(mean / size)
        return np.maximum(np.exp(constant[:, None] + powers), 1e-30).astype(np.float32)

    def _renew_prior(self, states: Floats) -> None:
        """Let newcomers look like the mean of all estates (nonparametric empirical Bayes)."""
        guess = PSEUDO_UNITS * self._first_guess(max(FEWEST_UNITS, len(states)))
        self._prior = (states.mean(axis=1).sum(axis=0) + guess) / np.float32(len(states) + PSEUDO_UNITS)

    def _first_guess(self, units: int) -> Floats:
        centre = -np.log(units) - PRIOR_SPREAD**2 / 2
        guess = np.exp(-0.5 * ((self._grid - centre) / PRIOR_SPREAD) ** 2)
        return (guess / guess.sum()).astype(np.float32)

    def _summary(self, states: Floats) -> _Known:
        odds = self._odds[: len(states)]
        odds = odds / odds.sum(axis=1, keepdims=True)
        mean = ((states @ self._values) * odds).sum(axis=1)
        square = ((states @ self._values**2) * odds).sum(axis=1)
        doubt = np.maximum(square / mean**2 - 1, 1e-4)
        newcomer = _moments(self._prior, self._values)
        return _Known((mean.tolist(), doubt.tolist()), self._sum_areas(mean, doubt), newcomer)

    def _sum_areas(self, mean: Floats, doubt: Floats) -> tuple[list[float], list[float], list[float]]:
        pairs = np.array([(e, a) for (e, _), a in self._area_of.items() if e < len(mean)], np.int64).reshape(
            -1, 2
        )
        estate, area = pairs.T
        total = np.maximum(np.bincount(area, mean[estate], self._areas), 1e-9)
        squares = np.bincount(area, mean[estate] ** 2, self._areas) / total**2
        errors = np.bincount(area, doubt[estate] * mean[estate] ** 2, self._areas) / total**2
        return total.tolist(), errors.tolist(), (squares + AREA_VARIANCE).tolist()

    def _grow(self) -> None:
        for name in ("_states", "_odds", "_today"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros_like(old)]))


def _moments(states: Floats, values: Floats) -> Share:
    mean = float(states @ values)
    return Share(mean, float(states @ values**2) / mean**2 - 1)


def _look_up(known: _Known | None, level: Level, index: int) -> Share:
    if known is None:
        return Share(1 / FEWEST_UNITS, np.expm1(PRIOR_SPREAD**2))
    if level is Level.ESTATE:
        means, doubts = known.estates
        return Share(means[index], doubts[index]) if index < len(means) else known.newcomer
    means, doubts, uneven = known.areas
    return Share(means[index], doubts[index], uneven[index]) if index < len(means) else known.newcomer
