"""A whole history through the detector: what `pulse backtest`, trials and tests have in common. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from streams.contract import Surge
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.stretches import MINUTE


def replay(arrivals: Iterable[Arrival], detector: Detector) -> Iterator[Surge]:
    """Yield every revision of every surge of arrivals that ascend by the moment they are weighed."""
    yield from detector.weigh_all(by_minute(arrivals))


def by_minute(arrivals: Iterable[Arrival]) -> Iterator[tuple[int, list[Arrival]]]:
    """Yield the starts of minutes (s since 1970 UTC) and the arrivals weighed in each."""
    for minute, group in groupby(arrivals, key=_minute):
        yield minute, list(group)


def _minute(arrival: Arrival) -> int:
    return arrival.weighed // 1000 // MINUTE * MINUTE
