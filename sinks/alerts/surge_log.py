"""Reads the log of surges from its beginning: what the alerter builds its memory from at each start.

From Kafka rather than from ClickHouse: the topic holds the latest revision of each unit's surge for ever, it
is there even while the database is away, and it stands exactly where the group's committed offset says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Final

from aiokafka.structs import TopicPartition

from sinks.alerts.book import Published
from sinks.metrics import UNREADABLE_SURGES
from sinks.records import UNREADABLE
from streams.contract import SURGES_TOPIC, decode_surge
from streams.lone_consumer import lone_consumer

PLACE: Final = TopicPartition(SURGES_TOPIC, 0)
POLL_MS: Final = 500


def published(records: Iterable[Any]) -> Iterator[Published]:
    """Yield the surges of records, each with the moment of its record; what cannot be read is left out.

    The writer keeps an unreadable record whole, as rejected: nothing is lost by leaving it out here.
    """
    for record in records:
        try:
            surge = decode_surge(record.value)
        except UNREADABLE:
            UNREADABLE_SURGES.inc()
            continue
        yield surge, dt.datetime.fromtimestamp(record.timestamp / 1000, dt.UTC)


async def read_below(brokers: str, offset: int) -> AsyncIterator[list[Any]]:
    """Yield, in fetches, the records of the log of surges below an offset.

    Raises:
        aiokafka.errors.KafkaError: the broker is away or refuses.
    """
    async with lone_consumer(brokers) as consumer:
        consumer.assign([PLACE])
        await consumer.seek_to_beginning(PLACE)
        while (position := await consumer.position(PLACE)) < offset:
            records = (await consumer.getmany(PLACE, timeout_ms=POLL_MS)).get(PLACE, [])
            # A fetch's high water is right on the embedded broker too, unlike its end offsets (hazard 1).
            if not records and position >= (consumer.highwater(PLACE) or 0):
                return  # the log ends before the offset: its end was lost
            yield [record for record in records if record.offset < offset]
