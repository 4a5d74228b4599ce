"""One opened request, as the detector is told of it and as a unit remembers it. Pure."""

from __future__ import annotations

from typing import NamedTuple

from streams.contract import Path


class Arrival(NamedTuple):
    """An opened request at the moment it is weighed."""

    event_id: str
    request_id: str
    path: Path
    reporter: str
    """Empty: not known; then every request counts as another reporter's."""
    problem_type: str
    occurred: int
    """Milliseconds since 1970 UTC."""
    weighed: int
    """Milliseconds since 1970 UTC: the moment at which the detector may know of it."""
    source: str = ""
    """The system that it comes from; empty: one that was always there."""


class Record(NamedTuple):
    """A request as a unit remembers it while a window may reach it; ordered by occurrence."""

    second: float
    """When it occurred (s since 1970 UTC), at the latest when it was weighed."""
    event_id: str
    counted: bool
    """Whether it is its reporter's first in the unit within the distinct time."""
    arrival: Arrival
