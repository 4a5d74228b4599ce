"""The raw topic read again, and tagged as it would be today: what the intake does, without its counting.

Each part is read in the order of its log, since the moment at which an event is weighed is its part's clock
there. Only below where a part is stored: what the stream has not come to is the stream's.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from producers.contract import Tick
from sinks.raw_log import LogRecord
from streams.calendar import LocalCalendar
from streams.contract import Tagged, milliseconds
from streams.pipeline import (
    Dead,
    Place,
    RawRecord,
    Read,
    Tools,
    arrival_ms,
    read_control,
    read_event,
    tag_events,
)

AT_ONCE: Final = 20_000
"""Events that are tagged and kept together."""


@dataclass(frozen=True)
class Wanted:
    """Which events are read again."""

    calendar: LocalCalendar
    days: Collection[int]
    """Starts of local days, seconds since 1970 UTC."""
    source: str
    """Request system; empty: all."""
    horizons: Mapping[int, int]
    """By part the first day that the streams hold in memory."""


@dataclass
class Noted:
    """What was met in the topic."""

    events: int = 0
    """Those that were read again and tagged."""
    rejected: int = 0
    """Records below `below` that are rejected, of whatever day; they stay so."""
    failed: int = 0
    """Events that the tagger failed at; their facts stay as they are."""
    deleted: int = 0
    """Records that the topic holds no longer, of whatever day."""
    waiting: Counter[dt.date] = field(default_factory=Counter)
    """Events of wanted days that the streams hold in memory, by local day."""
    firsts: dict[int, int] = field(default_factory=dict)
    """By part the first offset that the topic holds."""

    @property
    def waiting_days(self) -> list[tuple[str, int]]:
        """Days that are left to the streams, ISO 8601, the first first, and the events of each."""
        return [(day.isoformat(), events) for day, events in sorted(self.waiting.items())]


@dataclass
class PartReading:
    """The reading of one part."""

    epoch: int
    part: int
    below: int
    """Offset of the first record that is not read."""
    clock_at: Callable[[int], int]
    """The part's clock at an offset, as far as the marks of progress tell, ms since 1970 UTC."""
    rejected: Collection[int]
    """Offsets of records that were rejected."""
    tolerance_ms: int
    clock_ms: int = 0

    def facts(
        self, records: Iterable[LogRecord], tools: Tools, wanted: Wanted, noted: Noted
    ) -> Iterator[list[Tagged]]:
        """Yield the wanted events as facts, some at once, in order of the log; note what else there is.

        Args:
            records: of the part, from where the topic begins.
            tools: of the registry to tag by.
            wanted: which events.
            noted: filled in.
        """
        noted.firsts[self.part] = self.below
        chunk: list[Read] = []
        for number, record in enumerate(records):
            if not number:
                self._begin(record.offset, noted)
            if record.offset >= self.below:
                break
            read = self._read(record, noted)
            if read is not None and _is_wanted(read, wanted, noted):
                chunk.append(read)
            if len(chunk) == AT_ONCE:
                yield _tag(chunk, tools, noted)
                chunk = []
        if chunk:
            yield _tag(chunk, tools, noted)
        noted.deleted += noted.firsts[self.part]

    def _begin(self, offset: int, noted: Noted) -> None:
        """Set the clock to where the topic begins.

        Where records before it are gone, and none was a batch's last, it may have stood later there until the
        next record that moves it. Facts that are restored alone go by it.
        """
        noted.firsts[self.part] = min(offset, self.below)
        self.clock_ms = self.clock_at(noted.firsts[self.part])

    def _read(self, record: LogRecord, noted: Noted) -> Read | None:
        """Take a record as the intake does (`streams.part`): also one that is not wanted moves the clock."""
        place = Place(self.epoch, self.part, record.offset, record.timestamp_ms)
        raw = RawRecord(place, record.key, record.value, record.headers)
        try:
            if record.key is None:
                control = read_control(raw, self.tolerance_ms)
                if isinstance(control, Tick):
                    self.clock_ms = max(self.clock_ms, milliseconds(control.at))
                return None
            event = read_event(raw, self.tolerance_ms)
        except Dead:
            noted.rejected += 1
            return None
        self.clock_ms = max(self.clock_ms, arrival_ms(event))
        if record.offset in self.rejected:
            noted.rejected += 1
            return None
        return Read(event, place, self.clock_ms)


def _is_wanted(read: Read, wanted: Wanted, noted: Noted) -> bool:
    if wanted.source not in ("", read.event.source):
        return False
    day = wanted.calendar.day_start(int(read.event.occurred_at.timestamp()))
    if day not in wanted.days:
        return False
    if day >= wanted.horizons[read.place.part]:
        noted.waiting[dt.datetime.fromtimestamp(day, wanted.calendar.zone).date()] += 1
        return False
    return True


def _tag(chunk: Sequence[Read], tools: Tools, noted: Noted) -> list[Tagged]:
    try:
        tagged = tag_events(chunk, tools)
    except Exception:  # noqa: BLE001  (counted, and told)
        # One letter that the tagger fails at must not hold up the others, as in the intake.
        if len(chunk) > 1:
            return [fact for each in chunk for fact in _tag([each], tools, noted)]
        noted.failed += 1
        return []
    noted.events += len(tagged)
    return tagged
