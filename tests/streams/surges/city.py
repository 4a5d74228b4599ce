"""A small city for the detector's tests: steady estates, and what is planted among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import numpy as np

from streams.contract import Path, Surge, SurgeState
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.hours import DAY, HOUR
from streams.surges.replay import replay
from streams.surges.settings import DetectorSettings

UTC = ZoneInfo("UTC")
BEGIN = int(dt.datetime(2024, 1, 1, tzinfo=dt.UTC).timestamp())
ESTATES = 12
EVENTFUL_DAYS = 75


def path(estate: int) -> Path:
    """Return an estate's path: communities of two estates, streets of two communities, one city."""
    return Path(f"E{estate}", f"C{estate // 2}", f"S{estate // 4}", f"D{estate // 8}", "P")


def arrival(
    estate: int, second: float, reporter: str, event_id: str, *, late: float = 0.0, topic: str = "leak"
) -> Arrival:
    """Return a request that occurred `second` seconds after the city's beginning."""
    occurred = BEGIN + second
    return Arrival(
        event_id,
        f"r-{event_id}",
        path(estate),
        reporter,
        topic,
        int(occurred * 1000),
        int((occurred + late) * 1000),
    )


def everyday(days: int, per_day: float = 0.5, seed: int = 7, estates: int = ESTATES) -> list[Arrival]:
    """Return the ordinary requests of all estates, by day, of reporters who now and then write again."""
    rng = np.random.default_rng(seed)
    found = []
    for estate in range(estates):
        for n in range(rng.poisson(per_day * days)):
            second = int(rng.integers(days)) * DAY + rng.uniform(7, 22) * HOUR
            found.append(arrival(estate, second, f"u{estate}-{rng.integers(60)}", f"b{estate}-{n}"))
    return found


def burst(estate: int, start: float, count: int, seconds: float, name: str = "s") -> list[Arrival]:
    """Return `count` requests of as many reporters, evenly spread over `seconds` from `start` on."""
    return [
        arrival(estate, start + n * seconds / count, f"{name}{estate}-{n}", f"{name}{estate}-{n}")
        for n in range(count)
    ]


def in_order(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """Return arrivals in the order in which they are weighed."""
    return sorted(arrivals, key=lambda arrival: (arrival.weighed, arrival.event_id))


def surges_of(arrivals: Iterable[Arrival], settings: DetectorSettings | None = None) -> list[Surge]:
    """Return all revisions that a fresh detector finds."""
    return list(replay(in_order(arrivals), Detector(settings or DetectorSettings(), UTC)))


def opened(surges: Iterable[Surge]) -> list[Surge]:
    """Return the first revision of each surge."""
    return [surge for surge in surges if surge.revision == 1]


def cleared(surges: Iterable[Surge]) -> list[Surge]:
    """Return the clearings."""
    return [surge for surge in surges if surge.state is SurgeState.CLEARED]


def eventful(seed: int, *, reporters: bool) -> list[Arrival]:
    """Return a city with bursts at estates and streets, late and nameless requests, and repeats."""
    rng = np.random.default_rng(seed)
    events = everyday(EVENTFUL_DAYS, per_day=float(rng.uniform(0.1, 3)), seed=seed)
    for n in range(8):
        start = float(rng.uniform(20, EVENTFUL_DAYS - 4)) * DAY
        events += burst(
            int(rng.integers(12)), start, int(rng.integers(4, 40)), float(rng.uniform(1, 72)) * HOUR, f"b{n}-"
        )
    for estate in range(4, 8):
        events += burst(estate, 60 * DAY, 4, 2 * DAY, "street")
    made = []
    for event in events:
        late = int(rng.exponential(DAY) * 1000) if rng.random() < 0.1 else 0
        reporter = event.reporter if reporters and rng.random() < 0.95 else ""
        made.append(event._replace(weighed=event.weighed + late, reporter=reporter))
        if rng.random() < 0.05:
            made.append(made[-1]._replace(weighed=made[-1].weighed + int(rng.integers(5 * HOUR)) * 1000))
    return made
