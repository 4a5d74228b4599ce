"""What the detector remembers of one unit: its recent requests, and who sent them. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort

import numpy as np
from numpy.typing import NDArray

from streams.contract import Level, Path
from streams.surges.arrival import Record
from streams.surges.episodes import Episode
from streams.surges.moments import NEVER, Moments, key_at
from streams.surges.times import Times


class Unit:
    """One estate or area; times are seconds since 1970 UTC."""

    __slots__ = (
        "_heard",
        "_times",
        "cleared_at",
        "episode",
        "index",
        "last_score",
        "level",
        "name",
        "number",
        "path",
        "records",
        "voices_since",
    )

    def __init__(self, name: str, level: Level, path: Path, index: int, times: Times, heard: Moments) -> None:
        self.name = name
        self.level = level
        self.path = path
        self.index = index
        """Where its share stands among those of its kind."""
        self._times = times
        self.number = times.enroll()
        """Where its counted requests' times stand among those of all units."""
        self.records: list[Record] = []
        """All its requests, ascending, repeats of one reporter included."""
        self._heard = heard
        """When each reporter was last counted at each unit."""
        self.voices_since = NEVER
        """Reporters who have been silent since before are newcomers again."""
        self.cleared_at = NEVER
        """No window reaches behind the moment of the last clearing."""
        self.last_score = NEVER
        self.episode: Episode | None = None

    def take(self, record: Record, voice: int, distinct_seconds: float) -> tuple[bool, bool]:
        """Remember a request; return whether it counts, and whether a newcomer sent it.

        It counts if it is its reporter's first within the distinct time; without a reporter it always counts,
        and is nobody's first.

        Args:
            record: the request.
            voice: a hash of its reporter; 0: not known.
            distinct_seconds: the distinct time.
        """
        second, key = record.second, key_at(voice, self.number)
        last = self._heard.get(key) if voice else None
        if last is not None and last < self.voices_since:
            last = None
        counts = last is None or abs(second - last) >= distinct_seconds
        if not counts:
            record = Record(second, record.event_id, False, record.arrival)
        if self.records and self.records[-1] > record:
            insort(self.records, record)
        else:
            self.records.append(record)
        if not counts:
            return False, False
        is_new = last is None and voice != 0
        self._times.add(self.number, second, is_new=is_new)
        if voice:
            self._heard.put(key, second if last is None else max(last, second))
        return True, is_new

    def times(self) -> NDArray[np.float64]:
        """Return when its counted requests occurred, ascending; a view that the next `take` may outdate."""
        return self._times.of(self.number)

    def since(self, second: float) -> list[Record]:
        """Return the remembered requests from `second` on."""
        return self.records[_place(self.records, second) :]

    def sent(self, start: float) -> int:
        """Return the number of remembered requests from `start` on."""
        return len(self.records) - _place(self.records, start)

    def held(self, start: float) -> int:
        """Return the number of counted requests from `start` on."""
        return self._times.held(self.number, start)

    def new_voices(self, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many of its latest requests are newcomers', for each of these numbers of them."""
        return self._times.newcomers(self.number, sizes)

    def forget(self, before: float) -> None:
        """Drop requests before `before`, unless an open surge holds them."""
        if self.episode is not None:
            before = min(before, self.episode.window_start)
        self._times.forget(self.number, before)
        del self.records[: _place(self.records, before)]

    def forget_voices(self, before: float) -> None:
        """Forget reporters who have been silent since `before`: they are newcomers again."""
        self.voices_since = before


def _place(records: list[Record], second: float) -> int:
    return bisect_left(records, second, key=_second)


def _second(record: Record) -> float:
    return record.second
