"""The merging of parts into minutes: whatever the interleaving, the same minutes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.contract import ArrivalFrame, Path
from streams.weighing import MINUTE_MS, Minutes, MissingArrivals


def frame(part: int, first: int, weighed: list[int], clock: int | None = None) -> ArrivalFrame:
    size = len(weighed)
    return ArrivalFrame(
        epoch=1,
        part=part,
        first=first,
        next=first + max(1, size),  # a frame without arrivals is one of a tick
        clock_ms=max(weighed) if clock is None else clock,
        offsets=[first + index for index in range(size)],
        identities=[f"{part}-{first + index}" for index in range(size)],
        request_ids=["r"] * size,
        paths=[Path("e1")] * size,
        reporters=["u"] * size,
        problem_types=["leaks"] * size,
        occurred_ms=weighed,
        weighed_ms=weighed,
        sources=[f"s{part}"] * size,
    )


def test_a_minute_waits_for_the_part_furthest_behind() -> None:
    minutes = Minutes.empty(2)
    minutes.take(frame(0, 0, [0, 10 * MINUTE_MS]))
    assert list(minutes.complete()) == []
    minutes.take(frame(1, 0, [], clock=MINUTE_MS))
    [(start, arrivals)] = minutes.complete()
    assert start == 0
    assert [(arrival.event_id, arrival.source) for arrival in arrivals] == [("0-0", "s0")]
    assert list(minutes.complete()) == []


def test_repeated_and_overlapping_frames_are_taken_once() -> None:
    minutes = Minutes.empty(1)
    assert minutes.take(frame(0, 0, [1, 2, 3])) == 3
    assert minutes.take(frame(0, 1, [2, 3])) == 0
    assert minutes.take(frame(0, 2, [3, 4])) == 1


def test_a_missing_frame_is_noticed() -> None:
    with pytest.raises(MissingArrivals):
        Minutes.empty(1).take(frame(0, 5, [1]))


parts = st.lists(
    st.lists(st.integers(0, 20 * MINUTE_MS), min_size=1, max_size=15).map(sorted), min_size=2, max_size=3
)


@given(parts, st.randoms(use_true_random=False))
def test_interleaving_changes_no_minute(logs: list[list[int]], random: object) -> None:
    frames = [
        [frame(part, at, log[at : at + 2]) for at in range(0, len(log), 2)] for part, log in enumerate(logs)
    ]
    end = [frame(part, len(log), [], clock=30 * MINUTE_MS) for part, log in enumerate(logs)]

    def minutes_of(order: list[ArrivalFrame]) -> dict[int, list[str]]:
        minutes, found = Minutes.empty(len(logs)), {}
        for each in [*order, *end]:
            minutes.take(each)
            for start, arrivals in minutes.complete():
                assert start not in found
                found[start] = sorted(arrival.event_id for arrival in arrivals)
        return found

    in_turn = [each for part_frames in frames for each in part_frames]
    mixed, queues = [], [list(part_frames) for part_frames in frames]
    while any(queues):
        queue = random.choice([queue for queue in queues if queue])  # type: ignore[attr-defined]
        mixed.append(queue.pop(0))
    assert minutes_of(mixed) == minutes_of(in_turn)
