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
    yield from detector.weigh_all((minute, list(group)) for minute, group in groupby(arrivals, key=_minute))


def _minute(arrival: Arrival) -> int:
    return arrival.weighed // 1000 // MINUTE * MINUTE
