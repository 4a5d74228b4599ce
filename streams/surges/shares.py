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

from array import array
from collections.abc import Collection
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from streams.contract import Level
from streams.surges.history import History, HistoryState
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
BLOCK = 128
"""Estates that a day is closed for at a time: their states fit into a core's cache."""
LEAST_ODDS = 1e-3
LEAST_DOUBT = 1e-4
AREA_UNEVENNESS = 0.04
"""Unevenness that an area keeps however many estates share it, in units of an estate's daily noise."""


class SharesState(msgspec.Struct, frozen=True):
    """All filters as plain data; a row for each estate, or for each pair of an estate and its area."""

    states: Floats
    odds: Floats
    today: NDArray[np.float64]
    city_today: int
    areas: int
    pair_levels: list[Level]
    pair_estates: NDArray[np.int64]
    pair_areas: NDArray[np.int64]
    held: dict[int, list[int]]
    """Of each pair whose estate has moved: the areas that have had its share."""
    prior: Floats
    of_estates: HistoryState
    of_areas: HistoryState


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
        self._city_today = 0
        self._areas = 0
        self._pair_of: dict[tuple[int, Level], int] = {}
        """Where the pair of an estate and its area of a level stands in the two columns below."""
        self._estate_of_pair = array("q")
        self._area_of_pair = array("q")
        self._held: dict[int, list[int]] = {}
        """Of each pair whose estate has moved: the areas that have had its share."""
        self._prior = self._first_guess(FEWEST_UNITS)
        reached = settings.window_days + 2
        self._known = {True: History(3, reached), False: History(3, reached)}

    def state(self) -> SharesState:
        """Return all that the filters know."""
        count = self.estates
        return SharesState(
            states=self._states[:count].copy(),
            odds=self._odds[:count].copy(),
            today=self._today[:count].copy(),
            city_today=self._city_today,
            areas=self._areas,
            pair_levels=[level for _, level in self._pair_of],
            pair_estates=np.array(self._estate_of_pair, np.int64),
            pair_areas=np.array(self._area_of_pair, np.int64),
            held={pair: areas.copy() for pair, areas in self._held.items()},
            prior=self._prior.copy(),
            of_estates=self._known[True].state(count),
            of_areas=self._known[False].state(self._areas),
        )

    def restore(self, state: SharesState) -> None:
        """Know this, and nothing else; the settings are the same."""
        self.estates = count = len(state.states)
        while len(self._today) < count:
            self._grow()
        self._states[:count], self._odds[:count] = state.states, state.odds
        self._today[:count] = state.today
        self._city_today, self._areas = state.city_today, state.areas
        self._estate_of_pair = array("q", state.pair_estates.tobytes())
        self._area_of_pair = array("q", state.pair_areas.tobytes())
        pairs = zip(self._estate_of_pair, state.pair_levels, strict=True)
        self._pair_of = {pair: place for place, pair in enumerate(pairs)}
        self._held = {pair: areas.copy() for pair, areas in state.held.items()}
        self._prior = state.prior
        self._known[True].restore(state.of_estates)
        self._known[False].restore(state.of_areas)

    def enroll(self, level: Level) -> int:
        """Return the index of a unit that is seen for the first time: of an estate, or among the areas."""
        if level is Level.ESTATE:
            index = self._enroll_estate()
        else:
            index, self._areas = self._areas, self._areas + 1
        self._known[level is Level.ESTATE].enroll(index, _moments(self._prior, self._values))
        return index

    def place(self, estate: int, level: Level, area: int, *, brings_share: bool) -> None:
        """Note to which area of a level an estate belongs; the latest holds.

        Args:
            estate: its index.
            level: that of the area.
            area: its index among the areas.
            brings_share: whether the area that the estate moves to is taken to have had its share all along,
                or its windows that begin before the move would hold it against the area. The one that it
                leaves has had it until today.
        """
        pair = self._pair_of.setdefault((estate, level), len(self._area_of_pair))
        if pair == len(self._area_of_pair):
            self._estate_of_pair.append(estate)
            self._area_of_pair.append(area)
            return
        left, self._area_of_pair[pair] = self._area_of_pair[pair], area
        if brings_share and area != left:
            self._bring(pair, estate, left, area)

    def _bring(self, pair: int, estate: int, left: int, area: int) -> None:
        # Once an area: while parts come to a new registry one after another, estates go to and fro.
        held = self._held.setdefault(pair, [left])
        if area not in held:
            held.append(area)
            self._known[False].add(area, 0, self._known[True].of(estate, 0))

    def add(self, estate: int, *, is_first: bool) -> None:
        """Count an event of an estate that occurred on the day that is not yet closed.

        An estate's first event says only that it is there: had it been there all along, it would speak for a
        small share, had it just begun, for a large one; so it counts for the city alone.
        """
        self._city_today += 1
        if not is_first:
            self._today[estate] += 1

    def known(self, level: Level, index: int, days: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return a unit's share as it was known when local days began: a row (mean, doubt, unevenness) each.

        The doubt is the square of the mean's relative standard error; the unevenness is the part of an
        estate's daily noise that the unit has: 1 for an estate, less for an area the more estates share it.
        """
        return self._known[level is Level.ESTATE].at(days, index)

    def latest(self, level: Level, index: int) -> float:
        """Return the mean of a unit's share as it is known now."""
        return self._known[level is Level.ESTATE].latest(index, 0)

    def least(self, level: Level, indices: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the least of mean, doubt and unevenness that units had on any day that a window reaches."""
        return self._known[level is Level.ESTATE].least(indices)

    def all_latest(self, level: Level, indices: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the means of the units' shares as they are known now."""
        return self._known[level is Level.ESTATE].all_latest(indices, 0)

    def close_day(self, today: int, surging: Collection[int]) -> None:
        """Learn from the day that ended before local day `today`; `surging` estates had a surge open."""
        likelihood = self._likelihood(surging) if self._city_today else None
        total = np.zeros((1, GRID_POINTS), np.float32)
        shares = np.zeros((self.estates, 3))
        for begin in range(0, self.estates, BLOCK):
            block = slice(begin, min(begin + BLOCK, self.estates))
            states, odds = self._states[block], self._odds[block]
            self._drift(states)
            if likelihood is not None:
                self._learn(states, odds, likelihood.of(block))
                total = np.concatenate([total, states.mean(axis=1)]).sum(axis=0, keepdims=True)
            shares[block] = self._summary(states, odds)
        if likelihood is not None:
            self._renew_prior(total[0])
        self._today[:] = 0
        self._city_today = 0
        self._known[True].keep(today, shares)
        self._known[False].keep(today, self._sum_areas(shares))

    def _drift(self, states: Floats) -> None:
        """Let each share hop to its neighbours on the grid, and now and then be drawn anew."""
        for model, hop in enumerate(self._hops):
            old = states[:, model].copy()
            states[:, model] *= 1 - hop
            states[:, model, 1:] += hop / 2 * old[:, :-1]
            states[:, model, :-1] += hop / 2 * old[:, 1:]
        states *= 1 - self._settings.jump_per_day
        states += self._settings.jump_per_day * self._prior

    def _likelihood(self, surging: Collection[int]) -> _Likelihood:
        counts, which = np.unique(self._today[: self.estates], return_inverse=True)
        odd = (SURGE_DAY_MEAN / (1 + SURGE_DAY_MEAN)) ** counts / (1 + SURGE_DAY_MEAN)
        chance = np.full((self.estates, 1), self._settings.surge_day, np.float32)
        chance[list(surging)] = OPEN_SURGE_DAY
        return _Likelihood(which, self._usual_likelihood(counts), odd.astype(np.float32), chance)

    def _learn(self, states: Floats, odds: Floats, likelihood: Floats) -> None:
        states *= likelihood[:, None, :]
        evidence = states.sum(axis=2)
        states /= evidence[:, :, None]
        odds[:] = odds**FORGETTING * evidence
        odds /= odds.sum(axis=1, keepdims=True)
        np.maximum(odds, LEAST_ODDS, out=odds)

    def _usual_likelihood(self, counts: NDArray[np.float64]) -> Floats:
        """Return P(count | share) of days without a surge: a row for each count, a column for each share."""
        size = 1 / self._settings.day_variance
        mean = self._values.astype(np.float64) * self._city_today
        constant = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
        powers = counts[:, None] * np.log(mean / (mean + size)) - size * np.log1p(mean / size)
        chances: Floats = np.maximum(np.exp(constant[:, None] + powers), 1e-30).astype(np.float32)
        return chances

    def _renew_prior(self, total: Floats) -> None:
        """Let newcomers look like the mean of all estates (nonparametric empirical Bayes)."""
        guess = PSEUDO_UNITS * self._first_guess(max(FEWEST_UNITS, self.estates))
        self._prior = ((total + guess) / (self.estates + PSEUDO_UNITS)).astype(np.float32)

    def _first_guess(self, units: int) -> Floats:
        centre = -np.log(units) - PRIOR_SPREAD**2 / 2
        guess = np.exp(-0.5 * ((self._grid - centre) / PRIOR_SPREAD) ** 2)
        shares: Floats = (guess / guess.sum()).astype(np.float32)
        return shares

    def _summary(self, states: Floats, odds: Floats) -> NDArray[np.float64]:
        odds = odds / odds.sum(axis=1, keepdims=True)
        # Not `@`: the threads of a BLAS cost more than they bring on arrays of this shape.
        mean = np.einsum("umg,um,g->u", states, odds, self._values, optimize=False)
        square = np.einsum("umg,um,g->u", states, odds, self._values**2, optimize=False)
        doubt = np.maximum(square / mean**2 - 1, LEAST_DOUBT)
        return np.stack([mean, doubt, np.ones_like(mean)], axis=1).astype(np.float64)

    def _sum_areas(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        estate, area = (np.array(column, np.int64) for column in (self._estate_of_pair, self._area_of_pair))
        mean, doubt, _ = shares[estate].T
        total = np.maximum(np.bincount(area, mean, self._areas), LEAST_SHARE)
        unevenness = np.bincount(area, mean**2, self._areas) / total**2 + AREA_UNEVENNESS
        errors = np.bincount(area, doubt * mean**2, self._areas) / total**2
        return np.stack([total, errors, unevenness], axis=1)

    def _enroll_estate(self) -> int:
        if self.estates == len(self._today):
            self._grow()
        index, self.estates = self.estates, self.estates + 1
        self._states[index] = self._prior
        self._odds[index] = np.array(self._settings.drift_odds)
        return index

    def _grow(self) -> None:
        for name in ("_states", "_odds", "_today"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros_like(old)]))


class _Likelihood(NamedTuple):
    """P(the day's count | share) of every estate, kept apart by count."""

    which: NDArray[np.int64]
    """Of each estate: the row of its count."""
    usual: Floats
    odd: Floats
    chance: Floats
    """Of each estate: the probability that the day is a surge's."""

    def of(self, block: slice) -> Floats:
        """Return a row for each estate of the block, a column for each share."""
        which, chance = self.which[block], self.chance[block]
        return self.usual[which] * (1 - chance) + self.odd[which, None] * chance


def _moments(states: Floats, values: Floats) -> tuple[float, float, float]:
    mean = float(states @ values)
    return mean, float(states @ values**2) / mean**2 - 1, 1.0
