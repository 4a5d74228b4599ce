"""Working hours: when so many working minutes will have passed. Pure.

Outside working hours time passes too, but slower (or not at all): a surge at night is not forgotten until the
morning, and nobody is woken as fast as by day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sinks.ladder.settings import LadderSettings

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class WorkingHours:
    """When people work, by the clock of one zone."""

    zone: ZoneInfo
    weekdays: frozenset[int]
    """1 is Monday, 7 Sunday."""
    begin: dt.time
    end: dt.time
    days_off: frozenset[dt.date] = frozenset()
    extra_days: frozenset[dt.date] = frozenset()
    off_factor: float = 0.0
    """How many times longer a minute lasts outside working hours; 0: it never ends there."""

    def after(self, start: dt.datetime, minutes: float) -> dt.datetime:
        """Return the moment (UTC) at which so many working minutes have passed since `start` (aware)."""
        now, left = start.astimezone(dt.UTC), dt.timedelta(minutes=minutes)
        while True:
            works, boundary = self._until(now)
            factor = 1.0 if works else self.off_factor
            span = boundary - now
            if factor and left * factor <= span:
                return now + left * factor
            if factor:
                left -= span / factor
            now = boundary

    def _until(self, now: dt.datetime) -> tuple[bool, dt.datetime]:
        """Return whether people work at a moment, and when that may change next."""
        today = now.astimezone(self.zone).date()
        if self._is_working_day(today):
            begin, end = self._at(today, self.begin), self._at(today, self.end)
            if now < begin:
                return False, begin
            if now < end:
                return True, end
        return False, self._at(today + DAY, dt.time())

    def _is_working_day(self, day: dt.date) -> bool:
        return day in self.extra_days or (day.isoweekday() in self.weekdays and day not in self.days_off)

    def _at(self, day: dt.date, time: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, time, self.zone).astimezone(dt.UTC)


def working_hours(settings: LadderSettings, zone: ZoneInfo) -> WorkingHours:
    """Return the hours of the settings, by the clock of the platform's zone."""
    return WorkingHours(
        zone=zone,
        weekdays=frozenset(settings.working_days),
        begin=settings.working_from,
        end=settings.working_until,
        days_off=frozenset(settings.days_off),
        extra_days=frozenset(settings.extra_days),
        off_factor=settings.off_hours_factor,
    )
