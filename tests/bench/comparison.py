"""Runs work W by each way in turn, on the same backlog, and gives ratios: absolute times here are noisy."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic

from deploy.local.broker import tansu
from deploy.local.clickhouse import ClickHouseAddress, prepare_clickhouse
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import running
from tests.bench.work import events, names

PARTITIONS = 4
NAIVE_SHARE = 10
"""The naive way gets a tenth of the events: it is so slow that all of them would take the whole run."""


@dataclass(frozen=True)
class Compared:
    """Medians of interleaved rounds."""

    events_per_second: dict[str, float]
    cpu_us: dict[str, float]

    def ratio(self, way: str, other: str) -> float:
        """Return how many times as fast a way is as another."""
        return self.events_per_second[way] / self.events_per_second[other]


def compare(directory: Path, count: int, rounds: int) -> Compared:
    """Run every way so many times, in turn, on fresh topics of one broker."""
    port, native, http = free_ports(3)
    server = prepare_clickhouse(directory / "clickhouse", native, http)
    found: dict[str, list[dict[str, float]]] = {}
    with running(tansu(directory / "broker", port)), running(server.program()):
        brokers, address = f"{LOOPBACK}:{port}", server.address()
        for _ in range(rounds):
            for way in ("naive_faust", "batch_faust", "plain_aiokafka"):
                size = count // NAIVE_SHARE if way == "naive_faust" else count
                found.setdefault(way, []).append(_run(way, brokers, size, address))
    return Compared(
        {way: statistics.median(run["events_per_second"] for run in runs) for way, runs in found.items()},
        {way: statistics.median(run["cpu_us"] for run in runs) for way, runs in found.items()},
    )


def _run(way: str, brokers: str, count: int, address: ClickHouseAddress) -> dict[str, float]:
    topic = _backlog(brokers, count)
    command = [sys.executable, "-m", f"tests.bench.ways.{way}", brokers, f"group-{topic}", topic, str(count)]
    command += [address.host, str(address.port), address.user, address.password]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    # Faust hides and shows the cursor whatever it is told: the figures are what stands in braces.
    figures: dict[str, float] = json.loads(done.stdout[done.stdout.index("{") :])
    return figures


def _backlog(brokers: str, count: int) -> str:
    """Publish a backlog to a new topic: the embedded broker slows with every batch that a topic holds."""
    topic = f"work-{uuid.uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=brokers)
    admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
    admin.close()
    producer = KafkaProducer(
        bootstrap_servers=brokers, linger_ms=20, batch_size=256 * 1024, compression_type="lz4"
    )
    for number, event in enumerate(events(count, names())):
        producer.send(topic, event, partition=number % PARTITIONS)
    producer.flush()
    producer.close()
    return topic
