"""The watch on real workers: each way of a Kafka client to die alive ends the process, and no other does.

What a stalled worker does (hazards 12, 14, 17, 18) is done to a real one on the real broker. Where our
transport cannot come into it any more, a test shows that.
"""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.consumer.group_coordinator import GroupCoordinator
from faust import App
from faust.transport.consumer import Consumer
from faust.transport.drivers import aiokafka as driver
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic

from streams.app import build_app
from streams.group_word import seats
from streams.settings import StreamsSettings
from tests.streams.stalling_worker import STALL_SECONDS

TOOK = re.compile(r"took (\d+) (\d+)\n")
PARTITIONS = 2
PATIENCE_SECONDS = 90


@dataclass
class Worker:
    """A worker process, and what it wrote."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def took(self) -> dict[int, int]:
        """Return of each partition the offset below which all was taken."""
        return {int(partition): int(offset) for partition, offset in TOOK.findall(self.text)}

    @property
    def code(self) -> int | None:
        return self.process.poll()


@contextmanager
def workers(kafka: str, topic: str, directory: Path, *ways: str) -> Iterator[list[Worker]]:
    """Start workers of one group, one for each way."""
    started: list[Worker] = []
    try:
        for number, way in enumerate(ways):
            log = directory / f"{way}-{number}-{topic}.log"
            command = [sys.executable, "-m", "tests.streams.stalling_worker", kafka, f"g-{topic}", topic, way]
            with log.open("wb") as out:
                process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
            started.append(Worker(process, log))
        yield started
    finally:
        for worker in started:
            worker.process.kill()
            worker.process.wait()


def new_topic(kafka: str, name: str = "") -> str:
    topic = name or f"watched-{uuid.uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
    admin.close()
    return topic


def publish(kafka: str, topic: str, count: int) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka, linger_ms=5)
    for number in range(count):
        producer.send(topic, b"x", partition=number % PARTITIONS)
    producer.flush()
    producer.close()


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"gave up waiting until {what}"
        time.sleep(0.2)


STALLS = {
    "leave_a_gap": "but committed up to",
    "die_in_the_agent": "but committed up to",
    "block_the_loop": "but committed up to",
    "stop_fetching": "but was read up to",
    "leave_the_group": "but committed up to",
}
"""Ways to stall, and what the process says in the end."""


@pytest.mark.stack
def test_whatever_stands_still_ends_with_its_code_and_says_what_stood(kafka: str, tmp_path: Path) -> None:
    topics = {way: new_topic(kafka) for way in STALLS}
    with ExitStack() as stack:
        running = {
            way: stack.enter_context(workers(kafka, topic, tmp_path, way))[0] for way, topic in topics.items()
        }

        def have_ended() -> bool:
            for way, worker in running.items():
                if worker.code is None:  # the log grows: else nothing would stand still
                    publish(kafka, topics[way], 20)
            return all(worker.code is not None for worker in running.values())

        wait_until(have_ended, "each has ended")
        for way, says in STALLS.items():
            assert running[way].code == os.EX_TEMPFAIL, (way, running[way].text)
            assert "task " in running[way].text, "where each task stood"
            assert says in running[way].text, (way, running[way].text)
        # The end of the log says where the threads stood.
        assert "in die_in_the_agent" not in running["block_the_loop"].text
        assert "in block_the_loop" in running["block_the_loop"].text


@pytest.mark.stack
def test_whoever_waits_by_right_is_left_alone(kafka: str, tmp_path: Path) -> None:
    waiting, shared, idle = new_topic(kafka), new_topic(kafka), new_topic(kafka)
    with (
        workers(kafka, waiting, tmp_path, "wait_by_right") as [waiter],
        workers(kafka, shared, tmp_path, "work", "work", "work") as sharers,
        workers(kafka, idle, tmp_path, "work") as [idler],
    ):
        for topic in (waiting, shared):
            publish(kafka, topic, 4)
        publish(kafka, waiting, 400)
        wait_until(lambda: bool(waiter.took()), "the waiter has begun")
        time.sleep(2.5 * STALL_SECONDS)
        assert [each.code for each in (waiter, *sharers, idler)] == [None] * 5
        assert min(len(each.took()) for each in sharers) == 0, "none of three was a spare"
        wait_until(lambda: waiter.took() == {0: 202, 1: 202}, "the waiter goes on behind its wait")


def test_hazards_of_tables_cannot_occur() -> None:
    """12 and 14 are races of Faust's table recovery, and its waits for changelogs: there are none."""
    app = build_app("no-tables", StreamsSettings())
    assert not app.tables.changelog_topics
    assert app.conf.store.scheme == "memory"


def test_what_the_watch_reads_of_faust_and_aiokafka_is_as_we_know_it() -> None:
    assert "self._consumer = self._create_consumer" in inspect.getsource(
        driver.AIOKafkaConsumerThread.on_start
    )
    assert "self._read_offset = defaultdict" in inspect.getsource(Consumer.__init__)
    assert isinstance(inspect.getattr_static(App, "consumer"), property)
    assert "self._consumer = self._new_consumer()" in inspect.getsource(App)
    assert "self.member_id = " in inspect.getsource(GroupCoordinator)
    assert "self._coordinator = " in inspect.getsource(AIOKafkaConsumer)


def test_a_seat_is_one_in_a_group_that_has_an_owner_for_everything() -> None:
    everything = {("t", 0), ("t", 1)}
    assert set(seats({"a": [("t", 0)], "b": [("t", 1)], "spare": []}, everything)) == {"a", "b", "spare"}
    assert set(seats({"a": [("t", 0)], "b": []}, everything)) == set()
    assert set(seats({}, everything)) == set()
    assert set(seats({"a": [], "b": []}, everything)) == set(), "nothing was shared out"
    # The embedded broker does not say who has what.
    assert set(seats({"a": None, "b": None}, everything)) == {"a", "b"}
