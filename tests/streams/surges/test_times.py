"""The column of times keeps each unit's moments in order, however often it is rewritten."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.surges.times import FIRST_ROOM, Times

UNITS = 4
MOMENTS = st.integers(0, 50).map(float)
STEPS = st.lists(st.tuples(st.integers(0, UNITS - 1), MOMENTS, st.booleans()), max_size=200)


@given(STEPS)
def test_it_holds_what_a_sorted_list_for_each_unit_would_hold(steps: list[tuple[int, float, bool]]) -> None:
    times = Times()
    lists: dict[int, list[float]] = defaultdict(list)
    units = [times.enroll() for _ in range(UNITS)]
    for unit, second, forget in steps:
        if forget:
            times.forget(unit, second)
            del lists[unit][: bisect_left(lists[unit], second)]
        else:
            times.add(unit, second)
            insort(lists[unit], second)
    assert [times.of(unit).tolist() for unit in units] == [lists[unit] for unit in units]
    assert [times.held(unit, 25.0) for unit in units] == [
        sum(second >= 25.0 for second in lists[unit]) for unit in units
    ]


def test_it_grows_and_reuses_what_was_dropped() -> None:
    times = Times()
    units = [times.enroll() for _ in range(100)]
    for second in range(2 * FIRST_ROOM):
        times.add(units[second % 100], float(second))
        if second % 1000 == 999:
            times.forget(units[second // 1000], second - 500.0)
    assert times.of(units[3]).tolist() == [float(n) for n in range(3503, 2 * FIRST_ROOM, 100)]
    assert times.of(units[50]).tolist() == [float(n) for n in range(50, 2 * FIRST_ROOM, 100)]


def test_pencilled_moments_are_read_but_not_held() -> None:
    times = Times()
    unit = times.enroll()
    times.add(unit, 1.0)
    times.reserve(unit, 2)
    (begin,), (count,), _ = times.segments([unit])
    times.pencil(np.array([begin + count]), np.array([2.0]), np.array([0]))
    assert times.at(begin + count) == 2.0
    assert times.of(unit).tolist() == [1.0]
