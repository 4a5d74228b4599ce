"""A source that begins raises the city's level within days; nobody's silence or return is taken for more."""

from __future__ import annotations

import numpy as np
import pytest

from streams.surges.arrival import Arrival
from streams.surges.hours import DAY, HOUR
from streams.surges.sources import LEARNT_HOURS, MOST_AT_ONCE, Sources
from tests.streams.surges.city import BEGIN, burst, everyday, in_order, surges_of

START = BEGIN // HOUR
WEEK = 7 * 24


class Lived:
    """Hours of a city in which each source sends evenly."""

    def __init__(self) -> None:
        self.sources = Sources()
        self.due = np.zeros(1)
        """What the known sources were due until each hour."""

    def live(self, hours: int, usual: float, **an_hour: float) -> None:
        """Go on: `usual` requests an hour were due to known sources, these each source sends."""
        for _ in range(hours):
            hour = START + len(self.due) - 1
            nth = hour - START
            for name, rate in an_hour.items():
                for _ in range(int(rate * (nth + 1)) - int(rate * nth)):
                    self.sources.add(name, hour * HOUR + 1, hour)
            self.due = np.append(self.due, self.due[-1] + usual)
            if self.sources.is_learning(hour + 1):
                self.sources.learn(hour + 1, self.due[-1] - self.due[self.sources.beginnings() - START])
            if nth % 24 == 23:
                self.sources.forget(hour + 1)

    def level(self, hours_ago: int) -> float:
        """Return what part of the present sources' requests came from those of an hour."""
        return float(self.sources.level(np.array([START + len(self.due) - 1 - hours_ago]))[0])


def test_what_a_source_brings_is_learnt_within_days() -> None:
    city = Lived()
    city.live(20 * 24, 4.0, old=4)
    assert city.level(1) == 1
    city.live(24, 4.0, old=4, new=8)
    assert city.level(25) == pytest.approx(1 / 3, rel=0.2)
    city.live(6 * 24, 4.0, old=4, new=8)
    assert city.level(7 * 24 + 1) == pytest.approx(1 / 3, rel=0.05)
    assert city.level(7 * 24 - 1) == 1
    assert not city.sources.is_learning(START + 40 * 24)


def test_two_that_begin_one_after_the_other_are_told_apart() -> None:
    city = Lived()
    city.live(20 * 24, 4.0, old=4)
    city.live(3 * 24, 4.0, old=4, second=4)
    city.live(10 * 24, 4.0, old=4, second=4, third=8)
    assert city.level(11 * 24) == pytest.approx(1 / 2, rel=0.1)
    assert city.level(14 * 24) == pytest.approx(1 / 4, rel=0.15)


def test_one_that_takes_the_place_of_another_adds_nothing() -> None:
    city = Lived()
    city.live(20 * 24, 4.0, old=4)
    city.live(7 * 24, 4.0, new=4)
    assert city.level(8 * 24) == pytest.approx(1, abs=0.01)


def test_its_first_week_is_no_part_of_what_is_known() -> None:
    city = Lived()
    city.live(20 * 24, 4.0, old=4)
    city.live(LEARNT_HOURS - 1, 4.0, old=4, new=4)
    hour = START + len(city.due) - 1
    assert city.sources.add("old", hour * HOUR, hour)
    assert not city.sources.add("new", hour * HOUR, hour)
    assert city.sources.known_part(np.array([hour, hour - WEEK]))[0] == pytest.approx(0.5, abs=0.05)
    assert city.sources.known_part(np.array([hour - WEEK]))[0] == 1
    assert city.sources.add("new", (hour + 1) * HOUR, hour + 1)


@pytest.mark.parametrize(
    ("before", "meanwhile", "begins"),
    [
        ({"old": 4, "back": 4}, {"old": 4}, True),
        ({"old": 4, "back": 0.01}, {"old": 4}, False),
        ({"old": 4, "back": 4}, {}, False),
        ({"back": 4}, {}, False),
        ({"": 4}, {}, False),
    ],
    ids=["a busy one", "one heard now and then", "the whole city", "the only one", "one without a name"],
)
def test_who_was_silent_for_over_a_week_begins_anew(
    before: dict[str, float], meanwhile: dict[str, float], *, begins: bool
) -> None:
    city = Lived()
    city.live(20 * 24, 4.0, **before)
    city.live(8 * 24, 4.0, **meanwhile)
    city.live(40 * 24, 4.0, **before)
    silent = city.level(44 * 24)
    assert silent == (pytest.approx(1 / 2, rel=0.05) if begins else 1)
    assert city.level(50 * 24) == 1, "it sent then too"


def test_so_many_are_learnt_at_a_time() -> None:
    sources = Sources()
    known = [sources.add(f"s{n}", BEGIN + n, START) for n in range(100)]
    assert known.count(False) == MOST_AT_ONCE
    assert known[0]


def doubled(days: int, storm_day: int) -> list[Arrival]:
    """Return the requests of a city whose second source begins on day 50, and of a storm."""
    calm = everyday(days, per_day=6.0, seed=3)
    storm = [each for estate in range(12) for each in burst(estate, storm_day * DAY + 9 * HOUR, 6, 3 * HOUR)]
    return in_order(
        event._replace(source="new" if number % 2 else "old")
        for number, event in enumerate(in_order(calm + storm))
        if number % 2 == 0 or event.occurred >= (BEGIN + 50 * DAY) * 1000
    )


@pytest.mark.parametrize("storm_day", [53, 63])
def test_a_storm_is_told_while_a_source_is_learnt_and_after_it(storm_day: int) -> None:
    opened = [surge for surge in surges_of(doubled(66, storm_day)) if surge.revision == 1]
    assert [surge.level.value for surge in opened] == ["city"]
    assert (opened[0].opened_at.timestamp() - BEGIN) // DAY == storm_day
