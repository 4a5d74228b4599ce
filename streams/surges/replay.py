"""A whole history through the detector: what `pulse backtest`, trials and tests have in common. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from streams.contract import Surge
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.stretches import MINUTE

WholeMinute = tuple[int, list[Arrival]]
"""Its start (s since 1970 UTC), and the arrivals that are weighed in it."""


def replay(arrivals: Iterable[Arrival], detector: Detector) -> Iterator[Surge]:
    """Yield every revision of every surge of arrivals that ascend by the moment they are weighed."""
    yield from detector.weigh_all(by_minute(arrivals))


def by_minute(arrivals: Iterable[Arrival]) -> Iterator[WholeMinute]:
    """Yield the starts of minutes (s since 1970 UTC) and the arrivals weighed in each."""
    for minute, group in groupby(arrivals, key=_minute):
        yield minute, list(group)


def in_pieces(minutes: Iterable[WholeMinute], arrivals: int) -> Iterator[list[WholeMinute]]:
    """Yield the minutes in lists, each of at least so many arrivals but for the last."""
    piece: list[WholeMinute] = []
    held = 0
    for minute in minutes:
        piece.append(minute)
        held += len(minute[1])
        if held >= arrivals:
            yield piece
            piece, held = [], 0
    if piece:
        yield piece


def _minute(arrival: Arrival) -> int:
    return arrival.weighed // 1000 // MINUTE * MINUTE
