"""Local time of clock hours: profiles and days of the baseline follow the residents' clock. Pure."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

HOUR = 3600
DAY = 86400


class LocalHour(NamedTuple):
    """Where a UTC hour lies on the local clock."""

    day: int
    """Ordinal of the local date (1 = the first of January of year 1)."""
    hour: int


class LocalHours:
    """Local dates and hours of UTC hours (seconds since 1970 // 3600), remembered."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._known: dict[int, LocalHour] = {}

    def at(self, hour: int) -> LocalHour:
        """Return the local date and hour at the start of a UTC hour."""
        known = self._known.get(hour)
        if known is None:
            local = dt.datetime.fromtimestamp(hour * HOUR, self._zone)
            known = self._known[hour] = LocalHour(local.toordinal(), local.hour)
        return known

    def forget_before(self, hour: int) -> None:
        """Drop what is remembered of hours before this one."""
        for old in [known for known in self._known if known < hour]:
            del self._known[old]
