"""Load: any number of estates, unmistakable names, seeded events at the clock's time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from itertools import count, islice

import pytest

from producers.contract import ComplaintEvent, Kind
from producers.sources.synthetic.city import MOST_ESTATES, OPEN_AT_ONCE, city, city_events

START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def ticking() -> Callable[[], dt.datetime]:
    """Return a clock that moves on by a second each time it is asked."""
    seconds = count()
    return lambda: START + dt.timedelta(seconds=next(seconds))


def some_events(estates: int, events: int, seed: int = 1) -> list[ComplaintEvent]:
    return list(islice(city_events(city(estates), seed, ticking()), events))


@pytest.mark.parametrize("estates", [1, 9, 700, 15_000])
def test_a_city_has_as_many_estates_as_asked_for(estates: int) -> None:
    rows = city(estates).of_level("estate")
    assert len(rows) == len({row.id for row in rows}) == len({row.name for row in rows}) == estates
    assert {len(row.name) for row in rows} == {5}
    assert all(city(estates).above(row, "city") is not None for row in rows)


@pytest.mark.parametrize("estates", [0, MOST_ESTATES + 1])
def test_a_city_has_bounds(estates: int) -> None:
    with pytest.raises(ValueError, match="1 to 40,000 estates"):
        city(estates)


def test_the_same_seed_and_clock_give_the_same_events() -> None:
    assert some_events(50, 300) == some_events(50, 300)
    assert some_events(50, 300) != some_events(50, 300, seed=2)


def test_ids_are_never_given_twice_and_time_goes_on() -> None:
    events = some_events(20, 5000)
    assert len({event.event_id for event in events}) == len(events)
    moments = [event.occurred_at for event in events]
    assert moments == sorted(moments)


def test_every_request_names_its_estate_and_is_closed_later() -> None:
    events = some_events(30, 4 * OPEN_AT_ONCE)
    names = {row.name for row in city(30).of_level("estate")}
    assert all(any(name in event.text for name in names) for event in events)
    kinds = Counter(event.kind for event in events)
    assert kinds[Kind.CLOSED] == kinds[Kind.OPENED] - OPEN_AT_ONCE
    opened = {event.request_id: event for event in events if event.kind is Kind.OPENED}
    assert all(opened[e.request_id].text == e.text for e in events if e.kind is Kind.CLOSED)


def test_estates_differ_as_in_reality() -> None:
    addresses = Counter(event.address for event in some_events(100, 20_000) if event.kind is Kind.OPENED)
    counts = sorted(addresses.values())
    assert counts[-1] > 20 * counts[5]
