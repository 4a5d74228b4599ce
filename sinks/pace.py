"""How long the writer gathers what comes before it stores it."""

from __future__ import annotations

from typing import Final

SOON: Final = 1.0
"""Seconds after which an event that is not stored is late: who stores within them is up to date."""
PART_OF_AGE: Final = 0.25
"""A pause so long adds a quarter to the time for which an event has been late."""


class Pace:
    """The time between two inserts: short while events are stored soon, longer the further they are behind.

    An insert costs ClickHouse milliseconds however few its rows are, and the smaller its parts are, the more
    often it merges them. Who is up to date pays that, so that events are seen soon. Who is far behind stores
    more at once, and has caught up the sooner.

    Args:
        shortest: seconds between two inserts of who is up to date.
        longest: seconds between two inserts, however far behind.
    """

    def __init__(self, shortest: float, longest: float) -> None:
        self._shortest = shortest
        self._longest = max(shortest, longest)
        self._age = 0.0

    def note(self, age_seconds: float) -> None:
        """Note how long ago the youngest event of a batch was published: of who has caught up, just now."""
        self._age = age_seconds

    def seconds(self) -> float:
        """Return the time from the beginning of one insert to that of the next."""
        return min(max(self._shortest, (self._age - SOON) * PART_OF_AGE), self._longest)
