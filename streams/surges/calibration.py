"""What other thresholds would have cost a city: alerts a week in its own history, and surges missed in it.

Surges are planted into the history: new reporters at estates drawn half by their requests and half evenly, of
sizes and lengths even in their logarithms, dense at first with a long tail. What is found of them gives the
miss rate; all other alerts count as false, those of the history's true surges, too. Pure.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from streams.contract import Path, Surge
from streams.surges.areas import is_placed
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.hours import DAY, HOUR
from streams.surges.replay import replay
from streams.surges.settings import DetectorSettings
from streams.surges.stretches import MINUTE

LEAST_SIZE, MOST_SIZE = 8, 60
SHORTEST, LONGEST = 2 * HOUR, 14 * DAY
WARM_UP_DAYS = 60
"""Days of the history in which nothing is planted or counted: the detector is still learning."""
GRACE_SECONDS = DAY
"""So long after its last request a planted surge may still be found."""
WEEK = 7 * DAY
MILLISECONDS = 1000


class Planted(NamedTuple):
    """A surge that was put into the history; times are s since 1970 UTC."""

    estate: str
    start: float
    end: float


@dataclass(frozen=True)
class Cost:
    """What a threshold costs."""

    threshold: float
    alerts_a_week: float
    missed: float
    """Part of the planted surges that were not found, 0..1."""


class TooShort(ValueError):
    """The history is too short to calibrate on."""


def plant(history: Sequence[Arrival], count: int, seed: int) -> tuple[list[Arrival], list[Planted]]:
    """Return the history with surges put into it, by the moment they are weighed, and what was planted.

    Repeated deliveries are left out, as the detector does. They and the order of requests within a
    minute change nothing of what is planted.

    Args:
        history: requests, ascending by the minute in which they are weighed.
        count: how many surges to plant, at as many estates at the most.
        seed: the same seed plants the same.

    Raises:
        TooShort: the history is no longer than the warm-up and the longest surge, or has no estate.
    """
    first: dict[str, Arrival] = {}
    for arrival in history:
        first.setdefault(arrival.event_id, arrival)
    arrivals = [*first.values()]
    begin, end = _counted(arrivals)
    last_start = end - LONGEST - GRACE_SECONDS
    paths = {arrival.path.estate: arrival.path for arrival in arrivals if is_placed(arrival.path)}
    if last_start <= begin or not paths:
        days = (end - begin) / DAY + WARM_UP_DAYS
        raise TooShort(f"{days:.0f} days of history are too few to calibrate on; 80 are the least")
    rng = np.random.default_rng(seed)
    requests = Counter(arrival.path.estate for arrival in arrivals)
    planted = []
    for number, estate in enumerate(_drawn(rng, requests, sorted(paths), count)):
        times = _times(rng, float(rng.uniform(begin, last_start)))
        planted.append(Planted(estate, times[0], times[-1]))
        arrivals += [
            _request(paths[estate], second, f"planted-{number}-{n}") for n, second in enumerate(times)
        ]
    return sorted(arrivals, key=_weighed), planted


def cost(
    arrivals: Sequence[Arrival], planted: Iterable[Planted], settings: DetectorSettings, zone: ZoneInfo
) -> Cost:
    """Return what the settings' threshold costs on a history with planted surges."""
    begin, end = _counted(arrivals)
    surges = [surge for surge in replay(arrivals, Detector(settings, zone)) if surge.revision == 1]
    alerts = [surge for surge in surges if surge.opened_at.timestamp() >= begin]
    of_planted = [(each, [surge for surge in alerts if _is_about(surge, each)]) for each in planted]
    explained = {surge.surge_id for _, about in of_planted for surge in about}
    missed = sum(not about for _, about in of_planted) / max(1, len(of_planted))
    weeks = (end - begin) / WEEK
    return Cost(settings.threshold, sum(each.surge_id not in explained for each in alerts) / weeks, missed)


def choose(costs: Sequence[Cost], alerts_a_week: float) -> Cost | None:
    """Return the lowest threshold within the budget; none where even the highest is not."""
    within = [each for each in costs if each.alerts_a_week <= alerts_a_week]
    return min(within, key=lambda each: each.threshold, default=None)


def _counted(arrivals: Sequence[Arrival]) -> tuple[float, float]:
    if not arrivals:
        raise TooShort("there is no history to calibrate on")
    minutes = [arrivals[place].weighed // MILLISECONDS // MINUTE * MINUTE for place in (0, -1)]
    return minutes[0] + WARM_UP_DAYS * DAY, minutes[1] + MINUTE


def _drawn(rng: np.random.Generator, requests: Counter[str], estates: list[str], count: int) -> list[str]:
    """Return estates, none twice: half drawn by their requests, half evenly."""
    count = min(count, len(estates))
    weights = np.array([requests[estate] for estate in estates], np.float64)
    busy = rng.choice(len(estates), count // 2, replace=False, p=weights / weights.sum())
    rest = np.setdiff1d(np.arange(len(estates)), busy)
    return [estates[place] for place in (*busy, *rng.choice(rest, count - len(busy), replace=False))]


def _times(rng: np.random.Generator, start: float) -> list[float]:
    size = round(math.exp(rng.uniform(math.log(LEAST_SIZE), math.log(MOST_SIZE))))
    length = math.exp(rng.uniform(math.log(SHORTEST), math.log(LONGEST)))
    parts = np.minimum(rng.lognormal(0, 0.6, size) / 3.3, 1.0)
    return sorted((start + parts * length).tolist())


def _request(path: Path, second: float, name: str) -> Arrival:
    moment = int(second * MILLISECONDS)
    return Arrival(name, name, path, name, "", moment, moment)


def _is_about(surge: Surge, planted: Planted) -> bool:
    """Return whether an alert is about the planted surge: at its estate, or at an area that it carries."""
    in_time = planted.start <= surge.opened_at.timestamp() <= planted.end + GRACE_SECONDS
    return in_time and (surge.unit == planted.estate or planted.estate in surge.children)


def _weighed(arrival: Arrival) -> int:
    return arrival.weighed
