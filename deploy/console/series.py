"""Counts over time as buckets of a chart, each with what was to be expected there. Pure.

The expectations are plain means of the unit's own past, with a Poisson band of 90%: of an hour, the same hour
of the day in the 28 days before the chart begins; of a day, the same weekday of the four weeks before it; of
a month, the same month a year earlier. A month is expected from one month alone, whose own chance counts as
well: its band is that of a Poisson count of which another one is known. They are for the eye. What decided a
surge is the detector's own band, which the surge carries.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from deploy.console.charts import Bucket
from deploy.console.expectation import poisson_band, repeated_band
from deploy.console.rows import CountRow

HOUR: Final = dt.timedelta(hours=1)
DAY: Final = dt.timedelta(days=1)
PAST_DAYS: Final = 28
WEEKS: Final = 4
HOURS_SHOWN: Final = 72
DAYS_SHOWN: Final = 91
MONTHS_SHOWN: Final = 36


class Grain(StrEnum):
    """How wide a chart's buckets are."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"

    @property
    def counted_by(self) -> str:
        """The grain of the table that its figures are made of."""
        return "hour" if self is Grain.HOUR else "day"


class Series:
    """Makes buckets in a time zone.

    Args:
        zone: whose hours, days and months are shown.
        first_day: local day of the first complaint of all: what lies before is not known, and not zero.
    """

    def __init__(self, zone: ZoneInfo, first_day: dt.date) -> None:
        self._zone = zone
        self._first_day = first_day

    def reach(self, grain: Grain, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        """Return from when to when counts are needed for a chart that ends now."""
        end = self.midnight(self._day(now) + DAY)
        if grain is Grain.HOUR:
            return floor_hour(now) - HOURS_SHOWN * HOUR - PAST_DAYS * DAY, floor_hour(now) + HOUR
        if grain is Grain.DAY:
            return self.midnight(self._day(now) - (DAYS_SHOWN + WEEKS * 7) * DAY), end
        return self.midnight(_month_back(self._day(now), MONTHS_SHOWN + 12)), end

    def buckets(self, grain: Grain, rows: Iterable[CountRow], now: dt.datetime) -> list[Bucket]:
        """Return the buckets of a chart that ends now, from the counts of its reach."""
        if grain is Grain.HOUR:
            last = floor_hour(now)
            return self.hours(rows, last - (HOURS_SHOWN - 1) * HOUR, last + HOUR)
        return self._days(rows, now) if grain is Grain.DAY else self._months(rows, now)

    def hours(self, rows: Iterable[CountRow], start: dt.datetime, end: dt.datetime) -> list[Bucket]:
        """Return the hours from start to end, both whole hours, from counts that begin 28 days earlier."""
        opened = {row.bucket: row.opened for row in rows}
        usual: Counter[int] = Counter()
        for bucket, count in opened.items():
            if bucket < start:
                usual[bucket.astimezone(self._zone).hour] += count
        days = max(1, min(PAST_DAYS, (self._day(start) - self._first_day).days))
        number = round((end - start) / HOUR)
        return [self._hour(start + index * HOUR, opened, usual, days) for index in range(number)]

    def midnight(self, day: dt.date) -> dt.datetime:
        """Return when a local day begins, in UTC."""
        return dt.datetime.combine(day, dt.time(), self._zone).astimezone(dt.UTC)

    def _hour(
        self, start: dt.datetime, opened: Mapping[dt.datetime, int], usual: Mapping[int, int], days: int
    ) -> Bucket:
        local = start.astimezone(self._zone)
        mean = usual[local.hour] / days
        low, high = poisson_band(mean)
        count = opened.get(start, 0)
        return Bucket(
            start, start + HOUR, f"{local:%d %H:00}", f"{local:%Y-%m-%d %H:00}", count, low, mean, high
        )

    def _days(self, rows: Iterable[CountRow], now: dt.datetime) -> list[Bucket]:
        opened = {self._day(row.bucket): row.opened for row in rows}
        today = self._day(now)
        return [self._one_day(today - back * DAY, opened) for back in reversed(range(DAYS_SHOWN))]

    def _one_day(self, day: dt.date, opened: Mapping[dt.date, int]) -> Bucket:
        past = [day - week * 7 * DAY for week in range(1, WEEKS + 1)]
        known = [opened.get(each, 0) for each in past if each >= self._first_day]
        start, end = self.midnight(day), self.midnight(day + DAY)
        tick, label, count = f"{day:%m-%d}", f"{day:%Y-%m-%d}", opened.get(day, 0)
        if not known:
            return Bucket(start, end, tick, label, count)
        mean = sum(known) / len(known)
        low, high = poisson_band(mean)
        return Bucket(start, end, tick, label, count, low, mean, high)

    def _months(self, rows: Iterable[CountRow], now: dt.datetime) -> list[Bucket]:
        opened: Counter[dt.date] = Counter()
        for row in rows:
            opened[self._day(row.bucket).replace(day=1)] += row.opened
        today = self._day(now)
        months = (_month_back(today, back) for back in reversed(range(MONTHS_SHOWN)))
        return [self._month(month, opened) for month in months]

    def _month(self, month: dt.date, opened: Mapping[dt.date, int]) -> Bucket:
        year_before = _month_back(month, 12)
        # Known is what its own history reaches back to: one odd date must not make years of nothing known.
        is_known = bool(opened) and year_before >= min(opened)
        start, end, label = self.midnight(month), self.midnight(_month_back(month, -1)), f"{month:%Y-%m}"
        if not is_known:
            return Bucket(start, end, label, label, opened.get(month, 0))
        before = opened.get(year_before, 0)
        low, high = repeated_band(before)
        return Bucket(start, end, label, label, opened.get(month, 0), low, float(before), high)

    def _day(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(self._zone).date()


def floor_hour(moment: dt.datetime) -> dt.datetime:
    """Return the start of a moment's hour in UTC; zones whose hours begin elsewhere share its buckets."""
    return moment.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)


def _month_back(day: dt.date, months: int) -> dt.date:
    """Return the first day of the month that lies so many months before a day's."""
    number = day.year * 12 + day.month - 1 - months
    return dt.date(number // 12, number % 12 + 1, 1)
