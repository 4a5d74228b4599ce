"""What the detector remembers of one unit: its recent requests, and who sent them. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort

from streams.contract import Level, Path
from streams.surges.arrival import Arrival, Record
from streams.surges.episodes import Episode


class Unit:
    """One estate or area; times are seconds since 1970 UTC."""

    __slots__ = (
        "_heard",
        "cleared_at",
        "episode",
        "index",
        "last_score",
        "level",
        "name",
        "newcomers",
        "path",
        "records",
        "times",
    )

    def __init__(self, name: str, level: Level, path: Path, index: int) -> None:
        self.name = name
        self.level = level
        self.path = path
        self.index = index
        """Where its share stands among those of its kind."""
        self.times: list[float] = []
        """When its counted requests occurred, ascending."""
        self.newcomers: list[float] = []
        """Of these, the requests of reporters never heard of here before."""
        self.records: list[Record] = []
        """All its requests, ascending, repeats of one reporter included."""
        self._heard: dict[str, float] = {}
        self.cleared_at = float("-inf")
        """No window reaches behind the moment of the last clearing."""
        self.last_score = float("-inf")
        self.episode: Episode | None = None

    def take(self, arrival: Arrival, second: float, distinct_seconds: float) -> tuple[bool, bool]:
        """Remember a request; return whether it counts, and whether a newcomer sent it.

        It counts if it is its reporter's first within the distinct time; without a reporter it always counts,
        and is nobody's first.
        """
        last = self._heard.get(arrival.reporter) if arrival.reporter else None
        counts = last is None or abs(second - last) >= distinct_seconds
        is_new = last is None and arrival.reporter != ""
        insort(self.records, Record(second, arrival.event_id, counts, arrival))
        if counts:
            insort(self.times, second)
            if arrival.reporter:
                self._heard[arrival.reporter] = second if last is None else max(last, second)
        if is_new:
            insort(self.newcomers, second)
        return counts, is_new

    def since(self, second: float) -> list[Record]:
        """Return the remembered requests from `second` on."""
        return self.records[_place(self.records, second) :]

    def held(self, start: float) -> int:
        """Return the number of counted requests from `start` on."""
        return len(self.times) - bisect_left(self.times, start)

    def new_voices(self, start: float) -> int:
        """Return the number of newcomers from `start` on."""
        return len(self.newcomers) - bisect_left(self.newcomers, start)

    def forget(self, before: float) -> None:
        """Drop requests before `before`, unless an open surge holds them."""
        if self.episode is not None:
            before = min(before, self.episode.window_start)
        del self.records[: _place(self.records, before)]
        del self.times[: bisect_left(self.times, before)]
        del self.newcomers[: bisect_left(self.newcomers, before)]

    def forget_voices(self, before: float) -> None:
        """Drop reporters who have been silent since `before`: they are newcomers again."""
        self._heard = {who: when for who, when in self._heard.items() if when >= before}


def _place(records: list[Record], second: float) -> int:
    return bisect_left(records, second, key=_second)


def _second(record: Record) -> float:
    return record.second
