"""What stands behind a gap is held back until the gap is filled, or has stayed for long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.gaps import Gaps


class Clock:
    """Seconds that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_records_that_follow_one_another_are_taken() -> None:
    assert Gaps().whole("p", [5, 6, 7], 5) == 3
    assert Gaps().whole("p", [5, 6, 7], None) == 3


def test_what_stands_behind_a_gap_waits() -> None:
    gaps = Gaps()
    assert gaps.whole("p", [5, 6, 8, 9], 5) == 2
    assert gaps.whole("p", [8, 9], 7) == 0
    assert gaps.whole("p", [7, 8, 9], 7) == 3


def test_a_gap_that_stays_is_passed_and_the_next_one_waits_anew() -> None:
    clock = Clock()
    gaps = Gaps(5.0, clock)
    assert gaps.whole("p", [6, 9], 5) == 0
    clock.now = 4.9
    assert gaps.whole("p", [6, 9], 5) == 0
    clock.now = 5.0
    assert gaps.whole("p", [6, 9], 5) == 1
    clock.now = 9.9
    assert gaps.whole("p", [9], 7) == 0
    clock.now = 10.0
    assert gaps.whole("p", [9], 7) == 1


def test_each_partition_waits_for_itself() -> None:
    clock = Clock()
    gaps = Gaps(5.0, clock)
    assert gaps.whole("p", [1], 0) == 0
    clock.now = 5.0
    assert gaps.whole("q", [1], 0) == 0
    assert gaps.whole("p", [1], 0) == 1


@given(st.lists(st.integers(1, 6), min_size=1), st.data())
def test_however_a_log_comes_in_all_of_it_is_taken_once_and_in_order(
    sizes: list[int], data: st.DataObject
) -> None:
    """Of the records behind what was taken, some are still being written at each look; none in the end."""
    gaps, log, taken = Gaps(clock=lambda: 0.0), range(sum(sizes)), list[int]()
    for _ in sizes:
        missing = data.draw(st.sets(st.sampled_from(log)))
        seen = [offset for offset in log[len(taken) :] if offset not in missing]
        taken += seen[: gaps.whole("p", seen, len(taken))] if seen else []
    rest = [*log[len(taken) :]]
    taken += rest[: gaps.whole("p", rest, len(taken))] if rest else []
    assert taken == [*log]
