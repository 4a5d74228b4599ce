"""The streams' Kafka producer: whole batches to a chosen partition, awaited before any acknowledgement."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from aiokafka import AIOKafkaProducer

Record = tuple[bytes | None, bytes, list[tuple[str, bytes]], int]
"""(key, value, headers, timestamp in ms since 1970)"""

MAX_REQUEST_BYTES: Final = 16 * 1024 * 1024


class Output:
    """A producer that keeps order; a failed send raises, and the worker ends rather than skip anything.

    Not idempotent: the embedded broker refuses aiokafka's request for a producer id, and nothing needs it. A
    batch that is sent twice is harmless, and order is kept since aiokafka has one batch of a partition on its
    way at a time and sends it again before the next.
    """

    def __init__(self, brokers: str) -> None:
        self._brokers = brokers
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect, once."""
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._brokers,
                acks="all",
                # Not lz4, which aiokafka packs at level 9: several times the time for twice the bytes.
                compression_type="zstd",
                max_batch_size=1024 * 1024,
                max_request_size=MAX_REQUEST_BYTES,
                linger_ms=0,
            )
            await producer.start()
            self._producer = producer

    async def stop(self) -> None:
        """Send what is pending and close."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()

    async def send_all(self, topic: str, partition: int, records: Sequence[Record]) -> None:
        """Send records to one partition in order, and wait until all are acknowledged.

        Raises:
            aiokafka.errors.KafkaError: something was not acknowledged.
        """
        producer = self._producer
        assert producer is not None, "start() comes first"  # noqa: S101  (a mistake of ours, not of input)
        deliveries: list[asyncio.Future[object]] = []
        batch = producer.create_batch()
        for key, value, headers, timestamp_ms in records:
            if batch.append(key=key, value=value, timestamp=timestamp_ms, headers=headers) is None:
                deliveries.append(await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                if batch.append(key=key, value=value, timestamp=timestamp_ms, headers=headers) is None:
                    # Larger than a whole batch: the ordinary way, which takes up to max_request_size.
                    send = producer.send(
                        topic, value, key=key, partition=partition, timestamp_ms=timestamp_ms, headers=headers
                    )
                    deliveries.append(await send)
        if batch.record_count():
            deliveries.append(await producer.send_batch(batch, topic, partition=partition))
        await asyncio.gather(*deliveries)
