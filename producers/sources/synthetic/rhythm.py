"""When people complain: the growth, season, weekday, holiday and hour of the example district, in local time.

The hours and weekdays are those of city request lines. All is smooth but for holidays, so that nothing but a
planted surge looks like one by design.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from producers.sources.synthetic.chance import Chance, Weighted

ZONE: Final = "Asia/Shanghai"
LOCAL: Final = dt.timezone(dt.timedelta(hours=8))
"""China keeps one offset all year round."""

HOURS: Final = (2, 1, 1, 1, 1, 2, 5, 12, 28, 38, 36, 30, 22, 24, 32, 34, 30, 26, 22, 22, 24, 20, 12, 6)
WEEKDAYS: Final = (1.18, 1.10, 1.06, 1.04, 1.02, 0.84, 0.76)
HOLIDAYS: Final = (
    (dt.date(2020, 1, 24), 10, 0.40),
    (dt.date(2020, 10, 1), 8, 0.65),
    (dt.date(2021, 2, 11), 7, 0.40),
    (dt.date(2021, 10, 1), 7, 0.65),
)
"""Spring Festival and the national day: first day, days, factor."""

_HOURS: Final = Weighted(HOURS)


@dataclass(frozen=True)
class Period:
    """Whole local days, half-open."""

    first: dt.date
    end: dt.date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.first).days

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """Every day in order."""
        return tuple(self.first + dt.timedelta(days=n) for n in range(self.days))

    def holds(self, moment: dt.datetime) -> bool:
        """Whether an aware moment lies in it, by local time."""
        return self.first <= local_date(moment) < self.end


def year(number: int) -> Period:
    """Return a calendar year."""
    return Period(dt.date(number, 1, 1), dt.date(number + 1, 1, 1))


def local_date(moment: dt.datetime) -> dt.date:
    """Return the local date of an aware moment."""
    return moment.astimezone(LOCAL).date()


def day_weight(day: dt.date, yearly_growth: float) -> float:
    """Return how much is complained on a day, relative to a plain day at the start of 2020.

    Args:
        day: the local date.
        yearly_growth: what one year multiplies complaints by, in an even ramp.
    """
    years = (day - dt.date(2020, 1, 1)).days / 365.25
    position = day.timetuple().tm_yday
    season = 0.18 * math.cos(2 * math.pi * (position - 200) / 365.25)
    season += 0.06 * math.cos(4 * math.pi * (position - 30) / 365.25)
    return math.exp(season) * math.pow(yearly_growth, years) * WEEKDAYS[day.weekday()] * _holiday(day)


def _holiday(day: dt.date) -> float:
    for first, days, factor in HOLIDAYS:
        if 0 <= (day - first).days < days:
            return factor
    return 1.0


class DayDraw:
    """Draws days in proportion to what is complained on each; weighed once."""

    def __init__(self, days: Sequence[dt.date], yearly_growth: float) -> None:
        self._days = days
        self._weights = Weighted([day_weight(day, yearly_growth) for day in days])

    def draw(self, chance: Chance, count: int) -> list[dt.date]:
        """Return `count` days, with repetition, in no order."""
        return [self._days[index] for index in self._weights.draw(chance, count)]


def moment_of(day: dt.date, chance: Chance) -> dt.datetime:
    """Return a moment of a local day, by the profile of hours, to the second, in UTC."""
    hour = _HOURS.draw(chance, 1)[0]
    seconds = hour * 3600 + chance.randrange(3600)
    return midnight(day) + dt.timedelta(seconds=seconds)


def midnight(day: dt.date) -> dt.datetime:
    """Return the start of a local day in UTC."""
    return dt.datetime.combine(day, dt.time(), LOCAL).astimezone(dt.UTC)


def is_daytime(moment: dt.datetime) -> bool:
    """Whether people are about at this hour: when short surges begin."""
    return HOURS[moment.astimezone(LOCAL).hour] >= 14


def burst(count: int, start: dt.datetime, lasting: dt.timedelta, chance: Chance) -> list[dt.datetime]:
    """Return moments of a surge in order: dense early, with a long tail; by day where it lasts over a day."""
    moments: list[dt.datetime] = []
    while len(moments) < count:
        share = chance.lognormvariate(0, 0.6) / 3.3  # 3.3 is about the 97.5th percentile
        moment = start + dt.timedelta(seconds=int(share * lasting.total_seconds()))
        if share > 1 or (lasting > dt.timedelta(days=1) and _asleep(moment, chance)):
            continue
        moments.append(moment)
    return sorted(moments)


def _asleep(moment: dt.datetime, chance: Chance) -> bool:
    return chance.random() > HOURS[moment.astimezone(LOCAL).hour] / max(HOURS)
