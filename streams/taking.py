"""How agents take batches, on either transport: lists of one partition's records, acknowledged as one.

The batch transport (`streams/batches.py`) delivers such lists. The fallback is Faust as it comes, one message
at a time, gathered by its own `noack_take`: five times the cost, with Faust's own bookkeeping of offsets and
its gaps. Both give the agents the same things, so the agents do not know which one they run on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

import faust

from streams.batches import BatchTransport

TAKE_RECORDS: Final = 5000
TAKE_SECONDS: Final = 0.1
"""Within these seconds Faust's `take` gathers what comes: it always waits for so long unless it is full."""


class TakenRecord(NamedTuple):
    """One record, by the names that aiokafka gives to its parts."""

    partition: int
    offset: int
    timestamp: int
    """Milliseconds since 1970 UTC."""
    key: bytes | None
    value: bytes
    headers: Sequence[tuple[str, bytes]]


class TakenBatch:
    """Events of one partition that came one by one, in the shape of an event of the batch transport."""

    def __init__(self, events: Sequence[Any]) -> None:
        """Take events of one partition and one generation, in the order of the log; at least one."""
        self._events = events
        self.message = events[-1].message
        self.message.value = [_record(event.message) for event in events]

    def ack(self) -> bool:
        """Acknowledge every event; return whether the last needs no further acknowledgement."""
        return [event.ack() for event in self._events][-1]  # type: ignore[no-any-return]


async def batch_events(app: faust.App, stream: Any) -> AsyncIterator[Any]:
    """Yield events whose `message.value` is a list of one partition's records; acknowledge them yourself."""
    if isinstance(app.transport, BatchTransport):
        async for event in stream.noack().events():
            yield event
        return
    async for events in stream.noack_take(TAKE_RECORDS, within=TAKE_SECONDS):
        for batch in by_partition(events):
            yield batch


async def batch_takes(
    app: faust.App, stream: Any, *, at_once: int, seconds: Callable[[], float]
) -> AsyncIterator[list[Any]]:
    """Yield lists of such events: what is there, at once, but one list in so many seconds.

    Args:
        app: whose transport decides how they are gathered.
        stream: of a topic whose items are lists of records.
        at_once: records from which on a list takes no further fetch, and no more are gathered for the next.
        seconds: asked for the time from one list's beginning to that of the next, at least, unless
            enough for a list comes before. Faust's `take` waits for what it says at first after each list; it
            cannot do without a wait.
    """
    if not isinstance(app.transport, BatchTransport):
        async for events in stream.noack_take(TAKE_RECORDS, within=seconds() or TAKE_SECONDS):
            yield by_partition(events)
        return
    gathering = Gathering(at_once)
    async for events in gathering.lists(stream.noack().events()):
        began = time.monotonic()
        yield events
        await gathering.rest(began + seconds() - time.monotonic())


class Gathering:
    """Holds what comes while a list is worked on, up to a number of records."""

    def __init__(self, most_records: int) -> None:
        self._most = most_records
        self._events: list[Any] = []
        self._changed = asyncio.Condition()
        self._is_over = False

    async def lists(self, events: AsyncIterator[Any]) -> AsyncIterator[list[Any]]:
        """Yield what has come since the last list, as soon as there is anything; raise what the events do."""
        gathering = asyncio.create_task(self._gather(events))
        try:
            while gathered := await self._taken():
                yield gathered
            await gathering
        finally:
            gathering.cancel()

    async def rest(self, seconds: float) -> None:
        """Return after so long, or as soon as there is enough for a list."""
        if seconds <= 0:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self._records >= self._most or self._is_over)

    async def _gather(self, events: AsyncIterator[Any]) -> None:
        try:
            async for event in events:
                async with self._changed:
                    await self._changed.wait_for(lambda: self._records < self._most)
                    self._events.append(event)
                    self._changed.notify_all()
        finally:
            self._is_over = True
            async with self._changed:
                self._changed.notify_all()

    async def _taken(self) -> list[Any]:
        async with self._changed:
            await self._changed.wait_for(lambda: self._events or self._is_over)
            taken, self._events = self._events, []
            self._changed.notify_all()
        return taken

    @property
    def _records(self) -> int:
        return sum(len(event.message.value) for event in self._events)


def by_partition(events: Iterable[Any]) -> list[TakenBatch]:
    """Return events as batches of one partition and generation, each in the order of the log."""
    groups: dict[tuple[Any, int], list[Any]] = {}
    for event in events:
        groups.setdefault((event.message.tp, event.message.generation_id), []).append(event)
    return [TakenBatch(group) for group in groups.values()]


def _record(message: Any) -> TakenRecord:
    return TakenRecord(
        partition=message.partition,
        offset=message.offset,
        timestamp=round(message.timestamp * 1000),  # Faust has made seconds of it
        key=message.key,
        value=message.value,
        headers=tuple(message.headers or ()),
    )
