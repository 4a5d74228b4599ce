"""A busy unit that falls silent is noticed, and nobody else."""

from __future__ import annotations

from bisect import bisect_left

import pytest

from streams.contract import Level
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.hours import DAY, HOUR
from streams.surges.replay import by_minute
from streams.surges.settings import DetectorSettings
from streams.surges.silence import Silence
from streams.surges.stretches import MINUTE
from tests.streams.surges.city import BEGIN, UTC, everyday, in_order

STOP = 50 * DAY


def silences_by_hour(arrivals: list[Arrival], begin: int, end: int) -> dict[int, list[Silence]]:
    """Return the silences at every third hour from `begin` to `end`, s after the city's beginning."""
    detector = Detector(DetectorSettings(), UTC)
    minutes = [*by_minute(in_order(arrivals))]
    found, place = {}, 0
    for hour in range(begin, end, 3 * HOUR):
        now = BEGIN + hour
        until = bisect_left(minutes, (now,))
        for _ in detector.weigh_all([*minutes[place:until], (now - MINUTE, [])]):
            pass
        place = until
        found[hour] = detector.silences(now)
    return found


@pytest.fixture(scope="module")
def busy() -> list[Arrival]:
    return [event._replace(reporter=event.event_id) for event in everyday(60, per_day=8)]


def test_an_estate_that_stops_is_noticed_within_days_and_until_it_writes_again(busy: list[Arrival]) -> None:
    gone, back = BEGIN + STOP, BEGIN + STOP + 6 * DAY
    events = [e for e in busy if e.path.estate != "E3" or not gone * 1000 <= e.occurred < back * 1000]
    found = silences_by_hour(events, STOP - 3 * DAY, STOP + 8 * DAY)
    silent = [hour for hour, silences in found.items() if silences]
    assert {(each.level, each.unit) for silences in found.values() for each in silences} == {
        (Level.ESTATE, "E3")
    }
    assert STOP + DAY < silent[0] < STOP + 6 * DAY
    first = found[silent[0]][0]
    assert first.score >= DetectorSettings().threshold
    assert 0 <= first.seconds - (silent[0] - STOP) < DAY
    assert first.expected > 3
    assert silent[-1] <= STOP + 7 * DAY


def test_a_street_that_stops_is_noticed_sooner_than_an_estate(busy: list[Arrival]) -> None:
    gone = (BEGIN + STOP) * 1000
    found = silences_by_hour(
        [e for e in busy if e.path.street != "S1" or e.occurred < gone], STOP, STOP + 5 * DAY
    )
    first = {each.unit: hour for hour in sorted(found, reverse=True) for each in found[hour]}
    assert first["S1"] < min(hour for unit, hour in first.items() if unit.startswith("E"))


def test_on_ordinary_days_and_when_the_whole_city_is_silent_no_unit_is(busy: list[Arrival]) -> None:
    gone, back = (BEGIN + STOP) * 1000, (BEGIN + STOP + 5 * DAY) * 1000
    events = [e for e in busy if not gone <= e.occurred < back]
    found = silences_by_hour(events, STOP - 8 * DAY, STOP + 5 * DAY)
    assert not any(found.values())


def test_who_has_seen_little_notices_nothing() -> None:
    assert Detector(DetectorSettings(), UTC).silences(BEGIN) == []
    assert not any(silences_by_hour(everyday(5, per_day=8), DAY, 9 * DAY).values())
