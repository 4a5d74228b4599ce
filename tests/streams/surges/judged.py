"""The stream's detector with parts exchanged, which keeps all scores: for `ablation.py` and `matters.py`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from streams.contract import Surge
from streams.surges.arrival import Record
from streams.surges.detector import Detector
from streams.surges.hours import DAY
from streams.surges.scan import Scanner, window_sizes
from streams.surges.scan_window import Expectation, Window
from streams.surges.screen import Screen
from streams.surges.settings import DetectorSettings
from streams.surges.units import Unit
from tests.streams.surges.same_matter import LIKELIEST

Judge = Callable[[Sequence[Record]], float]
"""What a window's requests themselves say for a surge: log10 of a likelihood ratio, within LIKELIEST."""


class Scored(NamedTuple):
    """A unit's best score at a minute's end (s since 1970 UTC)."""

    unit: str
    second: int
    score: float


class Parts(NamedTuple):
    """What is exchanged."""

    judge: Judge | None = None
    windows_s: tuple[float, ...] = ()
    """Longest windows of a fixed grid; none: a window from each of the unit's requests."""
    may_fall: bool = False
    """Whether a score that is lower than at the request before may open."""


class JudgedScanner(Scanner):
    """Weighs windows by counts, and by what their requests say."""

    parts = Parts()
    floor = 0.0

    def best(self, unit: Unit, now: float, lift: float = 1.0) -> Window | None:
        """Return the window whose score and bonus come to the most."""
        least = self._settings.min_reporters
        count = unit.held(max(now - self._window_seconds, unit.cleared_at))
        if count < least:
            return None
        sizes = window_sizes(least, count)
        if self.parts.windows_s:
            held = {min(count, unit.held(now - length)) for length in self.parts.windows_s}
            sizes = np.array(sorted(size for size in held if size >= least), np.int64)
            if not len(sizes):
                return None
        times = unit.times()
        starts = times[len(times) - sizes]
        mean, size = self._expect(unit, starts, now, sizes)
        surprises = self._surprises(unit, starts, sizes, mean * lift, size)
        if surprises is None:
            return None
        scores = surprises - math.log10(self.per_day(unit))
        if self.parts.judge and scores.max() + LIKELIEST >= self.floor:
            counted = [record for record in unit.records if record.counted]
            scores += [self.parts.judge(counted[-k:]) for k in sizes]
        place = int(scores.argmax())
        expected = Expectation(float(mean[place] * lift), float(size[place]))
        return Window(float(starts[place]), now, int(sizes[place]), expected, float(scores[place]))


class JudgedDetector(Detector):
    """Finds surges like the stream's, and keeps each unit's scores from `floor` up, open or not."""

    def __init__(self, settings: DetectorSettings, zone: ZoneInfo, parts: Parts, floor: float) -> None:
        super().__init__(settings, zone)
        self.scored: list[Scored] = []
        self._parts = parts
        self._floor = floor
        self._last: dict[int, float] = {}

    def _start_at(self, hour: int) -> None:
        super()._start_at(hour)
        known = self._settings, self._clock, self._shares, self._voices
        scanner = JudgedScanner(*known)
        scanner.parts, scanner.floor = self._parts, self._floor
        self._scanner = scanner
        lowest = self._settings.model_copy(update={"threshold": max(0.1, self._floor - self._slack)})
        self._screen = Screen(lowest, *known[1:], self._units.times)

    @property
    def _slack(self) -> float:
        return LIKELIEST if self._parts.judge else 0.0

    def _weigh_unit(self, unit: Unit, event_id: str, now: int) -> list[Surge]:
        best = self._scanner.best(unit, now, self._lift(unit, now))
        score = best.score if best else -math.inf
        rises = self._parts.may_fall or score >= self._last.get(unit.number, -math.inf)
        self._last[unit.number] = score
        if score >= self._floor and rises:
            self.scored.append(Scored(unit.name, now, score))
        if self._parts.may_fall:
            unit.last_score = -math.inf
        return super()._weigh_unit(unit, event_id, now)


WINDOWS_S = tuple(days * DAY for days in (0.25, 1, 3, 7, 14))
"""A fixed grid as other methods have it."""
