"""The one thread that brings the intake's events to Kafka, and its ticks.

It stamps events with their arrival and appends them itself, and sends each second's tick between them: so no
tick overtakes an event of an earlier arrival. The event loop only hands over and awaits; how many events may
wait is bounded there. When Kafka goes away, what waits fails and is reported to its caller, and the thread
connects anew; an event that arrived after all is a duplicate when the caller sends it again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from producers.batches import Batch
from producers.errors import CannotProduce
from producers.intake.items import Accepted, stamped_record
from producers.metrics import IntakeMetrics
from producers.publish import Publisher

GRACE_SECONDS: Final = 5.0
RECONNECT_SECONDS: Final = 1.0


class Busy(Exception):
    """More events wait for Kafka than may; the caller is to come again."""


class KafkaAway(Exception):
    """Kafka has not acknowledged in time; the caller is to send the same again."""


@dataclass(eq=False)
class _Delivery:
    """The events of one request on their way."""

    events: list[Accepted]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]
    _open: int = 0
    _failure: BaseException | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def follow(self, batches: set[Batch]) -> None:
        """Resolve once all batches are; they may be already."""
        self._open = len(batches)
        for batch in batches:
            batch.produce_future.add_both(lambda _, batch=batch: self._one_done(batch.failure))

    def fail(self, failure: BaseException) -> None:
        """Resolve as failed."""
        self._failure = failure
        self._resolve()

    def _one_done(self, failure: BaseException | None) -> None:
        with self._lock:  # callbacks come from Kafka's thread or from ours
            self._failure = self._failure or failure
            self._open -= 1
            is_last = self._open == 0
        if is_last:
            self._resolve()

    def _resolve(self) -> None:
        self.loop.call_soon_threadsafe(self._set)

    def _set(self) -> None:
        if self.done.done():
            return  # given up by its caller
        if self._failure is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(KafkaAway(str(self._failure)))


class Courier:
    """Delivers events; for one event loop.

    Args:
        connect: makes a connected publisher.
        metrics: where Kafka's state is shown.
        max_waiting: events that may await acknowledgement.
        delivery_seconds: how long a caller waits.
        tick_seconds: between ticks.
    """

    def __init__(
        self,
        connect: Callable[[], Publisher],
        metrics: IntakeMetrics,
        *,
        max_waiting: int,
        delivery_seconds: float,
        tick_seconds: float,
    ) -> None:
        self._connect = connect
        self._metrics = metrics
        self._max_waiting = max_waiting
        self._delivery_seconds = delivery_seconds
        self._tick_seconds = tick_seconds
        self._jobs: queue.SimpleQueue[_Delivery | None] = queue.SimpleQueue()
        self._waiting = 0
        self._publisher: Publisher | None = None
        self._ticked = float("-inf")
        self._latest = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._thread = threading.Thread(target=self._run, name="intake-courier", daemon=True)
        self.is_up = False
        """Whether Kafka took the last tick."""

    def start(self) -> None:
        """Start the thread, which connects by itself, now or later."""
        self._thread.start()

    async def stop(self) -> None:
        """Deliver what was handed over and end the thread."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join, self._delivery_seconds + GRACE_SECONDS)

    async def deliver(self, events: list[Accepted]) -> None:
        """Bring events to Kafka and return once all are acknowledged.

        Raises:
            Busy: too many wait already; none of these was taken.
            KafkaAway: not all were acknowledged in time; some may have been.
        """
        if self._waiting and self._waiting + len(events) > self._max_waiting:
            raise Busy(f"{self._waiting} events wait for Kafka")
        loop = asyncio.get_running_loop()
        delivery = _Delivery(events, loop, loop.create_future())
        self._waiting += len(events)
        self._jobs.put(delivery)
        try:
            await asyncio.wait_for(delivery.done, self._delivery_seconds + GRACE_SECONDS)
        except TimeoutError as error:
            raise KafkaAway("Kafka did not answer in time") from error
        finally:
            self._waiting -= len(events)

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=max(0.0, self._ticked + self._tick_seconds - time.monotonic()))
            except queue.Empty:
                self._tick()
                continue
            if job is None:
                break
            self._send(job)
        self._disconnect()

    def _send(self, job: _Delivery) -> None:
        if time.monotonic() - self._ticked >= self._tick_seconds:
            self._tick()
        if self._publisher is None:
            job.fail(KafkaAway("no connection to Kafka"))
            return
        try:
            now = self._now()
            batches = {self._publisher.publish_record(stamped_record(each, now)) for each in job.events}
        except CannotProduce as error:
            self._disconnect()
            job.fail(error)
        else:
            job.follow(batches)

    def _tick(self) -> None:
        self._ticked = time.monotonic()
        try:
            if self._publisher is None:
                self._publisher = self._connect()
            self._publisher.tick(self._now())
        except CannotProduce:
            self._disconnect()
            self._ticked = time.monotonic() + RECONNECT_SECONDS - self._tick_seconds
        self._show(self._publisher is not None)

    def _now(self) -> dt.datetime:
        """Return now, or the latest now so far where the machine's clock was set back."""
        self._latest = max(self._latest, dt.datetime.now(dt.UTC))
        return self._latest

    def _disconnect(self) -> None:
        publisher, self._publisher = self._publisher, None
        self._show(False)
        if publisher is not None:
            with suppress(CannotProduce):  # each delivery has been told by its batches
                publisher.close()

    def _show(self, is_up: bool) -> None:
        self.is_up = is_up
        self._metrics.kafka_up.set(is_up)
