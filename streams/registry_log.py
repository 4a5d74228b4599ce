"""The registry's way to the workers: every version, whole, in a compacted topic of one partition.

A version becomes effective by an activation record in each partition of `complaints.raw`, so that which
version tags an event is a matter of the log and not of who reads it when.
"""

from __future__ import annotations

from typing import Final

import zstandard
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from streams.contract import REGISTRY_TOPIC
from streams.lone_consumer import lone_consumer

CHUNK_BYTES: Final = 512 * 1024
CHUNK_HEADER: Final = "x-chunk"
READ_TIMEOUT_MS: Final = 1000

Chunk = tuple[bytes, bytes, list[tuple[str, bytes]]]


class UnknownRegistryVersion(LookupError):
    """The topic does not hold this version whole; `pulse registry load` puts it there."""


def registry_chunks(version: str, document: str) -> list[Chunk]:
    """Return the records (key, value, headers) that carry one version of the registry."""
    packed = zstandard.ZstdCompressor(level=9).compress(document.encode())
    pieces = [packed[at : at + CHUNK_BYTES] for at in range(0, len(packed), CHUNK_BYTES)]
    return [
        (f"{version}/{index}".encode(), piece, [(CHUNK_HEADER, f"{index}/{len(pieces)}".encode())])
        for index, piece in enumerate(pieces)
    ]


def join_chunks(chunks: dict[int, bytes], version: str) -> str:
    """Return the document that `registry_chunks` cut up.

    Raises:
        UnknownRegistryVersion: a chunk is missing.
    """
    if not chunks or sorted(chunks) != list(range(len(chunks))):
        raise UnknownRegistryVersion(version)
    packed = b"".join(chunks[index] for index in sorted(chunks))
    try:
        return zstandard.ZstdDecompressor().decompress(packed).decode()
    except zstandard.ZstdError as exc:
        raise UnknownRegistryVersion(version) from exc


async def read_registry_document(brokers: str, version: str) -> str:
    """Read the topic from its beginning and return the document of one version.

    Raises:
        UnknownRegistryVersion: the topic does not hold it.
        aiokafka.errors.KafkaError: the broker cannot be reached.
    """
    async with lone_consumer(brokers) as consumer:
        return join_chunks(await _chunks(consumer, version), version)


async def _chunks(consumer: AIOKafkaConsumer, version: str) -> dict[int, bytes]:
    partition = TopicPartition(REGISTRY_TOPIC, 0)
    consumer.assign([partition])
    await consumer.seek_to_beginning(partition)
    chunks: dict[int, bytes] = {}
    # Read until a fetch comes back empty: the end offset that a broker reports is not to be relied on
    # everywhere (hazard 1).
    while batch := (await consumer.getmany(partition, timeout_ms=READ_TIMEOUT_MS)).get(partition):
        for record in batch:
            name, _, index = record.key.decode().rpartition("/")
            if name == version:
                chunks[int(index)] = record.value
    return chunks
