"""Whether a consumer group still hands out partitions, when all its members are gone.

After chained rebalances the embedded broker may keep a group for ever in one that never ends (hazard 38):
workers that join, new ones too, wait in vain. A plain client that joins then, alone, tells that from a fault
of the workers: to it, too, nothing is handed out.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaError

from streams.lone_consumer import stop

SESSION_MS: Final = 6000
PATIENCE_SECONDS: Final = 30.0
"""A sound group takes some seconds."""
CLOSE_SECONDS: Final = 5.0


class _AsFaust(RoundRobinPartitionAssignor):  # type: ignore[misc]  # aiokafka ships no types
    """The embedded broker wants all that ever join a group to name one assignor."""

    name = "faust"


def hands_out(brokers: str, group: str, topic: str, patience_seconds: float = PATIENCE_SECONDS) -> bool:
    """Return whether one who joins the group is given partitions of a topic in that time.

    Args:
        brokers: bootstrap servers.
        group: whose members are gone.
        topic: that it reads.
        patience_seconds: longest wait.
    """
    return asyncio.run(_hands_out(brokers, group, topic, patience_seconds))


async def _hands_out(brokers: str, group: str, topic: str, patience_seconds: float) -> bool:
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=brokers,
        group_id=group,
        enable_auto_commit=False,
        session_timeout_ms=SESSION_MS,
        rebalance_timeout_ms=SESSION_MS,
        partition_assignment_strategy=[_AsFaust],
    )
    deadline = time.monotonic() + patience_seconds
    try:
        async with asyncio.timeout(patience_seconds):
            await consumer.start()
        while not consumer.assignment() and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        return bool(consumer.assignment())
    except (KafkaError, TimeoutError):
        return False
    finally:
        with suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await stop(consumer)
