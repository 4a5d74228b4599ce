"""Our way into kafka-python's batches: what arrives is what its own `send` would have sent."""

from __future__ import annotations

import kafka
import pytest
from kafka import KafkaProducer

from producers.batches import BatchProducer
from producers.contract import RAW_TOPIC, Headers
from producers.errors import BrokerAway, TopicMissing
from producers.packing import pack
from producers.partitions import partition_of
from producers.settings import PublishSettings
from tests.producers.raw_log import RawLog, Read

pytestmark = pytest.mark.stack

RECORDS: list[tuple[bytes, bytes, Headers]] = [
    (
        f"12345/R{number}".encode(),
        b"x" * (number * 37 % 2000),
        [("ce_id", str(number).encode()), ("empty", b"")],
    )
    for number in range(2000)
]


def test_the_version_whose_private_parts_are_used_is_the_one_that_is_installed() -> None:
    assert kafka.__version__ == "3.0.12"


def contents(records: list[Read]) -> list[tuple[int, bytes | None, bytes, dict[str, bytes]]]:
    return [(each.partition, each.key, each.value, each.headers) for each in records]


def test_what_arrives_is_what_kafka_python_would_have_sent(brokers: str) -> None:
    log = RawLog(brokers)
    theirs = KafkaProducer(bootstrap_servers=brokers, compression_type="zstd")
    for key, value, headers in RECORDS:
        theirs.send(RAW_TOPIC, value, key, headers)
    theirs.close(timeout=10)
    expected = log.read(len(RECORDS))

    log = RawLog(brokers)
    ours = BatchProducer(brokers, RAW_TOPIC, PublishSettings(batch_bytes=20_000))
    for number, (key, value, headers) in enumerate(RECORDS):
        ours.append(partition_of(key, ours.partitions), pack(key, value, headers), number)
    ours.flush(10)
    ours.close(10)
    assert contents(log.read(len(RECORDS))) == contents(expected)


def test_a_batch_knows_its_fate_and_holds_no_more_than_it_may(brokers: str) -> None:
    producer = BatchProducer(brokers, RAW_TOPIC, PublishSettings(batch_bytes=4096))
    batches = [producer.append(0, pack(b"k", b"x" * 1000, []), number)[0] for number in range(10)]
    producer.flush(10)
    producer.close(10)
    assert [each.first for each in dict.fromkeys(batches)] == [0, 3, 6, 9]
    assert all(each.produce_future.is_done and each.failure is None for each in batches)
    assert sum(each.count for each in set(batches)) == 10


def test_a_record_larger_than_a_batch_travels_alone(brokers: str) -> None:
    log = RawLog(brokers)
    producer = BatchProducer(brokers, RAW_TOPIC, PublishSettings(batch_bytes=4096))
    for number, size in enumerate((10, 3_000_000, 10)):
        producer.append(0, pack(b"k", bytes(size), []), number)
    producer.flush(10)
    producer.close(10)
    assert [len(each.value) for each in log.read(3)] == [10, 3_000_000, 10]


def test_no_broker_is_said_soon_and_by_name() -> None:
    with pytest.raises(BrokerAway, match=r"127\.0\.0\.1:9 "):
        BatchProducer("127.0.0.1:9", RAW_TOPIC, PublishSettings(connect_seconds=0.5))


def test_a_topic_is_never_created_by_publishing_to_it(brokers: str) -> None:
    with pytest.raises(TopicMissing, match=r"complaints\.unknown"):
        BatchProducer(brokers, "complaints.unknown", PublishSettings(connect_seconds=1))
