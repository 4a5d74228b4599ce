"""Laws that hold for any requests: repeats, order in a minute, empty minutes, scale, more evidence."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.contract import Level, Surge
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.hours import DAY, HOUR
from streams.surges.replay import replay
from streams.surges.settings import DetectorSettings
from streams.surges.stretches import MINUTE
from tests.streams.surges.city import BEGIN, ESTATES, UTC, arrival, burst, everyday, in_order

HISTORY_DAYS = 30
QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@lru_cache(maxsize=1)
def lived_through() -> Detector:
    detector = Detector(DetectorSettings(), UTC)
    for _ in replay(in_order(everyday(HISTORY_DAYS)), detector):
        pass
    return detector


def experienced() -> Detector:
    """Return a fresh copy of a detector that lived through a month of ordinary days."""
    return copy.deepcopy(lived_through())


def weigh(arrivals: Sequence[Arrival], detector: Detector) -> list[Surge]:
    return list(replay(in_order(arrivals), detector))


@st.composite
def hour_of_requests(draw: st.DrawFn) -> list[Arrival]:
    """Up to 14 requests at two estates within some minutes of one day, some late, some of one reporter."""
    start = HISTORY_DAYS * DAY + draw(st.integers(6, 20)) * HOUR
    found = []
    for n in range(draw(st.integers(3, 14))):
        second = start + draw(st.integers(0, 20)) * 20
        reporter = f"n{draw(st.integers(0, 11))}"
        late = draw(st.sampled_from([0.0, 0.0, 30.0, 4000.0]))
        found.append(arrival(draw(st.integers(2, 3)), second, reporter, f"n{n}", late=late))
    return found


@QUICK
@given(hour_of_requests(), st.data())
def test_adding_a_duplicate_changes_nothing(events: list[Arrival], data: st.DataObject) -> None:
    original = data.draw(st.sampled_from(events))
    again = original._replace(weighed=original.weighed + data.draw(st.integers(0, 3 * HOUR)) * 1000)
    end = arrival(9, (HISTORY_DAYS + 2) * DAY, "last", "last")
    once = weigh([*events, end], experienced())
    assert weigh([*events, again, end], experienced()) == once


@QUICK
@given(hour_of_requests(), st.randoms(use_true_random=False))
def test_a_permutation_within_a_minute_changes_nothing(events: list[Arrival], random: object) -> None:
    shuffled = experienced()
    ordered = experienced()
    for minute, group in groupby(in_order(events), key=lambda event: event.weighed // 60_000 * MINUTE):
        arrivals = list(group)
        expected = ordered.weigh(minute, arrivals)
        random.shuffle(arrivals)  # type: ignore[attr-defined]
        assert shuffled.weigh(minute, arrivals) == expected


@QUICK
@given(hour_of_requests(), st.sets(st.integers(0, 36 * 60), max_size=60))
def test_skipped_minutes_are_as_if_weighed_empty(events: list[Arrival], empty: set[int]) -> None:
    by_minute = {
        minute: list(group)
        for minute, group in groupby(in_order(events), key=lambda event: event.weighed // 60_000 * MINUTE)
    }
    first = BEGIN + HISTORY_DAYS * DAY
    last = first + 40 * HOUR
    skipping, complete = experienced(), experienced()
    some = [surge for m in sorted({*by_minute, last}) for surge in skipping.weigh(m, by_minute.get(m, []))]
    visited = sorted({*by_minute, last, *(first + minute * MINUTE for minute in empty)})
    every = [surge for m in visited for surge in complete.weigh(m, by_minute.get(m, []))]
    assert some == every


@QUICK
@given(st.integers(2, 5), st.integers(7, 18))
def test_scaling_all_units_alike_raises_no_estate(factor: int, hour: int) -> None:
    start = HISTORY_DAYS * DAY + hour * HOUR
    rush = [
        event for estate in range(ESTATES) for event in burst(estate, start + 300 * estate, factor, 4 * HOUR)
    ]
    assert [surge for surge in weigh(rush, experienced()) if surge.level is Level.ESTATE] == []


@QUICK
@given(st.integers(4, 12), st.integers(600, 5 * HOUR), st.data())
def test_one_more_request_never_lowers_a_score(count: int, seconds: int, data: st.DataObject) -> None:
    start = HISTORY_DAYS * DAY + 9 * HOUR
    events = burst(3, start, count, seconds)
    more = arrival(3, start + data.draw(st.integers(0, seconds)), "more", "more")
    end = BEGIN + start + seconds + MINUTE
    assert _best_score([*events, more], end) >= _best_score(events, end)


def _best_score(arrivals: Sequence[Arrival], minute: int) -> float:
    """Return the score of the estate's best window when all of these are weighed in one minute."""
    detector = experienced()
    late = [event._replace(weighed=minute * 1000) for event in arrivals]
    scores = [surge.score for surge in detector.weigh(minute // MINUTE * MINUTE, late) if surge.unit == "E3"]
    return max(scores, default=float("-inf"))
