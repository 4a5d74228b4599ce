"""A loop over aiokafka's getmany, without Faust: what the batch transport is held against."""

from __future__ import annotations

import asyncio
import sys

import uvloop
from aiokafka import AIOKafkaConsumer

from tests.bench.work import Finder, Meter, Store, names, take


async def run(brokers: str, group: str, topic: str, count: int, sink: Store) -> None:
    """Take so many events and print the figures."""
    finder, meter = Finder(names()), Meter(count)
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=brokers,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=8 * 1024 * 1024,
        fetch_max_wait_ms=50,
        session_timeout_ms=6000,
        heartbeat_interval_ms=2000,
    )
    await consumer.start()
    writing: asyncio.Future[None] | None = None
    is_done = False
    while not is_done:
        for batch in (await consumer.getmany(timeout_ms=1000, max_records=20_000)).values():
            meter.start()
            taken = take([record.value for record in batch], finder)
            if writing is not None:
                await writing
                await consumer.commit()
            writing = asyncio.ensure_future(asyncio.to_thread(sink.write, taken))
            is_done = meter.add(len(batch))
    if writing is not None:
        await writing
    print(meter.report(), flush=True)
    await consumer.stop()


def main(brokers: str, group: str, topic: str, count: str, *store: str) -> None:
    """Run with uvloop, as the other way does."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    sink = Store(store[0], int(store[1]), store[2], store[3], "plain")
    asyncio.run(run(brokers, group, topic, int(count), sink))


if __name__ == "__main__":
    main(*sys.argv[1:])
