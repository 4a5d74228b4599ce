"""Which units could open a surge in the next minutes, and which need not be weighed.

Weighing a unit exactly costs tens of microseconds, and all but a few of the units that a minute touches are
far from surging. For many units and minutes at once, this bounds every window's score from above: by the most
requests that it may hold, the least that may be expected of it, the least spread. Only units whose bound
reaches the threshold are weighed exactly, so the surges are the same as if all were; docs/surges.md has the
inequalities. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.contract import Level
from streams.surges.city_clock import CityClock
from streams.surges.hours import DAY
from streams.surges.scan import HOPELESS_VARIANCES, LEAST_EXPECTED, LEAST_PER_DAY
from streams.surges.settings import DetectorSettings
from streams.surges.shares import Shares
from streams.surges.tails import most_surprise
from streams.surges.times import Times
from streams.surges.units import Unit
from streams.surges.voices import Voices

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_OF_THE_CITY = 0.5
"""An area with more than this share of the city is left to the watch of the city: it never opens."""
SPAN = 1e8
"""Seconds, more than lie between any two requests remembered: keeps the units apart on one axis."""
DENSE = 12
"""Windows of up to this many requests are bounded one by one; longer ones in blocks, each a fifth longer."""
LONGEST = 100_000_000
SURE_SURPRISE = 2.0
"""A surprise below which the bound's inequalities are not relied on."""
SLACK = 1e-6


class Touches:
    """Requests about to be weighed, in that order, one for each unit that they may count at; as columns."""

    def __init__(self) -> None:
        self.units: list[int] = []
        """Numbers of the units."""
        self.seconds: list[float] = []
        """When the requests occurred (s since 1970 UTC)."""
        self.minutes: list[int] = []
        """Starts of the minutes that weigh them (s since 1970 UTC), in the hour of the clock."""

    def add(self, units: Sequence[int], second: float, minute: int) -> None:
        """Add a request at each of these units."""
        self.units += units
        self.seconds += [second] * len(units)
        self.minutes += [minute] * len(units)


class Screen:
    """Bounds scores from above; reads what the detector knows before the minutes in question."""

    def __init__(
        self, settings: DetectorSettings, clock: CityClock, shares: Shares, voices: Voices, times: Times
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._shares = shares
        self._voices = voices
        self._times = times

    def suspects(self, touches: Touches, units: Sequence[Unit]) -> dict[int, set[int]]:
        """Return, by minute, the numbers of the units that may reach the threshold in it.

        Args:
            touches: what the minutes bring.
            units: all units, by their numbers.
        """
        if not touches.units:
            return {}
        ends = _Ends.of(touches, self._times)
        figures = self._figures([units[number] for number in ends.units.tolist()])
        row, held, most = self._windows(ends)
        reached = self._reach(ends, figures, row, held, most)
        found: dict[int, set[int]] = {}
        for end in np.unique(row[reached]).tolist():
            found.setdefault(int(ends.minute[end]), set()).add(int(ends.units[ends.rank[end]]))
        return found

    def _figures(self, units: Sequence[Unit]) -> _Figures:
        """Return the least that is known of each unit, and the surprise that it needs."""
        indices = np.array([unit.index for unit in units])
        is_estate = np.array([unit.level is Level.ESTATE for unit in units])
        least = np.empty((len(units), 3))
        latest = np.empty(len(units))
        for mask, level in ((is_estate, Level.ESTATE), (~is_estate, Level.STREET)):
            least[mask] = self._shares.least(level, indices[mask])
            latest[mask] = self._shares.all_latest(level, indices[mask])
        share, doubt, unevenness = least.T
        per_day = np.maximum(latest * self._clock.per_day, LEAST_PER_DAY)
        needed = self._settings.threshold + np.log10(per_day)
        needed[~is_estate & (latest > MOST_OF_THE_CITY)] = np.inf
        newcomers = self._voices.least_part(np.where(is_estate, indices, 0))
        return _Figures(share, doubt, unevenness, newcomers, needed, is_estate)

    def _windows(self, ends: _Ends) -> tuple[Ints, Ints, Ints]:
        """Return the windows to bound: the end of each, how many requests it holds, and its block's most."""
        blocks = np.searchsorted(BLOCKS, ends.held, "right")
        row = np.repeat(np.arange(len(blocks)), blocks)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(blocks) - blocks, blocks)
        most = np.minimum(BLOCKS[nth + 1] - 1, ends.held[row]) + ends.late[ends.rank[row]]
        enough = most >= self._settings.min_reporters
        return row[enough], BLOCKS[nth[enough]], most[enough]

    def _reach(self, ends: _Ends, figures: _Figures, row: Ints, held: Ints, most: Ints) -> NDArray[np.bool_]:
        """Return of each window whether its bound reaches what its unit needs."""
        unit = ends.rank[row]
        now = (ends.minute[row] + 60).astype(np.float64)
        last = ends.place[row]
        starts = self._times.at(last - held)
        share = figures.share[unit]
        due, sent = self._clock.at_least_since(np.minimum(starts, now), now)
        weight = self._settings.city_weight
        rest_sent = np.maximum(sent - most, 0.0)
        rest_due = due * np.maximum(1 - share, 0.0)
        mean = share * due * (rest_sent + weight) / (rest_due + weight) + LEAST_EXPECTED
        longest = last - most + ends.late[unit]
        days = np.maximum((now - self._times.at(longest)) / DAY, 1.0)
        noise = self._settings.day_variance * figures.unevenness[unit] / days
        spread = figures.doubt[unit] + noise + self._settings.share_variance
        needed = figures.needed[unit]
        new = ends.newcomers[row] - self._times.newcomers_before(longest)
        new[new < self._settings.min_reporters] = 0
        by_voices = _reaches(new - 1, mean * figures.newcomers[unit], spread, needed)
        return _reaches(most - 1, mean, spread, needed) | (by_voices & figures.is_estate[unit])


class _Figures(NamedTuple):
    """What the bound takes of each unit."""

    share: Floats
    doubt: Floats
    unevenness: Floats
    newcomers: Floats
    needed: Floats
    is_estate: NDArray[np.bool_]


class _Ends(NamedTuple):
    """Ends of windows: every minute in which a unit hears of a request."""

    units: Ints
    """Numbers of the units, each once, ascending; `rank` refers to them."""
    late: Ints
    """Of each unit: requests that are older than one it knows; they may lie in any of its windows."""
    rank: Ints
    minute: Ints
    held: Ints
    """Requests in order that the unit may know of by then."""
    place: Ints
    """Where in the column of times the place after the last of these is."""
    newcomers: Ints
    """Newcomers that the unit may ever have heard of by then."""

    @classmethod
    def of(cls, touches: Touches, times: Times) -> _Ends:
        """Return the ends, and pencil the requests that come in order behind the units' times."""
        unit, second = np.array(touches.units), np.array(touches.seconds)
        minute = np.array(touches.minutes)
        order = np.argsort(unit, kind="stable")
        unit, second, minute = unit[order], second[order], minute[order]
        is_first = np.concatenate([[True], unit[1:] != unit[:-1]])
        rank = np.cumsum(is_first) - 1
        units = unit[is_first]
        in_order, nth = _in_order(second, rank, is_first, units, times)
        late = np.bincount(rank, ~in_order).astype(np.int64)
        heard = np.bincount(rank, in_order).astype(np.int64)
        for number, more in zip(units.tolist(), heard.tolist(), strict=True):
            times.reserve(number, more)
        begin, count, newcomers = times.segments(units.tolist())
        end = begin + count
        times.pencil((end[rank] + nth - 1)[in_order], second[in_order], newcomers[rank][in_order])
        is_last = np.concatenate([(unit[1:] != unit[:-1]) | (minute[1:] != minute[:-1]), [True]])
        rank, nth, minute = rank[is_last], nth[is_last], minute[is_last]
        newcomers = newcomers[rank] + nth + late[rank]
        return cls(units, late, rank, minute, count[rank] + nth, end[rank] + nth, newcomers)


def _in_order(
    second: Floats, rank: Ints, is_first: NDArray[np.bool_], units: Ints, times: Times
) -> tuple[NDArray[np.bool_], Ints]:
    """Return which requests are no older than any their unit knows by then, and how many are so far."""
    begin, count, _ = times.segments(units.tolist())
    newest = np.where(count > 0, times.at(np.maximum(begin + count - 1, 0)), 0.0)
    # One axis for all units: each has a stretch of its own, so that one running maximum serves all.
    origin = max(float(second.max()), float(newest.max())) - SPAN
    axis = np.maximum(second - origin, 0.0) + rank * SPAN
    before = np.concatenate([[-1.0], np.maximum.accumulate(axis)[:-1]])
    in_order = axis >= np.maximum(before, np.maximum(newest - origin, 0.0)[rank] + rank * SPAN)
    so_far = np.cumsum(in_order)
    first = np.flatnonzero(is_first)
    return in_order, so_far - (so_far[first] - in_order[first])[rank]


def _reaches(counts: Ints, mean: Floats, spread: Floats, needed: Floats) -> NDArray[np.bool_]:
    """Return which counts may be surprising enough; counts of -1 never are."""
    above = np.maximum(counts - mean, 0.0)
    reaches = above * above > HOPELESS_VARIANCES * mean * (1 + mean * spread) * (1 - SLACK)
    sure = reaches & (needed > SURE_SURPRISE) & (counts > 1)
    reaches[sure] = most_surprise(counts[sure], mean[sure], 1 / spread[sure]) >= needed[sure] - SLACK
    return reaches


def _blocks() -> Ints:
    """Return the fewest requests of each block of windows; the last is longer than any window."""
    sizes = list(range(1, DENSE + 1))
    while sizes[-1] < LONGEST:
        sizes.append(sizes[-1] + sizes[-1] // 5)
    return np.array(sizes, np.int64)


BLOCKS = _blocks()
