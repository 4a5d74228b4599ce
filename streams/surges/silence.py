"""Busy units that have fallen silent: no request for so long that chance does not explain it. Pure.

The opposite of a surge, by the same expectation: the window begins at the unit's last request, and

    P(0) = (1 + mean / size) ** -size        for N ~ NB(mean, size)
    score = -log10 P(0) - log10(requests the unit usually sends a day)

so the score is the log10 of a recurrence in days of the unit, as a surge's is. Where the whole city is silent
no unit is: no more is expected than the unit's share of what the rest of the city sent. A silence ends with
the next request, or after two weeks, when it has become the unit's usual.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streams.contract import UNPLACED, Level
from streams.surges.hours import DAY
from streams.surges.scan import Scanner
from streams.surges.screen import MOST_OF_THE_CITY
from streams.surges.units import Unit

BUSY_PER_DAY = 5.0
"""Requests a day below which a unit's silence is nothing that anyone would act on."""
FEWEST_REMEMBERED = 10
"""Requests of the last days below which a unit is not busy, or has been silent for so long that all know."""


class Silence(NamedTuple):
    """A unit that sends nothing though it should."""

    level: Level
    unit: str
    seconds: float
    """Since its last request; at the most the longest window."""
    expected: float
    """Requests that should have come meanwhile."""
    score: float


def silences(
    units: Iterable[Unit],
    scanner: Scanner,
    city_per_day: float,
    now: float,
    threshold: float,
    longest_days: float,
) -> Iterator[Silence]:
    """Yield the units whose silence until now has a score of at least the threshold.

    Args:
        units: all units.
        scanner: knows what is expected of them.
        city_per_day: requests that the city usually sends a day.
        now: s since 1970 UTC.
        threshold: log10 of a recurrence in days of the unit.
        longest_days: so many days back requests are remembered.
    """
    for unit in units:
        if len(unit.records) < FEWEST_REMEMBERED or unit.name.startswith(UNPLACED):
            continue
        last = max(unit.records[-1].second, now - longest_days * DAY)
        share = scanner.share_at(unit, last)
        per_day = share * city_per_day
        if per_day < BUSY_PER_DAY or share > MOST_OF_THE_CITY or last >= now:
            continue
        mean, size = scanner.expect_of_city(unit, last, now)
        score = size * math.log10(1 + mean / size) - math.log10(per_day)
        if score >= threshold:
            yield Silence(unit.level, unit.name, now - last, mean, score)
