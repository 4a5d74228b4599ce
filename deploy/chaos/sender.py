"""Sends records as a foreign client would: any key, value and headers, by kafka-python's plain producer.

It hands them over and does not wait: the harness has faults to begin and end meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

from kafka import KafkaProducer
from kafka.errors import KafkaError

from deploy.chaos.poison import Sent
from producers.contract import RAW_TOPIC
from producers.partitions import partition_of
from producers.sources.synthetic.chance import Chance

TIMEOUT_MS: Final = 15_000
DELIVERY_MS: Final = 60_000
LARGEST_BYTES: Final = 12 * 1024 * 1024


@dataclass(eq=False)
class Parcel:
    """Records on their way."""

    records: list[Sent]
    futures: list[Any] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether each is acknowledged or has failed."""
        return all(future.is_done for future in self.futures)

    @property
    def acknowledged(self) -> list[Sent]:
        """Those that the broker says it has."""
        return [
            record
            for record, future in zip(self.records, self.futures, strict=True)
            if future.is_done and future.exception is None
        ]


class Sender:
    """A producer of the raw topic; a context manager.

    Args:
        brokers: bootstrap servers.
        parts: partitions of the topic.

    Raises:
        kafka.errors.KafkaError: no broker answers.
    """

    def __init__(self, brokers: str, parts: int) -> None:
        self._parts = parts
        self._producer = KafkaProducer(
            bootstrap_servers=brokers.split(","),
            acks="all",
            max_request_size=LARGEST_BYTES,
            bootstrap_timeout_ms=TIMEOUT_MS,
            delivery_timeout_ms=DELIVERY_MS,
            request_timeout_ms=TIMEOUT_MS,
            max_block_ms=TIMEOUT_MS,
            metrics_enabled=False,
        )
        self._producer.partitions_for(RAW_TOPIC)  # asked now, so that a send need not wait for the answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._producer.close(timeout=5)

    def send(self, records: Iterable[Sent], chance: Chance) -> Parcel:
        """Hand over records, each to the partition of its key, or to any."""
        parcel = Parcel([])
        for record in records:
            key = record.key
            part = partition_of(key, self._parts) if key is not None else chance.randrange(self._parts)
            try:
                future = self._producer.send(
                    RAW_TOPIC, record.value, key=key, headers=record.headers, partition=part
                )
            except KafkaError:
                continue  # the broker is away for long: it never left
            parcel.records.append(record)
            parcel.futures.append(future)
        return parcel
