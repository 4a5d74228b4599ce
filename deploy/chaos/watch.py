"""Watches a platform while it is being broken: how soon it recovers, how much memory and disk it takes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

from deploy.chaos.faults import Fault
from deploy.chaos.processes import directory_bytes, resident_bytes
from deploy.chaos.stage import Stage
from deploy.chaos.tables import Position
from sinks.clickhouse import DatabaseError

MEBIBYTE: Final = 1024 * 1024
LOOK_SECONDS: Final = 0.5
GLANCE_SECONDS: Final = 0.3
"""A frozen worker does not answer: there is more to do than to wait for it."""
WEIGH_SECONDS: Final = 2.0
LAST_LOOK_SECONDS: Final = 10.0
"""A busy machine answers late: what has recovered is seen to have within this."""
MEMORY_FACTOR: Final = 2.0
MEMORY_ROOM: Final = 256 * MEBIBYTE
"""A part may come to hold so much more than that many times what it held when the run began."""


@dataclass
class Recovery:
    """A fault and the moment from which nothing showed it any more."""

    kind: str
    fault: Fault
    began_at: float
    ended_at: float | None = None
    ends: dict[int, int] = field(default_factory=dict)
    """Where the log of each part stood when it had ended."""
    clock: float = 0.0
    """Up to where could be weighed when it had ended, s since 1970."""
    recovered_at: float | None = None

    @property
    def seconds(self) -> float | None:
        """From its beginning until all published by its end was stored and weighed; None: never."""
        return None if self.recovered_at is None else self.recovered_at - self.began_at


@dataclass
class Memory:
    """What one part held, bytes."""

    first: int = 0
    peak: int = 0

    @property
    def is_bounded(self) -> bool:
        """Whether it stayed near what it held at first."""
        return self.peak <= self.first * MEMORY_FACTOR + MEMORY_ROOM


class Watch:
    """Looks at the platform whenever it is asked to and it is time."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._tables = stage.tables(patience_seconds=0.0)
        self._looked_at = self._weighed_at = 0.0
        self._positions: dict[int, Position] = {}
        self.memory: dict[str, Memory] = {}
        self.recoveries: list[Recovery] = []

    def look(self) -> None:
        """Take in what there is to see; return soon, whatever is broken."""
        now = time.monotonic()
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self._see_progress()
        if now - self._weighed_at >= WEIGH_SECONDS:
            self._weighed_at = now
            self._see_memory()

    def look_until_recovered(self) -> None:
        """Look until every fault that has ended has been recovered from, for a while at most."""
        deadline = time.monotonic() + LAST_LOOK_SECONDS
        while self._waiting() and time.monotonic() < deadline:
            self.look()
            time.sleep(GLANCE_SECONDS)

    def ended(self, recovery: Recovery) -> None:
        """Note that a fault has ended: the platform has recovered once it has stored what is there now."""
        recovery.ended_at = time.monotonic()
        recovery.ends = self._stage.tail.ends()
        recovery.clock = min((each.clock for each in self._positions.values()), default=0.0)

    def disk_bytes(self) -> int:
        """Return the size of all that the platform keeps."""
        return directory_bytes(self._stage.platform.stack.directory)

    def _see_progress(self) -> None:
        try:
            self._positions = self._tables.positions()
        except DatabaseError:
            return
        waiting = self._waiting()
        watermark = self._stage.platform.watermark(GLANCE_SECONDS) if waiting else 0.0
        for each in waiting:
            if watermark >= each.clock and self._has_stored(each.ends):
                each.recovered_at = time.monotonic()

    def _waiting(self) -> list[Recovery]:
        return [each for each in self.recoveries if each.ended_at is not None and each.recovered_at is None]

    def _has_stored(self, ends: dict[int, int]) -> bool:
        stored = self._positions
        return all(part in stored and stored[part].next >= end for part, end in ends.items())

    def _see_memory(self) -> None:
        for part in self._stage.platform.stack.status():
            held = resident_bytes(part.pid) if part.pid else 0
            memory = self.memory.setdefault(part.name, Memory(held))
            memory.peak = max(memory.peak, held)
