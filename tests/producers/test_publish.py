"""Publishing on a real broker: counted, bounded, in order, and no failure is swallowed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from deploy.local.broker import tansu
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import running
from deploy.topics import create_topics
from producers.contract import decode_event, decode_tick, event_key
from producers.errors import DeliveryFailed, RecordTooLarge
from producers.metrics import PublishMetrics
from producers.publish import Publisher
from producers.records import Record, event_record
from producers.settings import PublishSettings
from tests.producers.events import NEW_YEAR, event
from tests.producers.raw_log import RawLog

pytestmark = pytest.mark.stack


def test_what_is_published_arrives_whole(brokers: str) -> None:
    log = RawLog(brokers)
    with Publisher(brokers) as publisher:
        publisher.publish(event(1, lon=114.3, lat=22.7, extra={"a": [1]}))
    [read] = log.read(1)
    assert decode_event(read.value) == event(1, lon=114.3, lat=22.7, extra={"a": [1]})
    assert read.key == event_key("12345", "R1")
    assert read.headers == {
        "ce_specversion": b"1.0",
        "ce_id": b"R1/opened",
        "ce_source": b"12345",
        "ce_type": b"estatepulse.complaint.opened.v1",
        "ce_time": b"2021-01-01T00:00:01+00:00",
        "content-type": b"application/json",
    }


def test_all_that_is_published_is_acknowledged_and_counted(brokers: str) -> None:
    registry = CollectorRegistry()
    with Publisher(brokers, metrics=PublishMetrics(registry)) as publisher:
        for number in range(5000):
            publisher.publish(event(number))
        publisher.tick(NEW_YEAR)
    assert (publisher.published, publisher.acknowledged, publisher.failed) == (5000, 5000, 0)
    assert publisher.settled == 5000
    assert publisher.waiting == 0
    for name in ("published", "acknowledged"):
        assert registry.get_sample_value(f"pulse_producer_records_{name}_total") == 5000
    assert registry.get_sample_value("pulse_producer_waiting_bytes") == 0


def test_a_tick_reaches_every_partition_behind_all_that_was_published_before_it(brokers: str) -> None:
    """Events at seconds 0, 1, 2 ...; after each tenth a tick of its arrival."""
    log = RawLog(brokers)
    with Publisher(brokers, PublishSettings(batch_bytes=2048)) as publisher:
        for number in range(500):
            publisher.publish(event(number))
            if number % 10 == 9:
                publisher.tick(event(number).occurred_at)
    records = log.read(500, ticks=50 * 4)
    for partition in range(4):
        clock, ticks = NEW_YEAR, 0
        for record in (each for each in records if each.partition == partition):
            if record.is_tick:
                clock, ticks = decode_tick(record.value).at, ticks + 1
            else:
                assert decode_event(record.value).occurred_at > clock or clock == NEW_YEAR
        assert (clock, ticks) == (event(499).occurred_at, 50)


def test_publishing_waits_while_too_much_is_on_its_way(brokers: str) -> None:
    settings = PublishSettings(buffer_bytes=1024 * 1024, batch_bytes=64 * 1024)
    most = 0
    with Publisher(brokers, settings) as publisher:
        for number in range(200):
            publisher.publish(event(number, text="x" * 50_000))
            most = max(most, publisher.waiting)
    assert publisher.acknowledged == 200
    assert most * 50_000 <= 1024 * 1024 + 5 * 64 * 1024


def test_a_record_that_no_broker_takes_is_refused_at_once(brokers: str) -> None:
    with Publisher(brokers) as publisher, pytest.raises(RecordTooLarge, match="13,000,"):
        publisher.publish_record(Record(b"12345/R1", bytes(13_000_000), [], None, "12345"))
    assert publisher.published == 0


def test_a_failure_is_raised_with_its_counts_and_nothing_is_published_after_it(tmp_path: Path) -> None:
    [port] = free_ports(1)
    brokers = f"{LOOPBACK}:{port}"
    with running(tansu(tmp_path, port)):
        create_topics(brokers)
        publisher = Publisher(brokers, PublishSettings(delivery_seconds=2))
        publisher.publish(event(1))
        publisher.flush()
    for number in range(2, 5):
        publisher.publish(event(number))
    with pytest.raises(DeliveryFailed, match=r"1 of 4 records") as caught:
        publisher.flush()
    assert (caught.value.published, caught.value.acknowledged) == (4, 1)
    assert publisher.settled == 1
    with pytest.raises(DeliveryFailed):
        publisher.publish(event(5))
    with pytest.raises(DeliveryFailed):
        publisher.tick(NEW_YEAR)
    with pytest.raises(DeliveryFailed):
        publisher.close()


def test_an_error_in_the_run_is_not_hidden_by_the_flush(brokers: str) -> None:
    with pytest.raises(ZeroDivisionError), Publisher(brokers) as publisher:
        publisher.publish(event(1))
        _ = 1 // 0
    assert publisher.acknowledged == 1


def test_an_event_arrives_no_earlier_than_it_happened() -> None:
    early = event(10, arrived_at=NEW_YEAR)
    late = event(10, arrived_at=NEW_YEAR + dt.timedelta(hours=1))
    assert event_record(event(10)).arrived_at == event_record(early).arrived_at == event(10).occurred_at
    assert event_record(late).arrived_at == late.arrived_at
