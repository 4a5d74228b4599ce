"""Reads one part of the raw topic from its beginning to its end, as it stands when the reading begins.

Blocking, on kafka-python. Where the end is comes from the fetches themselves: the embedded broker's own
answer to that question is too low (hazard 1).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import TopicPartition

POLL_MS: Final = 1000
EMPTY_POLLS: Final = 2
"""Polls without a record after which what is left before the end counts as none: marks of transactions."""
FIRST_POLL_MS: Final = 100
"""An empty part is told by its answer, which comes at once."""
TIMEOUT_MS: Final = 15_000


class LogAway(ConnectionError):
    """The broker does not answer, or the topic is missing."""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A record of the raw topic; control records have no key."""

    part: int
    offset: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    timestamp_ms: int = 0
    """When it was sent, by the record itself, ms since 1970 UTC."""


class RawLog:
    """The raw topic, read part by part; a context manager."""

    def __init__(self, brokers: str, topic: str) -> None:
        """Connect.

        Raises:
            LogAway: no broker answers, or there is no such topic.
        """
        self._topic = topic
        try:
            self._consumer = KafkaConsumer(
                bootstrap_servers=brokers.split(","),
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                bootstrap_timeout_ms=TIMEOUT_MS,
                fetch_max_wait_ms=100,
            )
            self.parts: list[int] = sorted(self._consumer.partitions_for_topic(topic) or ())
        except KafkaError as error:
            raise LogAway(f"no Kafka broker answers at {brokers}: {error}") from error
        if not self.parts:
            self._consumer.close()
            raise LogAway(f"topic {topic} is missing; run `pulse migrate` first")

    def __enter__(self) -> RawLog:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Disconnect."""
        self._consumer.close()

    def end(self, part: int) -> int:
        """Return the offset behind a part's last record.

        Raises:
            LogAway: the broker stopped answering.
        """
        return self._begin(part)[2]

    def read(self, part: int) -> Iterator[LogRecord]:
        """Yield a part's records in their order, up to the end that the first fetch names.

        Raises:
            LogAway: the broker stopped answering.
        """
        place, records, end = self._begin(part)
        empty = 0
        while True:
            yield from (_record(each) for each in records if each.offset < end)
            if empty == EMPTY_POLLS or self._position(place) >= end:
                return
            records = self._poll(place, POLL_MS)
            empty = 0 if records else empty + 1

    def _begin(self, part: int) -> tuple[TopicPartition, list[Any], int]:
        """Return a part, its first records, and where it ended when they were fetched."""
        place = TopicPartition(self._topic, part)
        self._consumer.unsubscribe()  # what was known of its end
        self._consumer.assign([place])
        self._consumer.seek_to_beginning(place)
        deadline = time.monotonic() + TIMEOUT_MS / 1000
        while True:
            records = self._poll(place, FIRST_POLL_MS)
            end = self._consumer.highwater(place)
            if end is not None:
                return place, records, int(end or self._position(place))
            if time.monotonic() > deadline:
                raise LogAway(f"the broker does not say what {self._topic}/{part} holds")

    def _poll(self, place: TopicPartition, timeout_ms: int) -> list[Any]:
        try:
            return self._consumer.poll(timeout_ms=timeout_ms).get(place, [])  # type: ignore[no-any-return]
        except KafkaError as error:
            raise LogAway(f"the broker stopped answering: {error}") from error

    def _position(self, place: TopicPartition) -> int:
        return int(self._consumer.position(place) or 0)


def _record(record: Any) -> LogRecord:
    headers = tuple((name, value or b"") for name, value in record.headers)
    value = record.value or b""
    return LogRecord(record.partition, record.offset, record.key, value, headers, record.timestamp)
