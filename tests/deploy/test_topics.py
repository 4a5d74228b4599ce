"""Topics on a real broker: created once, never with other partitions, and with one epoch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from deploy.errors import OperationFailed, PartUnavailable
from deploy.local.broker import tansu
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import running
from deploy.topics import create_topics, read_epoch, topic_specs
from producers.contract import MAX_EVENT_BYTES, RAW_TOPIC
from streams.contract import CONTROL_TOPIC, COUNTS_TOPIC, TAGGED_TOPIC

pytestmark = pytest.mark.stack


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[str]:
    [port] = free_ports(1)
    with running(tansu(tmp_path, port)):
        yield f"{LOOPBACK}:{port}"


def partitions(brokers: str) -> dict[str, int]:
    admin = KafkaAdminClient(bootstrap_servers=brokers)
    try:
        return {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics()}
    finally:
        admin.close()


def test_topics_are_created_as_they_are_specified_and_only_once(brokers: str) -> None:
    assert create_topics(brokers, previous_epoch=6) == 7
    assert partitions(brokers) == {spec.name: spec.partitions for spec in topic_specs()}
    assert create_topics(brokers, previous_epoch=99) == 7
    assert read_epoch(brokers) == 7


def test_a_new_platform_is_in_its_first_epoch_and_has_none_before(brokers: str) -> None:
    assert read_epoch(brokers) is None
    assert partitions(brokers) == {}
    assert create_topics(brokers) == 1


def test_a_topic_that_is_missing_is_added_to_the_others(brokers: str) -> None:
    create_topics(brokers)
    admin = KafkaAdminClient(bootstrap_servers=brokers)
    admin.delete_topics([COUNTS_TOPIC])
    admin.close()
    assert create_topics(brokers) == 1
    assert COUNTS_TOPIC in partitions(brokers)


def test_another_number_of_partitions_is_refused(brokers: str) -> None:
    create_topics(brokers)
    with pytest.raises(OperationFailed, match=r"complaints\.raw has 4 partitions, not 8"):
        create_topics(brokers, raw_partitions=8)


@pytest.mark.parametrize("lost", [RAW_TOPIC, TAGGED_TOPIC])
def test_a_log_that_was_deleted_needs_a_new_epoch(brokers: str, lost: str) -> None:
    create_topics(brokers)
    admin = KafkaAdminClient(bootstrap_servers=brokers)
    admin.delete_topics([lost])
    admin.close()
    with pytest.raises(OperationFailed, match=f"{lost} is gone though {CONTROL_TOPIC} says epoch 1"):
        create_topics(brokers)


def test_without_a_broker_it_says_where_it_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.topics.TIMEOUT_MS", 500)
    for call in (create_topics, read_epoch):
        with pytest.raises(PartUnavailable, match=r"127\.0\.0\.1:9"):
            call("127.0.0.1:9")


def test_a_topic_takes_more_than_the_contract_so_that_the_reason_is_ours() -> None:
    [raw] = (spec for spec in topic_specs() if spec.name == RAW_TOPIC)
    assert raw.max_message_bytes > MAX_EVENT_BYTES * 40


def test_with_replicas_a_write_is_acknowledged_by_a_majority() -> None:
    spec = topic_specs()[0]
    assert "min.insync.replicas" not in spec.configs(replication=1)
    assert spec.configs(replication=3)["min.insync.replicas"] == "2"


def test_topics_numbered_by_part_have_as_many_partitions_as_the_raw_one() -> None:
    numbered = {spec.name: spec.partitions for spec in topic_specs(raw_partitions=12)}
    assert (numbered[RAW_TOPIC], numbered[TAGGED_TOPIC], numbered[COUNTS_TOPIC]) == (12, 12, 12)
