"""`pulse migrate`, `rejected` and `verify` on real parts, through the command line."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from kafka import KafkaConsumer
from kafka.structs import TopicPartition

from deploy.cli import pulse
from deploy.local.ports import LOOPBACK, free_ports
from deploy.settings import load_settings
from producers.contract import RAW_TOPIC, ComplaintEvent, Kind, encode, event_key
from sinks.clickhouse import ClickHouse
from sinks.sink import ClickHouseSink
from streams.contract import Path as UnitPath
from streams.contract import Progress, Reason, Rejected
from tests.deploy.monitoring import wait_until
from tests.sinks.made import NOON, fact, store

pytestmark = pytest.mark.stack

BROKEN = Rejected(
    source="12345",
    reason=Reason.INVALID_FIELD,
    detail="`$.kind`: invalid enum value 'open'",
    epoch=1,
    part=0,
    offset=4_000_000,
    key=b"12345/r1",
    value=b'{"source": "12345", "kind": "open"}',
    headers=(("ce_source", b"12345"),),
)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(pulse, arguments)


def as_json(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def raw_records(brokers: str) -> list[Any]:
    consumer = KafkaConsumer(
        bootstrap_servers=brokers, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    consumer.assign([TopicPartition(RAW_TOPIC, part) for part in range(4)])
    found = [record for _ in range(3) for batch in consumer.poll(1000).values() for record in batch]
    consumer.close()
    return found


def test_migrate_is_safe_to_repeat(platform: str) -> None:
    del platform
    assert as_json("migrate")["epoch"] >= 1
    assert as_json("migrate")["applied"] == []
    assert "0 migrations applied" in run("migrate").output


def test_a_rejected_record_is_listed_shown_repaired_and_sent_back_once(platform: str, tmp_path: Path) -> None:
    as_json("migrate")
    ClickHouseSink(load_settings().sinks).insert_rejected([BROKEN])
    place = "1/0/4000000"
    assert any(each["example"] == place for each in as_json("rejected", "list", "--reason", "invalid_field"))
    assert any(each["place"] == place for each in as_json("rejected", "list", "--each"))
    assert as_json("rejected", "show", place)["value"] == BROKEN.value.decode()
    assert '"kind": "open"' in run("rejected", "show", place).output

    still_wrong = tmp_path / "wrong.json"
    still_wrong.write_text("{}")
    result = run("rejected", "retry", place, "--value", str(still_wrong))
    assert result.exit_code == 1
    assert "still" in result.output or "no event" in result.output

    event = ComplaintEvent(source="12345", request_id="r1", event_id="v1", kind=Kind.OPENED, occurred_at=NOON)
    repaired = tmp_path / "repaired.json"
    repaired.write_bytes(encode(event))
    assert as_json("rejected", "retry", place, "--value", str(repaired))["repaired"] is True
    [record] = [each for each in raw_records(platform) if each.value == encode(event)]
    assert record.key == event_key("12345", "r1")
    assert dict(record.headers)["ce_type"] == b"estatepulse.complaint.opened.v1"

    again = run("rejected", "retry", place)
    assert again.exit_code == 1
    assert "--again" in again.output
    assert as_json("rejected", "retry", place, "--again")["repaired"] is False
    assert [each.headers for each in raw_records(platform) if each.value == BROKEN.value] == [
        [("ce_source", b"12345")]
    ]


@pytest.mark.parametrize("place", ["1/0", "a/b/c", "", "1/0/-5"])
def test_a_place_is_epoch_part_and_offset(platform: str, place: str) -> None:
    del platform
    result = run("rejected", "show", place)
    assert result.exit_code == 2
    assert "EPOCH/PART/OFFSET" in result.output


def test_verify_says_in_json_and_by_its_exit_code_what_is_missing(platform: str) -> None:
    del platform
    as_json("migrate")
    found = run("verify", "--json", "--wait", "0")  # no worker is at it
    tree = json.loads(found.stdout)
    assert found.exit_code == (0 if tree["exact"] else 1)
    assert set(tree) == {"exact", "sources", "missing", "unexplained", "counts", "requests", "seconds"}
    for tally in tree["sources"].values():
        assert set(tally) == {"published", "stored", "duplicates", "rejected", "exact"}


def test_a_verifier_that_stays_shows_what_it_found(platform: str) -> None:
    del platform
    as_json("migrate")
    [port] = free_ports(1)
    verifier = subprocess.Popen(
        [sys.executable, "-m", "deploy.cli", "verify", "--every", "24", "--wait", "0"],
        env={**os.environ, "PULSE_DEPLOY__METRICS_PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )

    def has_verified() -> bool:
        assert verifier.poll() is None
        with suppress(httpx.TransportError):
            page = httpx.get(f"http://{LOOPBACK}:{port}/metrics").text
            return "pulse_verify_differences{" in page and "pulse_verify_timestamp_seconds 0.0" not in page
        return False

    try:
        wait_until(has_verified, "it has verified once")
    finally:
        verifier.terminate()
        assert verifier.wait(20) is not None


def test_a_replay_needs_no_other_rights_than_the_migrators(platform: str) -> None:
    del platform
    as_json("migrate")
    sinks = load_settings().sinks
    sink, server = ClickHouseSink(sinks), ClickHouse(sinks.clickhouse)
    source, estate = "replayed", "e-replayed"
    made = fact(1, NOON - dt.timedelta(days=20), source=source, part=43, path=UnitPath(estate, city="city"))
    store(sink, [made])
    sink.insert_progress([Progress(epoch=1, part=43, next=2, clock_ms=0, registry_version="v")])
    span = ("--from", "2021-05-01", "--to", "2021-05-31", "--source")
    assert as_json("replay", *span, source)["counts"]["replaced"] >= 2 * 3
    counted = "SELECT grain, opened FROM bi.unit_counts WHERE unit = {unit:String} ORDER BY grain"
    assert server.execute(counted, {"unit": estate}) == [("day", 1), ("hour", 1), ("minute", 1)]
    assert as_json("replay", *span, "nobody")["counts"]["built"] == 0
