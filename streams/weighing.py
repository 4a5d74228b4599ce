"""Merges the parts' arrivals into minutes of the city, in one order whatever the interleaving. Pure.

A minute may be weighed once the clock of every part has passed its end: then no arrival of it is to come.
Frames may come twice, overlap, or come late from a worker that was frozen: each part's records are taken
once, in order of the part's log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from sys import intern

from streams.contract import ArrivalFrame
from streams.surges.detector import Arrival

MINUTE_MS = 60_000


class MissingArrivals(Exception):
    """A frame begins above what was taken of its part: the weigher must be rebuilt from the facts."""


@dataclass(slots=True)
class PartMark:
    """How far the weigher has come in one part."""

    next: int = 0
    clock_ms: int = 0


@dataclass(slots=True)
class Minutes:
    """Arrivals by the minute in which they are to be weighed."""

    parts: list[PartMark]
    pending: dict[int, list[Arrival]] = field(default_factory=dict)
    weighed_up_to_ms: int = 0

    @classmethod
    def empty(cls, parts: int, weighed_up_to_ms: int = 0) -> Minutes:
        """Return a merger of so many parts that has taken nothing; minutes before a moment were weighed."""
        return cls([PartMark() for _ in range(parts)], weighed_up_to_ms=weighed_up_to_ms)

    @property
    def watermark_ms(self) -> int:
        """The clock of the part that is furthest behind."""
        return min(mark.clock_ms for mark in self.parts)

    def take(self, frame: ArrivalFrame) -> int:
        """Take what is new of a frame; return how many arrivals that was.

        Raises:
            MissingArrivals: the frame begins above what was taken of its part.
        """
        mark = self.parts[frame.part]
        if frame.first > mark.next:
            raise MissingArrivals(f"part {frame.part}: expected offset {mark.next}, got {frame.first}")
        if frame.next <= mark.next:
            return 0
        taken = 0
        for index, offset in enumerate(frame.offsets):
            if offset >= mark.next:
                self.add(_arrival(frame, index))
                taken += 1
        mark.next = frame.next
        mark.clock_ms = max(mark.clock_ms, frame.clock_ms)
        return taken

    def add(self, arrival: Arrival) -> None:
        """Put one arrival into its minute, unless that was weighed: then it is known already."""
        if arrival.weighed < self.weighed_up_to_ms:
            return
        start = arrival.weighed - arrival.weighed % MINUTE_MS
        self.pending.setdefault(start // 1000, []).append(arrival)

    def complete(self) -> Iterator[tuple[int, list[Arrival]]]:
        """Yield and forget the minutes (start in seconds since 1970) that the watermark has passed."""
        watermark = self.watermark_ms
        complete = sorted(start for start in self.pending if (start * 1000) + MINUTE_MS <= watermark)
        for start in complete:
            yield start, self.pending.pop(start)
        self.weighed_up_to_ms = max(self.weighed_up_to_ms, watermark - watermark % MINUTE_MS)


def _arrival(frame: ArrivalFrame, index: int) -> Arrival:
    return Arrival(
        event_id=frame.identities[index],
        request_id=frame.request_ids[index],
        path=frame.paths[index],
        reporter=frame.reporters[index],
        problem_type=frame.problem_types[index],
        occurred=frame.occurred_ms[index],
        weighed=frame.weighed_ms[index],
        source=intern(frame.sources[index]) if frame.sources else "",
    )
