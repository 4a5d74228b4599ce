"""Brings a registry to where it is used: ClickHouse's units, and the workers through Kafka.

The order matters: a version is activated in `complaints.raw` only once everybody can read it.
"""

from __future__ import annotations

import asyncio
import time

from deploy.settings import Settings
from deploy.topics import partitions_of
from producers.contract import RAW_TOPIC, REGISTRY_TYPE, RegistryActivated, control_headers, encode
from sinks.units import store_units
from streams.contract import REGISTRY_TOPIC
from streams.estates.registry import Registry
from streams.estates.registry_csv import format_csv
from streams.output import Output
from streams.registry_log import registry_chunks

SOURCE = "pulse"


def load_registry(registry: Registry, settings: Settings) -> str:
    """Store a registry, hand it to the workers, and let it take effect; return its version.

    No event is lost or waits: those before the activation in each partition are tagged by the version before
    it. Loading the same again changes nothing.

    Raises:
        DatabaseError: ClickHouse is away or refuses.
        aiokafka.errors.KafkaError: the broker is away or refuses.
    """
    store_units(registry, settings.sinks)
    asyncio.run(_publish(registry, settings.streams.brokers))
    return registry.version


async def _publish(registry: Registry, brokers: str) -> None:
    parts = await asyncio.to_thread(partitions_of, brokers, RAW_TOPIC)
    output = Output(brokers)
    await output.start()
    try:
        now_ms = int(time.time() * 1000)
        chunks = registry_chunks(registry.version, format_csv(registry))
        await output.send_all(REGISTRY_TOPIC, 0, [(*chunk, now_ms) for chunk in chunks])
        activation = (
            None,
            encode(RegistryActivated(version=registry.version)),
            control_headers(REGISTRY_TYPE, SOURCE),
            now_ms,
        )
        for part in range(parts):
            await output.send_all(RAW_TOPIC, part, [activation])
    finally:
        await output.stop()
