"""Whether the city as a whole is surging: a few fixed windows against the clock, no estate counting much.

Pure.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import Counter

from streams.surges.arrival import Record
from streams.surges.city_clock import CityClock
from streams.surges.hours import HOUR
from streams.surges.scan_window import Expectation, Window
from streams.surges.settings import DetectorSettings
from streams.surges.tails import surprise

WINDOW_SECONDS = (3 * HOUR, 6 * HOUR, 24 * HOUR)
LEAST_EXPECTED = 1e-9
FEWEST_REQUESTS = 8
"""Counted requests below which no window is a city's event: so few may be two estates' own."""
MOST_OF_ONE_ESTATE = 2
"""Requests that one estate adds to a window of the city, so that no estate's surge is the city's."""
CITY_SIZE = 100.0
"""NB size of a city's window: the clock is right within about 10%."""


class CityWatch:
    """The city's counted requests of the last day, and the test of them."""

    def __init__(self, settings: DetectorSettings, clock: CityClock) -> None:
        self._settings = settings
        self._clock = clock
        self._records: list[Record] = []

    def records(self) -> list[Record]:
        """Return all remembered requests."""
        return self._records[:]

    def restore(self, records: list[Record]) -> None:
        """Remember these, and nothing else."""
        self._records = records

    def add(self, record: Record) -> None:
        """Remember one counted request."""
        records = self._records
        if not records or records[-1] <= record:
            records.append(record)
        else:
            insort(records, record)

    def best(self, now: float) -> Window | None:
        """Return the window that opens the city's surge now; none where none does."""
        end, excess = self._clock.known_due_until(now), self._settings.city_excess
        starts = (now - seconds for seconds in WINDOW_SECONDS)
        due = self._clock.known_due_until
        rising = [start for start in starts if self.sent(start) > excess * (end - due(start))]
        opening = [window for start in rising if self._opens(window := self.window_since(start, now))]
        return max(opening, key=lambda window: window.score, default=None)

    def is_usual(self, now: float) -> bool:
        """Return whether all windows are within the usual again."""
        windows = (self.window_since(now - seconds, now) for seconds in WINDOW_SECONDS)
        return all(
            10 ** -float(surprise(window.observed, *window.expected)) > self._settings.usual_p
            for window in windows
        )

    def window_since(self, start: float, now: float) -> Window:
        """Return the window from `start` to now; its score is the log10 of its recurrence in days."""
        held = Counter(record.arrival.path.estate for record in self.since(start))
        observed = sum(min(MOST_OF_ONE_ESTATE, count) for count in held.values())
        due = max(self._clock.known_due_until(now) - self._clock.known_due_until(start), LEAST_EXPECTED)
        score = float(surprise(observed, due, CITY_SIZE)) - math.log10(max(self._clock.per_day, 1.0))
        return Window(start, now, observed, Expectation(due, CITY_SIZE), score)

    def since(self, start: float) -> list[Record]:
        """Return the remembered requests from `start` on."""
        return self._records[self._place(start) :]

    def sent(self, start: float) -> int:
        """Return the number of remembered requests from `start` on."""
        return len(self._records) - self._place(start)

    def forget(self, before: float) -> None:
        """Drop requests that no window reaches any more."""
        del self._records[: self._place(before)]

    def _opens(self, window: Window) -> bool:
        if window.observed < FEWEST_REQUESTS:
            return False
        excess = window.observed / window.expected.mean
        return window.score >= self._settings.city_threshold and excess > self._settings.city_excess

    def _place(self, second: float) -> int:
        return bisect_left(self._records, second, key=_second)


def _second(record: Record) -> float:
    return record.second
