"""The best window of a unit: which of its own recent requests begins the least likely stretch until now. Pure.

Every window from one of the unit's requests to now is compared with what the unit's share of the city's clock
explains. The score of a window is the log10 of a recurrence interval in days, so that one threshold serves a
busy district and an estate that writes twice a year.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import NamedTuple

from streams.surges.city_clock import CityClock
from streams.surges.hours import DAY, HOUR, LocalHours
from streams.surges.settings import DetectorSettings
from streams.surges.shares import Shares
from streams.surges.tails import LOG10, log_tail
from streams.surges.units import Unit, window_floor

DENSE = 16
"""Windows of up to this many requests are all tried; longer ones at every tenth more (constant work)."""
HOPELESS_VARIANCES = 2.25
"""A count not this far above its expectation (squared, in variances) needs no exact tail: no score of interest comes of it."""


TINY = 1e-9


class Expectation(NamedTuple):
    """What a window would hold without a surge: NB(mean, size)."""

    mean: float
    size: float


class Window(NamedTuple):
    """A stretch of a unit's time with what it holds and what was expected."""

    start: float
    end: float
    observed: int
    expected: Expectation
    score: float


class Scanner:
    """Weighs windows of units against shares and clock."""

    def __init__(self, settings: DetectorSettings, clock: CityClock, shares: Shares, hours: LocalHours) -> None:
        self._settings = settings
        self._clock = clock
        self._shares = shares
        self._hours = hours

    def best(self, unit: Unit, now: float) -> Window | None:
        """Return the unit's least likely window that ends now; none where none is worth a tail."""
        times = unit.times
        first = window_floor(unit, now, self._settings.window_days)
        count = len(times) - first
        if count < self._settings.min_reporters:
            return None
        best: Window | None = None
        rate = self.per_day(unit)
        end = self._clock.reading(now, now)
        for k in _sizes(self._settings.min_reporters, count):
            window = self._weigh(unit, times[-k], now, k, rate, end)
            if window is not None and (best is None or window.score > best.score):
                best = window
        return best

    def _weigh(
        self, unit: Unit, start: float, now: float, k: int, rate: float, end: tuple[float, float]
    ) -> Window | None:
        expected = self.expect(unit, start, now, k, end)
        mean, size = expected
        above = k - 1 - mean
        if above <= 0 or above * above <= HOPELESS_VARIANCES * mean * (1 + mean / size):
            return None
        score = -(log_tail(k - 1, mean, size) / LOG10 + math.log10(rate))
        return Window(start, now, k, expected, score)

    def expect(
        self, unit: Unit, start: float, now: float, own: int, end: tuple[float, float] | None = None
    ) -> Expectation:
        """Return what the window would hold: the unit's share of what the city was due and really sent."""
        due_end, sent_end = end or self._clock.reading(now, now)
        due, sent = self._clock.reading(start, now)
        due, sent = due_end - due, sent_end - sent
        share, doubt = self._shares.known(unit.index, self._hours.at(int(start // HOUR)).day)
        weight = self._settings.city_weight
        others = due * (1 - share) if share < 1 else 0.0
        city = due * ((sent - own if sent > own else 0.0) + weight) / (others + weight)
        days = (now - start) / DAY
        spread = doubt + self._settings.share_variance
        spread += self._settings.day_variance / days if days > 1 else self._settings.day_variance
        return Expectation(share * city + TINY, 1 / spread)

    def score_of_rest(self, unit: Unit, window: Window, count: int, usual: float) -> float:
        """Return the score of a window without `count` of its requests, of which `usual` were expected."""
        mean = max(window.expected.mean - usual, 1e-9)
        tail = log_tail(window.observed - count - 1, mean, window.expected.size)
        return -(tail / LOG10 + math.log10(self.per_day(unit)))

    def is_usual(self, unit: Unit, now: float) -> bool:
        """Return whether the unit's last days are within the usual again."""
        settings = self._settings
        start = now - settings.clear_days * DAY
        held = len(unit.times) - bisect_left(unit.times, start)
        mean, size = self.expect(unit, start, now, held)
        return math.exp(log_tail(held, mean, size)) > settings.usual_p

    def window_since(self, unit: Unit, start: float, now: float) -> Window:
        """Return the window from `start` to now, whatever its score."""
        held = len(unit.times) - bisect_left(unit.times, start)
        expected = self.expect(unit, start, now, held)
        tail = log_tail(held - 1, *expected)
        return Window(start, now, held, expected, -(tail / LOG10 + math.log10(self.per_day(unit))))

    def per_day(self, unit: Unit) -> float:
        """Return the unit's expected requests on an ordinary day."""
        return max(self._shares.latest(unit.index) * self._clock.per_day, 1e-6)


def _sizes(least: int, most: int) -> list[int]:
    sizes = list(range(least, min(most, DENSE) + 1))
    k = DENSE
    while k < most:
        k = min(most, k + max(1, k // 10))
        sizes.append(k)
    return sizes
