"""Reads `complaints.raw` back for the producers' tests."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any, NamedTuple

from kafka import KafkaConsumer
from kafka.structs import TopicPartition

from producers.contract import RAW_TOPIC, TICK_TYPE

PATIENCE_SECONDS = 20.0


class Read(NamedTuple):
    """A record as a consumer sees it."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes
    headers: dict[str, bytes]

    @property
    def is_tick(self) -> bool:
        """Whether it is a tick."""
        return self.key is None and self.headers["ce_type"] == TICK_TYPE.encode()


class RawLog:
    """Holds what is sent to the topic after this was made."""

    def __init__(self, brokers: str, topic: str = RAW_TOPIC) -> None:
        self._consumer = KafkaConsumer(bootstrap_servers=brokers, enable_auto_commit=False)
        places = [TopicPartition(topic, each) for each in sorted(self._consumer.partitions_for_topic(topic))]
        self._consumer.assign(places)
        # Hazard 1: the embedded broker's end offsets may lie within the last batch: go by the records' time.
        self._consumer.seek_to_beginning(*places)
        self._since_ms = int(time.time() * 1000)

    def read(self, records: int, *, ticks: int = 0) -> list[Read]:
        """Return so many keyed records, and at least so many ticks, in the order of each partition."""
        found: dict[int, list[Read]] = defaultdict(list)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _enough(found, records, ticks):
            assert time.monotonic() < deadline, f"only {sum(map(len, found.values()))} records came"
            for place, batch in self._consumer.poll(timeout_ms=200).items():
                new = [_read(each) for each in batch if each.timestamp >= self._since_ms]
                found[place.partition] += new
        self._consumer.close()
        return [each for partition in sorted(found) for each in found[partition]]


def _enough(found: dict[int, list[Read]], records: int, ticks: int) -> bool:
    everything = [each for batch in found.values() for each in batch]
    of_ticks = sum(each.key is None for each in everything)
    return len(everything) - of_ticks >= records and of_ticks >= ticks


def _read(record: Any) -> Read:
    return Read(record.partition, record.offset, record.key, record.value, dict(record.headers))
