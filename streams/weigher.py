"""The weigher's agent: merges the parts' arrivals into minutes, weighs them, publishes surges.

It is one for the whole city, since an estate is weighed against what the whole city sent: `unit.arrivals`
has one partition, a second weigher is a standby. Its state is rebuilt from the last checkpoint and the facts
weighed since, by the same code that runs live; what it had published of these is published again, under the
same ids.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import faust
from faust.types import TP

from streams.app import assigned_parts, batch_topic
from streams.checkpointing import Checkpointing
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
    SILENT_SECONDS,
    STALE_BATCHES,
    SURGES,
    WATERMARK,
)
from streams.output import Output, Record
from streams.settings import StreamsSettings
from streams.store import FactStore, Since
from streams.surges.arrival import Arrival
from streams.surges.hours import DAY, HOUR
from streams.surges.replay import WholeMinute, by_minute, in_pieces
from streams.surges.stretches import MINUTE
from streams.taking import batch_events
from streams.weighing import MINUTE_MS, Minutes, MissingArrivals

log = logging.getLogger(__name__)

STORE_POLL_SECONDS = 0.2
LOOK_SECONDS = 5.0
"""Between two looks for arrivals that are stored, and will not come."""
PUBLISH_AT_ONCE = 1000
REPLAYED_AT_ONCE = 20_000
"""Arrivals of a replay after which its surges are published, and a checkpoint may be taken."""
MOST_SILENCES = 20
STOP_SECONDS = 15.0
"""For the checkpoint of a clean stop: less than supervisors wait before they kill."""


class Weigher:
    """The city's detector with the minutes that wait for it."""

    def __init__(
        self,
        epoch: int,
        parts: int,
        store: FactStore,
        output: Output,
        settings: StreamsSettings,
        checkpoints: Checkpointing,
        waits: Waits,
    ) -> None:
        """Take everything that does I/O from outside; `parts` is the number of raw partitions."""
        self._epoch = epoch
        self._parts = parts
        self._store = store
        self._output = output
        self._settings = settings
        self._waits = waits
        self._checkpoints = checkpoints
        self._detector = checkpoints.new_detector()
        self._minutes = Minutes.empty(parts)
        self._last_minute = -MINUTE
        self._looked_at = 0
        self._is_told = True
        """Whether the broker has acknowledged all that the detector found: only then may it be kept."""
        self._taken = 0
        """How often frames were taken."""
        self._seen_behind: tuple[int, dict[int, int]] | None = None
        """What `look_for_gaps` saw when it looked last: `_taken` and `_parts_behind`."""
        self._lock = asyncio.Lock()
        """Held while the state is used: a rebuild or a stop may be asked for at any time."""

    async def assign(self) -> None:
        """Rebuild from the facts; called while the flow is held."""
        await self._output.start()
        with self._waits.on("the rebuild"):
            async with self._lock:
                await self._rebuild()

    async def take(self, frames: list[ArrivalFrame]) -> None:
        """Take frames in order of their log and weigh the minutes that they complete."""
        async with self._lock:
            self._taken += 1
            await self._take(frames)
            if self._checkpoints.is_due:
                await self._take_checkpoint()

    async def look_for_gaps(self) -> None:
        """Rebuild where the sink has what will not come any more; called every so often.

        Frames that were taken, and acknowledged, before a rebuild are in no later batch. What the sink had
        not stored of them by then is missing until the next frame of its part tells, and there may be none.
        """
        if self._lock.locked():
            return
        async with self._lock:
            try:
                behind = await asyncio.to_thread(self._parts_behind)
            except ConnectionError as exc:
                log.info("no look for gaps: %s", exc)
                return
            # Twice the same: in between nothing came, so nothing is on its way.
            if behind and (self._taken, behind) == self._seen_behind:
                log.info("parts %s are stored further than they were taken: rebuilding", [*behind])
                with self._waits.on("the rebuild"):
                    await self._rebuild()
            self._seen_behind = (self._taken, behind)

    def _parts_behind(self) -> dict[int, int]:
        """Return how far each part was taken that is stored further."""
        parts = enumerate(self._minutes.parts)
        return {
            part: mark.next for part, mark in parts if self._store.stored_up_to(self._epoch, part) > mark.next
        }

    async def stop(self) -> None:
        """Keep a last checkpoint, where there is time for it; called when no more is to be taken."""
        try:
            async with asyncio.timeout(STOP_SECONDS), self._lock:
                await self._take_checkpoint()
                await self._checkpoints.settle()
        except TimeoutError:
            log.info("stopped without a last checkpoint")

    async def _take(self, frames: list[ArrivalFrame]) -> None:
        for frame in frames:
            try:
                self._minutes.take(frame)
            except MissingArrivals as exc:
                log.info("%s: rebuilding", exc)
                with self._waits.on("the rebuild"):
                    await self._wait_for_sink(frame)
                    await self._rebuild()
                self._minutes.take(frame)
        await self._tell(self._weigh)

    async def _tell(self, weigh: Callable[[], list[Surge]]) -> None:
        """Weigh, and publish what that finds."""
        self._is_told = False
        await self._publish(await asyncio.to_thread(weigh))
        self._is_told = True

    def _weigh(self) -> list[Surge]:
        surges = list(self._detector.weigh_all(self._due()))
        WATERMARK.set(self._minutes.watermark_ms / 1000)
        self._show_silences()
        return surges

    def _show_silences(self) -> None:
        """Once in an hour of events: silence takes hours to be one."""
        now = self._minutes.weighed_up_to_ms // 1000
        if now // HOUR != self._looked_at // HOUR:
            self._looked_at = now
            SILENT_SECONDS.clear()
            silences = sorted(self._detector.silences(now), key=lambda each: each.score, reverse=True)
            for level, unit, seconds, *_ in silences[:MOST_SILENCES]:
                SILENT_SECONDS.labels(level.value, unit).set(seconds)

    def _due(self) -> Iterator[WholeMinute]:
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
        self._show_open()

    def _show_open(self) -> None:
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
        await self._checkpoints.settle()
        facts, pieces = await asyncio.to_thread(self._open_replay)
        while piece := await asyncio.to_thread(next, pieces, None):
            await self._tell(partial(self._replay, piece))
            if self._checkpoints.is_due:
                await self._take_checkpoint()
        if facts.number:
            self._checkpoints.hasten()  # else the next start would replay the same again
        self._show_open()
        REBUILDS.labels("weigher").inc()
        REBUILD_SECONDS.labels("weigher").set(time.monotonic() - started)
        REBUILT_EVENTS.labels("weigher").set(facts.number)
        log.info("weigher rebuilt: %d events, %.1f s", facts.number, time.monotonic() - started)

    def _open_replay(self) -> tuple[_Counted, Iterator[list[WholeMinute]]]:
        """Go back to the last checkpoint; return what was stored since, and the same as minutes to weigh."""
        self._detector, until = self._checkpoints.load()
        self._is_told = True
        self._last_minute = until - MINUTE
        self._minutes = Minutes.empty(self._parts, weighed_up_to_ms=until * 1000)
        for part, mark in enumerate(self._minutes.parts):
            mark.next = self._store.stored_up_to(self._epoch, part)
            progress = self._store.progress_at(self._epoch, part, mark.next)
            mark.clock_ms = progress.clock_ms if progress else 0
        below = {part: mark.next for part, mark in enumerate(self._minutes.parts)}
        oldest = until - self._settings.detector.memory_days * DAY
        since = Since(until * 1000, oldest * 1000) if until else None
        facts = _Counted(self._store.arrivals(self._epoch, below, since))
        return facts, in_pieces(self._past(by_minute(facts)), REPLAYED_AT_ONCE)

    def _replay(self, piece: list[WholeMinute]) -> list[Surge]:
        surges = list(self._detector.weigh_all(piece))
        self._last_minute = piece[-1][0]
        self._minutes.weighed_up_to_ms = (self._last_minute + MINUTE) * 1000
        return surges

    def _past(self, minutes: Iterator[WholeMinute]) -> Iterator[WholeMinute]:
        """Yield the minutes that the watermark has passed, and keep the arrivals of the others."""
        for start, arrivals in minutes:
            if start * 1000 + MINUTE_MS <= self._minutes.watermark_ms:
                yield start, arrivals
            else:
                for arrival in arrivals:
                    self._minutes.add(arrival)

    async def _take_checkpoint(self) -> None:
        if self._is_told:
            await self._checkpoints.take(self._detector, self._minutes.weighed_up_to_ms // 1000)


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

    async def look() -> None:
        if assigned_parts(app.consumer.assignment(), ARRIVALS_TOPIC):
            await weigher.look_for_gaps()

    app.timer(interval=LOOK_SECONDS)(look)

    @app.on_before_shutdown.connect
    async def stop(*_: Any, **__: Any) -> None:
        await weigher.stop()

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
