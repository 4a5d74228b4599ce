"""A made-up city through Kafka, workers killed meanwhile: its surges are those of `pulse backtest`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from streams.contract import Level, SurgeState
from streams.surges.arrival import Arrival
from streams.surges.hours import DAY, HOUR
from tests.integration.replayed_city import replay_city, write_events
from tests.streams.surges.city import burst, everyday, in_order

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

ESTATES = 80
DAYS = 60
QUIET_DAYS = 8
"""At the end, so that what was planted clears."""
LATE, NAMELESS, AGAIN = 0.05, 0.05, 0.03
"""Shares of the events that come about a day late, tell no reporter, are delivered twice."""


def planted_city() -> list[Arrival]:
    """Return about 20,000 events: surges of ten estates, of a street and of the city among everyday ones."""
    events = everyday(DAYS, per_day=4.0, estates=ESTATES)
    for number in range(10):
        start = (20 + number * (DAYS - QUIET_DAYS - 20) / 10) * DAY + (3 + number) * HOUR
        events += burst(7 * number + 3, start, 10 + 2 * number, (2 + 5 * number) * HOUR, f"estate-{number}-")
    for estate in range(20, 24):
        events += burst(estate, 40 * DAY + 5 * HOUR, 4, 20 * HOUR, "street-")
    for estate in range(ESTATES):
        events += burst(estate, 48 * DAY + 2 * HOUR, 4, 10 * HOUR, "city-")
    return in_order(delivered(events))


def delivered(events: list[Arrival]) -> list[Arrival]:
    """Return events as they come: some late, some without a reporter, some twice."""
    rng = np.random.default_rng(11)
    made = []
    for event in events:
        late = int(rng.exponential(DAY)) * 1000 if rng.random() < LATE else 0
        reporter = "" if rng.random() < NAMELESS else event.reporter
        made.append(event._replace(weighed=event.weighed + late, reporter=reporter))
        if rng.random() < AGAIN:
            made.append(made[-1]._replace(weighed=made[-1].weighed + int(rng.integers(5 * HOUR)) * 1000))
    return made


def test_the_surges_of_a_city_through_kafka_are_those_of_its_backtest(tmp_path: Path) -> None:
    events = tmp_path / "events.csv"
    write_events(events, planted_city())
    outcome = replay_city(tmp_path, events)
    levels = Counter(surge.level for surge in outcome.expected.values())
    assert levels[Level.ESTATE] >= 5, levels
    assert levels[Level.STREET], levels
    assert levels[Level.CITY], levels
    assert any(surge.state is SurgeState.CLEARED for surge in outcome.expected.values())
    assert outcome.equal_ids == len(outcome.expected) == len(outcome.stored), outcome.findings
    assert outcome.findings.is_none, outcome.findings
