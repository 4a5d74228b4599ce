"""The table of moments is as good as a dict, whatever the keys."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.surges.hours import DAY
from streams.surges.moments import MASK, Moments, key_at, key_of
from streams.surges.seen import SeenEvents

crowded = st.one_of(st.integers(1, 40), st.integers(MASK - 40, MASK), st.integers(1, MASK))
"""Keys of which many want the same place, the very last one too."""


def agree(moments: Moments, expected: dict[int, float]) -> bool:
    held = {key: moments.get(key) for key in expected}
    return held == expected and len(moments) == len(expected)


@given(st.lists(st.tuples(crowded, st.floats(-1e10, 1e10)), max_size=1500))
def test_it_holds_what_a_dict_holds(puts: list[tuple[int, float]]) -> None:
    moments = Moments()
    expected: dict[int, float] = {}
    for key, second in puts:
        assert moments.get(key) == expected.get(key)
        moments.put(key, second)
        expected[key] = second
    assert agree(moments, expected)
    again = Moments()
    again.restore(moments.copy().state())
    assert agree(again, expected)


def test_more_neighbours_than_there_is_room_for_behind_the_last_place() -> None:
    moments = Moments()
    keys = range(MASK - 600, MASK)
    for key in keys:
        moments.put(key, 1.0)
    assert agree(moments, dict.fromkeys(keys, 1.0))


def test_what_need_not_be_kept_takes_no_room_for_long() -> None:
    moments = Moments()
    for n in range(20_000):
        moments.keep_since = n - 500
        moments.put(key_of(f"r{n}"), n)
        assert moments.get(key_of(f"r{n}")) == n
    assert len(moments) < 2000
    assert moments.copy().state().seconds.min() == moments.keep_since


def test_what_counts_as_dropped_is_not_told_even_while_it_is_held() -> None:
    moments = Moments()
    moments.put(1, 10.0)
    moments.put(2, 20.0)
    moments.keep_since = 15
    assert (moments.get(1), moments.get(2), len(moments)) == (None, 20.0, 2)


def test_ids_are_forgotten_when_their_day_is_past_and_not_before() -> None:
    seen = SeenEvents(memory_days=45)
    assert seen.is_news("a", 10 * DAY + 5, 10 * DAY)
    seen.forget(56 * DAY)
    assert not seen.is_news("a", 56 * DAY, 56 * DAY)
    seen.forget(57 * DAY)
    assert seen.is_news("a", 57 * DAY, 57 * DAY)
    assert not seen.is_news("old", 10 * DAY, 56 * DAY)


def test_the_same_reporter_at_two_units_has_two_keys() -> None:
    keys = {key_at(key_of(f"u{reporter}"), unit) for reporter in range(100) for unit in range(100)}
    assert len(keys) == 100 * 100
