"""A detector made of another's state goes on as that one would have, surge for surge, byte for byte."""

from __future__ import annotations

import numpy as np
import pytest

from streams.contract import Surge
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.detector_state import UnreadableState, pack, unpack
from streams.surges.hours import DAY, HOUR
from streams.surges.replay import by_minute
from streams.surges.settings import DetectorSettings
from tests.streams.surges.city import BEGIN, ESTATES, UTC, burst, eventful, everyday, in_order, opened

SETTINGS = DetectorSettings(voice_days=20)
"""A memory of voices so short that it matters within the weeks of the test."""


def bytes_of(detector: Detector) -> bytes:
    copied = detector.copy()
    assert copied is not None
    return b"".join(pack(copied.state()))


def restored(packed: bytes) -> Detector:
    detector = Detector(SETTINGS, UTC)
    detector.restore(unpack(packed))
    return detector


def of_sources(events: list[Arrival]) -> list[Arrival]:
    """Return the events of two sources, of which one begins late and is then learnt."""
    late = (BEGIN + 50 * DAY) * 1000
    return [
        event._replace(source="new" if event.occurred >= late and number % 3 == 0 else "old")
        for number, event in enumerate(events)
    ]


@pytest.mark.parametrize(("seed", "reporters"), [(1, True), (2, True), (3, False)])
def test_going_on_from_a_state_at_any_minute_is_as_if_nothing_had_happened(
    seed: int, *, reporters: bool
) -> None:
    storm = [event for estate in range(ESTATES) for event in burst(estate, 66 * DAY, 6, 5 * HOUR, "q")]
    minutes = [*by_minute(in_order(of_sources([*eventful(seed, reporters=reporters), *storm])))]
    straight = Detector(SETTINGS, UTC)
    surges = [*straight.weigh_all(minutes)]
    assert len({surge.level for surge in opened(surges)}) > 1
    end = bytes_of(straight)

    going, before = Detector(SETTINGS, UTC), 0
    found: list[Surge] = []
    for cut in [*np.sort(np.random.default_rng(seed).integers(1, len(minutes), 4)).tolist(), len(minutes)]:
        found += going.weigh_all(minutes[before:cut])
        packed, before = bytes_of(going), cut
        going = restored(packed)
        assert bytes_of(going) == packed
    assert found == surges
    assert bytes_of(going) == end


def test_a_state_is_not_changed_by_what_the_detector_does_next() -> None:
    minutes = [*by_minute(in_order(everyday(30) + burst(3, 25 * DAY, 16, 6 * HOUR)))]
    detector = Detector(SETTINGS, UTC)
    for _ in detector.weigh_all(minutes[:100]):
        pass
    copied = detector.copy()
    assert copied is not None
    at_once = b"".join(pack(copied.state()))
    for _ in detector.weigh_all(minutes[100:]):
        pass
    assert b"".join(pack(copied.state())) == at_once
    assert bytes_of(detector) != at_once


def test_who_knows_nothing_has_no_state() -> None:
    assert Detector(SETTINGS, UTC).copy() is None


@pytest.mark.parametrize("keep", [0, 10, -1])
def test_half_a_state_is_none(keep: int) -> None:
    detector = Detector(SETTINGS, UTC)
    for _ in detector.weigh_all(by_minute(in_order(burst(1, DAY, 30, DAY)))):
        pass
    with pytest.raises(UnreadableState):
        unpack(bytes_of(detector)[:keep])
    with pytest.raises(UnreadableState):
        unpack(b"what is this?")
