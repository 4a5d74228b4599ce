"""What is not a surge, however it upsets the counts: new sources, outages, other units, other clocks.

Each disturbance befalls the same city from a day on; nothing but the whole city is told (where a source has
a name, not even that), and a true surge in the midst of it is still found. `ablation.py` measures the same
on the benchmark.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zlib import crc32
from zoneinfo import ZoneInfo

import pytest

from streams.contract import Level, Path
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.hours import DAY, HOUR
from streams.surges.replay import replay
from streams.surges.settings import DetectorSettings
from tests.streams.surges.city import BEGIN, UTC, burst, everyday, in_order, opened, path

DAYS = 100
UPSET = 70
"""The day on which it begins."""
LOUD = 2
JOINED = 6
BERLIN = ZoneInfo("Europe/Berlin")
BURST_AT = (UPSET + 2) * DAY + 12 * HOUR
DAY_MS = DAY * 1000
FROM_MS = (BEGIN + UPSET * DAY) * 1000

Disturbance = Callable[[list[Arrival]], list[Arrival]]


def one_of(event: Arrival, number: int) -> bool:
    """Return whether an event is of one source of so many alike."""
    return crc32(event.event_id.encode()) % number == 0


def a_source_more(events: list[Arrival]) -> list[Arrival]:
    return [event for event in events if event.occurred >= FROM_MS or one_of(event, 2)]


def a_named_source_more(events: list[Arrival]) -> list[Arrival]:
    return [event._replace(source="old" if one_of(event, 2) else "new") for event in a_source_more(events)]


def a_source_less(events: list[Arrival]) -> list[Arrival]:
    return [event for event in events if event.occurred < FROM_MS or one_of(event, 2)]


def lost_for_five_days(events: list[Arrival]) -> list[Arrival]:
    return [event for event in events if not 0 <= event.occurred - FROM_MS < 5 * DAY_MS or in_burst(event)]


def held_back(events: list[Arrival]) -> list[Arrival]:
    """Return events of which all of two days before the burst come at once."""
    return [
        event._replace(weighed=FROM_MS) if 0 <= FROM_MS - event.weighed < 2 * DAY_MS else event
        for event in events
    ]


def other_areas(events: list[Arrival]) -> list[Arrival]:
    """Return events of a city whose communities, streets and districts are drawn anew."""
    return [event._replace(path=moved(event.path)) if event.weighed >= FROM_MS else event for event in events]


def moved(old: Path) -> Path:
    number = int(old.estate[1:])
    return Path(old.estate, f"C{number % 7}", f"S{number % 3}", f"D{number % 2}", old.city)


def estates_joined(events: list[Arrival]) -> list[Arrival]:
    """Return events of a city in which a registry makes six estates three."""
    return [
        event._replace(path=joined(event.path)) if event.weighed >= FROM_MS else event for event in events
    ]


def joined(old: Path) -> Path:
    number = int(old.estate[1:])
    return path(number - number % 2) if number < JOINED else old


def other_ids(events: list[Arrival]) -> list[Arrival]:
    """Return events of a city whose estates all get other ids, as if a registry were made anew."""
    return [
        event._replace(path=Path(f"N{event.path.estate}", *areas_of(event.path)))
        if event.weighed >= FROM_MS
        else event
        for event in events
    ]


def areas_of(of: Path) -> tuple[str, str, str, str]:
    return of.community, of.street, of.district, of.city


def occurred_a_day(shift: int) -> Disturbance:
    """Return a city of which one source in three writes times that are a day off for a week."""

    def shifted(events: list[Arrival]) -> list[Arrival]:
        return [
            event._replace(occurred=event.occurred + shift * DAY_MS)
            if 0 <= event.weighed - FROM_MS < 7 * DAY_MS and one_of(event, 3) and not in_burst(event)
            else event
            for event in events
        ]

    return shifted


def weighed_a_day_late(events: list[Arrival]) -> list[Arrival]:
    """Return a city whose platform's clock is a day fast for three days; it never runs backwards."""
    end = FROM_MS + 4 * DAY_MS
    return [
        event._replace(weighed=min(event.weighed + DAY_MS, end)) if FROM_MS <= event.weighed < end else event
        for event in events
    ]


def in_burst(event: Arrival) -> bool:
    return event.event_id.startswith("s")


DISTURBANCES = {
    "a source as busy as all others is switched on": a_named_source_more,
    "a source that nobody names is switched on": a_source_more,
    "half of the city is switched off": a_source_less,
    "nothing comes for five days": lost_for_five_days,
    "two days come at once": held_back,
    "the areas are drawn anew": other_areas,
    "six estates become three": estates_joined,
    "all estates have other ids": other_ids,
    "a source is a day slow": occurred_a_day(-1),
    "a source is a day fast": occurred_a_day(1),
    "the platform's clock is a day fast": weighed_a_day_late,
}


MAY_TELL = {
    "a source as busy as all others is switched on": set(),
    "a source that nobody names is switched on": {Level.CITY, Level.DISTRICT},
}
"""A third of the city has doubled, and sees it when the city's own surge is over."""


def told(events: list[Arrival], zone: ZoneInfo = UTC) -> list[tuple[Level, str]]:
    surges = replay(in_order(events), Detector(DetectorSettings(), zone))
    return [(surge.level, surge.unit) for surge in opened(surges)]


@pytest.mark.parametrize("name", DISTURBANCES)
def test_nothing_but_the_city_is_told_of(name: str) -> None:
    for seed in (7, 8):
        events = DISTURBANCES[name](in_order(everyday(DAYS, per_day=1.0, seed=seed, estates=24)))
        assert {level for level, _ in told(events)} <= MAY_TELL.get(name, {Level.CITY})


@pytest.mark.parametrize("name", DISTURBANCES)
def test_a_surge_in_the_midst_of_it_is_found(name: str) -> None:
    calm = everyday(DAYS - 20, estates=24)
    events = DISTURBANCES[name](in_order(calm + burst(LOUD, BURST_AT, 24, 6 * HOUR)))
    assert [unit for level, unit in told(events) if level is Level.ESTATE] in ([f"E{LOUD}"], [f"NE{LOUD}"])


@pytest.mark.parametrize("first_day", [0, 230])
def test_clocks_that_are_put_on_and_back_tell_of_nothing(first_day: int) -> None:
    """Europe's clocks change on day 90 of the city's year, and on day 300."""
    events = [
        event._replace(occurred=local, weighed=local)
        for event in everyday(DAYS, per_day=2, estates=24)
        for local in [in_zone(event.occurred + first_day * DAY_MS)]
    ]
    offsets = {dt.datetime.fromtimestamp(event.occurred / 1000, BERLIN).utcoffset() for event in events}
    assert len(offsets) == 2
    assert told(events, BERLIN) == []
    assert told(events, UTC) == [], "nor where the platform's zone is another than the city's"


def in_zone(moment: int) -> int:
    """Return when the city's clocks showed what UTC's show at this moment (ms since 1970)."""
    shown = dt.datetime.fromtimestamp(moment / 1000, dt.UTC).replace(tzinfo=BERLIN)
    return int(shown.timestamp() * 1000)
