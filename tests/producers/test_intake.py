"""The intake over HTTP, on a real broker: 202 means that it is in Kafka, everything else that it is not."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from starlette.testclient import TestClient

from deploy.local.broker import tansu
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import running
from deploy.topics import create_topics
from producers.contract import decode_event, decode_tick
from producers.intake.app import Intake
from producers.settings import ProducersSettings
from tests.producers.raw_log import RawLog

pytestmark = pytest.mark.stack

PATH = "/v1/events"
TOKEN = {"Authorization": "Bearer secret"}
GOOD: dict[str, Any] = {"request_id": "R1", "kind": "opened", "occurred_at": "2021-06-01T19:00:00+08:00"}


@contextmanager
def intake(brokers: str, **limits: Any) -> Iterator[TestClient]:
    settings = ProducersSettings.model_validate(
        {
            "brokers": brokers,
            "reporter_key": "k" * 32,
            "tick_seconds": 0.2,
            "intake": {
                "tokens": {"hotline": hashlib.sha256(b"secret").hexdigest()},
                "delivery_seconds": 3,
                **limits,
            },
        }
    )
    with TestClient(Intake(settings).app) as client:
        yield client


@pytest.fixture(scope="module")
def client(brokers: str) -> Iterator[TestClient]:
    with intake(brokers, max_body_bytes=20_000, max_items=50) as opened:
        wait_for(opened, 200)
        yield opened


def wait_for(client: TestClient, status: int) -> None:
    deadline = time.monotonic() + 15
    while client.get("/healthz").status_code != status:
        assert time.monotonic() < deadline, f"/healthz never said {status}"
        time.sleep(0.1)


def schema_of(client: TestClient, status: int) -> dict[str, Any]:
    """The documented schema of an answer, with the components that it refers to."""
    document = client.get("/openapi.json").json()
    response = document["paths"][PATH]["post"]["responses"][str(status)]
    return {**response["content"]["application/json"]["schema"], "components": document["components"]}


def post(client: TestClient, body: Any, headers: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    """Post, and check the answer against what /openapi.json says of its status."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.post(PATH, content=content, headers=TOKEN if headers is None else headers)
    jsonschema.validate(answer.json(), schema_of(client, answer.status_code))
    return answer.status_code, answer.json()


def test_an_accepted_event_is_in_kafka(client: TestClient, brokers: str) -> None:
    log = RawLog(brokers)
    before = dt.datetime.now(dt.UTC)
    status, answer = post(client, {**GOOD, "reporter": "13800138000"})
    assert (status, answer["accepted"], answer["refused"]) == (202, 1, 0)
    [read] = (each for each in log.read(1) if not each.is_tick)
    event = decode_event(read.value)
    assert (event.source, event.event_id) == ("hotline", "R1/opened")
    assert event.arrived_at is not None
    assert before <= event.arrived_at <= dt.datetime.now(dt.UTC)
    assert read.headers["ce_id"] == b"R1/opened"
    assert b"13800138000" not in read.value


def test_good_items_of_an_array_are_taken_and_each_bad_one_has_its_reason(
    client: TestClient, brokers: str
) -> None:
    log = RawLog(brokers)
    status, answer = post(
        client, [GOOD, {**GOOD, "request_id": "R2", "kind": "x"}, 7, {**GOOD, "request_id": "R3"}]
    )
    assert (status, answer["accepted"], answer["refused"]) == (207, 2, 2)
    assert [each["status"] for each in answer["results"]] == ["accepted", "refused", "refused", "accepted"]
    assert answer["results"][1]["field"] == "kind"
    assert {decode_event(each.value).request_id for each in log.read(2) if not each.is_tick} == {"R1", "R3"}


def test_when_nothing_is_good_nothing_is_taken(client: TestClient) -> None:
    status, answer = post(client, [{**GOOD, "lon": 1}])
    assert (status, answer["results"][0]["field"]) == (400, "lat")
    assert post(client, b"[")[0] == 400
    assert post(client, b"[]")[0] == 400


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic secret"}]
)
def test_without_a_token_nobody_is_heard(client: TestClient, headers: dict[str, str]) -> None:
    assert post(client, [GOOD], headers)[0] == 401


def test_a_token_speaks_for_its_own_source_only(client: TestClient) -> None:
    status, answer = post(client, [GOOD, {**GOOD, "source": "other"}])
    assert (status, "hotline" in answer["error"]) == (403, True)


def test_too_much_at_once_is_refused_whole(client: TestClient) -> None:
    assert post(client, [GOOD] * 51)[0] == 413
    assert post(client, {**GOOD, "text": "x" * 20_000})[0] == 413


def test_ticks_follow_the_wall_clock_in_every_partition_and_never_overtake_events(
    client: TestClient, brokers: str
) -> None:
    log = RawLog(brokers)
    began = dt.datetime.now(dt.UTC)
    for number in range(30):
        post(client, {**GOOD, "request_id": f"T{number}"})
        time.sleep(0.03)
    records = log.read(30, ticks=12)
    for partition in range(4):
        clock = began - dt.timedelta(seconds=1)
        for record in (each for each in records if each.partition == partition):
            if record.is_tick:
                clock = max(clock, decode_tick(record.value).at)
            else:
                arrived_at = decode_event(record.value).arrived_at
                assert arrived_at is not None
                assert arrived_at >= clock
        assert clock > began


def test_metrics_count_events_by_source_and_outcome(client: TestClient) -> None:
    post(client, [GOOD, 7])
    text = client.get("/metrics").text
    assert 'pulse_intake_events_total{outcome="accepted",source="hotline"}' in text
    assert 'pulse_intake_events_total{outcome="refused",source="hotline"}' in text
    assert 'pulse_intake_requests_total{status="207"}' in text
    assert "pulse_intake_kafka_up 1.0" in text
    assert "pulse_producer_ticks_total" in text


def test_every_route_is_described_and_nothing_else(client: TestClient, brokers: str) -> None:
    settings = ProducersSettings(brokers=brokers)
    routes = {route.path for route in Intake(settings).app.routes}  # type: ignore[attr-defined]  # all are Routes
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == routes
    assert document["openapi"].startswith("3.1")


def test_the_described_event_is_the_one_that_is_taken(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    submitted = {**document["components"]["schemas"]["SubmittedEvent"], "components": document["components"]}
    jsonschema.validate(GOOD, submitted)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**GOOD, "kind": "exploded"}, submitted)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"kind": "opened", "occurred_at": GOOD["occurred_at"]}, submitted)


def test_without_kafka_the_answer_is_503_and_with_it_again_202(tmp_path: Path) -> None:
    [port] = free_ports(1)
    brokers = f"{LOOPBACK}:{port}"
    with intake(brokers) as client:
        status, answer = post(client, GOOD)
        assert (status, "counts once" in answer["error"]) == (503, True)
        with running(tansu(tmp_path, port)):
            create_topics(brokers)
            wait_for(client, 200)
            assert post(client, GOOD)[0] == 202
        began = time.monotonic()
        assert post(client, GOOD)[0] == 503
        assert time.monotonic() - began < 12
        wait_for(client, 503)
        with running(tansu(tmp_path, port)):
            create_topics(brokers)
            wait_for(client, 200)
            assert post(client, GOOD)[0] == 202


def test_while_too_much_waits_for_kafka_the_answer_is_429(tmp_path: Path) -> None:
    [port] = free_ports(1)
    brokers = f"{LOOPBACK}:{port}"
    with running(tansu(tmp_path, port)) as broker, ThreadPoolExecutor() as pool:
        create_topics(brokers)
        with intake(brokers, max_waiting_items=10, delivery_seconds=20) as client:
            wait_for(client, 200)
            with frozen(broker.process.pid):
                first = pool.submit(post, client, [GOOD] * 6)
                time.sleep(0.5)
                answer = client.post(PATH, content=json.dumps([GOOD] * 6), headers=TOKEN)
            assert answer.status_code == 429
            assert answer.headers["Retry-After"] == "1"
            assert first.result(30)[0] == 202


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
