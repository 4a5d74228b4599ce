"""Follows the raw log as it grows: where it ends, and what stands in it. For one thread at a time.

Beside the platform's own reading (`sinks/raw_log.py`), since it goes on where it was, through restarts of the
broker. The end is what fetches say: the embedded broker's own answer is too low (hazard 1).
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

from kafka import KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import TopicPartition

from deploy.topics import RAW_PARTITIONS
from producers.contract import RAW_TOPIC
from streams.gaps import Gaps
from streams.pipeline import Place, RawRecord

TIMEOUT_MS: Final = 15_000
POLL_MS: Final = 20
FETCH_BYTES: Final = 32 * 1024**2
QUIET_SECONDS: Final = 1.0
"""Longer than any fetch waits: what has not come by then is not there."""


class Tail:
    """The log of every part; a context manager.

    Args:
        brokers: bootstrap servers.
        epoch: of the log.

    Raises:
        kafka.errors.KafkaError: no broker answers.
    """

    def __init__(self, brokers: str, epoch: int) -> None:
        self._consumer = KafkaConsumer(
            bootstrap_servers=brokers.split(","),
            enable_auto_commit=False,
            bootstrap_timeout_ms=TIMEOUT_MS,
            fetch_max_wait_ms=100,
            # Poison holds records of ten megabytes.
            max_partition_fetch_bytes=FETCH_BYTES,
            fetch_max_bytes=RAW_PARTITIONS * FETCH_BYTES,
            reconnect_backoff_max_ms=500,
        )
        self._epoch = epoch
        parts = sorted(self._consumer.partitions_for_topic(RAW_TOPIC) or ())
        self._places = [TopicPartition(RAW_TOPIC, part) for part in parts]
        self._consumer.assign(self._places)
        self._consumer.seek_to_beginning(*self._places)
        self.log: dict[int, list[RawRecord]] = {part: [] for part in parts}
        self._gaps = Gaps()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def poll(self) -> int:
        """Take what has come; return how many records that was. A broker that is away brings none."""
        try:
            came: dict[Any, list[Any]] = self._consumer.poll(timeout_ms=POLL_MS)
        except KafkaError:
            return 0
        return sum(self._take(place, records) for place, records in came.items())

    def _take(self, place: TopicPartition, records: Sequence[Any]) -> int:
        """Take records up to a gap that may be filled yet; return how many."""
        part = place.partition
        offsets = [record.offset for record in records]
        whole = self._gaps.whole(part, offsets, self.end(part))
        self.log[part] += [self._raw(record) for record in records[:whole]]
        if whole < len(records):
            self._consumer.seek(place, self.end(part))
        return whole

    def catch_up(self, seconds: float) -> bool:
        """Take all there is; return whether the end of every part was reached in that time."""
        deadline = time.monotonic() + seconds
        quiet_since = time.monotonic()
        while time.monotonic() < deadline:
            if self.poll():
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > QUIET_SECONDS and self._is_at_end():
                return True
        return False

    def end(self, part: int) -> int:
        """Return the offset behind the last record of a part that was seen."""
        records = self.log[part]
        return records[-1].place.offset + 1 if records else 0

    def ends(self) -> dict[int, int]:
        """Return that of every part."""
        return {part: self.end(part) for part in self.log}

    def since(self, ends: Mapping[int, int], at_most: int | None = None) -> dict[int, list[RawRecord]]:
        """Return what stands in each part from an offset on, or the first so many records of that."""
        found: dict[int, list[RawRecord]] = {}
        for part, records in self.log.items():
            first = bisect_left(records, ends.get(part, 0), key=lambda record: record.place.offset)
            found[part] = records[first : None if at_most is None else first + at_most]
        return found

    def _is_at_end(self) -> bool:
        return all(
            self.end(place.partition) >= (self._consumer.highwater(place) or 0) for place in self._places
        )

    def _raw(self, record: Any) -> RawRecord:
        return RawRecord(
            Place(self._epoch, record.partition, record.offset, record.timestamp),
            record.key,
            record.value,
            tuple((name, value or b"") for name, value in record.headers),
        )
