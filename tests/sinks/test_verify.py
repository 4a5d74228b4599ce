"""Verification on a real broker and a real server: what is lost, doubled or miscounted is found and named."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from producers.contract import ComplaintEvent, Kind, encode, event_headers, event_key
from sinks.accounts import Tally
from sinks.clickhouse import ClickHouse
from sinks.raw_log import LogAway, RawLog
from sinks.request_check import RequestReport
from sinks.requests import RequestKeeper
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from sinks.verify import Verification, Verifier
from streams.calendar import LocalCalendar
from streams.contract import Progress, Reason, Rejected
from tests.sinks.made import NOON, fact, store

pytestmark = pytest.mark.stack

AT_ONCE = "SETTINGS mutations_sync = 1"


@dataclass
class Log:
    """A raw topic of two parts on the session's broker."""

    brokers: str
    topic: str
    producer: KafkaProducer

    def append(
        self, part: int, value: bytes, key: bytes | None = b"k", headers: Sequence[tuple[str, bytes]] = ()
    ) -> None:
        """Append one record and wait until it is there."""
        self.producer.send(self.topic, value, key=key, headers=list(headers), partition=part).get(10)

    def publish(self, number: int, part: int = 0) -> None:
        """Append the event that `fact(number)` is made of."""
        event = ComplaintEvent(
            source="12345",
            request_id=f"r{number}",
            event_id=f"v{number}",
            kind=Kind.OPENED,
            occurred_at=NOON,
        )
        self.append(part, encode(event), event_key("12345", f"r{number}"), event_headers(event))


@pytest.fixture
def log(kafka: str) -> Iterator[Log]:
    topic = f"raw.{uuid.uuid4().hex[:8]}"
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.create_topics({topic: {"num_partitions": 2, "replication_factor": 1}})
    admin.close()
    producer = KafkaProducer(bootstrap_servers=kafka, acks="all")
    yield Log(kafka, topic, producer)
    producer.close(timeout=5)


@pytest.fixture
def sink(fresh: SinksSettings) -> ClickHouseSink:
    return ClickHouseSink(fresh)


def verify(settings: SinksSettings, log: Log, wait_seconds: float = 0.0) -> Verification:
    RequestKeeper(settings).keep_all()
    with_broker = settings.model_copy(update={"brokers": log.brokers})
    return Verifier(with_broker, log.topic, epoch=1).run(wait_seconds=wait_seconds)


def midnight(settings: SinksSettings) -> int:
    return LocalCalendar(ZoneInfo(settings.zone)).day_start(int(NOON.timestamp()))


def rejected(offset: int, part: int = 0) -> Rejected:
    return Rejected(
        source="12345",
        reason=Reason.NOT_JSON,
        detail="",
        epoch=1,
        part=part,
        offset=offset,
        key=b"k",
        value=b"{",
        headers=(),
    )


def test_an_empty_log_is_exact(fresh: SinksSettings, log: Log) -> None:
    found = verify(fresh, log)
    assert found.is_exact
    assert (found.account.sources, found.counts.compared) == ({}, 0)


def test_stored_duplicate_and_rejected_records_add_up(
    fresh: SinksSettings, log: Log, sink: ClickHouseSink
) -> None:
    for number in (0, 1, 0):
        log.publish(number)
    log.append(0, b"{", headers=[("ce_source", b"12345")])
    log.append(0, b'{"at": "2021-01-01T00:00:00Z"}', key=None)  # a tick is nobody's event
    log.append(1, b'{"source": "other", "broken": ')
    log.append(1, b'{"source": "other"}')
    store(sink, [fact(0), fact(1), fact(0, offset=2)])
    sink.insert_rejected([rejected(3), rejected(0, part=1), rejected(1, part=1)])
    sink.recount_days(1, 0, 5, {midnight(fresh)})
    found = verify(fresh, log)
    assert found.account.sources == {
        "12345": Tally(published=4, stored=2, duplicates=1, rejected=1),
        "unknown": Tally(published=1, rejected=1),
        "other": Tally(published=1, rejected=1),
    }
    assert found.counts.compared == 15
    assert found.is_exact


def test_a_missing_event_is_named(fresh: SinksSettings, log: Log, sink: ClickHouseSink) -> None:
    log.publish(0)
    log.publish(1)
    log.append(1, b"no JSON at all")
    store(sink, [fact(0)])
    found = verify(fresh, log)
    assert found.account.missing == ["part 0 offset 1: 12345 r1 v1", "part 1 offset 0"]
    assert not found.account.is_exact


def test_a_row_without_a_record_is_named(fresh: SinksSettings, log: Log, sink: ClickHouseSink) -> None:
    log.publish(0)
    log.append(0, b"{}", key=None)
    log.publish(2)
    store(sink, [fact(0), fact(1), fact(2)])
    found = verify(fresh, log)
    assert found.account.unexplained == ["part 0 offset 1: stored, though it is no event"]
    assert not found.account.is_exact


@pytest.mark.parametrize(
    ("damage", "differing"),
    [
        ("ALTER TABLE {t} UPDATE opened = 7 WHERE level = 'city' AND grain = 'hour'", 1),
        ("ALTER TABLE {t} DELETE WHERE unit = 'e1'", 3),
        ("ALTER TABLE {t} UPDATE reporters = [1] WHERE level = 'street'", 3),
        ("ALTER TABLE {t} UPDATE categories = map('x', 1) WHERE unit = 'd1'", 3),
        (
            "INSERT INTO {t} (level, unit, grain, bucket, opened) "
            "SELECT 'city', 'x', 'day', toDateTime64(1622476800, 0), 1",
            1,
        ),
    ],
)
def test_a_wrong_count_is_found(
    fresh: SinksSettings, log: Log, sink: ClickHouseSink, server: ClickHouse, damage: str, differing: int
) -> None:
    log.publish(0)
    store(sink, [fact(0)])
    sink.recount_days(1, 0, 1, {midnight(fresh)})
    assert verify(fresh, log).is_exact
    table = f"{fresh.clickhouse.database}.unit_counts"
    server.execute(f"{damage.format(t=table)} {AT_ONCE}")
    found = verify(fresh, log)
    assert found.account.is_exact
    assert (found.counts.differing, len(found.counts.differences)) == (differing, differing)


def test_fine_counts_that_their_retention_has_dropped_are_no_difference(
    fresh: SinksSettings, log: Log, sink: ClickHouseSink, server: ClickHouse
) -> None:
    log.publish(0)
    store(sink, [fact(0)])
    sink.recount_days(1, 0, 1, {midnight(fresh)})
    database = fresh.clickhouse.database
    server.execute(f"ALTER TABLE {database}.unit_counts DELETE WHERE grain = 'minute' {AT_ONCE}")
    assert verify(fresh, log).counts.differing == 5
    long_ago = "inserted_at = inserted_at - toIntervalDay(91)"
    server.execute(f"ALTER TABLE {database}.complaints UPDATE {long_ago} WHERE 1 {AT_ONCE}")
    assert verify(fresh, log).is_exact


def test_a_request_that_is_not_what_its_facts_say_is_found(
    fresh: SinksSettings, log: Log, sink: ClickHouseSink, server: ClickHouse
) -> None:
    for number in range(4):
        log.publish(number)
    store(sink, [fact(number) for number in range(4)])
    sink.recount_days(1, 0, 4, {midnight(fresh)})
    assert verify(fresh, log).requests == RequestReport(compared=4)
    database = fresh.clickhouse.database
    server.execute(
        f"ALTER TABLE {database}.requests UPDATE department = 'x' WHERE request_id = 'r1' {AT_ONCE}"
    )
    server.execute(f"ALTER TABLE {database}.requests DELETE WHERE request_id = 'r2' {AT_ONCE}")
    server.execute(f"ALTER TABLE {database}.complaints DELETE WHERE request_id = 'r3' {AT_ONCE}")
    found = verify(fresh, log)
    assert sorted(found.requests.differences) == ["12345 r1", "12345 r2", "12345 r3"]
    assert not found.is_exact


def test_facts_that_nobody_takes_up_are_found(fresh: SinksSettings, log: Log, sink: ClickHouseSink) -> None:
    log.publish(0)
    store(sink, [fact(0)])
    sink.recount_days(1, 0, 1, {midnight(fresh)})
    with_broker = fresh.model_copy(update={"brokers": log.brokers})
    found = Verifier(with_broker, log.topic, epoch=1).run(wait_seconds=1)
    assert found.requests == RequestReport(compared=0, waiting=1)
    assert (found.account.is_exact, found.counts.is_exact, found.is_exact) == (True, True, False)


def test_a_second_delivery_with_another_time_counts_by_the_first(
    fresh: SinksSettings, log: Log, sink: ClickHouseSink
) -> None:
    log.publish(0)
    log.publish(0)
    log.publish(0)
    store(sink, [fact(0, offset=2, at=NOON - dt.timedelta(days=40))])
    store(sink, [fact(0, offset=1, at=NOON + dt.timedelta(minutes=5))])
    store(sink, [fact(0)])
    sink.recount_days(1, 0, 3, {midnight(fresh), midnight(fresh) - 40 * 86_400})
    found = verify(fresh, log)
    assert found.account.sources == {"12345": Tally(published=3, stored=1, duplicates=2)}
    assert found.is_exact
    assert found.counts.compared == 15


def test_it_waits_for_workers_that_are_still_at_it(
    fresh: SinksSettings, log: Log, sink: ClickHouseSink
) -> None:
    log.publish(0)

    def catch_up() -> None:
        store(sink, [fact(0)])
        sink.insert_progress([Progress(epoch=1, part=0, next=1, clock_ms=0, registry_version="")])
        sink.recount_days(1, 0, 1, {midnight(fresh)})
        RequestKeeper(fresh).keep_all()

    worker = threading.Timer(2.0, catch_up)
    worker.start()
    assert verify(fresh, log, wait_seconds=60).is_exact
    worker.join()


def test_its_patience_ends_where_nothing_moves(fresh: SinksSettings, log: Log) -> None:
    log.publish(0)
    assert len(verify(fresh, log, wait_seconds=1).account.missing) == 1


def test_reading_ends_where_the_log_ended_when_it_began(log: Log) -> None:
    for number in range(7):
        log.publish(number, part=1)
    with RawLog(log.brokers, log.topic) as raw:
        reading = raw.read(1)
        first = next(reading)
        log.publish(99, part=1)
        assert [first.offset, *(record.offset for record in reading)] == list(range(7))
        assert (raw.end(0), raw.end(1)) == (0, 8)
        assert list(raw.read(0)) == []


def test_a_missing_topic_is_said_to_be_missing(log: Log) -> None:
    with pytest.raises(LogAway, match=r"no\.such\.topic is missing"):
        RawLog(log.brokers, "no.such.topic")
