"""The one place that reaches into kafka-python: records are appended to its batches without its `send`.

`KafkaProducer.send` is pure Python and costs 100 microseconds for an event with its CloudEvents headers, most
of it in walking the headers three times and in a future for every record: 9,200 events/s on the machine
where this was measured, where 15,000 are asked. Here a record is packed once (`producers/packing.py`) and
appended to the accumulator's own batch, which has one future. All else stays kafka-python's: the sender
thread, linger, compression, sequence numbers of the idempotent producer, retries, order within a partition.

It rests on private parts of kafka-python 3.0.12 (`_accumulator`, `_sender`, `MemoryRecordsBuilder._builder`):
the version is pinned, and tests/producers/test_batches.py holds that what arrives is byte for byte what
`KafkaProducer.send` would have sent. docs/event-contract.md has the figures.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError
from kafka.producer.producer_batch import ProducerBatch
from kafka.record.memory_records import MemoryRecordsBuilder
from kafka.structs import TopicPartition

from producers.errors import BrokerAway, TopicMissing
from producers.packing import frame

if TYPE_CHECKING:
    from producers.settings import PublishSettings

MAX_RECORD_BYTES: Final = 12 * 1024 * 1024
"""The largest record that is sent at all; topics are created to take it. What exceeds the contract's limit
is sent all the same, so that the stream rejects it and keeps it."""
_MESSAGE_VERSION: Final = 2
_CODECS: Final = {"none": None, "gzip": "gzip", "lz4": "lz4", "zstd": "zstd"}


class Batch(ProducerBatch):  # type: ignore[misc]  # kafka-python has no types
    """A batch of one partition, acknowledged or failed as a whole."""

    def __init__(self, partition: Any, records: Any, first: int) -> None:
        super().__init__(partition, records)
        self.first = first
        """The number, in order of publishing, of its first record."""
        self.count = 0
        self.ticks = 0
        """How many of its records are ticks."""
        self.packed_bytes = 0

    def append_packed(self, packed: bytes, now_ms: int) -> bool:
        """Append a record; return False where it no longer fits or the batch is on its way."""
        records = self.records
        if records._closed:
            return False
        builder = records._builder
        buffer = builder._buffer
        first_ms = builder._first_timestamp
        record = frame(packed, records._next_offset, 0 if first_ms is None else now_ms - first_ms)
        if first_ms is None:
            builder._first_timestamp = builder._max_timestamp = now_ms
        elif len(buffer) + len(record) > builder._batch_size:
            return False
        builder._max_timestamp = max(builder._max_timestamp, now_ms)
        builder._last_offset = records._next_offset
        builder._num_records += 1
        records._next_offset += 1
        buffer += record
        self.count += 1
        self.packed_bytes += len(packed)
        return True

    @property
    def failure(self) -> BaseException | None:
        """Return why Kafka did not take it; None while that is open, or where it did."""
        future = self.produce_future
        if not future.is_done:
            return None
        if future.exception is not None:
            return future.exception  # type: ignore[no-any-return]
        exception_of = future.value[2]
        return None if exception_of is None else exception_of(0)


class BatchProducer:
    """An idempotent producer of one topic that takes packed records. For one thread at a time."""

    def __init__(self, brokers: str, topic: str, settings: PublishSettings) -> None:
        self._settings = settings
        _refuse_missing(brokers, topic, settings)
        self._producer = _connect(brokers, settings)
        self._accumulator = self._producer._accumulator
        self._sender = self._producer._sender
        # A batch here has one future, which cannot follow the halves of a split batch. A broker that takes
        # less than `batch_bytes` thus fails the delivery, with its reason, in place of a silent split.
        self._sender._can_split = lambda *_: False
        try:
            partitions = len(self._producer.partitions_for(topic))
        except KafkaError as error:
            self.close(timeout_seconds=1)
            raise BrokerAway(f"the broker at {brokers} does not tell of topic {topic}: {error}") from error
        self._places = [TopicPartition(topic, each) for each in range(partitions)]
        self._locks = [self._accumulator._tp_lock(each) for each in self._places]
        self._queues = [self._accumulator._batches[each] for each in self._places]

    @property
    def partitions(self) -> int:
        """Return the number of partitions of the topic."""
        return len(self._places)

    def append(self, partition: int, packed: bytes, number: int) -> tuple[Batch, bool]:
        """Append a record to a partition; return its batch, and whether that is new.

        Args:
            partition: of 0..partitions-1.
            packed: what `packing.pack` made.
            number: the record's number in order of publishing.
        """
        now_ms = int(time.time() * 1000)
        with self._locks[partition]:
            queue = self._queues[partition]
            last = queue[-1] if queue else None
            if isinstance(last, Batch) and last.append_packed(packed, now_ms):
                return last, False
            batch = self._new_batch(partition, number)
            batch.append_packed(packed, now_ms)
            queue.append(batch)
            self._accumulator._incomplete.add(batch)
        self._sender.wakeup()
        return batch, True

    def flush(self, timeout_seconds: float | None = None) -> None:
        """Send all batches now and wait until each is acknowledged or has failed.

        Raises:
            KafkaTimeoutError: some are still on their way when the time is up.
        """
        self._producer.flush(timeout_seconds)

    def close(self, timeout_seconds: float) -> None:
        """End the sender thread; what is still on its way after the time is up fails."""
        self._producer.close(timeout=timeout_seconds)

    def _new_batch(self, partition: int, number: int) -> Batch:
        records = MemoryRecordsBuilder(
            _MESSAGE_VERSION, self._producer.config["compression_attrs"], self._settings.batch_bytes
        )
        return Batch(self._places[partition], records, number)


def _refuse_missing(brokers: str, topic: str, settings: PublishSettings) -> None:
    """Refuse a topic that is not there, without naming it to the broker.

    The embedded broker creates, with partitions of its own number, any topic that a client asks it about,
    whatever the client says of automatic creation.
    """
    connect_ms = int(settings.connect_seconds * 1000)
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=brokers.split(","),
            request_timeout_ms=connect_ms,
            bootstrap_timeout_ms=connect_ms,
        )
        try:
            topics = admin.list_topics()
        finally:
            admin.close()
    except KafkaError as error:
        raise _away(brokers, settings) from error
    if topic not in topics:
        raise TopicMissing(f"topic {topic} is not there; `pulse migrate` creates the topics")


def _connect(brokers: str, settings: PublishSettings) -> Any:
    """Return a connected kafka-python producer (hazard 36: its timeouts are set by hand)."""
    connect_ms = int(settings.connect_seconds * 1000)
    delivery_ms = int(settings.delivery_seconds * 1000)
    try:
        return KafkaProducer(
            bootstrap_servers=brokers.split(","),
            client_id="estate-pulse-producer",
            enable_idempotence=True,
            acks="all",
            linger_ms=settings.linger_ms,
            batch_size=settings.batch_bytes,
            compression_type=_CODECS[settings.compression],
            max_request_size=MAX_RECORD_BYTES + 1024 * 1024,
            delivery_timeout_ms=delivery_ms,
            request_timeout_ms=max(1000, min(30_000, delivery_ms - settings.linger_ms - 1)),
            reconnect_backoff_max_ms=1000,
            max_block_ms=connect_ms,
            bootstrap_timeout_ms=connect_ms,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )
    except KafkaError as error:
        raise _away(brokers, settings) from error


def _away(brokers: str, settings: PublishSettings) -> BrokerAway:
    return BrokerAway(f"no Kafka broker answers at {brokers} within {settings.connect_seconds:g} s")
