"""The batch transport on the real broker: nothing lost, order kept, commits where acknowledged.

And a pin: what it overrides in Faust is private, so another version must fail here first.
"""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.consumer.fetcher import Fetcher
from faust.transport.consumer import Consumer
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic

from streams.app import build_app
from streams.contract import SURGES_TOPIC
from streams.settings import StreamsSettings

PARTITIONS = 2
PATIENCE_SECONDS = 60


def test_the_private_parts_of_faust_are_those_we_know() -> None:
    assert version("faust-streaming") == "0.15.3"
    assert version("aiokafka") == "0.14.0"
    assert list(inspect.signature(Consumer._drain_messages).parameters) == ["self", "fetcher"]
    assert list(inspect.signature(Consumer._wait_next_records).parameters) == ["self", "timeout"]
    assert list(inspect.signature(Consumer._new_offset).parameters) == ["self", "tp"]
    assert list(inspect.signature(Consumer.perform_seek).parameters) == ["self"]
    assert "acked_index.add(offset)" in inspect.getsource(Consumer.ack)
    assert "self._new_offset(tp)" in inspect.getsource(Consumer._filter_committable_offsets)
    assert list(inspect.signature(driver.AIOKafkaConsumerThread._create_worker_consumer).parameters) == [
        "self",
        "transport",
    ]
    assert list(inspect.signature(driver.AIOKafkaConsumerThread._fetch_records).parameters) == [
        *("self", "consumer", "active_partitions", "timeout", "max_records"),
    ]
    assert "self._records = collections.OrderedDict()" in inspect.getsource(Fetcher.__init__)
    assert "self._fetch_max_wait_ms = fetch_max_wait_ms" in inspect.getsource(AIOKafkaConsumer.__init__)
    assert "fetch_max_wait_ms=self._fetch_max_wait_ms" in inspect.getsource(AIOKafkaConsumer.start)


BOOKKEEPER: Any = build_app("books", StreamsSettings()).consumer


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_nothing_is_committed_beyond_a_batch_that_is_not_acknowledged(sizes: list[int], dice: Random) -> None:
    tp, ends = TP("t", 0), [*accumulate(sizes)]
    BOOKKEEPER._in_hand[tp] = deque(end - 1 for end in ends)
    BOOKKEEPER._acked_index[tp] = set()
    open_ends, committed = {*ends}, 0
    for end in dice.sample(ends, len(ends)):
        BOOKKEEPER._acked_index[tp].add(end - 1)  # as Consumer.ack does, see the pin above
        open_ends.remove(end)
        committed = BOOKKEEPER._new_offset(tp) or committed
        done = [each for each in ends if each < min(open_ends, default=ends[-1] + 1)]
        assert committed == max(done, default=0)
    assert not BOOKKEEPER._in_hand[tp]
    assert not BOOKKEEPER._acked_index[tp]


def test_the_gaps_of_a_compacted_log_are_not_waited_for() -> None:
    handed_over = BOOKKEEPER._up_to_gap(TP(SURGES_TOPIC, 0), [4, 9, 11], 0)
    assert asyncio.run(handed_over) == 3
    held_back = BOOKKEEPER._up_to_gap(TP("t", 0), [4, 5, 9], 4)
    assert asyncio.run(held_back) == 2


@contextmanager
def worker(kafka: str, topic: str, file: Path, *ways: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.streams.batch_echo", kafka, f"group-{topic}", topic, str(file)]
    command += ways
    process = subprocess.Popen(command)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def new_topic(kafka: str) -> str:
    topic = f"batches-{uuid.uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
    admin.close()
    return topic


def publish(kafka: str, topic: str, count: int) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka, linger_ms=20)
    for number in range(count):
        producer.send(topic, b"x" * 50, partition=number % PARTITIONS)
    producer.flush()
    producer.close()


def publish_large(kafka: str, topic: str, count: int) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka, max_request_size=16 * 1024**2)
    for _ in range(count):
        producer.send(topic, b"x" * 10_000_000, partition=0).get(PATIENCE_SECONDS)
        time.sleep(0.05)
    producer.close()


def batches(file: Path) -> list[tuple[int, int, int, int]]:
    lines = file.read_text().splitlines() if file.exists() else []
    return [tuple(map(int, line.split())) for line in lines]  # type: ignore[misc]


def acknowledged(file: Path) -> int:
    done = Path(f"{file}.acknowledged")
    return sum(map(int, done.read_text().splitlines())) if done.exists() else 0


def offsets(file: Path) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {partition: [] for partition in range(PARTITIONS)}
    for partition, first, last, _ in batches(file):
        found[partition] += range(first, last + 1)
    return found


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"gave up waiting until {what}"
        time.sleep(0.1)


@pytest.mark.stack
def test_whole_batches_come_in_order_and_a_clean_stop_loses_and_repeats_nothing(
    kafka: str, tmp_path: Path
) -> None:
    topic, file = new_topic(kafka), tmp_path / "seen"
    publish(kafka, topic, 4000)
    with worker(kafka, topic, file) as process:
        wait_until(lambda: acknowledged(file) >= 4000, "all was read and acknowledged")
        process.terminate()
        assert process.wait(30) == 0
    assert offsets(file) == {partition: list(range(2000)) for partition in range(PARTITIONS)}
    assert all(count == last - first + 1 for _, first, last, count in batches(file))
    assert max(count for *_, count in batches(file)) > 100
    publish(kafka, topic, 100)
    with worker(kafka, topic, file):
        wait_until(lambda: sum(map(len, offsets(file).values())) >= 4100, "the rest was read")
    assert offsets(file) == {partition: list(range(2050)) for partition in range(PARTITIONS)}


@pytest.mark.stack
def test_what_was_dropped_before_the_first_commit_comes_again(kafka: str, tmp_path: Path) -> None:
    topic, file = new_topic(kafka), tmp_path / "seen"
    publish(kafka, topic, 3000)
    with worker(kafka, topic, file, "drop"):
        wait_until(lambda: all(last == 1499 for last in _lasts(file)), "all was read")
        dropped = batches(file)[0]
        again = {partition: set[int]() for partition in range(PARTITIONS)}
        for partition, first, last, _ in batches(file)[1:]:
            again[partition] |= {*range(first, last + 1)}
        assert dropped[1] == 0
        assert again == {partition: {*range(1500)} for partition in range(PARTITIONS)}


@pytest.mark.stack
def test_what_overtakes_a_record_that_is_being_written_waits_for_it(kafka: str, tmp_path: Path) -> None:
    topic, file = new_topic(kafka), tmp_path / "seen"
    publish(kafka, topic, PARTITIONS)
    with worker(kafka, topic, file):
        wait_until(lambda: bool(batches(file)), "the worker reads")
        writing = threading.Thread(target=publish_large, args=(kafka, topic, 30))
        writing.start()
        published = PARTITIONS + 30
        while writing.is_alive():
            publish(kafka, topic, 2 * PARTITIONS)
            published += 2 * PARTITIONS
        wait_until(lambda: sum(last + 1 for last in _lasts(file)) >= published, "all was read")
    assert offsets(file) == {partition: list(range(last + 1)) for partition, last in enumerate(_lasts(file))}


@pytest.mark.stack
def test_partitions_are_read_in_turn(kafka: str, tmp_path: Path) -> None:
    topic, file = new_topic(kafka), tmp_path / "seen"
    publish(kafka, topic, 60_000)
    with worker(kafka, topic, file):
        wait_until(lambda: sum(map(len, offsets(file).values())) >= 60_000, "all was read")
    read, apart = [0, 0], 0
    for partition, first, last, _ in batches(file):
        read[partition] += last - first + 1
        apart = max(apart, abs(read[0] - read[1]))
    most = StreamsSettings().batch_records
    assert apart <= 2 * most < 30_000, "one partition ran ahead"


@pytest.mark.stack
def test_after_a_kill_the_next_worker_goes_on_from_what_was_committed(kafka: str, tmp_path: Path) -> None:
    topic, file = new_topic(kafka), tmp_path / "seen"
    publish(kafka, topic, 20000)
    with worker(kafka, topic, file):
        wait_until(lambda: len(batches(file)) > 10, "some was read")
    with worker(kafka, topic, file):
        wait_until(lambda: all(last == 9999 for last in _lasts(file)), "all was read")
    for partition, seen in offsets(file).items():
        assert set(seen) == set(range(10000)), partition
        assert len(seen) < 20000, "the second worker began anew"


@pytest.mark.stack
def test_a_second_worker_shares_and_nothing_is_lost_when_it_joins(kafka: str, tmp_path: Path) -> None:
    topic, one, two = new_topic(kafka), tmp_path / "one", tmp_path / "two"
    with worker(kafka, topic, one):
        publish(kafka, topic, 2000)
        wait_until(lambda: bool(batches(one)), "the first read")
        with worker(kafka, topic, two):
            published = 2000
            while not batches(two):
                publish(kafka, topic, 500)
                published += 500
                assert published < 100_000, "the second worker never got a partition"
                time.sleep(0.5)
            wait_until(lambda: _together(one, two) >= published, "all was read")
    expected = set(range(published // PARTITIONS))
    for partition in range(PARTITIONS):
        assert set(offsets(one)[partition]) | set(offsets(two)[partition]) == expected


def _lasts(file: Path) -> list[int]:
    return [max(seen, default=-1) for seen in offsets(file).values()]


def _together(*files: Path) -> int:
    return sum(
        len(set().union(*(set(offsets(file)[partition]) for file in files)))
        for partition in range(PARTITIONS)
    )
