"""The input of every run: twelve weeks of the example district, as a file that `pulse produce file` reads.

The weeks hold surges of an estate, a community, a street and the city, repeats, and events that come days
late. Run after run publishes the same letters, each time twelve weeks on and under other request numbers, so
that one platform lives through many runs as it would through years.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from producers.contract import ComplaintEvent, encode
from producers.sources.synthetic import district_deliveries

FIRST: Final = dt.datetime(2021, 5, 20, tzinfo=dt.UTC)
SPAN: Final = dt.timedelta(weeks=12)


@cache
def letters() -> tuple[ComplaintEvent, ...]:
    """Return the events as they are delivered, repeats included."""
    return tuple(
        delivery.what
        for delivery in district_deliveries()
        if isinstance(delivery.what, ComplaintEvent) and FIRST <= delivery.at < FIRST + SPAN
    )


def letters_of(place: int) -> Iterator[ComplaintEvent]:
    """Yield those of the run that has this place, from 0, in the life of a platform."""
    for event in letters():
        yield msgspec.structs.replace(
            event,
            request_id=f"{event.request_id}-{place}",
            event_id=f"{event.event_id}-{place}",
            occurred_at=event.occurred_at + place * SPAN,
            arrived_at=None if event.arrived_at is None else event.arrived_at + place * SPAN,
            due_at=None if event.due_at is None else event.due_at + place * SPAN,
        )


def write_letters(file: Path, place: int) -> list[bytes]:
    """Write them as JSON Lines; return the lines, which are the values that are to be in the log."""
    lines = [encode(event) for event in letters_of(place)]
    file.write_bytes(b"\n".join(lines) + b"\n")
    return lines
