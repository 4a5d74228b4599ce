"""A surge found again from the requests it was found in, and what then differs. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import takewhile

import msgspec

from streams.contract import Surge
from streams.surges.arrival import Arrival
from streams.surges.detector import Detector
from streams.surges.replay import by_minute
from streams.surges.stretches import MINUTE


def recompute(surge: Surge, arrivals: Iterable[Arrival], detector: Detector) -> Surge | None:
    """Return the last revision of the same surge by the moment when this one was told; None: there is none.

    Args:
        surge: the revision to find again.
        arrivals: all requests, ascending by the moment they are weighed; read as far as needed.
        detector: one that has weighed nothing.
    """
    found = None
    for again in detector.weigh_all(_minutes_until(surge.updated_at, arrivals)):
        if again.surge_id == surge.surge_id and again.updated_at <= surge.updated_at:
            found = again
    return found


def differences(stored: Surge, again: Surge) -> dict[str, tuple[object, object]]:
    """Return what differs between two revisions, by field; moments are compared to the millisecond."""
    pairs = {name: (_shown(stored, name), _shown(again, name)) for name in stored.__struct_fields__}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _minutes_until(moment: dt.datetime, arrivals: Iterable[Arrival]) -> Iterator[tuple[int, list[Arrival]]]:
    end = int(moment.timestamp())
    yield from takewhile(lambda minute: minute[0] + MINUTE <= end, by_minute(arrivals))
    # A clearing is told when its hour begins, before anything of that hour is weighed.
    yield end // MINUTE * MINUTE, []


def _shown(surge: Surge, name: str) -> object:
    value = getattr(surge, name)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(microsecond=value.microsecond // 1000 * 1000)
    return msgspec.to_builtins(value)
