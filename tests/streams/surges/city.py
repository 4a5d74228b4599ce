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
