"""Credit scores of property-service companies, tiers, and the red and black list. Pure; see docs/report.md.

The score of a company is 100 / (1 + r), r being its points for each household and year, shrunk, over the
mean of the other companies. Without any point it nears 100, at the mean it is 50, at twice the mean 33.
Every complaint costs at least a point, so another one never raises the score of its company, however well it
is dealt with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from sinks.shrinkage import Estimate, shrink_counts, shrink_shares

FEWEST: Final = 3
"""Fewer units than this are not compared: there is no mean that deserves the name."""
AT_THE_MEAN: Final = 50.0
PER_HOUSEHOLDS: Final = 1000.0


class Standing(StrEnum):
    """On which list a unit stands: a word about it and the mean, not about it and any other unit."""

    RED = "red"
    """Surely better than the others' mean: the list of honour."""
    BLACK = "black"
    """Surely worse."""
    NEITHER = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What is held against one company in a period."""

    name: str
    households: int
    points: int
    points_squared: int
    """Sum of the squares of each request's points."""


@dataclass(frozen=True, slots=True)
class Rating:
    """A unit's score with its place; score and ends are 0 (worst) to 100."""

    name: str
    raw: float
    """Points for 1,000 households and year, or the share of the satisfied, as counted."""
    shrunk: float
    """The same, shrunk to the others' mean."""
    score: float
    low: float
    high: float
    best_rank: int
    """1 and the number of units that are surely better: their intervals lie wholly above this one's."""
    worst_rank: int
    """The number of units less those that are surely worse. If two overlap, so do their spans of ranks."""
    tier: int
    """From 1, the best. Units whose intervals overlap, directly or by way of others, share one."""
    standing: Standing


def rate_companies(accounts: Sequence[Account], years: float) -> list[Rating]:
    """Return companies with their scores, best tier first, in a tier by name; none where there are too few.

    Args:
        accounts: one for each company; those without households are left out, as they have no rate.
        years: length of the period, in years; more than 0.
    """
    known = sorted((each for each in accounts if each.households > 0), key=lambda each: each.name)
    if len(known) < FEWEST:
        return []
    points = np.array([each.points for each in known], dtype=np.float64)
    exposures = np.array([each.households for each in known], dtype=np.float64) * (years / PER_HOUSEHOLDS)
    estimates = shrink_counts(points, exposures, np.array([_dispersion(each, known) for each in known]))
    raw = points / exposures
    return _placed([each.name for each in known], raw.tolist(), estimates, _score, AT_THE_MEAN)


def rate_shares(names: Sequence[str], successes: Sequence[int], trials: Sequence[int]) -> list[Rating]:
    """Return units by their share of successes, e.g. of satisfied residents; the score is 100 times it.

    Units without trials are left out. A standing is against the mean of the others.
    """
    known = sorted(each for each in zip(names, successes, trials, strict=True) if each[2] > 0)
    if len(known) < FEWEST:
        return []
    won = np.array([each[1] for each in known], dtype=np.float64)
    asked = np.array([each[2] for each in known], dtype=np.float64)
    estimates = shrink_shares(won, asked)
    return _placed(
        [each[0] for each in known],
        (won / asked).tolist(),
        estimates,
        lambda value, _: 100 * value,
        None,
    )


def tiers(intervals: Sequence[tuple[float, float]]) -> list[int]:
    """Return the tier of each interval (low, high), from 1 for the highest.

    Overlapping is not transitive: A may overlap B and B overlap C while A and C lie apart. To rank no two
    apart that overlap, whatever is linked shares a tier: tiers are the connected components.
    """
    order = sorted(range(len(intervals)), key=lambda index: intervals[index][1], reverse=True)
    found = [0] * len(intervals)
    tier, floor = 0, float("inf")
    for index in order:
        low, high = intervals[index]
        if high < floor:
            tier += 1
            floor = low
        floor = min(floor, low)
        found[index] = tier
    return found


def _dispersion(own: Account, accounts: Sequence[Account]) -> float:
    """Return the points' sum of squares over their sum at the other companies, at least 1."""
    points = sum(each.points for each in accounts) - own.points
    squares = sum(each.points_squared for each in accounts) - own.points_squared
    return max(1.0, squares / points) if points else 1.0


def _score(rate: float, reference: float) -> float:
    return 100 / (1 + rate / reference)


def _placed(
    names: Sequence[str],
    raw: Sequence[float],
    estimates: Sequence[Estimate],
    score: Callable[[float, float], float],
    middle: float | None,
) -> list[Rating]:
    ends = [_ends(each, score) for each in estimates]
    place = tiers(ends)
    ratings = [
        Rating(
            name=name,
            raw=value,
            shrunk=each.mean,
            score=score(each.mean, each.reference),
            low=low,
            high=high,
            best_rank=1 + sum(other > high for other, _ in ends),
            worst_rank=len(ends) - sum(other < low for _, other in ends),
            tier=tier,
            standing=_standing(
                low, high, score(each.reference, each.reference) if middle is None else middle
            ),
        )
        for name, value, each, (low, high), tier in zip(names, raw, estimates, ends, place, strict=True)
    ]
    return sorted(ratings, key=lambda each: (each.tier, each.name))


def _ends(estimate: Estimate, score: Callable[[float, float], float]) -> tuple[float, float]:
    first, second = score(estimate.low, estimate.reference), score(estimate.high, estimate.reference)
    return min(first, second), max(first, second)


def _standing(low: float, high: float, middle: float) -> Standing:
    if low > middle:
        return Standing.RED
    return Standing.BLACK if high < middle else Standing.NEITHER
