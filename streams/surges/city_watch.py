"""Whether the city as a whole is surging: a few fixed windows against the clock, no estate counting much. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter

from streams.surges.arrival import Record
from streams.surges.city_clock import CityClock
from streams.surges.hours import HOUR
from streams.surges.scan_window import Expectation, Window
from streams.surges.settings import DetectorSettings
from streams.surges.tails import LOG10, log_tail

WINDOW_HOURS = (3, 6, 24)
MOST_OF_ONE_ESTATE = 2
"""Requests that one estate adds to a window of the city, so that no estate's surge is the city's."""
CITY_SIZE = 50.0
"""NB size of a city's window: the clock is right within about 14%."""


class CityWatch:
    """The city's counted requests of the last day, and the test of them."""

    def __init__(self, settings: DetectorSettings, clock: CityClock) -> None:
        self._settings = settings
        self._clock = clock
        self._records: list[Record] = []

    def add(self, record: Record) -> None:
        """Remember one counted request."""
        insort(self._records, record)

    def best(self, now: float) -> Window | None:
        """Return the window that opens the city's surge now; none where none does."""
        starts = [now - hours * HOUR for hours in WINDOW_HOURS]
        windows = [self.window_since(start, now) for start in starts if self._may_open(start, now)]
        opening = [window for window in windows if self._opens(window)]
        return max(opening, key=lambda window: window.score, default=None)

    def is_usual(self, now: float) -> bool:
        """Return whether all windows are within the usual again."""
        windows = (self.window_since(now - hours * HOUR, now) for hours in WINDOW_HOURS)
        return all(10**-window.score > self._settings.usual_p for window in windows)

    def window_since(self, start: float, now: float) -> Window:
        """Return the window from `start` to now; its score is -log10 of its p-value."""
        held = Counter(record.arrival.path.estate for record in self.since(start))
        observed = sum(min(MOST_OF_ONE_ESTATE, count) for count in held.values())
        due = self._due(start, now)
        score = -log_tail(observed, due, CITY_SIZE) / LOG10
        return Window(start, now, observed, Expectation(due, CITY_SIZE), score)

    def since(self, start: float) -> list[Record]:
        """Return the remembered requests from `start` on."""
        return self._records[self._place(start) :]

    def forget(self, before: float) -> None:
        """Drop requests that no window reaches any more."""
        del self._records[: self._place(before)]

    def _opens(self, window: Window) -> bool:
        excess = window.observed / window.expected.mean
        return window.score >= self._settings.city_threshold and excess > self._settings.city_excess

    def _may_open(self, start: float, now: float) -> bool:
        sent = len(self._records) - self._place(start)
        return sent > self._settings.city_excess * self._due(start, now)

    def _due(self, start: float, now: float) -> float:
        due = self._clock.reading(now, now)[0] - self._clock.reading(start, now)[0]
        return max(due, 1e-9)

    def _place(self, second: float) -> int:
        return bisect_left(self._records, second, key=_second)


def _second(record: Record) -> float:
    return record.second
