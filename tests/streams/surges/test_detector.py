"""What opens a surge, what does not, and how an episode goes, in a small city of steady estates."""

from __future__ import annotations

import pytest

from streams.contract import UNPLACED, Level, Path
from streams.surges.arrival import Arrival
from streams.surges.city_surge import WHOLE_CITY
from streams.surges.detector import Detector
from streams.surges.hours import DAY, HOUR
from streams.surges.replay import replay
from streams.surges.settings import DetectorSettings
from tests.streams.surges.city import (
    BEGIN,
    ESTATES,
    UTC,
    arrival,
    burst,
    cleared,
    everyday,
    in_order,
    opened,
    surges_of,
)

NOON = 60 * DAY + 12 * HOUR


def test_ordinary_days_open_nothing() -> None:
    assert surges_of(everyday(80)) == []


def test_a_burst_opens_one_surge_before_half_of_it_has_come() -> None:
    surges = surges_of(everyday(62) + burst(3, NOON, 16, 6 * HOUR))
    (surge,) = opened(surges)
    assert (surge.unit, surge.level) == ("E3", Level.ESTATE)
    assert surge.observed <= 8
    assert surge.score >= DetectorSettings().threshold
    assert surge.opened_at.timestamp() % 60 == 0
    assert 0 <= surge.opened_at.timestamp() - (BEGIN + NOON) < 3 * HOUR


def test_a_surge_carries_what_is_needed_to_judge_it() -> None:
    surge = surges_of(everyday(66) + burst(3, NOON, 16, 6 * HOUR))[-1]
    assert surge.path == Path("E3", "C1", "S0", "D0", "P")
    assert surge.expected_low <= surge.expected <= surge.expected_high < surge.observed
    assert {f"r-s3-{n}" for n in range(16)} <= set(surge.request_ids)
    assert surge.categories == {"leak": surge.requests}
    assert surge.reporters <= surge.requests
    assert surge.detector_version.endswith(DetectorSettings().digest())


def test_an_episode_is_revised_and_cleared_when_its_last_days_are_usual_again() -> None:
    surges = surges_of(everyday(66) + burst(3, NOON, 16, 6 * HOUR))
    (end,) = cleared(surges)
    assert [surge.revision for surge in surges] == list(range(1, len(surges) + 1))
    assert len({surge.surge_id for surge in surges}) == 1
    assert end.cleared_at is not None
    assert 2 * DAY < end.cleared_at.timestamp() - (BEGIN + NOON) < 5 * DAY


def test_the_id_names_unit_and_opening_event() -> None:
    (surge,) = opened(surges_of(everyday(62) + burst(3, NOON, 16, 6 * HOUR)))
    level, unit, event = surge.surge_id.split(":")
    assert (level, unit) == ("estate", "E3")
    assert event in {f"s3-{n}" for n in range(16)}


def test_one_reporter_who_writes_again_and_again_opens_nothing() -> None:
    again = [arrival(3, NOON + n * HOUR, "angry", f"a{n}") for n in range(20)]
    assert surges_of(everyday(62) + again) == []


def test_requests_without_a_reporter_count_each() -> None:
    nameless = [arrival(3, NOON + n * 600, "", f"a{n}") for n in range(12)]
    assert [surge.unit for surge in opened(surges_of(everyday(62) + nameless))] == ["E3"]


def test_a_backlog_that_arrives_at_once_is_weighed_by_when_it_occurred() -> None:
    held_back = [
        event._replace(weighed=(BEGIN + 65 * DAY) * 1000)
        if BEGIN + 63 * DAY <= event.occurred / 1000 < BEGIN + 65 * DAY
        else event
        for event in everyday(62, per_day=2)
    ]
    assert surges_of(held_back) == []


def test_an_event_older_than_the_memory_is_ignored_wholly() -> None:
    late = [arrival(3, NOON + n * 600, f"l{n}", f"l{n}", late=46 * DAY) for n in range(20)]
    ordinary = everyday(110)
    assert surges_of(ordinary + late) == surges_of(ordinary)


def test_nothing_opens_while_there_is_no_history() -> None:
    assert surges_of(everyday(10) + burst(3, 5 * DAY, 40, 6 * HOUR)) == []


def test_requests_without_an_estate_open_no_estate() -> None:
    nowhere = [event._replace(path=Path(UNPLACED, city="P")) for event in burst(0, NOON, 12, 12 * DAY)]
    nobody = [event._replace(path=Path(""), event_id=f"n{event.event_id}") for event in nowhere]
    assert [s for s in surges_of(everyday(80) + nowhere + nobody) if s.level is Level.ESTATE] == []


def test_an_estate_that_no_registry_knows_surges_like_any_other() -> None:
    candidate = [event._replace(path=Path("?新苑", city="P")) for event in burst(0, NOON, 12, 3 * HOUR)]
    assert {surge.unit for surge in opened(surges_of(everyday(62) + candidate))} == {"?新苑"}


def test_a_city_event_is_one_alert_of_the_city() -> None:
    storm = [e for estate in range(ESTATES) for e in burst(estate, NOON + 60 * estate, 5, 5 * HOUR)]
    surges = opened(surges_of(everyday(62) + storm))
    assert [(surge.level, surge.unit) for surge in surges] == [(Level.CITY, "P")]
    assert len(surges[0].children) > ESTATES // 2


def test_a_city_without_a_name_is_called_the_whole_city() -> None:
    storm = [e for estate in range(ESTATES) for e in burst(estate, NOON + 60 * estate, 5, 5 * HOUR)]
    nameless = [e._replace(path=Path(e.path.estate)) for e in everyday(62) + storm]
    assert [surge.unit for surge in opened(surges_of(nameless))] == [WHOLE_CITY]


def test_estates_that_rise_together_are_one_surge_of_their_street() -> None:
    together = [e for estate in range(4) for e in burst(estate, NOON, 4, 3 * DAY, "t")]
    surges = opened(surges_of(everyday(62, per_day=0.2, estates=40) + together))
    assert Level.STREET in {surge.level for surge in surges}
    (street,) = [surge for surge in surges if surge.level is Level.STREET]
    assert street.unit == "S0"
    assert set(street.children) <= {"E0", "E1", "E2", "E3"}
    assert len(street.children) >= 2


def test_one_loud_estate_is_not_its_streets_surge() -> None:
    surges = opened(surges_of(everyday(62, estates=40) + burst(3, NOON, 30, 6 * HOUR)))
    assert {surge.level for surge in surges} == {Level.ESTATE}


def test_an_estate_is_told_with_the_areas_that_it_has_now() -> None:
    moved = Path("E3", "C9", "S9", "D0", "P")
    events = [event._replace(path=moved) for event in burst(3, NOON, 16, 6 * HOUR)]
    (surge,) = opened(surges_of(everyday(60) + events))
    assert surge.path == moved


def test_open_surges_are_counted_by_level() -> None:
    detector = Detector(DetectorSettings(), UTC)
    assert set(detector.open_surges().values()) == {0}
    for _ in replay(in_order(everyday(61) + burst(3, NOON, 16, 6 * HOUR)), detector):
        pass
    assert detector.open_surges()[Level.ESTATE] == 1


def test_a_version_names_the_settings() -> None:
    assert Detector(DetectorSettings(), UTC).version != Detector(DetectorSettings(threshold=6), UTC).version


@pytest.mark.parametrize("weighed_day", [60, 63])
def test_a_repeat_is_recognised_as_long_as_it_could_count(weighed_day: int) -> None:
    events = everyday(64) + burst(3, NOON, 16, 6 * HOUR)
    repeats: list[Arrival] = [
        event._replace(weighed=max(event.weighed, (BEGIN + weighed_day * DAY) * 1000)) for event in events
    ]
    assert surges_of(events + repeats) == surges_of(events)
