"""Apache Kafka as a local part: records survive a restart; and one line says why where it cannot run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from deploy.errors import PartUnavailable
from deploy.local.kafka import apache_kafka
from deploy.local.kafka_jars import fetch_jars, find_java
from deploy.local.ports import free_ports
from deploy.local.program import Program, running


def kafka_program(directory: Path) -> tuple[Program, str]:
    port, controller_port = free_ports(2)
    return apache_kafka(directory, port, controller_port), f"127.0.0.1:{port}"


@pytest.fixture
def _kafka_can_be_had() -> Iterator[None]:
    try:
        find_java()
        fetch_jars()
    except PartUnavailable as error:
        pytest.skip(error.format_message())
    yield


@pytest.mark.stack
@pytest.mark.usefixtures("_kafka_can_be_had")
def test_records_survive_a_restart_on_other_ports(tmp_path: Path) -> None:
    program, bootstrap = kafka_program(tmp_path)
    with running(program):
        admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        admin.create_topics({"kept": {"num_partitions": 1, "replication_factor": 1}})
        admin.close()
        producer = KafkaProducer(bootstrap_servers=bootstrap)
        producer.send("kept", b"value", key=b"key").get(20)
        producer.close()
    program, bootstrap = kafka_program(tmp_path)
    with running(program):
        consumer = KafkaConsumer("kept", bootstrap_servers=bootstrap, auto_offset_reset="earliest")
        record = next(consumer)
        consumer.close()
    assert (record.key, record.value) == (b"key", b"value")


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_without_java_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PartUnavailable, match=r"needs Java 17 .* no `java`"):
        find_java()


def test_an_old_java_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script(tmp_path / "java", """echo 'openjdk version "11.0.2" 2019-01-15' >&2""")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PartUnavailable, match=r"17 or newer, not openjdk version .11\.0\.2"):
        find_java()


def test_without_maven_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PartUnavailable, match="no `mvn`"):
        fetch_jars(tmp_path)


def test_a_failed_fetch_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script(tmp_path / "mvn", "echo '[ERROR] no route to the repository'; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    with pytest.raises(PartUnavailable, match="no route to the repository"):
        fetch_jars(tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
