"""What the detector remembers of one unit: its recent requests, and who sent them. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

from streams.contract import Level, Path
from streams.surges.arrival import Arrival, Record
from streams.surges.episodes import Episode
from streams.surges.hours import DAY

class Unit:
    """One estate or area; times are seconds since 1970 UTC."""

    __slots__ = (
        "cleared_at",
        "episode",
        "first_seen",
        "index",
        "last_score",
        "level",
        "name",
        "path",
        "records",
        "times",
        "_last_of",
    )

    def __init__(self, name: str, level: Level, path: Path, index: int, first_seen: float) -> None:
        self.name = name
        self.level = level
        self.path = path
        self.index = index
        """Where its share stands in Shares."""
        self.first_seen = first_seen
        self.times: list[float] = []
        """When its counted requests occurred, ascending."""
        self.records: list[Record] = []
        """All its requests, ascending, repeats of one reporter included."""
        self._last_of: dict[str, float] = {}
        self.cleared_at = float("-inf")
        """No window reaches behind the moment of the last clearing."""
        self.last_score = float("-inf")
        self.episode: Episode | None = None

    def take(self, arrival: Arrival, second: float, distinct_seconds: float) -> bool:
        """Remember a request; return whether it counts, being its reporter's first within the distinct time."""
        counts = self._is_distinct(arrival.reporter, second, distinct_seconds)
        insort(
            self.records,
            Record(
                second,
                arrival.event_id,
                arrival.request_id,
                arrival.reporter,
                arrival.problem_type,
                arrival.path.estate,
                counts,
            ),
        )
        if counts:
            insort(self.times, second)
        return counts

    def _is_distinct(self, reporter: str, second: float, distinct_seconds: float) -> bool:
        if not reporter:
            return True
        last = self._last_of.get(reporter)
        if last is not None and abs(second - last) < distinct_seconds:
            return False
        self._last_of[reporter] = second if last is None else max(last, second)
        return True

    def since(self, second: float) -> Iterator[Record]:
        """Yield the remembered requests from `second` on."""
        start = bisect_left(self.records, (second,))  # type: ignore[type-var]
        return iter(self.records[start:])

    def forget_before(self, second: float, distinct_seconds: float) -> None:
        """Drop requests before `second`, times before `baseline_second`, and reporters who may count again."""
        if self.episode is not None:
            second = min(second, self.episode.window_start)
        del self.records[: bisect_left(self.records, (second,))]  # type: ignore[type-var]
        del self.times[: bisect_left(self.times, second)]
        if self._last_of:
            floor = second - distinct_seconds
            self._last_of = {who: when for who, when in self._last_of.items() if when >= floor}

    def is_idle(self) -> bool:
        """Return whether nothing recent is remembered."""
        return not (self.times or self.records or self._last_of)


def window_floor(unit: Unit, now: float, window_days: int) -> int:
    """Return the place in `unit.times` of the first request that a window may begin at."""
    return bisect_left(unit.times, max(now - window_days * DAY, unit.cleared_at))
