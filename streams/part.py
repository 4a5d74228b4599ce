"""The intake's state of one part, and what one batch of its records becomes. Pure: agents only move bytes.

The state is a function of the raw log below `next` and carries `next`; whoever holds it may drop it and
rebuild it from the facts (docs/one-event.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from producers.contract import Kind, RegistryActivated, Tick
from streams.buckets import Upserts
from streams.calendar import LocalCalendar
from streams.contract import (
    ArrivalFrame,
    CountFrame,
    Progress,
    Reason,
    Rejected,
    Tagged,
    identity,
    milliseconds,
    reporter_hash,
    reporter_of,
)
from streams.counting import Countable, Counts
from streams.pipeline import (
    Dead,
    RawRecord,
    Read,
    Tools,
    arrival_ms,
    read_control,
    read_event,
    tag_events,
)

COUNT_COLUMNS = tuple(field.name for field in fields(Upserts))


class HoleInLog(Exception):
    """Records are missing behind what the state has seen: who goes on counts wrongly, so the worker stops."""


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """What the intake needs to know beside the records."""

    calendar: LocalCalendar
    memory_days: int
    future_tolerance_ms: int
    skip_holes: bool = False


@dataclass(slots=True)
class Outcome:
    """What one batch became; everything in order of the log."""

    tagged: list[Tagged] = field(default_factory=list)
    sent_ms: list[int] = field(default_factory=list)
    """When each tagged event was appended to the raw log, ms since 1970: latency is measured from there."""
    rejected: list[Rejected] = field(default_factory=list)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(source, outcome) -> records; outcome is `tagged`, `unplaced` or a reason of rejection."""
    lost: int = 0
    """Records that were deleted before they were read."""
    progress: Progress | None = None
    counts: CountFrame | None = None
    arrivals: ArrivalFrame | None = None

    def reject(self, record: RawRecord, dead: Dead) -> None:
        """Keep a record that cannot be taken, whole."""
        rejected = _rejected(record, dead)
        self.rejected.append(rejected)
        self.outcomes[rejected.source, dead.reason.value] += 1


class Part:
    """What the intake knows of one part.

    A registry activation in the log ends the use of `tools`: `process` is given no record behind one that
    changes the version (`next_activation` says where to cut) until `tools` are those of that version.
    """

    def __init__(
        self, epoch: int, part: int, next_offset: int, clock_ms: int, tools: Tools, rules: IntakeRules
    ) -> None:
        """Start at `next_offset` with an empty memory; `counts.load` fills it from facts."""
        self.epoch = epoch
        self.part = part
        self.next = next_offset
        self.clock_ms = clock_ms
        self.tools = tools
        self.registry_version = tools.registry_version
        """What the log says is in force at `next`; whoever holds the part brings `tools` to it."""
        self.unknown_versions: set[str] = set()
        """Versions that nobody published: records that activate one are rejected."""
        self.rules = rules
        self.counts = Counts(rules.calendar, rules.memory_days)
        self.counts.advance(clock_ms // 1000)

    def next_activation(self, records: Sequence[RawRecord]) -> tuple[int, str] | None:
        """Return index and version of the first record that activates another version; None without one."""
        for index, record in enumerate(records):
            if record.key is None and record.place.offset >= self.next:
                version = self._activated(record)
                if version not in (None, self.registry_version, *self.unknown_versions):
                    return index, str(version)
        return None

    def _activated(self, record: RawRecord) -> str | None:
        try:
            control = read_control(record, self.rules.future_tolerance_ms)
        except Dead:
            return None
        return control.version if isinstance(control, RegistryActivated) else None

    def process(self, records: Sequence[RawRecord], next_offset: int) -> Outcome:
        """Take the records below `next_offset`; see `process_together`."""
        return process_together([(self, records, next_offset)])[0]

    def begin(self, records: Sequence[RawRecord], next_offset: int) -> Begun:
        """Read the records below `next_offset`; those below `next` were taken before and are skipped.

        Raises:
            HoleInLog: records from `next` on are missing, and the rules do not say to go on.
        """
        first = self.next
        fresh = [record for record in records if record.place.offset >= first]
        outcome = Outcome(lost=max(0, fresh[-1].place.offset + 1 - first - len(fresh)) if fresh else 0)
        if outcome.lost and not self.rules.skip_holes:
            raise HoleInLog(
                f"part {self.part}: {outcome.lost} records from offset {_missing(fresh, first)} on were "
                "deleted before they were read. Lengthen the retention of complaints.raw, and let their "
                "source send them again; to go on without them, set PULSE_STREAMS__SKIP_HOLES=true"
            )
        self.counts.advance(self.clock_ms // 1000)
        taken = [(record, read) for record in fresh if (read := self._take(record, outcome))]
        self.next = max(next_offset, first)
        return Begun(self, first, taken, outcome)

    def _take(self, record: RawRecord, outcome: Outcome) -> Read | None:
        """Take one record; return its event, if it is one that can be tagged."""
        try:
            if record.key is not None:
                return self._event(record)
            self._control(record)
        except Dead as dead:
            outcome.reject(record, dead)
        return None

    def _control(self, record: RawRecord) -> None:
        control = read_control(record, self.rules.future_tolerance_ms)
        if isinstance(control, Tick):
            self.clock_ms = max(self.clock_ms, milliseconds(control.at))
        elif control.version in self.unknown_versions:
            raise Dead(Reason.INVALID_FIELD, f"registry {control.version} was never published; load it again")
        else:
            self.registry_version = control.version

    def _event(self, record: RawRecord) -> Read:
        event = read_event(record, self.rules.future_tolerance_ms)
        self.clock_ms = max(arrival_ms(event), self.clock_ms)
        return Read(event, record.place, self.clock_ms)

    def count(self, record: RawRecord, event: Tagged, outcome: Outcome) -> None:
        """Take in a tagged event."""
        self.counts.add(_countable(event))
        outcome.tagged.append(event)
        outcome.sent_ms.append(record.place.timestamp_ms)
        outcome.outcomes[event.source, "unplaced" if event.tag is None else "tagged"] += 1

    def end(self, begun: Begun) -> Outcome:
        """Frame what the batch became."""
        self._frame(begun.outcome, begun.first)
        return begun.outcome

    def _frame(self, outcome: Outcome, first: int) -> None:
        upserts, recount = self.counts.take_upserts()
        outcome.progress = Progress(
            epoch=self.epoch,
            part=self.part,
            next=self.next,
            clock_ms=self.clock_ms,
            registry_version=self.registry_version,
        )
        if upserts or recount:
            outcome.counts = _count_frame(self, upserts, recount)
        outcome.arrivals = _arrival_frame(self, first, outcome.tagged)


@dataclass(frozen=True, slots=True)
class Begun:
    """A batch of one part whose records were read, and whose events are not tagged yet."""

    part: Part
    first: int
    taken: list[tuple[RawRecord, Read]]
    outcome: Outcome


def process_together(batches: Sequence[tuple[Part, Sequence[RawRecord], int]]) -> list[Outcome]:
    """Take a batch each of several parts: their records, and the offset behind them.

    All events that are tagged by the same tools are tagged together: at low rates a batch of one part has a
    handful, and most of a small batch's time goes into having been begun.

    Raises:
        HoleInLog: a batch lacks records behind what its part has seen, and the rules do not say to go on.
    """
    begun = [part.begin(records, next_offset) for part, records, next_offset in batches]
    by_tools: dict[str, list[Begun]] = {}
    for batch in begun:
        by_tools.setdefault(batch.part.tools.registry_version, []).append(batch)
    for together in by_tools.values():
        _tag([(batch, record, read) for batch in together for record, read in batch.taken])
    return [batch.part.end(batch) for batch in begun]


def _tag(taken: Sequence[tuple[Begun, RawRecord, Read]]) -> None:
    """Tag and count events: all at once, or each alone where one of them cannot be tagged."""
    if not taken:
        return
    try:
        tagged = tag_events([read for _, _, read in taken], taken[0][0].part.tools)
    except Exception as exc:  # noqa: BLE001  (told below)
        # Whatever it is, it is our fault and must not stop the partition: the record is kept whole, and a
        # large share of these stops the worker (streams/rejects.py).
        if len(taken) > 1:
            for each in taken:
                _tag([each])
            return
        batch, record, _ = taken[0]
        detail = f"tagging failed ({type(exc).__name__}); please report it"
        batch.outcome.reject(record, Dead(Reason.INTERNAL, detail))
        return
    for (batch, record, _), event in zip(taken, tagged, strict=True):
        batch.part.count(record, event, batch.outcome)


def _missing(records: Sequence[RawRecord], first: int) -> int:
    """Return the first offset from `first` on that no record has."""
    for record in records:
        if record.place.offset != first:
            break
        first += 1
    return first


def _identity(tagged: Tagged) -> str:
    return identity(tagged.source, tagged.request_id, tagged.event_id)


def _reporter(tagged: Tagged) -> str:
    return reporter_of(tagged.reporter, tagged.source, tagged.request_id)


def _countable(tagged: Tagged) -> Countable:
    return Countable(
        _identity(tagged),
        tagged.kind,
        int(tagged.occurred_at.timestamp()),
        tagged.path,
        tagged.problem_type,
        reporter_hash(_reporter(tagged)),
    )


def _count_frame(part: Part, upserts: Upserts, recount: list[int]) -> CountFrame:
    columns: dict[str, Any] = {}
    for name in COUNT_COLUMNS:
        column = getattr(upserts, name)
        columns[name] = column if isinstance(column, list) else bytes(column)
    return CountFrame(epoch=part.epoch, part=part.part, next=part.next, recount_days=recount, **columns)


def _arrival_frame(part: Part, first: int, tagged: list[Tagged]) -> ArrivalFrame:
    opened = [event for event in tagged if event.kind is Kind.OPENED]
    return ArrivalFrame(
        epoch=part.epoch,
        part=part.part,
        first=first,
        next=part.next,
        clock_ms=part.clock_ms,
        offsets=[event.offset for event in opened],
        identities=[_identity(event) for event in opened],
        request_ids=[event.request_id for event in opened],
        paths=[event.path for event in opened],
        reporters=[_reporter(event) for event in opened],
        problem_types=[event.problem_type for event in opened],
        occurred_ms=[milliseconds(event.occurred_at) for event in opened],
        weighed_ms=[milliseconds(event.weighed_at) for event in opened],
        sources=[event.source for event in opened],
    )


def _rejected(record: RawRecord, dead: Dead) -> Rejected:
    headers = dict(record.headers)
    source = headers.get("ce_source", b"unknown").decode(errors="replace")
    # A producer that could not map its input says in which row and column it failed: that helps more.
    defect = headers.get("x-defect", b"").decode(errors="replace")
    detail = f"{defect} ({dead.detail})" if defect else dead.detail
    return Rejected(
        source=source[:200] or "unknown",
        reason=dead.reason,
        detail=detail[:500],
        epoch=record.place.epoch,
        part=record.place.part,
        offset=record.place.offset,
        key=record.key or b"",
        value=record.value or b"",
        headers=record.headers,
    )
