"""What the pure code makes of a raw log in one process: what a platform that took it has to come to. Pure.

The same code as the workers' (`streams`), without brokers, restarts, or a memory that lets go of old days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from streams.calendar import LocalCalendar
from streams.contract import Rejected, Surge, Tagged, identity
from streams.packing import buckets_of
from streams.part import IntakeRules, Outcome, Part
from streams.pipeline import RawRecord
from streams.settings import StreamsSettings
from streams.surges.detector import Detector
from streams.toolshelf import compile_tools
from streams.weighing import MINUTE_MS, Minutes

NEVER_LET_GO_DAYS: Final = 36_500
Place = tuple[int, int]
"""(part, offset)"""
CountKey = tuple[str, str, str, int, int]
"""(level, unit, grain, start of the bucket in seconds since 1970, part)"""
Figures = tuple[int, int, int, int]
"""(opened, petitioned, closed, reopened)"""


class Batch:
    """Takes a log piece by piece; what it has come to stands in its attributes.

    Args:
        registry: the registry in force, a CSV document; activations in the log must be of it.
        settings: of the platform.
        parts: partitions of the log.
        epoch: of the log.
    """

    def __init__(self, registry: str, settings: StreamsSettings, parts: int, epoch: int = 1) -> None:
        zone = ZoneInfo(settings.zone)
        rules = IntakeRules(LocalCalendar(zone), NEVER_LET_GO_DAYS, settings.future_tolerance_seconds * 1000)
        tools = compile_tools("batch", registry)
        self._parts = [Part(epoch, part, 0, 0, tools, rules) for part in range(parts)]
        self._minutes = Minutes.empty(parts)
        self._detector = Detector(settings.detector, zone)
        self._last_minute = -1
        self.facts: dict[str, Tagged] = {}
        """The first delivery of each event, by identity."""
        self.deliveries: dict[Place, str] = {}
        """Identity of the event that was taken at each place."""
        self.rejected: dict[Place, Rejected] = {}
        self.counts: dict[CountKey, Figures] = {}
        """The figures of every bucket at every unit, by part."""
        self.surges: dict[str, Surge] = {}
        """The last revision of each."""

    def ends(self) -> dict[int, int]:
        """Return the offset up to which each part was taken."""
        return {part: state.next for part, state in enumerate(self._parts)}

    def take(self, log: Mapping[int, Sequence[RawRecord]]) -> None:
        """Take what follows of each part, in order of its offsets.

        Raises:
            HoleInLog: a part goes on above where it ended.
        """
        for part, records in sorted(log.items()):
            if records:
                self._keep(self._parts[part].process(records, records[-1].place.offset + 1))
        self._weigh()

    def _keep(self, outcome: Outcome) -> None:
        for event in outcome.tagged:
            name = identity(event.source, event.request_id, event.event_id)
            self.facts.setdefault(name, event)
            self.deliveries[event.part, event.offset] = name
        self.rejected |= {(each.part, each.offset): each for each in outcome.rejected}
        if outcome.counts is not None:
            for each in buckets_of(outcome.counts):
                key = (each.level.value, each.unit, each.grain.value, each.start, outcome.counts.part)
                self.counts[key] = (each.opened, each.petitioned, each.closed, each.reopened)
        if outcome.arrivals is not None:
            self._minutes.take(outcome.arrivals)

    def _weigh(self) -> None:
        surges: list[Surge] = []
        for start, arrivals in self._minutes.complete():
            self._last_minute = start
            surges += self._detector.weigh(start, arrivals)
        last = (self._minutes.weighed_up_to_ms - MINUTE_MS) // 1000
        if last > self._last_minute:
            self._last_minute = last
            surges += self._detector.weigh(last, [])
        self.surges |= {surge.surge_id: surge for surge in surges}
