"""The clock learns the shape of a day and tells what was due and sent since any moment."""

from __future__ import annotations

import numpy as np
import pytest

from streams.surges.city_clock import CityClock
from streams.surges.hours import DAY, HOUR, LocalHours
from tests.streams.surges.city import BEGIN, UTC

DAYS = 70


def lived(per_day: int = 40, first: int = 8, last: int = 18) -> tuple[CityClock, int]:
    """Return a clock that saw even requests between two hours of each day, and its last midnight."""
    clock = CityClock(BEGIN // HOUR, LocalHours(UTC))
    for hour in range(BEGIN // HOUR + 1, (BEGIN + DAYS * DAY) // HOUR + 1):
        for n in range(per_day):
            second = (
                BEGIN + (hour * HOUR - BEGIN) // DAY * DAY + (first + (last - first) * n / per_day) * HOUR
            )
            if second // HOUR == hour - 1:
                clock.add(second)
        clock.reach(hour)
        if hour * HOUR % DAY == 0:
            clock.close_day(hour)
    return clock, BEGIN + DAYS * DAY


def test_the_level_is_learnt() -> None:
    clock, _ = lived()
    assert clock.per_day == pytest.approx(40, rel=0.02)


def test_nights_are_expected_to_be_quiet() -> None:
    clock, midnight = lived()
    for hour in range(1, 13):
        clock.reach(midnight // HOUR + hour)
    now = midnight + 12 * HOUR
    night, morning = clock.since(np.array([midnight, midnight + 8 * HOUR], float), now)[0]
    assert night - morning < 2
    assert morning == pytest.approx(16, rel=0.1)


def test_what_was_sent_is_counted_from_any_moment() -> None:
    clock, midnight = lived()
    starts = np.array([midnight - DAY, midnight - 2 * DAY], float)
    _, sent, days = clock.since(starts, midnight)
    assert sent.tolist() == pytest.approx([40, 80])
    assert days[0] - days[1] == 1


def test_an_event_older_than_the_memory_is_not_counted() -> None:
    clock, midnight = lived()
    before = clock.since(np.array([midnight - 50 * DAY], float), midnight)[1]
    clock.add(BEGIN - 500 * DAY)
    assert clock.since(np.array([midnight - 50 * DAY], float), midnight)[1] == before
