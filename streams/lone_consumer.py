"""A consumer without a group, for whoever reads a topic beside the stream, from where it likes.

aiokafka 0.14.0 awaits the tasks that its `stop` has cancelled: where the broker went away meanwhile, and a
fetch rests before its next try, that raises CancelledError although nobody cancelled the caller, and leaves
the connections open. Faust lets a task of its own that ends so rest in silence: the worker never gets its
partitions, and stands still until the watch ends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiokafka


@asynccontextmanager
async def lone_consumer(brokers: str) -> AsyncIterator[aiokafka.AIOKafkaConsumer]:
    """Start a consumer that commits nothing, and stop it in the end.

    Raises:
        aiokafka.errors.KafkaError: the broker is away.
    """
    consumer = aiokafka.AIOKafkaConsumer(bootstrap_servers=brokers, enable_auto_commit=False)
    await consumer.start()
    try:
        yield consumer
    finally:
        await stop(consumer)


async def stop(consumer: aiokafka.AIOKafkaConsumer) -> None:
    """Stop a consumer, of a group or of none; raise CancelledError only where the caller was cancelled."""
    try:
        await consumer.stop()
    except asyncio.CancelledError:
        await consumer._client.close()  # where `stop` did not come to; private, pinned by the tests
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise  # somebody did cancel us
