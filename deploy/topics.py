"""The one file where topics stand: names, keys, partitions, retention; and how they are created.

Names belong to the contracts of the stages that write the topics; this file composes them. A topic that is
there with another number of partitions is refused, since counts, facts and clocks are numbered by partition.

The epoch says which incarnation of the raw topic a position belongs to. It is the first record of
`platform.control`, written when the topics are created, and never changed while they live.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError, TopicAlreadyExistsError
from kafka.structs import TopicPartition

from deploy.errors import OperationFailed, PartUnavailable
from producers.contract import RAW_TOPIC
from streams.contract import (
    ARRIVALS_TOPIC,
    COMPACTED_TOPICS,
    CONTROL_TOPIC,
    COUNTS_TOPIC,
    REGISTRY_TOPIC,
    REJECTED_TOPIC,
    SURGES_TOPIC,
    TAGGED_TOPIC,
)

RAW_PARTITIONS: Final = 4
"""At most this many intake workers share the work. Fixed when the topics are created."""
MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024
"""Brokers take more than the contract's 256 KiB, so that a larger event is rejected by us and kept."""
DAY_MS: Final = 24 * 3600 * 1000
FOR_EVER: Final = -1
TIMEOUT_MS: Final = 15_000


@dataclass(frozen=True)
class TopicSpec:
    """What one topic is."""

    name: str
    partitions: int
    key: str
    """What the records' key is, in words."""
    retention_ms: int
    """Age in ms at which records are dropped; -1: never."""
    holds: str
    """What its records are, in words."""
    max_message_bytes: int = 1024 * 1024

    @property
    def cleanup(self) -> str:
        """What Kafka does with old records: `compact` or `delete`."""
        return "compact" if self.name in COMPACTED_TOPICS else "delete"

    def configs(self, replication: int) -> dict[str, str]:
        """Return Kafka's settings of the topic."""
        configs = {
            "cleanup.policy": self.cleanup,
            "retention.ms": str(self.retention_ms),
            "max.message.bytes": str(self.max_message_bytes),
        }
        if replication > 1:
            # A write is acknowledged by a majority: one broker may fail without loss, and without a stop.
            configs["min.insync.replicas"] = str(replication // 2 + 1)
        return configs


def topic_specs(raw_partitions: int = RAW_PARTITIONS) -> tuple[TopicSpec, ...]:
    """Return all topics of the platform."""
    return (
        TopicSpec(
            name=RAW_TOPIC,
            partitions=raw_partitions,
            key="`source/request_id` (murmur2); control records have none",
            # Residents' own words, names and numbers may stand here and nowhere else: kept for a replay only.
            retention_ms=30 * DAY_MS,
            holds="events as producers publish them; ticks; activations of registry versions",
            max_message_bytes=MAX_MESSAGE_BYTES,
        ),
        TopicSpec(
            name=TAGGED_TOPIC,
            partitions=raw_partitions,
            key="`source/request_id`; the record that ends a batch has none",
            retention_ms=30 * DAY_MS,
            holds="tagged events, in the partition and the order of the raw topic",
            max_message_bytes=4 * 1024 * 1024,
        ),
        TopicSpec(
            name=COUNTS_TOPIC,
            partitions=raw_partitions,
            key="none: partition p holds the upserts of part p",
            # Facts rebuild counts, so the log need only outlast a sink's absence.
            retention_ms=7 * DAY_MS,
            holds="upserts of the buckets that each batch touched",
            max_message_bytes=MAX_MESSAGE_BYTES,
        ),
        TopicSpec(
            name=ARRIVALS_TOPIC,
            partitions=1,  # one weigher sees all of the city
            key="none",
            retention_ms=7 * DAY_MS,
            holds="the opened requests of each batch, for the weigher",
            max_message_bytes=MAX_MESSAGE_BYTES,
        ),
        TopicSpec(
            name=SURGES_TOPIC,
            partitions=1,
            key="unit",
            retention_ms=FOR_EVER,
            holds="the latest state of the surges of each unit",
        ),
        TopicSpec(
            name=REJECTED_TOPIC,
            partitions=1,
            key="that of the rejected record",
            retention_ms=365 * DAY_MS,
            holds="rejected records, bytes and headers as they came, with the reason in x-headers",
            max_message_bytes=MAX_MESSAGE_BYTES,
        ),
        TopicSpec(
            name=CONTROL_TOPIC,
            partitions=1,
            key="none",
            retention_ms=FOR_EVER,
            holds="the epoch, in the first record",
        ),
        TopicSpec(
            name=REGISTRY_TOPIC,
            partitions=1,
            key="registry version",
            retention_ms=FOR_EVER,
            holds="registry versions, whole",
            max_message_bytes=MAX_MESSAGE_BYTES,
        ),
    )


class Epoch(msgspec.Struct, frozen=True):
    """The first record of `platform.control`."""

    epoch: int


def create_topics(
    brokers: str,
    *,
    raw_partitions: int = RAW_PARTITIONS,
    replication: int = 1,
    previous_epoch: int = 0,
) -> int:
    """Create the topics that are missing and return the epoch. Safe to repeat, also by several at once.

    Args:
        brokers: bootstrap servers, `host:port[,host:port...]`.
        raw_partitions: partitions of the raw topic and of those numbered like it.
        replication: copies of each partition; 3 on a real cluster.
        previous_epoch: the highest epoch that facts were ever stored under, 0 where there are none; topics
            that are created now get the next one.

    Raises:
        PartUnavailable: no broker answers.
        OperationFailed: a topic is there with another number of partitions, or the raw topic was deleted
            while `platform.control` still names its epoch, or the broker refuses.
    """
    specs = topic_specs(raw_partitions)
    admin = _admin(brokers)
    try:
        there = _partitions_by_topic(admin)
        _refuse_other_partitions(specs, there)
        known = read_epoch(brokers) if CONTROL_TOPIC in there else None
        _refuse_lost_log(there, known)
        for spec in specs:
            if spec.name not in there:
                _create(admin, spec, replication)
        admin.wait_for_topics([spec.name for spec in specs], timeout_ms=TIMEOUT_MS)
    except KafkaError as error:
        raise OperationFailed(f"the broker at {brokers} did not create the topics: {error}") from error
    finally:
        admin.close()
    return known if known is not None else _begin_epoch(brokers, previous_epoch + 1)


def read_epoch(brokers: str) -> int | None:
    """Return the epoch that the topics were created with; None where there are none yet.

    Raises:
        PartUnavailable: no broker answers.
        OperationFailed: the first record of `platform.control` is not an epoch.
    """
    try:
        consumer = KafkaConsumer(
            bootstrap_servers=brokers.split(","), enable_auto_commit=False, bootstrap_timeout_ms=TIMEOUT_MS
        )
    except KafkaError as error:
        raise PartUnavailable(f"no Kafka broker answers at {brokers}") from error
    try:
        value = _first_value(consumer)
    finally:
        consumer.close()
    if value is None:
        return None
    try:
        return msgspec.json.decode(value, type=Epoch).epoch
    except msgspec.DecodeError as error:
        raise OperationFailed(f"the first record of {CONTROL_TOPIC} is not an epoch: {error}") from error


def _admin(brokers: str) -> Any:
    try:
        return KafkaAdminClient(
            bootstrap_servers=brokers.split(","),
            request_timeout_ms=TIMEOUT_MS,
            bootstrap_timeout_ms=TIMEOUT_MS,
        )
    except KafkaError as error:
        raise PartUnavailable(f"no Kafka broker answers at {brokers}") from error


def _partitions_by_topic(admin: Any) -> dict[str, int]:
    return {
        topic["name"]: len(topic["partitions"])
        for topic in admin.describe_topics()
        if topic["error_code"] == 0
    }


def _refuse_other_partitions(specs: tuple[TopicSpec, ...], there: dict[str, int]) -> None:
    # Hazard 38: the embedded broker cannot add partitions, and adding any would move requests to others.
    for spec in specs:
        found = there.get(spec.name, spec.partitions)
        if found != spec.partitions:
            raise OperationFailed(
                f"topic {spec.name} has {found} partitions, not {spec.partitions}; positions are numbered by"
                " partition, so set the number that it has, or delete the platform's topics and start anew"
            )


def _refuse_lost_log(there: dict[str, int], known: int | None) -> None:
    if known is None:
        return
    for name in (RAW_TOPIC, TAGGED_TOPIC):
        if name not in there:
            raise OperationFailed(
                f"topic {name} is gone though {CONTROL_TOPIC} says epoch {known}: its positions are used up;"
                f" delete {CONTROL_TOPIC} and the other topics too, so that a new epoch begins"
            )


def _create(admin: Any, spec: TopicSpec, replication: int) -> None:
    wanted = {"num_partitions": spec.partitions, "replication_factor": replication}
    try:
        admin.create_topics({spec.name: {**wanted, "configs": spec.configs(replication)}})
    except TopicAlreadyExistsError:
        return  # another process was faster


def _begin_epoch(brokers: str, epoch: int) -> int:
    """Write the epoch, and return the one that stands first: where two write at once, both read the same."""
    try:
        producer = KafkaProducer(
            bootstrap_servers=brokers.split(","), acks="all", bootstrap_timeout_ms=TIMEOUT_MS
        )
        try:
            producer.send(CONTROL_TOPIC, msgspec.json.encode(Epoch(epoch))).get(TIMEOUT_MS / 1000)
        finally:
            producer.close(timeout=TIMEOUT_MS / 1000)
    except KafkaError as error:
        raise OperationFailed(f"the epoch could not be written to {CONTROL_TOPIC}: {error}") from error
    written = read_epoch(brokers)
    if written is None:
        raise OperationFailed(f"the epoch was written to {CONTROL_TOPIC} but cannot be read back")
    return written


def _first_value(consumer: Any) -> bytes | None:
    """Return the value of the first record of `platform.control`; None where there is none."""
    place = TopicPartition(CONTROL_TOPIC, 0)
    if not consumer.partitions_for_topic(CONTROL_TOPIC):
        return None
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    # Hazard 1: the embedded broker's end offsets may be too low, but never 0 where there is a record.
    if consumer.end_offsets([place])[place] == 0:
        return None
    deadline = time.monotonic() + TIMEOUT_MS / 1000
    while time.monotonic() < deadline:
        for record in consumer.poll(timeout_ms=500).get(place, ()):
            return record.value  # type: ignore[no-any-return]
    raise OperationFailed(f"the first record of {CONTROL_TOPIC} cannot be read")


def partitions_of(brokers: str, topic: str) -> int:
    """Return the number of a topic's partitions.

    Raises:
        PartUnavailable: no broker answers.
        OperationFailed: there is no such topic.
    """
    admin = _admin(brokers)
    try:
        found = _partitions_by_topic(admin).get(topic, 0)
    finally:
        admin.close()
    if not found:
        raise OperationFailed(f"topic {topic} is missing; run `pulse migrate` first")
    return found
