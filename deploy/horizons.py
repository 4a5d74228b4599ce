"""Which days the workers may still hold in memory: what is changed under them there would be written over."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from sinks.positions import Position
from streams.calendar import LocalCalendar
from streams.settings import StreamsSettings


def horizons(positions: Iterable[Position], settings: StreamsSettings) -> dict[int, int]:
    """Return by part the first local day that a worker may hold in memory (`streams.counting`).

    Args:
        positions: where each part stands.
        settings: the zone of days, and how many are held.

    Returns:
        Starts of days, seconds since 1970 UTC.
    """
    calendar = LocalCalendar(ZoneInfo(settings.zone))
    return {
        part: calendar.days_before(calendar.day_start(clock_ms // 1000), settings.memory_days)
        for part, _, _, clock_ms in positions
    }
