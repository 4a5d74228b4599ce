"""The weigher's agent: merges the parts' arrivals into minutes, weighs them, publishes surges.

It is one for the whole city, since an estate is weighed against what the whole city sent: `unit.arrivals`
has one partition, a second weigher is a standby. Its state is rebuilt from the facts, by the same code that
runs live; what it had published before is published again, under the same ids.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import faust
from faust.types import TP

from streams.app import assigned_parts, batch_topic
from streams.contract import (
    ARRIVALS_TOPIC,
    SURGES_TOPIC,
    ArrivalFrame,
    Surge,
    decode_arrival_frame,
    json_encode,
)
from streams.liveness import Waits
from streams.metrics import (
    LAG,
    OPEN_SURGES,
    REBUILD_SECONDS,
    REBUILDS,
    REBUILT_EVENTS,
    STALE_BATCHES,
    SURGES,
    WATERMARK,
)
from streams.output import Output, Record
from streams.settings import StreamsSettings
from streams.store import FactStore
from streams.surges.detector import Arrival, Detector
from streams.surges.replay import by_minute
from streams.taking import batch_events
from streams.weighing import MINUTE_MS, Minutes, MissingArrivals

log = logging.getLogger(__name__)

STORE_POLL_SECONDS = 0.2
PUBLISH_AT_ONCE = 1000


class Weigher:
    """The city's detector with the minutes that wait for it."""

    def __init__(
        self,
        epoch: int,
        parts: int,
        store: FactStore,
        output: Output,
        settings: StreamsSettings,
        new_detector: Callable[[], Detector],
        waits: Waits,
    ) -> None:
        """Take everything that does I/O from outside; `parts` is the number of raw partitions."""
        self._epoch = epoch
        self._parts = parts
        self._store = store
        self._output = output
        self._settings = settings
        self._waits = waits
        self._new_detector = new_detector
        self._detector = new_detector()
        self._minutes = Minutes.empty(parts)
        self._last_minute = -1

    async def assign(self) -> None:
        """Rebuild from the facts; called while the flow is held."""
        await self._output.start()
        with self._waits.on("the rebuild"):
            await self._rebuild()

    async def take(self, frames: list[ArrivalFrame]) -> None:
        """Take frames in order of their log and weigh the minutes that they complete."""
        for frame in frames:
            try:
                self._minutes.take(frame)
            except MissingArrivals as exc:
                log.info("%s: rebuilding", exc)
                with self._waits.on("the rebuild"):
                    await self._wait_for_sink(frame)
                    await self._rebuild()
                self._minutes.take(frame)
        await self._publish(await asyncio.to_thread(self._weigh))

    def _weigh(self) -> list[Surge]:
        surges = list(self._detector.weigh_all(self._due()))
        WATERMARK.set(self._minutes.watermark_ms / 1000)
        return surges

    def _due(self) -> Iterator[tuple[int, list[Arrival]]]:
        for start, arrivals in self._minutes.complete():
            self._last_minute = start
            yield start, arrivals
        # Clearing is a matter of time, not of arrivals: the last whole minute is weighed though empty.
        last = (self._minutes.weighed_up_to_ms - MINUTE_MS) // 1000
        if last > self._last_minute:
            self._last_minute = last
            yield last, []

    async def _publish(self, surges: list[Surge]) -> None:
        if not surges:
            return
        now_ms = int(time.time() * 1000)
        for at in range(0, len(surges), PUBLISH_AT_ONCE):
            records: list[Record] = [
                (surge.unit.encode(), json_encode(surge), [], now_ms)
                for surge in surges[at : at + PUBLISH_AT_ONCE]
            ]
            await self._output.send_all(SURGES_TOPIC, 0, records)
        for surge in surges:
            SURGES.labels(surge.level.value, surge.state.value).inc()
        for level, number in self._detector.open_surges().items():
            OPEN_SURGES.labels(level.value).set(number)

    async def _wait_for_sink(self, frame: ArrivalFrame) -> None:
        deadline = time.monotonic() + self._settings.rebuild_patience_seconds
        while await asyncio.to_thread(self._store.stored_up_to, self._epoch, frame.part) < frame.first:
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"part {frame.part}: the writer has not stored up to {frame.first}; is it running?"
                )
            await asyncio.sleep(STORE_POLL_SECONDS)

    async def _rebuild(self) -> None:
        started = time.monotonic()
        surges, events = await asyncio.to_thread(self._replay_facts)
        await self._publish(surges)
        REBUILDS.labels("weigher").inc()
        REBUILD_SECONDS.labels("weigher").set(time.monotonic() - started)
        REBUILT_EVENTS.labels("weigher").set(events)
        log.info("weigher rebuilt: %d events, %.1f s", events, time.monotonic() - started)

    def _replay_facts(self) -> tuple[list[Surge], int]:
        self._detector, self._last_minute = self._new_detector(), -1
        self._minutes = Minutes.empty(self._parts)
        for part, mark in enumerate(self._minutes.parts):
            mark.next = self._store.stored_up_to(self._epoch, part)
            progress = self._store.progress_at(self._epoch, part, mark.next)
            mark.clock_ms = progress.clock_ms if progress else 0
        below = {part: mark.next for part, mark in enumerate(self._minutes.parts)}
        facts = _Counted(self._store.arrivals(self._epoch, below))
        surges = list(self._detector.weigh_all(self._past(by_minute(facts))))
        return surges, facts.number

    def _past(self, minutes: Iterator[tuple[int, list[Arrival]]]) -> Iterator[tuple[int, list[Arrival]]]:
        """Yield the minutes that the watermark has passed, and keep the arrivals of the others."""
        for start, arrivals in minutes:
            if start * 1000 + MINUTE_MS <= self._minutes.watermark_ms:
                self._last_minute = start
                yield start, arrivals
            else:
                for arrival in arrivals:
                    self._minutes.add(arrival)


class _Counted:
    """Counts the arrivals that pass."""

    def __init__(self, arrivals: Iterator[Arrival]) -> None:
        self._arrivals = arrivals
        self.number = 0

    def __iter__(self) -> Iterator[Arrival]:
        for arrival in self._arrivals:
            self.number += 1
            yield arrival


def register(app: faust.App, weigher: Weigher) -> None:
    """Attach the agent and the rebalance hook to a Faust app."""

    @app.on_rebalance_complete.connect
    async def prepare(*_: Any, **__: Any) -> None:
        assignment: set[TP] = app.consumer.assignment()
        if assigned_parts(assignment, ARRIVALS_TOPIC):
            await weigher.assign()

    @app.agent(batch_topic(app, ARRIVALS_TOPIC))
    async def weigh_arrivals(stream: Any) -> None:
        async for event in batch_events(app, stream):
            message = event.message
            if message.generation_id != app.consumer_generation_id:
                STALE_BATCHES.inc()
                continue
            await weigher.take([decode_arrival_frame(record.value) for record in message.value])
            LAG.labels("arrivals").set(
                max(0, (app.consumer.highwater(message.tp) or 0) - message.value[-1].offset - 1)
            )
            if message.generation_id == app.consumer_generation_id:
                await stream.ack(event)
