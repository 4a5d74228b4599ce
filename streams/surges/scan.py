"""The best window of a unit: which of its own recent requests begins the least likely stretch until now.

Every window from one of the unit's requests to now is compared with what the unit's share of the city's clock
explains. The score of a window is the log10 of a recurrence interval in days, so that one threshold serves a
busy district and an estate that writes twice a year. All windows of a unit are weighed at once, as vectors.
Pure.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from streams.contract import Level
from streams.surges.city_clock import CityClock
from streams.surges.hours import DAY
from streams.surges.scan_window import Expectation, Window
from streams.surges.settings import DetectorSettings
from streams.surges.shares import Shares
from streams.surges.tails import surprise
from streams.surges.units import Unit
from streams.surges.voices import Voices

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

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
FEWEST_IN_CITY_EVENT = 4
LEAST_EXPECTED = 1e-9
LEAST_PER_DAY = 1e-6
MOST_SHARE = 0.99


class Scanner:
    """Weighs windows of units against shares, clock and voices."""

    def __init__(self, settings: DetectorSettings, clock: CityClock, shares: Shares, voices: Voices) -> None:
        self._settings = settings
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
        sizes = window_sizes(self._settings.min_reporters, count)
        times = unit.times()
        starts = times[len(times) - sizes]
        mean, size = self._expect(unit, starts, now, sizes)
        mean *= lift
        surprises = self._surprises(unit, starts, sizes, mean, size)
        if surprises is None:
            return None
        place = int(surprises.argmax())
        score = float(surprises[place]) - math.log10(self.per_day(unit))
        expected = Expectation(float(mean[place]), float(size[place]))
        return Window(float(starts[place]), now, int(sizes[place]), expected, score)

    def window_since(self, unit: Unit, start: float, now: float) -> Window:
        """Return the window from `start` to now, whatever its score."""
        held, starts = unit.held(start), np.array([start])
        mean, size = self._expect(unit, starts, now, np.array([held]))
        surprises = self._surprises(unit, starts, np.array([held]), mean, size)
        score = (0.0 if surprises is None else float(surprises[0])) - math.log10(self.per_day(unit))
        return Window(start, now, held, Expectation(float(mean[0]), float(size[0])), score)

    def expect(self, unit: Unit, start: float, now: float) -> Expectation:
        """Return what the window would hold: the unit's share of what the city was due and really sent."""
        mean, size = self._expect(unit, np.array([start]), now, np.array([unit.held(start)]))
        return Expectation(float(mean[0]), float(size[0]))

    def expect_of_city(self, unit: Unit, start: float, now: float) -> Expectation:
        """Return what the window would hold by what the rest of the city sent alone, at the most.

        The unit must have sent nothing in it.
        """
        mean, size = self.expect(unit, start, now)
        _, sent, _ = self._clock.since(np.array([start]), now)
        rest = max(float(sent[0]), 0.0)
        share = min(self.share_at(unit, start), MOST_SHARE)
        return Expectation(min(mean, rest * share / (1 - share)), 1 / (1 / size + 1 / (rest + 1)))

    def share_at(self, unit: Unit, start: float) -> float:
        """Return the unit's share of the city's requests as it was known when the day of a moment began."""
        days = self._clock.days(np.array([start]))
        return float(self._shares.known(unit.level, unit.index, days)[0, 0])

    def is_usual(self, unit: Unit, now: float) -> bool:
        """Return whether the unit's last days are within the usual again."""
        start = now - self._settings.clear_days * DAY
        mean, size = self.expect(unit, start, now)
        return 10 ** -float(surprise(unit.held(start), mean, size)) > self._settings.usual_p

    def score_without(self, unit: Unit, window: Window, observed: int, usual: float) -> float:
        """Return the score of a window without `observed` of its requests, of which `usual` were expected."""
        mean = max(window.expected.mean - usual, LEAST_EXPECTED)
        rest = surprise(window.observed - observed - 1, mean, window.expected.size)
        return float(rest) - math.log10(self.per_day(unit))

    def per_day(self, unit: Unit) -> float:
        """Return the unit's expected requests on an ordinary day."""
        return max(self.share(unit) * self._clock.per_day, LEAST_PER_DAY)

    def share(self, unit: Unit) -> float:
        """Return the unit's share of the city's requests."""
        return self._shares.latest(unit.level, unit.index)

    def _expect(self, unit: Unit, starts: Floats, now: float, own: Ints) -> tuple[Floats, Floats]:
        """Return mean and NB size of what windows from `starts` to now would hold without a surge."""
        due, sent, days = self._clock.since(starts, now)
        share, doubt, unevenness = self._shares.known(unit.level, unit.index, days).T
        rest_due = due * np.maximum(1 - share, 0.0)
        rest_sent = np.maximum(sent - own, 0.0)
        weight = self._clock_weight(rest_due, rest_sent)
        shape = rest_sent + weight
        noise = self._settings.day_variance * unevenness / np.maximum((now - starts) / DAY, 1.0)
        spread = doubt + noise + 1 / shape + self._settings.share_variance
        return share * due * shape / (rest_due + weight) + LEAST_EXPECTED, 1 / spread

    def _clock_weight(self, due: Floats, sent: Floats) -> Floats:
        """Return how many events the clock's expectation weighs against what the rest of the city sent."""
        above = np.maximum(sent - due, 0.0)
        variance = due + CITY_VARIANCE * due * due
        is_event = (above * above > CITY_EVENT_DEVIATIONS**2 * variance) & (sent >= FEWEST_IN_CITY_EVENT)
        return np.where(is_event, CITY_EVENT_WEIGHT, self._settings.city_weight)

    def _surprises(
        self, unit: Unit, starts: Floats, sizes: Ints, mean: Floats, size: Floats
    ) -> Floats | None:
        """Return -log10 of the probability of so many requests, or of so many new voices if that is less.

        The request that opens a window is given, hence the one less. None where no window comes to anything.
        """
        counts = sizes - 1
        best = _worthwhile(counts, mean, size)
        if unit.level is Level.ESTATE:
            new = unit.new_voices(sizes)
            usual = mean * self._voices.newcomers_part(unit.index, self._clock.days(starts))
            by_voices = _worthwhile(np.where(new >= self._settings.min_reporters, new - 1, 0), usual, size)
            if by_voices is not None:
                best = by_voices if best is None else np.maximum(best, by_voices)
        return best


@lru_cache(maxsize=4096)
def window_sizes(least: int, most: int) -> Ints:
    """Return the numbers of requests of the windows to try, ascending, from `least` up to `most` itself."""
    sizes = list(range(least, min(most, DENSE) + 1))
    k = DENSE
    while k < most:
        k = min(most, k + max(1, k // 10))
        sizes.append(k)
    return np.array(sizes, dtype=np.int64)


def _worthwhile(counts: Ints, mean: Floats, size: Floats) -> Floats | None:
    """Return the surprise of each count, 0 where it is hopeless; none where all are."""
    above = np.maximum(counts - mean, 0.0)
    promising = above * above > HOPELESS_VARIANCES * mean * (1 + mean / size)
    if not promising.any():
        return None
    out = np.zeros(len(counts))
    out[promising] = surprise(counts[promising], mean[promising], size[promising])
    return out
