"""The best window of a unit: which of its own recent requests begins the least likely stretch until now. Pure.

Every window from one of the unit's requests to now is compared with what the unit's share of the city's clock
explains. The score of a window is the log10 of a recurrence interval in days, so that one threshold serves a
busy district and an estate that writes twice a year.
"""

from __future__ import annotations

import math

from streams.surges.city_clock import CityClock
from streams.surges.hours import DAY, HOUR, LocalHours
from streams.surges.scan_window import Expectation, Window
from streams.surges.settings import DetectorSettings
from streams.surges.shares import Shares
from streams.surges.tails import LOG10, log_tail
from streams.surges.units import Unit
from streams.surges.voices import Voices

DENSE = 16
"""Windows of up to this many requests are all tried; longer ones at every tenth more (constant work)."""
HOPELESS_VARIANCES = 2.25
"""A count not this far above its expectation (squared, in variances) needs no tail: nothing comes of it."""
CITY_EVENT_DEVIATIONS = 3.0
"""The rest of the city this far above its clock is believed at once instead of the clock."""
CITY_VARIANCE = 0.02
"""Relative variance of the city about its clock on a usual day."""
CITY_EVENT_WEIGHT = 2.0
"""What the clock still weighs then, in events."""
FEWEST_IN_CITY_EVENT = 10
LEAST_EXPECTED = 1e-9
LEAST_PER_DAY = 1e-6


class Scanner:
    """Weighs windows of units against shares, clock and voices."""

    def __init__(
        self, settings: DetectorSettings, hours: LocalHours, clock: CityClock, shares: Shares, voices: Voices
    ) -> None:
        self._settings = settings
        self._hours = hours
        self._clock = clock
        self._shares = shares
        self._voices = voices
        self._window_seconds = settings.window_days * DAY

    def best(self, unit: Unit, now: float, lift: float = 1.0) -> Window | None:
        """Return the unit's least likely window that ends now; none where none is worth a tail.

        Args:
            unit: the unit whose own requests begin the windows.
            now: the end of all windows, s since 1970 UTC.
            lift: factor by which what surrounds the unit is known to have risen.
        """
        count = unit.held(max(now - self._window_seconds, unit.cleared_at))
        if count < self._settings.min_reporters:
            return None
        best: Window | None = None
        end = self._clock.reading(now, now)
        base = -math.log10(self.per_day(unit))
        for k in window_sizes(self._settings.min_reporters, count):
            start = unit.times[-k]
            expected = self._expect(unit, start, now, k, end, lift)
            surprise = self._surprise(unit, start, k, expected)
            if surprise and (best is None or base + surprise > best.score):
                best = Window(start, now, k, expected, base + surprise)
        return best

    def window_since(self, unit: Unit, start: float, now: float) -> Window:
        """Return the window from `start` to now, whatever its score."""
        held = unit.held(start)
        expected = self.expect(unit, start, now)
        surprise = self._surprise(unit, start, held, expected)
        return Window(start, now, held, expected, surprise - math.log10(self.per_day(unit)))

    def expect(self, unit: Unit, start: float, now: float) -> Expectation:
        """Return what the window would hold: the unit's share of what the city was due and really sent."""
        return self._expect(unit, start, now, unit.held(start), self._clock.reading(now, now), 1.0)

    def is_usual(self, unit: Unit, now: float) -> bool:
        """Return whether the unit's last days are within the usual again."""
        start = now - self._settings.clear_days * DAY
        return math.exp(log_tail(unit.held(start), *self.expect(unit, start, now))) > self._settings.usual_p

    def score_without(self, unit: Unit, window: Window, observed: int, usual: float) -> float:
        """Return the score of a window without `observed` of its requests, of which `usual` were expected."""
        mean = max(window.expected.mean - usual, LEAST_EXPECTED)
        tail = log_tail(window.observed - observed - 1, mean, window.expected.size)
        return -tail / LOG10 - math.log10(self.per_day(unit))

    def per_day(self, unit: Unit) -> float:
        """Return the unit's expected requests on an ordinary day."""
        return max(self._shares.latest(unit.level, unit.index).mean * self._clock.per_day, LEAST_PER_DAY)

    def share(self, unit: Unit) -> float:
        """Return the unit's share of the city's requests."""
        return self._shares.latest(unit.level, unit.index).mean

    def _expect(
        self, unit: Unit, start: float, now: float, own: int, end: tuple[float, float], lift: float
    ) -> Expectation:
        due, sent = self._clock.reading(start, now)
        day = self._hours.at(int(start // HOUR)).day
        share, doubt, unevenness = self._shares.known(unit.level, unit.index, day)
        due = end[0] - due
        rest_due = due * (1 - share) if share < 1 else 0.0
        rest_sent = end[1] - sent - own
        weight = self._clock_weight(rest_due, rest_sent)
        shape = (rest_sent if rest_sent > 0 else 0.0) + weight
        days = (now - start) / DAY
        noise = self._settings.day_variance * unevenness
        spread = doubt + self._settings.share_variance + (noise / days if days > 1 else noise) + 1 / shape
        mean = share * due * shape / (rest_due + weight)
        return Expectation(mean * lift + LEAST_EXPECTED, 1 / spread)

    def _clock_weight(self, due: float, sent: float) -> float:
        """Return how many events the clock's expectation weighs against what the rest of the city sent."""
        above = sent - due
        if sent >= FEWEST_IN_CITY_EVENT and above > 0:
            variance = due + CITY_VARIANCE * due * due
            if above * above > CITY_EVENT_DEVIATIONS**2 * variance:
                return CITY_EVENT_WEIGHT
        return self._settings.city_weight

    def _surprise(self, unit: Unit, start: float, k: int, expected: Expectation) -> float:
        """Return -log10 of the probability of so many requests, or of so many new voices, if that is less.

        The request that opens the window is given, hence the one less.
        """
        mean, size = expected
        new = unit.new_voices(start) if unit.newcomers else 0
        surprise = 0.0
        if new < k:
            surprise = _surprise(k - 1, mean, size)
        if new >= self._settings.min_reporters:
            day = self._hours.at(int(start // HOUR)).day
            part = self._voices.newcomers_part(unit.index, day)
            surprise = max(surprise, _surprise(new - 1, mean * part, size))
        return surprise


def window_sizes(least: int, most: int) -> list[int]:
    """Return the numbers of requests of the windows to try, ascending, from `least` up to `most` itself."""
    sizes = list(range(least, min(most, DENSE) + 1))
    k = DENSE
    while k < most:
        k = min(most, k + max(1, k // 10))
        sizes.append(k)
    return sizes


def _surprise(k: int, mean: float, size: float) -> float:
    above = k - mean
    if above <= 0 or above * above <= HOPELESS_VARIANCES * mean * (1 + mean / size):
        return 0.0
    return -log_tail(k, mean, size) / LOG10
