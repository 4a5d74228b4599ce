"""Publishing a run of records at a pace, with the ticks that let silent partitions follow.

Records come in order of arrival (`sources/ordering.py`). A tick is sent about once a second, with the arrival
of the last record published: nothing that arrived before it is left. The last tick lies a minute behind the
last arrival, so that the minute of the last event is weighed too. Time is an argument: a `Clock`.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from producers.records import DEFECT_HEADER, Record

END_MARGIN: Final = dt.timedelta(minutes=1)
"""A minute is weighed once every clock has passed its end."""
_LOOK_EVERY: Final = 256
"""Records between looks at the clock when publishing at full speed."""


class Sink(Protocol):
    """What takes records: `publish.Publisher`, or a list that a test looks into."""

    def publish_record(self, record: Record) -> object:
        """Take a record."""

    def tick(self, at: dt.datetime) -> None:
        """Tell all partitions that nothing which arrived before `at` will follow."""


class Clock(Protocol):
    """What time it is, and waiting."""

    def now(self) -> float:
        """Return seconds since some fixed moment."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class WallClock:
    """The clock of this machine."""

    def now(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True)
class Pace:
    """How fast a run is published; as fast as Kafka takes it where neither is given."""

    rate: float | None = None
    """Records a second."""
    speed: float | None = None
    """Times real time, by arrival: 60 replays an hour in a minute."""


@dataclass
class Tally:
    """What a run has published."""

    published: Counter[str] = field(default_factory=Counter)
    """Records by source, defects included."""
    defects: int = 0
    first_arrival: dt.datetime | None = None
    last_arrival: dt.datetime | None = None

    @property
    def total(self) -> int:
        """Return the number of records."""
        return self.published.total()

    def add(self, record: Record) -> None:
        """Count a record."""
        self.published[record.source] += 1
        if any(name == DEFECT_HEADER for name, _ in record.headers):
            self.defects += 1
        if record.arrived_at is not None:
            self.first_arrival = self.first_arrival or record.arrived_at
            if self.last_arrival is None or record.arrived_at > self.last_arrival:
                self.last_arrival = record.arrived_at


class Replay:
    """One run.

    Args:
        sink: where records go.
        pace: see there.
        tick_seconds: between ticks.
        clock: that of the machine where none is given.
        on_progress: called about as often as ticks are sent.
    """

    def __init__(
        self,
        sink: Sink,
        pace: Pace | None = None,
        *,
        tick_seconds: float = 1.0,
        clock: Clock | None = None,
        on_progress: Callable[[Tally], None] = lambda _: None,
    ) -> None:
        self._sink = sink
        self._pace = pace or Pace()
        self._tick_seconds = tick_seconds
        self._clock = clock or WallClock()
        self._on_progress = on_progress
        self._started = 0.0
        self._ticked = 0.0
        self.tally = Tally()

    def run(self, records: Iterable[Record]) -> Tally:
        """Publish all records and the last tick; return what was published.

        Raises:
            CannotProduce: the sink's own reason.
        """
        self._started = self._ticked = self._clock.now()
        for record in records:
            self._wait_for(record)
            self._sink.publish_record(record)
            self.tally.add(record)
            if self._is_paced or self.tally.total % _LOOK_EVERY == 0:
                self._maybe_tick(self.tally.last_arrival)
        if self.tally.last_arrival is not None:
            self._sink.tick(self.tally.last_arrival + END_MARGIN)
        self._on_progress(self.tally)
        return self.tally

    @property
    def _is_paced(self) -> bool:
        return self._pace.rate is not None or self._pace.speed is not None

    def _wait_for(self, record: Record) -> None:
        """Wait until the record is due, ticking on the way."""
        due = self._due(record)
        while (ahead := due - self._clock.now()) > 0:
            self._clock.sleep(min(ahead, self._tick_seconds))
            self._maybe_tick(self._replayed_until(record))

    def _due(self, record: Record) -> float:
        if self._pace.rate is not None:
            return self._started + self.tally.total / self._pace.rate
        first = self.tally.first_arrival
        if self._pace.speed is None or record.arrived_at is None or first is None:
            return self._started
        return self._started + (record.arrived_at - first).total_seconds() / self._pace.speed

    def _replayed_until(self, coming: Record) -> dt.datetime | None:
        """Return the moment that the replay has come to: within a pause, some way into it."""
        first, last = self.tally.first_arrival, self.tally.last_arrival
        if self._pace.rate is not None or self._pace.speed is None or first is None or last is None:
            return last
        elapsed = dt.timedelta(seconds=(self._clock.now() - self._started) * self._pace.speed)
        return max(last, min(first + elapsed, coming.arrived_at or last))

    def _maybe_tick(self, at: dt.datetime | None) -> None:
        now = self._clock.now()
        if now - self._ticked < self._tick_seconds:
            return
        self._ticked = now
        if at is not None:
            self._sink.tick(at)
        self._on_progress(self.tally)
