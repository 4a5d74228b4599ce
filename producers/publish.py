"""Publishing to `complaints.raw`: bounded, counted, and with no failure that is not reported.

The publisher knows records and ticks; where they come from and how fast is its caller's business. Kafka
acknowledges batches; what is published is acknowledged, or failed, or waits, and the three always add up.

Ticks. A tick says to a partition that nothing which arrived before `at` will follow from this sender. It is
appended to every partition behind all that was published before it, and the idempotent producer keeps the
order of a partition also through retries: so it never overtakes an event, provided that its sender has none
of an earlier arrival left (`producers/replay.py` puts a replay in order; the intake stamps and appends in one
thread). After the first failed batch nothing more is published, a tick neither: a clock that went on
would turn the failed events into late ones.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from types import TracebackType
from typing import Final, Self

from kafka.errors import KafkaTimeoutError
from prometheus_client import CollectorRegistry

from producers.batches import MAX_RECORD_BYTES, Batch, BatchProducer
from producers.contract import RAW_TOPIC, ComplaintEvent
from producers.errors import DeliveryFailed, RecordTooLarge
from producers.metrics import PublishMetrics
from producers.packing import pack
from producers.partitions import partition_of
from producers.records import Record, event_record, tick_value
from producers.settings import PublishSettings

CLOSE_SECONDS: Final = 10.0  # hazard 37: kafka-python's close may stall
GRACE_SECONDS: Final = 5.0  # for kafka-python to give a batch up after its delivery timeout


class Publisher:
    """Publishes to `complaints.raw`; a context manager that flushes on the way out. For one thread at a time.

    Args:
        brokers: bootstrap servers, `host:port[,host:port...]`.
        settings: see there.
        name: who sends, named in ticks.
        metrics: where to count; its own set where none is given.

    Raises:
        BrokerAway: no broker answers.
        TopicMissing: the topic has not been created.
    """

    def __init__(
        self,
        brokers: str,
        settings: PublishSettings | None = None,
        *,
        name: str = "producer",
        metrics: PublishMetrics | None = None,
    ) -> None:
        self._settings = settings or PublishSettings()
        self._metrics = metrics or PublishMetrics(CollectorRegistry())
        self._name = name
        self._producer = BatchProducer(brokers, RAW_TOPIC, self._settings)
        self._partitions = self._producer.partitions
        self._waiting: deque[Batch] = deque()
        self._waiting_bytes = 0
        self._failure: BaseException | None = None
        self._first_failed: int | None = None
        self._counted = 0
        self._closed = False
        self.published = 0
        """Records handed over; ticks are not counted."""
        self.acknowledged = 0
        self.failed = 0

    def publish(self, event: ComplaintEvent) -> Batch:
        """Publish an event; see `publish_record`."""
        return self.publish_record(event_record(event))

    def publish_record(self, record: Record) -> Batch:
        """Hand one record to Kafka; wait where too much of what was published is not acknowledged yet.

        Returns:
            The batch it travels in, whose `produce_future` tells its fate.

        Raises:
            DeliveryFailed: an earlier record was not taken.
            RecordTooLarge: no broker of ours would take it.
        """
        if self._failure is not None:
            raise self._delivery_failed()
        packed = pack(record.key, record.value, record.headers)
        if len(packed) > MAX_RECORD_BYTES:
            raise RecordTooLarge(
                f"a record of {len(packed):,} bytes; at most {MAX_RECORD_BYTES:,} can be published"
            )
        batch = self._append(partition_of(record.key, self._partitions), packed)
        self.published += 1
        return batch

    def tick(self, at: dt.datetime) -> None:
        """Tell all partitions that nothing which arrived before `at` (aware) will follow from here.

        Raises:
            DeliveryFailed: an earlier record was not taken.
        """
        self._reap()
        if self._failure is not None:
            raise self._delivery_failed()
        value, headers = tick_value(self._name, at)
        packed = pack(None, value, headers)
        for partition in range(self._partitions):
            self._append(partition, packed).ticks += 1
        self._metrics.ticks.inc()

    @property
    def waiting(self) -> int:
        """Return the number of records that await Kafka's acknowledgement."""
        self._reap()
        return self.published - self.acknowledged - self.failed

    @property
    def settled(self) -> int:
        """Return how many of the first records are acknowledged without a gap: where a restart may go on."""
        self._reap()
        if self._first_failed is not None:
            return self._first_failed
        return self._waiting[0].first if self._waiting else self.published

    def flush(self) -> None:
        """Wait until all is acknowledged.

        Raises:
            DeliveryFailed: some was not, with the counts.
        """
        try:
            self._producer.flush(self._settings.delivery_seconds + GRACE_SECONDS)
        except KafkaTimeoutError as error:
            self._fail(error)
        self._reap()
        if self._failure is not None:
            raise self._delivery_failed()

    def close(self) -> None:
        """Flush and close the connection.

        Raises:
            DeliveryFailed: some records were not acknowledged, with the counts.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self.flush()
        finally:
            self._producer.close(CLOSE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._close_after(error)

    def _append(self, partition: int, packed: bytes) -> Batch:
        batch, is_new = self._producer.append(partition, packed, self.published)
        self._waiting_bytes += len(packed)
        if is_new:
            self._waiting.append(batch)
            self._reap()
            self._hold_back()
        return batch

    def _hold_back(self) -> None:
        """Wait while too many bytes await their acknowledgement: kafka-python itself has no bound."""
        while self._waiting_bytes > self._settings.buffer_bytes and self._failure is None:
            self._waiting[0].produce_future.wait(self._settings.delivery_seconds + GRACE_SECONDS)
            if not self._waiting[0].produce_future.is_done:
                self._fail(KafkaTimeoutError("a batch was neither acknowledged nor given up in time"))
            self._reap()

    def _reap(self) -> None:
        """Count the batches whose fate is known, the oldest first."""
        while self._waiting and self._waiting[0].produce_future.is_done:
            batch = self._waiting.popleft()
            self._waiting_bytes -= batch.packed_bytes
            records = batch.count - batch.ticks
            if batch.failure is None:
                self.acknowledged += records
                self._metrics.acknowledged.inc(records)
            else:
                self.failed += records
                self._metrics.failed.inc(records)
                self._fail(batch.failure, batch.first)
        self._metrics.published.inc(self.published - self._counted)
        self._counted = self.published
        self._metrics.waiting_bytes.set(self._waiting_bytes)

    def _fail(self, cause: BaseException, first: int | None = None) -> None:
        """Keep the first cause, and the lowest record that it took."""
        self._failure = self._failure or cause
        lowest = self._waiting[0].first if first is None and self._waiting else first
        if lowest is not None and (self._first_failed is None or lowest < self._first_failed):
            self._first_failed = lowest

    def _delivery_failed(self) -> DeliveryFailed:
        assert self._failure is not None  # noqa: S101  (callers have looked; mypy has not)
        return DeliveryFailed(published=self.published, acknowledged=self.acknowledged, cause=self._failure)

    def _close_after(self, error: BaseException | None) -> None:
        """Deliver what can be delivered without hiding the error that ends the run."""
        try:
            self.close()
        except DeliveryFailed as failed:
            if error is not None and error is not failed:
                error.add_note(str(failed))
