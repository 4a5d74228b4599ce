"""The writer's Faust agents: batches in, rows stored, then acknowledged. They decide nothing.

What has to wait for facts (a recount) waits beside its agent, not in it. All topics of a worker come through
one consumer: an agent that takes nothing holds up the others, the one that stores those facts included.

The order of a batch: rows; of tagged events then which requests they change and how far they are stored, with
the batches that come meanwhile; then the acknowledgement. All of it is harmless to repeat. While ClickHouse
is away an insert waits and retries: nothing is taken meanwhile and nothing is acknowledged. A row that alone
is refused goes to the rejected topic whole.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import faust
from faust.types import TopicT

from sinks.facts import Facts
from sinks.metrics import LAG, LATENCY, STALE_BATCHES, STORED_OFFSET
from sinks.pace import Pace
from sinks.records import (
    OutRecord,
    read_count_frames,
    read_rejected,
    read_surges,
    read_tagged,
    refused_fact,
    refused_surge,
)
from sinks.settings import SinksSettings
from sinks.settling import Lot, Settling
from sinks.sink import ClickHouseSink
from streams.contract import (
    COUNTS_TOPIC,
    REJECTED_TOPIC,
    SURGES_TOPIC,
    TAGGED_TOPIC,
    CountFrame,
)

Result = TypeVar("Result")

STORE_POLL_SECONDS: Final = 0.1
FRAMES_AT_ONCE: Final = 32
"""Frames of counts that one insert unites, about: far behind, each has tens of thousands of buckets."""
RECORDS_AT_ONCE: Final = 1000
"""Surges, or rejected records, that one insert unites, about."""


class Sender(Protocol):
    """Sends records to Kafka and waits until they are acknowledged."""

    async def start(self) -> None:
        """Connect, once."""
        ...

    async def send_all(self, topic: str, partition: int, records: Sequence[OutRecord]) -> None:
        """Send records to one partition; raise what fails."""
        ...


class Waiting(Protocol):
    """Says for the time of a block what is waited for, so that nobody takes the wait for a stall."""

    def __call__(self, what: str, topic: str) -> AbstractContextManager[None]:
        """Take what is waited for, and the topic whose partitions stand still meanwhile."""
        ...


Rest = Coroutine[Any, Any, None]
"""What remains to be done of a batch before it may be acknowledged, however long it takes."""


class Recount(NamedTuple):
    """Local days of one part that are to be counted anew, from facts below `next`."""

    epoch: int
    part: int
    next: int
    days: frozenset[int]


class WriterAgents:
    """What the four agents do with the records of a batch; each call returns when it is durable."""

    def __init__(
        self,
        sink: ClickHouseSink,
        facts: Facts,
        sender: Sender,
        waiting: Waiting,
        pace: Pace,
        progress_seconds: float,
    ) -> None:
        """Take everything that does I/O from outside, and how often progress is stored."""
        self.pace = pace
        self._settling = Settling(partial(self._in_thread, TAGGED_TOPIC, sink.settle), progress_seconds)
        self._sink = sink
        self._facts = facts
        self._sender = sender
        self._waiting = waiting

    async def store_tagged(self, records: Sequence[Any]) -> Rest | None:
        """Store tagged events; what remains is to say so."""
        batch = read_tagged(records)
        refused = await self._in_thread(TAGGED_TOPIC, self._sink.insert_facts, batch.facts)
        await self._reject(
            batch.rejected
            + [refused_fact(batch.facts[row.index], batch.sources[row.index], row.reason) for row in refused]
        )
        now = time.time()
        ages = [max(0.0, now - record.timestamp / 1000) for record in batch.sources]
        self.pace.note(min(ages, default=0.0))
        for age in ages:
            LATENCY.observe(age)
        said = Lot.of(batch)
        return self._settle(said) if said else None

    async def _settle(self, said: Lot) -> None:
        await self._settling.settled(said)
        for mark in said.marks:
            STORED_OFFSET.labels(str(mark.part)).set(mark.next)

    async def store_counts(self, records: Sequence[Any]) -> Rest | None:
        """Store the new values of buckets; what remains is to recount days older than the stream's memory."""
        frames, rejected = read_count_frames(records)
        await self._reject(rejected)
        await self._in_thread(COUNTS_TOPIC, self._sink.insert_counts, frames)
        asked = recounts(frames)
        return self._recount(asked) if asked else None

    async def _recount(self, asked: Sequence[Recount]) -> None:
        for recount in asked:
            with self._waiting("the facts of a recount", COUNTS_TOPIC):
                await self._wait_until_stored(recount)
            await self._in_thread(COUNTS_TOPIC, self._sink.recount_days, *recount)

    async def store_surges(self, records: Sequence[Any]) -> None:
        """Store surges."""
        surges, rejected = read_surges(records)
        refused = await self._in_thread(SURGES_TOPIC, self._sink.insert_surges, surges)
        await self._reject(rejected + [refused_surge(records[row.index], row.reason) for row in refused])

    async def store_rejected(self, records: Sequence[Any]) -> None:
        """Store rejected records whole."""
        await self._in_thread(REJECTED_TOPIC, self._sink.insert_rejected, read_rejected(records))

    async def _wait_until_stored(self, recount: Recount) -> None:
        # The facts of a frame travel in another topic, stored by this process or by another writer.
        while await asyncio.to_thread(self._facts.stored_up_to, recount.epoch, recount.part) < recount.next:
            await asyncio.sleep(STORE_POLL_SECONDS)

    async def _in_thread(self, topic: str, work: Callable[..., Result], *arguments: Any) -> Result:
        # It tries again for as long as the settings say, then ends the process: no second limit is needed.
        with self._waiting("ClickHouse", topic):
            return await asyncio.to_thread(work, *arguments)

    async def _reject(self, records: Sequence[OutRecord]) -> None:
        if records:
            await self._sender.start()
            await self._sender.send_all(REJECTED_TOPIC, 0, records)


def recounts(frames: Sequence[CountFrame]) -> list[Recount]:
    """Return the days to recount of each part, at the highest position that asks for any."""
    asked: dict[tuple[int, int], tuple[int, set[int]]] = {}
    for frame in frames:
        if frame.recount_days:
            position, days = asked.get((frame.epoch, frame.part), (0, set()))
            asked[frame.epoch, frame.part] = (max(position, frame.next), days | set(frame.recount_days))
    return [
        Recount(epoch, part, position, frozenset(days)) for (epoch, part), (position, days) in asked.items()
    ]


class Takes(Protocol):
    """Yields lists of events that have come, one in so many seconds; they are not acknowledged yet."""

    def __call__(
        self, stream: Any, *, at_once: int, seconds: Callable[[], float]
    ) -> AsyncIterator[list[Any]]:
        """Take a Faust stream, and how many records are enough for a list."""
        ...


def register(
    app: faust.App,
    agents: WriterAgents,
    settings: SinksSettings,
    topic: Callable[[str], TopicT],
    takes: Takes,
) -> None:
    """Attach an agent for each topic; `topic` makes one whose items are lists of records, for `takes`."""
    pace = agents.pace.seconds

    def pace_of_counts() -> float:
        return max(settings.counts_seconds, pace())

    for name, store, at_once, seconds in (
        (TAGGED_TOPIC, agents.store_tagged, settings.batch_rows, pace),
        (COUNTS_TOPIC, agents.store_counts, FRAMES_AT_ONCE, pace_of_counts),
        (SURGES_TOPIC, agents.store_surges, RECORDS_AT_ONCE, pace),
        (REJECTED_TOPIC, agents.store_rejected, RECORDS_AT_ONCE, pace),
    ):
        _register(app, topic(name), store, partial(takes, at_once=at_once, seconds=seconds))


def _register(
    app: faust.App,
    topic: TopicT,
    store: Callable[[Sequence[Any]], Awaitable[Rest | None]],
    takes: Callable[[Any], AsyncIterator[list[Any]]],
) -> None:
    async def write(stream: Any) -> None:
        async with asyncio.TaskGroup() as resting:  # one that fails ends the agent, and so the process
            async for events in takes(stream):
                current = list(_current(app, events))
                rest = await store([record for event in current for record in event.message.value])
                for event in current:
                    _note_lag(app, event.message)
                if rest is None:
                    await _acknowledge(app, stream, current)
                else:
                    resting.create_task(_acknowledge_after(rest, app, stream, current))

    app.agent(topic, name=f"write_{topic.get_topic_name()}")(write)


async def _acknowledge_after(rest: Rest, app: faust.App, stream: Any, events: Sequence[Any]) -> None:
    for event in events:
        event.message.value = ()  # stored: only where it stands in the log is needed from here on
    await rest
    await _acknowledge(app, stream, events)


async def _acknowledge(app: faust.App, stream: Any, events: Sequence[Any]) -> None:
    for event in _current(app, events):
        await stream.ack(event)


def _current(app: faust.App, events: Sequence[Any]) -> Iterator[Any]:
    """Yield the events whose partitions did not move since they were read: only these may be acknowledged."""
    for event in events:
        if event.message.generation_id == app.consumer_generation_id:
            yield event
        else:
            STALE_BATCHES.inc()


def _note_lag(app: faust.App, message: Any) -> None:
    behind = (app.consumer.highwater(message.tp) or 0) - message.offset - 1
    LAG.labels(message.topic, str(message.partition)).set(max(0, behind))
