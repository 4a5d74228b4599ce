"""What a day would hold without anything out of the ordinary: simple, for tiles and the map. Pure.

Expected so far = mean of the last four weeks a day x share of a day's complaints that fall before this time
of the day. The shares are the city's, since a single estate has too few complaints to have a day of its own.
It decides nothing: surges are decided by the detector, which knows weekdays, seasons and much more.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from deploy.console.rows import BaselineRow, HourRow, unit_of
from streams.contract import Level

DAYS: Final = 28
FEWEST: Final = 3
"""With fewer complaints a unit is called neither high nor very high, whatever it usually has."""
HIGH_RATIO: Final = 1.5
VERY_HIGH_RATIO: Final = 3.0
LOW_RATIO: Final = 0.5
LEAST_EXPECTED: Final = 1.0
"""A unit of which less is expected is not called low for having none."""
LOWER: Final = 0.05
UPPER: Final = 0.95
NORMAL_FROM: Final = 200.0
NORMAL_95: Final = 1.645

Key = tuple[str, str]
"""level, id"""


class Heat(StrEnum):
    """How today compares with what was expected."""

    LOW = "low"
    USUAL = "usual"
    HIGH = "high"
    VERY_HIGH = "very_high"


def heat(observed: int, expected: float) -> Heat:
    """Return how a figure compares with its expectation."""
    if observed >= FEWEST and observed >= VERY_HIGH_RATIO * expected:
        return Heat.VERY_HIGH
    if observed >= FEWEST and observed >= HIGH_RATIO * expected:
        return Heat.HIGH
    if expected >= LEAST_EXPECTED and observed < LOW_RATIO * expected:
        return Heat.LOW
    return Heat.USUAL


class Expectation:
    """What four weeks say of the days that follow.

    Args:
        baseline: complaints of the four weeks before `today`, by estate.
        hours: how they fell on the hours of the day.
        today: local day that they were read for.
        first_day: local day of the first event of all: what lies before is not known, and not zero.
        zone: whose days and hours these are.
    """

    def __init__(
        self,
        baseline: Iterable[BaselineRow],
        hours: Iterable[HourRow],
        today: dt.date,
        first_day: dt.date,
        zone: ZoneInfo,
    ) -> None:
        self.today = today
        self.first_day = first_day
        self._zone = zone
        self._totals: dict[Key, int] = {}
        for row in baseline:
            for level in Level:
                if unit := unit_of(row, level):
                    self._totals[level.value, unit] = self._totals.get((level.value, unit), 0) + row.opened
        self._all = sum(total for (level, _), total in self._totals.items() if level == Level.ESTATE)
        # A platform that was started last week has seven days, not twenty-eight.
        self._days = max(1, min(DAYS, (today - first_day).days))
        self._shares = _shares({row.hour: row.opened for row in hours})

    def a_day(self, key: Key | None) -> float:
        """Return what a whole day of a unit holds; of None, a day of all."""
        return (self._all if key is None else self._totals.get(key, 0)) / self._days

    def today_until(self, key: Key | None, now: dt.datetime) -> float:
        """Return what a unit's day holds up to a moment of it."""
        return self.a_day(key) * self.share_until(now)

    def last_hour(self, key: Key | None, now: dt.datetime) -> float:
        """Return what the hour before a moment holds."""
        before, after = self.share_until(now - dt.timedelta(hours=1)), self.share_until(now)
        return self.a_day(key) * (after - before if after >= before else 1 - before + after)

    def share_until(self, now: dt.datetime) -> float:
        """Return which part of a day falls before a moment of it."""
        local = now.astimezone(self._zone)
        return (
            sum(self._shares[: local.hour])
            + self._shares[local.hour] * (local.minute * 60 + local.second) / 3600
        )


def poisson_band(mean: float) -> tuple[int, int]:
    """Return the 5% and the 95% quantile of a Poisson distribution, by summing it up.

    From a mean of 200 on the normal distribution stands in for it, which there is off by one at most.
    """
    if mean >= NORMAL_FROM:
        reach = NORMAL_95 * math.sqrt(mean)
        return round(mean - reach), round(mean + reach)
    probability = total = math.exp(-mean)
    low = count = 0
    while total < UPPER:
        count += 1
        probability *= mean / count
        low = count if total < LOWER else low
        total += probability
    return low, count


def repeated_band(count: int) -> tuple[int, int]:
    """Return the 5% and the 95% quantile of a Poisson count, of which another one is all that is known.

    By Jeffreys' prior it is negative binomial, of shape count + 1/2 and probability 1/2. From a count of 200
    on the normal distribution stands in for it; its variance is twice its mean.
    """
    shape = count + 0.5
    if shape >= NORMAL_FROM:
        reach = NORMAL_95 * math.sqrt(2 * shape)
        return round(shape - reach), round(shape + reach)
    probability = total = 0.5**shape
    low = number = 0
    while total < UPPER:
        number += 1
        probability *= (shape + number - 1) / (2 * number)
        low = number if total < LOWER else low
        total += probability
    return low, number


def _shares(opened: Mapping[int, int]) -> list[float]:
    """Return each hour's share of a day; without any complaints, equal ones."""
    total = sum(opened.values())
    return [opened.get(hour, 0) / total if total else 1 / 24 for hour in range(24)]
