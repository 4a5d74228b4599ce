"""The requests that units remember, as columns: each request once, however many units remember it. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from streams.contract import Path
from streams.surges.arrival import Arrival, Record

Ints = NDArray[np.int64]
T = TypeVar("T", bound=Hashable)


class RecordsState(msgspec.Struct, frozen=True):
    """Lists of records: first the requests, a column for each field, then which of them each list holds."""

    event_ids: list[str]
    request_ids: list[str]
    reporters: list[str]
    paths: list[Path]
    """Those that occur; `path_of` refers to them."""
    path_of: Ints
    problem_types: list[str]
    type_of: Ints
    sources: list[str]
    source_of: Ints
    occurred: Ints
    weighed: Ints
    seconds: NDArray[np.float64]
    lengths: Ints
    """Of each list."""
    places: Ints
    """The request of each record, list after list."""
    counted: NDArray[np.bool_]
    """Of each record."""


def records_state(lists: Iterable[Sequence[Record]]) -> RecordsState:
    """Return the lists as columns."""
    lengths: list[int] = []
    places: list[int] = []
    counted: list[bool] = []
    requests: list[Record] = []
    known: dict[int, int] = {}
    for records in lists:
        lengths.append(len(records))
        for record in records:
            # By identity: all units share the one object of an arrival.
            place = known.setdefault(id(record.arrival), len(requests))
            if place == len(requests):
                requests.append(record)
            places.append(place)
            counted.append(record.counted)
    arrivals = [record.arrival for record in requests]
    paths, path_of = _told_apart([arrival.path for arrival in arrivals])
    types, type_of = _told_apart([arrival.problem_type for arrival in arrivals])
    sources, source_of = _told_apart([arrival.source for arrival in arrivals])
    return RecordsState(
        event_ids=[arrival.event_id for arrival in arrivals],
        request_ids=[arrival.request_id for arrival in arrivals],
        reporters=[arrival.reporter for arrival in arrivals],
        paths=paths,
        path_of=path_of,
        problem_types=types,
        type_of=type_of,
        sources=sources,
        source_of=source_of,
        occurred=np.array([arrival.occurred for arrival in arrivals], np.int64),
        weighed=np.array([arrival.weighed for arrival in arrivals], np.int64),
        seconds=np.array([record.second for record in requests], np.float64),
        lengths=np.array(lengths, np.int64),
        places=np.array(places, np.int64),
        counted=np.array(counted, np.bool_),
    )


def records_of(state: RecordsState) -> list[list[Record]]:
    """Return the lists that `records_state` was given."""
    arrivals = map(
        Arrival,
        state.event_ids,
        state.request_ids,
        [state.paths[place] for place in state.path_of.tolist()],
        state.reporters,
        [state.problem_types[place] for place in state.type_of.tolist()],
        state.occurred.tolist(),
        state.weighed.tolist(),
        [state.sources[place] for place in state.source_of.tolist()],
    )
    counted = [
        Record(second, arrival.event_id, True, arrival)
        for second, arrival in zip(state.seconds.tolist(), arrivals, strict=True)
    ]
    uncounted = {
        place: counted[place]._replace(counted=False) for place in set(state.places[~state.counted].tolist())
    }
    records = [
        counted[place] if counts else uncounted[place]
        for place, counts in zip(state.places.tolist(), state.counted.tolist(), strict=True)
    ]
    ends = np.cumsum(state.lengths).tolist()
    return [records[end - length : end] for end, length in zip(ends, state.lengths.tolist(), strict=True)]


def _told_apart(values: Sequence[T]) -> tuple[list[T], Ints]:
    """Return the different values, as they come, and which of them each is."""
    known: dict[T, int] = {}
    which = [known.setdefault(value, len(known)) for value in values]
    return list(known), np.array(which, np.int64)
