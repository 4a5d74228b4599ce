"""Which sources have only begun to send, and by what factor each has raised the city. Pure.

A source that is switched on changes the level of the whole city overnight: that is no surge. What it brings
is told within a day by all of its requests together, held against those of the sources that were there
before, and is fixed after its first week. Until then it is no part of what may raise the city.
"""

from __future__ import annotations

import copy
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from streams.surges.hours import DAY, HOUR

S = TypeVar("S", bound=msgspec.Struct)

LEARNT_HOURS = 24 * 7
"""For so long a source is learnt; also the silence behind which a busy one begins anew."""
REMEMBERED_HOURS = 24 * 60
"""As long as the city's clock looks back: a source that was silent for longer is a new one."""
MISSED = 20
"""Requests that a source must have owed, and others have sent, for its silence to mean anything."""
PRIOR_REQUESTS = 20.0
"""Requests of the others that speak for no rise at all, before any is known."""
LEAST_RISE = 0.02
"""What raises the city by less once it is learnt need not be remembered."""
MOST_AT_ONCE = 16
"""Sources that are learnt at a time; any further one counts as known."""


class Known(msgspec.Struct):
    """A source that was heard of; hours are UTC seconds // 3600."""

    first: int
    last: int
    count: int
    heard: int
    """Requests of the whole city when it was last heard."""


class Beginning(msgspec.Struct):
    """A source that began to send while the city was known already."""

    name: str
    until: int
    """Hour after the one in which it was last heard before; 0: never."""
    since: int
    """The hour of its first request."""
    own: int = 0
    """Requests of its own that occurred since then, while it was learnt."""
    others: int = 0
    """Those of the sources that had begun before."""
    rise: float = 0.0
    """By what part of the others' requests it raises the city."""


class SourcesState(msgspec.Struct, frozen=True):
    """What is known of all sources, as plain data."""

    known: dict[str, Known]
    beginnings: list[Beginning]
    heard: int


class Sources:
    """The sources of a city; requests that name none are of one that was always there."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._beginnings: list[Beginning] = []
        """In the order in which they began."""
        self._heard = 0

    def state(self) -> SourcesState:
        """Return all that is known."""
        known = {name: _copied(known) for name, known in self._known.items()}
        return SourcesState(known, [_copied(each) for each in self._beginnings], self._heard)

    def restore(self, state: SourcesState) -> None:
        """Know this, and nothing else."""
        self._known = {name: _copied(known) for name, known in state.known.items()}
        self._beginnings = [_copied(each) for each in state.beginnings]
        self._heard = state.heard

    def add(self, source: str, second: float, hour: int) -> bool:
        """Count a request; return whether its source is known, and not only being learnt.

        Args:
            source: its name; empty: not known.
            second: when it occurred, s since 1970 UTC.
            hour: the hour in which it is weighed.
        """
        self._heard += 1
        if source:
            self._hear(source, hour)
        at = len(self._beginnings) - 1
        while at >= 0 and self._beginnings[at].name != source:
            at -= 1
        for beginning in self._beginnings[at + 1 :]:
            beginning.others += _counts(beginning, second, hour)
        if at < 0:
            return True
        own = self._beginnings[at]
        own.own += _counts(own, second, hour)
        return hour >= own.since + LEARNT_HOURS

    def is_learning(self, hour: int) -> bool:
        """Return whether a source is being learnt, or was until this hour began."""
        return bool(self._beginnings) and hour <= self._beginnings[-1].since + LEARNT_HOURS

    def learn(self, hour: int, due_since: NDArray[np.float64]) -> None:
        """Learn by what each source has raised the city.

        Args:
            hour: the one that begins.
            due_since: what those known before were due, from the begin of each of `beginnings` until then.
        """
        for beginning, due in zip(self._beginnings, due_since.tolist(), strict=True):
            if hour <= beginning.since + LEARNT_HOURS:
                # Where the others fall silent as it begins, it takes their place and adds nothing.
                others = max(beginning.others, due)
                more = max(0.0, beginning.own + beginning.others - others)
                beginning.rise = more / (others + PRIOR_REQUESTS)

    def beginnings(self) -> NDArray[np.int64]:
        """Return the hours since which sources are learnt that began while the city was known."""
        return np.array([beginning.since for beginning in self._beginnings], np.int64)

    def level(self, hours: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what part of the present sources' requests came from those that sent in each hour."""
        return self._parts([(each.until, each.since, each.rise) for each in self._beginnings], hours)

    def known_part(self, hours: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what part of each hour's requests is due to sources that were not being learnt in it."""
        learnt = [(each.since, each.since + LEARNT_HOURS, each.rise) for each in self._beginnings]
        return self._parts(learnt, hours)

    def forget(self, hour: int) -> None:
        """Drop what bears on nothing that comes after this hour."""
        before = hour - REMEMBERED_HOURS
        self._known = {name: known for name, known in self._known.items() if known.last >= before}
        # A day longer: the city is weighed by windows of a day.
        learnt = hour - LEARNT_HOURS - DAY // HOUR
        self._beginnings = [
            each
            for each in self._beginnings
            if each.since >= before and (each.rise >= LEAST_RISE or each.since > learnt)
        ]

    def _hear(self, source: str, hour: int) -> None:
        known = self._known.get(source)
        if known is None or self._was_silent(known, hour):
            if self._known and len(self._beginnings) < MOST_AT_ONCE:
                self._begin(source, known.last + 1 if known else 0, hour)
            self._known[source] = Known(hour, hour, 1, self._heard)
            return
        known.last = max(known.last, hour)
        known.count += 1
        known.heard = self._heard

    def _begin(self, source: str, until: int, hour: int) -> None:
        self._beginnings = [each for each in self._beginnings if each.name != source]
        self._beginnings.append(Beginning(source, until, hour))

    def _was_silent(self, known: Known, hour: int) -> bool:
        silent = hour - known.last
        owed = known.count / (known.last - known.first + 1) * silent
        return silent > LEARNT_HOURS and min(owed, self._heard - 1 - known.heard) >= MISSED

    @staticmethod
    def _parts(stretches: list[tuple[int, int, float]], hours: NDArray[np.int64]) -> NDArray[np.float64]:
        parts = np.ones(len(hours))
        for begin, end, rise in stretches:
            parts[(begin <= hours) & (hours < end)] /= 1 + rise
        return parts


def _counts(beginning: Beginning, second: float, hour: int) -> bool:
    return second >= beginning.since * HOUR and hour < beginning.since + LEARNT_HOURS


def _copied(of: S) -> S:
    return copy.copy(of)
