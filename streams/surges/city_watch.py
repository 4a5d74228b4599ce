"""Whether the city as a whole is surging: a few fixed windows against the clock, no estate counting much. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter

from streams.surges.city_clock import CityClock
from streams.surges.hours import HOUR
from streams.surges.scan import Expectation, Window
from streams.surges.settings import DetectorSettings
from streams.surges.tails import LOG10, log_tail

WINDOW_HOURS = (3, 6, 24)
MOST_OF_ONE_ESTATE = 2
"""Requests that one estate adds to a window of the city, so that no estate's surge is the city's."""
CITY_SIZE = 50.0
"""NB size of a city's window: the clock is right within about 14%."""


class CityWatch:
    """The city's requests of the last day, and the test of them."""

    def __init__(self, settings: DetectorSettings, clock: CityClock) -> None:
        self._settings = settings
        self._clock = clock
        self._recent: list[tuple[float, str]] = []

    def add(self, second: float, estate: str) -> None:
        """Remember one counted request."""
        insort(self._recent, (second, estate))

    def best(self, now: float) -> Window | None:
        """Return the window that opens the city's surge now; none where none does."""
        windows = [self._window(now, hours) for hours in WINDOW_HOURS if self._may_open(now, hours)]
        opening = [window for window in windows if window.score >= self._settings.city_threshold]
        return max(opening, key=lambda window: window.score, default=None)

    def is_usual(self, now: float) -> bool:
        """Return whether all windows are within the usual again."""
        limit = self._settings.usual_p
        return all(10 ** -self._window(now, hours).score > limit for hours in WINDOW_HOURS)

    def window_since(self, start: float, now: float) -> Window:
        """Return the window from `start` to now with its score."""
        due = self._due(start, now)
        seconds = self._recent[bisect_left(self._recent, (start, "")) :]
        held = Counter(estate for _, estate in seconds)
        observed = sum(min(MOST_OF_ONE_ESTATE, count) for count in held.values())
        score = -log_tail(observed, due, CITY_SIZE) / LOG10
        return Window(start, now, observed, Expectation(due, CITY_SIZE), score)

    def forget_before(self, second: float) -> None:
        """Drop requests that no window reaches any more."""
        del self._recent[: bisect_left(self._recent, (second, ""))]

    def _window(self, now: float, hours: int) -> Window:
        return self.window_since(now - hours * HOUR, now)

    def _may_open(self, now: float, hours: int) -> bool:
        start = now - hours * HOUR
        sent = len(self._recent) - bisect_left(self._recent, (start, ""))
        return sent > self._settings.city_excess * self._due(start, now)

    def _due(self, start: float, now: float) -> float:
        due = self._clock.reading(now, now)[0] - self._clock.reading(start, now)[0]
        return max(due, 1e-9)
