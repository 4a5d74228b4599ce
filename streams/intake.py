"""The intake's agent: reads batches of `complaints.raw`, lets `Part` decide, sends, then acknowledges.

It decides nothing itself. The order of a batch, and why:
1. the state takes the batch (memory only);
2. tagged events and the progress record that ends them, counts, arrivals, rejected records are sent, and
   every send is awaited: what is not durable must not be acknowledged;
3. the batch is acknowledged, unless its partitions have moved on meanwhile: an old acknowledgement could
   commit records that nobody has taken yet.
A failure at any line ends the process; what is repeated then is harmless.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import faust
from faust.types import TP

from producers.contract import RAW_TOPIC
from streams.app import assigned_parts, batch_topic
from streams.calendar import LocalCalendar
from streams.contract import (
    ARRIVALS_TOPIC,
    COUNTS_TOPIC,
    REJECTED_TOPIC,
    TAGGED_TOPIC,
    Rejected,
    frame_encode,
    json_encode,
)
from streams.liveness import Waits
from streams.metrics import (
    BATCH_RECORDS,
    BATCH_SECONDS,
    EVENTS,
    LAG,
    LAG_SECONDS,
    LOST_RECORDS,
    NEXT_OFFSET,
    PART_CLOCK,
    REBUILD_SECONDS,
    REBUILDS,
    REBUILT_EVENTS,
    STALE_BATCHES,
)
from streams.output import Output, Record
from streams.part import IntakeRules, Outcome, Part, process_together
from streams.pipeline import Place, RawRecord, Tools
from streams.registry_log import UnknownRegistryVersion
from streams.rejects import RejectLimit
from streams.settings import StreamsSettings
from streams.store import FactStore
from streams.taking import batch_takes
from streams.toolshelf import NO_REGISTRY, ToolShelf

log = logging.getLogger(__name__)

STORE_POLL_SECONDS: Final = 0.2
RECORDS_AT_ONCE: Final = 5000
"""So many records that have come are enough to begin with."""
BATCH_SECONDS_AT_LEAST: Final = 0.04
"""From the beginning of one batch to that of the next, unless there is enough. A batch costs every worker and
ClickHouse the same however few events are in it, and tells the buckets of the city anew."""


class SinkTooFarBehind(Exception):
    """The sink did not store what is committed in time: a rebuild would count wrongly."""


class Intake:
    """State of the assigned parts, and the effects of their batches."""

    def __init__(
        self,
        epoch: int,
        store: FactStore,
        shelf: ToolShelf,
        output: Output,
        settings: StreamsSettings,
        calendar: LocalCalendar,
        waits: Waits,
    ) -> None:
        """Take everything that does I/O from outside."""
        self._epoch = epoch
        self._store = store
        self._shelf = shelf
        self._output = output
        self._settings = settings
        self._waits = waits
        self._rules = IntakeRules(
            calendar,
            settings.memory_days,
            settings.future_tolerance_seconds * 1000,
            settings.skip_holes,
        )
        self._parts: dict[int, Part] = {}
        self._limit = RejectLimit(settings.reject_limit_share, settings.reject_limit_records)

    async def assign(self, committed: dict[int, int]) -> None:
        """Make the state of exactly these parts (part -> committed offset) ready, while the flow is held."""
        await self._output.start()
        self._parts = {part: state for part, state in self._parts.items() if part in committed}
        for part, offset in committed.items():
            LOST_RECORDS.labels(str(part))  # shown as 0 before it grows: else its first growth goes unseen
            known = self._parts.get(part)
            if known is None or known.next != offset:
                with self._waits.on(f"the rebuild of part {part}"):
                    self._parts[part] = await self._rebuild(part, offset)

    async def _rebuild(self, part: int, offset: int) -> Part:
        started = time.monotonic()
        await self._wait_for_sink(part, offset)
        progress = await asyncio.to_thread(self._store.progress_at, self._epoch, part, offset)
        # A new epoch's log says itself which registry is in force; the old one may be gone with its broker.
        version = progress.registry_version if progress and progress.epoch == self._epoch else NO_REGISTRY
        clock_ms = progress.clock_ms if progress else 0
        state = Part(self._epoch, part, offset, clock_ms, await self._shelf.tools(version), self._rules)
        events = await asyncio.to_thread(self._load, state, offset)
        REBUILDS.labels("intake").inc()
        REBUILD_SECONDS.labels("intake").set(time.monotonic() - started)
        REBUILT_EVENTS.labels("intake").set(events)
        log.info(
            "part %d rebuilt at offset %d: %d events, %.1f s",
            part,
            offset,
            events,
            time.monotonic() - started,
        )
        return state

    def _load(self, state: Part, offset: int) -> int:
        return state.counts.load(
            self._store.counted_facts(self._epoch, state.part, offset, state.counts.horizon)
        )

    async def _wait_for_sink(self, part: int, offset: int) -> None:
        deadline = time.monotonic() + self._settings.rebuild_patience_seconds
        while await asyncio.to_thread(self._store.stored_up_to, self._epoch, part) < offset:
            if time.monotonic() > deadline:
                raise SinkTooFarBehind(
                    f"part {part}: the writer has not stored up to offset {offset}; is it running?"
                )
            await asyncio.sleep(STORE_POLL_SECONDS)

    async def take(self, batches: Mapping[int, Sequence[RawRecord]]) -> None:
        """Process a batch each of several parts, and make its effects durable.

        Args:
            batches: by part; each with a record at least.
        """
        remaining = [await self._up_to_activations(self._parts[part], batches[part]) for part in batches]
        outcomes = process_together(
            [
                (self._parts[part], records, batches[part][-1].place.offset + 1)
                for part, records in zip(batches, remaining, strict=True)
            ]
        )
        await self._send(outcomes)
        for part in batches:
            NEXT_OFFSET.labels(str(part)).set(self._parts[part].next)
            PART_CLOCK.labels(str(part)).set(self._parts[part].clock_ms / 1000)

    async def _up_to_activations(self, state: Part, records: Sequence[RawRecord]) -> Sequence[RawRecord]:
        """Process what lies before each activation of a registry; return what lies behind the last."""
        while (activation := state.next_activation(records)) is not None:
            index, version = activation
            tools = await self._tools_or_none(version)
            if tools is None:
                state.unknown_versions.add(version)
                continue
            # The events before an activation are tagged by the version before it.
            head, records = records[: index + 1], records[index + 1 :]
            await self._send([state.process(head, head[-1].place.offset + 1)])
            state.tools = tools
        return records

    async def _tools_or_none(self, version: str) -> Tools | None:
        try:
            return await self._shelf.tools(version)
        except UnknownRegistryVersion:
            log.warning(
                "registry %s is activated, but nobody published it: its activation is rejected", version
            )
            return None

    async def _send(self, outcomes: Sequence[Outcome]) -> None:
        now_ms = int(time.time() * 1000)
        sends = [self._send_part(outcome, now_ms) for outcome in outcomes]
        arrivals: list[Record] = [
            (None, frame_encode(outcome.arrivals), [], now_ms) for outcome in outcomes if outcome.arrivals
        ]
        rejected = [rejected_record(each, now_ms) for outcome in outcomes for each in outcome.rejected]
        await asyncio.gather(
            *sends,
            self._output.send_all(ARRIVALS_TOPIC, 0, arrivals),
            self._output.send_all(REJECTED_TOPIC, 0, rejected),
        )
        for outcome in outcomes:
            for (source, result), number in outcome.outcomes.items():
                EVENTS.labels(source, result).inc(number)
            self._limit.note(len(outcome.tagged), len(outcome.rejected))
            if outcome.lost and outcome.progress:
                LOST_RECORDS.labels(str(outcome.progress.part)).inc(outcome.lost)
                log.error(
                    "part %d: %d records were deleted before they were read",
                    outcome.progress.part,
                    outcome.lost,
                )

    async def _send_part(self, outcome: Outcome, now_ms: int) -> None:
        progress, counts = outcome.progress, outcome.counts
        assert progress is not None  # noqa: S101  (process always sets it)
        frames: list[Record] = [] if counts is None else [(None, frame_encode(counts), [], now_ms)]
        await asyncio.gather(
            self._output.send_all(TAGGED_TOPIC, progress.part, _tagged_records(outcome, now_ms)),
            self._output.send_all(COUNTS_TOPIC, progress.part, frames),
        )


def _tagged_records(outcome: Outcome, now_ms: int) -> list[Record]:
    records: list[Record] = [
        (f"{event.source}/{event.request_id}".encode(), json_encode(event), [], sent_ms)
        for event, sent_ms in zip(outcome.tagged, outcome.sent_ms, strict=True)
    ]
    records.append((None, json_encode(outcome.progress), [], now_ms))
    return records


def rejected_record(rejected: Rejected, now_ms: int) -> Record:
    """Return the original record with headers that say where it came from and why it was rejected."""
    headers = [
        ("x-source", rejected.source.encode()),
        ("x-reason", rejected.reason.value.encode()),
        ("x-detail", rejected.detail.encode("utf-8", "replace")),
        ("x-topic", RAW_TOPIC.encode()),
        ("x-epoch", str(rejected.epoch).encode()),
        ("x-partition", str(rejected.part).encode()),
        ("x-offset", str(rejected.offset).encode()),
        *rejected.headers,
    ]
    return rejected.key or None, rejected.value, headers, now_ms


def raw_records(epoch: int, batch: Sequence[Any]) -> list[RawRecord]:
    """Return aiokafka's records as ours."""
    return [
        RawRecord(
            Place(epoch, record.partition, record.offset, record.timestamp),
            record.key,
            record.value,
            tuple((name, value or b"") for name, value in record.headers),
        )
        for record in batch
    ]


def register(app: faust.App, intake: Intake, epoch: int) -> None:
    """Attach the agent and the rebalance hook to a Faust app."""

    @app.on_rebalance_complete.connect
    async def prepare(*_: Any, **__: Any) -> None:
        # Awaited by Faust before the partitions are resumed: no record comes before its state is ready.
        assignment: set[TP] = app.consumer.assignment()
        if not assignment:
            return  # seek_to_committed fails without an assignment
        consumer: Any = app.consumer  # its interface does not declare what the driver can do
        offsets = await consumer.seek_to_committed()
        parts = assigned_parts(assignment, RAW_TOPIC)
        await intake.assign({part: max(0, offsets.get(TP(RAW_TOPIC, part)) or 0) for part in parts})

    @app.agent(batch_topic(app, RAW_TOPIC))
    async def take_complaints(stream: Any) -> None:
        # What came of all parts while the last was sent goes together: one wait for Kafka instead of four.
        async for events in batch_takes(
            app, stream, at_once=RECORDS_AT_ONCE, seconds=lambda: BATCH_SECONDS_AT_LEAST
        ):
            started = time.monotonic()
            current = [*_current(app, events)]
            await intake.take(_by_part(epoch, current))
            for event in current:
                _note(app, event.message)
            for event in _current(app, current):
                await stream.ack(event)
            BATCH_SECONDS.observe(time.monotonic() - started)


def _pause() -> float:
    return BATCH_SECONDS_AT_LEAST


def _current(app: faust.App, events: Sequence[Any]) -> Iterator[Any]:
    """Yield the events whose partitions did not move since they were read: only these may be acknowledged."""
    for event in events:
        if event.message.generation_id == app.consumer_generation_id:
            yield event
        else:
            STALE_BATCHES.inc()


def _by_part(epoch: int, events: Sequence[Any]) -> dict[int, list[RawRecord]]:
    records: defaultdict[int, list[RawRecord]] = defaultdict(list)
    for event in events:
        records[event.message.partition] += raw_records(epoch, event.message.value)
    return records


def _note(app: faust.App, message: Any) -> None:
    batch = message.value
    BATCH_RECORDS.observe(len(batch))
    behind = (app.consumer.highwater(message.tp) or 0) - batch[-1].offset - 1
    LAG.labels(str(message.partition)).set(max(0, behind))
    LAG_SECONDS.labels(str(message.partition)).set(max(0.0, time.time() - batch[-1].timestamp / 1000))
