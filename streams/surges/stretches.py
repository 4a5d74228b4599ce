"""Minutes that may be prepared together: of one hour, and not too many requests. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from streams.surges.arrival import Arrival
from streams.surges.hours import HOUR

MINUTE = 60
MOST_ARRIVALS = 256
"""After so many a stretch ends: the more it holds, the less is known of the city at its end."""


class Minute(NamedTuple):
    """The requests that are weighed in one minute."""

    start: int
    """Seconds since 1970 UTC."""
    arrivals: list[Arrival]
    """In an order of their own, whatever order they came in."""
    seconds: list[float]
    """When each occurred (s since 1970 UTC), at the latest when the minute ends."""


def stretches(minutes: Iterable[tuple[int, Sequence[Arrival]]]) -> Iterator[list[Minute]]:
    """Yield ascending minutes in stretches of one UTC hour each."""
    stretch: list[Minute] = []
    held = 0
    for start, arrivals in minutes:
        if stretch and (stretch[0].start // HOUR != start // HOUR or held + len(arrivals) > MOST_ARRIVALS):
            yield stretch
            stretch, held = [], 0
        stretch.append(_minute(start, arrivals))
        held += len(arrivals)
    if stretch:
        yield stretch


def _minute(start: int, arrivals: Sequence[Arrival]) -> Minute:
    ordered = sorted(arrivals, key=_canonical)
    latest = (start + MINUTE) * 1000 - 1
    return Minute(start, ordered, [min(arrival.occurred, latest) / 1000 for arrival in ordered])


def _canonical(arrival: Arrival) -> tuple[int, str]:
    return arrival.occurred, arrival.event_id
