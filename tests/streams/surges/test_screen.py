"""The screen rules out no unit that would open a surge: the surges are those of weighing every unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.contract import Surge
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.hours import DAY, HOUR
from streams.surges.replay import replay
from streams.surges.screen import Touches
from streams.surges.settings import DetectorSettings
from streams.surges.stretches import MINUTE
from streams.surges.tails import most_surprise, surprise
from streams.surges.units import Unit
from tests.streams.surges.city import UTC, arrival, eventful, everyday, in_order


class Unscreened(Detector):
    """Weighs every unit that a minute touches."""

    def _start_at(self, hour: int) -> None:
        super()._start_at(hour)
        self._screen = SuspectsAll()  # type: ignore[assignment]


class SuspectsAll:
    def suspects(self, touches: Touches, units: Sequence[Unit]) -> dict[int, set[int]]:
        return {minute: set(range(len(units))) for minute in touches.minutes}


def found(arrivals: list[Arrival], detector: Detector) -> list[Surge]:
    return list(replay(in_order(arrivals), detector))


@pytest.mark.parametrize(
    ("seed", "threshold", "reporters"), [(1, 5.5, True), (2, 3.0, True), (3, 4.0, False)]
)
def test_no_surge_is_screened_out(seed: int, threshold: float, reporters: bool) -> None:
    settings = DetectorSettings(threshold=threshold)
    arrivals = eventful(seed, reporters=reporters)
    surges = found(arrivals, Unscreened(settings, UTC))
    assert len({surge.surge_id for surge in surges}) >= 4
    assert found(arrivals, Detector(settings, UTC)) == surges


def test_most_units_are_screened_out() -> None:
    detector = Detector(DetectorSettings(), UTC)
    found(everyday(62, per_day=2.0), detector)
    second = float(detector._hour * HOUR + 1800)
    minute = detector._hour * HOUR + 30 * MINUTE
    touches = Touches()
    touches.add(range(len(detector._units)), second, minute)
    suspects = detector._screen.suspects(touches, detector._units.units)
    assert len(suspects.get(minute, ())) < len(detector._units) / 2


def test_many_requests_at_once_are_suspected_in_the_minute_that_tells() -> None:
    detector = Detector(DetectorSettings(), UTC)
    found([*everyday(62), arrival(3, 62 * DAY + HOUR, "n", "n")], detector)
    begin = detector._hour * HOUR
    touches = Touches()
    for n in range(12):
        touches.add([0], begin + n * 60.0, begin + n * MINUTE)
    suspects = detector._screen.suspects(touches, detector._units.units)
    assert begin not in suspects
    assert suspects[begin + 11 * MINUTE] == {0}


@given(st.integers(2, 400), st.floats(1e-6, 300), st.floats(0.3, 200), st.floats(1, 3), st.floats(1, 3))
def test_the_bound_holds_for_less_expected_and_less_spread(
    count: int, mean: float, size: float, less: float, wider: float
) -> None:
    exact = float(surprise(count, mean, size))
    bound = most_surprise(np.array([count]), np.array([mean / less]), np.array([size * wider]))[0]
    assert exact <= max(bound, 2.0) + 1e-6
