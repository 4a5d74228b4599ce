"""What is held of a bucket's reporters is what all of them at once would give."""

from __future__ import annotations

from array import array

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.contract import REPORTER_SKETCH_SIZE
from streams.packing import HASH
from streams.sketches import Reporters, packed, united

hashes = st.integers(1, 2**64 - 1) | st.integers(1, 400)
batches = st.lists(st.lists(hashes, min_size=1, max_size=300), min_size=1, max_size=6)


def sketch_of(batches: list[list[int]]) -> Reporters:
    held: Reporters = None
    for batch in batches:
        held = united(held, batch)
    return held


@given(batches)
def test_a_sketch_is_the_smallest_of_all_distinct_hashes_however_they_come(batches: list[list[int]]) -> None:
    smallest = sorted({each for batch in batches for each in batch})[:REPORTER_SKETCH_SIZE]
    told, firsts = packed([sketch_of(batches)])
    assert np.frombuffer(told, HASH).tolist() == smallest
    assert firsts == b"\x01" + bytes(len(smallest) - 1)


@given(batches)
def test_no_more_is_held_than_is_told(batches: list[list[int]]) -> None:
    held = sketch_of(batches)
    assert isinstance(held, int) or 2 <= len(held or ()) <= REPORTER_SKETCH_SIZE


def test_rows_are_told_one_after_another_and_nobody_keeps_the_place() -> None:
    told, firsts = packed([None, 7, array("Q", [3, 5])])
    assert np.frombuffer(told, HASH).tolist() == [0, 7, 3, 5]
    assert firsts == b"\x01\x01\x01\x00"
