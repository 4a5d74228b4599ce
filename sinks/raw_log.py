"""Reads one part of the raw topic from its beginning to its end, as it stands when the reading begins.

Blocking, on kafka-python. Where the end is comes from the fetches themselves: the embedded broker's own
answer to that question is too low (hazard 1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import TopicPartition

POLL_MS: Final = 1000
EMPTY_POLLS: Final = 2
"""Polls without a record after which a part without a known end counts as empty."""
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
        place = self._begin(part)
        for _ in range(EMPTY_POLLS):
            if self._poll(place):
                break
        return int(self._consumer.highwater(place) or self._position(place))

    def read(self, part: int) -> Iterator[LogRecord]:
        """Yield a part's records in their order, up to the end that the first fetch names.

        Raises:
            LogAway: the broker stopped answering.
        """
        place = self._begin(part)
        end: int | None = None
        empty = 0
        while empty < EMPTY_POLLS and (end is None or self._position(place) < end):
            records = self._poll(place)
            end = self._consumer.highwater(place) if end is None else end
            empty = 0 if records else empty + 1
            yield from (_record(each) for each in records if end is None or each.offset < end)

    def _begin(self, part: int) -> TopicPartition:
        place = TopicPartition(self._topic, part)
        self._consumer.assign([place])
        self._consumer.seek_to_beginning(place)
        return place

    def _poll(self, place: TopicPartition) -> list[Any]:
        try:
            return self._consumer.poll(timeout_ms=POLL_MS).get(place, [])  # type: ignore[no-any-return]
        except KafkaError as error:
            raise LogAway(f"the broker stopped answering: {error}") from error

    def _position(self, place: TopicPartition) -> int:
        return int(self._consumer.position(place) or 0)


def _record(record: Any) -> LogRecord:
    headers = tuple((name, value or b"") for name, value in record.headers)
    value = record.value or b""
    return LogRecord(record.partition, record.offset, record.key, value, headers, record.timestamp)
