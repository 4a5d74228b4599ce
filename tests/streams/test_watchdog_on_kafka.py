"""The watch on Apache Kafka, which keeps its log through a restart and can drop its head (hazards 14, 18)."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, TopicPartition

from deploy.errors import PartUnavailable
from deploy.local.kafka import apache_kafka
from deploy.local.kafka_jars import fetch_jars, find_java
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import Program, running
from streams.group_word import CannotAsk, ask_broker
from tests.streams.stalling_worker import STALL_SECONDS
from tests.streams.test_batches import acknowledged
from tests.streams.test_batches import worker as batch_worker
from tests.streams.test_watchdog import PARTITIONS, new_topic, publish, wait_until, workers


@pytest.fixture
def kafka_program(tmp_path: Path) -> tuple[Program, str]:
    try:
        find_java()
        fetch_jars()
    except PartUnavailable as error:
        pytest.skip(error.format_message())
    port, controller_port = free_ports(2)
    return apache_kafka(tmp_path / "broker", port, controller_port), f"{LOOPBACK}:{port}"


def seats(brokers: str, topic: str, group: str = "") -> Collection[str]:
    try:
        return asyncio.run(ask_broker(brokers, group or f"g-{topic}", [], {topic})).seats
    except CannotAsk:  # a broker that has just started has no coordinator yet
        return ()


def drop_all(brokers: str, topic: str, below: int) -> None:
    """Drop a topic's records, read or not, as retention does."""
    admin = KafkaAdminClient(bootstrap_servers=brokers)
    admin.delete_records({TopicPartition(topic, each): below for each in range(PARTITIONS)})
    admin.close()


@pytest.mark.stack
def test_partitions_that_the_broker_did_not_know_at_first_are_read_when_it_does(
    kafka_program: tuple[Program, str], tmp_path: Path
) -> None:
    # As behind a restart: whoever shares out the partitions then finds none. No watch ends this worker.
    program, brokers = kafka_program
    with running(program), batch_worker(brokers, "late", tmp_path / "told") as process:
        wait_until(lambda: bool(seats(brokers, "late", "group-late")), "it has joined")
        new_topic(brokers, "late")
        publish(brokers, "late", 100)
        wait_until(lambda: acknowledged(tmp_path / "told") == 100, "all was taken")
        assert process.poll() is None


@pytest.mark.stack
def test_a_worker_outlives_its_broker_and_a_log_that_was_emptied(
    kafka_program: tuple[Program, str], tmp_path: Path
) -> None:
    program, brokers = kafka_program
    with running(program):
        topic = new_topic(brokers)
        with workers(brokers, topic, tmp_path, "work", "work", "work") as sharing:
            publish(brokers, topic, 200)
            wait_until(lambda: sum(len(each.took()) for each in sharing) >= 2, "all was taken")
            # Two of them have a partition, and the spare has a seat all the same.
            wait_until(lambda: len(seats(brokers, topic)) == 3, "each has a seat")
    with ExitStack() as until_the_end:
        with running(program):
            [worker] = until_the_end.enter_context(workers(brokers, topic, tmp_path, "work"))
            publish(brokers, topic, 200)
            wait_until(lambda: worker.took() == {0: 200, 1: 200}, "it has taken all")
        time.sleep(2 * STALL_SECONDS)
        with running(program):
            publish(brokers, topic, 200)
            wait_until(lambda: worker.took() == {0: 300, 1: 300} or worker.code is not None, "it goes on")
            # Hazard 18: aiokafka may not come back after a restart; then it ends and is started again.
            assert worker.code in (None, os.EX_TEMPFAIL), worker.text
    with running(program):
        publish(brokers, topic, 200)
        drop_all(brokers, topic, 400)
        with workers(brokers, topic, tmp_path, "work") as [worker]:
            time.sleep(4 + 2.5 * STALL_SECONDS)
            publish(brokers, topic, 20)
            wait_until(lambda: worker.took() == {0: 410, 1: 410}, "it takes what comes")
            assert worker.code is None, worker.text
