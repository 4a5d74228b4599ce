"""Buckets: which minute, hour and local day a moment belongs to. Pure."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

SLOT_SECONDS = 900
"""Offsets of time zones change at whole quarters of an hour at the finest."""


class LocalCalendar:
    """Local days and hours of one time zone, as seconds since 1970 UTC; remembers what it worked out."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._slots: dict[int, tuple[int, int]] = {}

    def day_and_hour(self, second: int) -> tuple[int, int]:
        """Return the starts of the local day and of the clock hour that `second` lies in.

        Hours are aligned to the local clock, so that in zones half an hour off no hour straddles two days.
        """
        slot = second // SLOT_SECONDS
        known = self._slots.get(slot)
        if known is None:
            known = self._slots[slot] = self._work_out(slot * SLOT_SECONDS)
        return known

    def day_start(self, second: int) -> int:
        """Return the start of the local day that `second` lies in."""
        return self.day_and_hour(second)[0]

    def days_before(self, day_start: int, days: int) -> int:
        """Return the start of the local day `days` days before the one that starts at `day_start`."""
        local = dt.datetime.fromtimestamp(day_start, self.zone)
        earlier = local.date() - dt.timedelta(days=days)
        return int(dt.datetime.combine(earlier, dt.time(), self.zone).timestamp())

    def _work_out(self, second: int) -> tuple[int, int]:
        local = dt.datetime.fromtimestamp(second, self.zone)
        day = int(dt.datetime.combine(local.date(), dt.time(), self.zone).timestamp())
        return day, second - local.minute * 60
