"""Waiting for the weigher by its metrics, on a real HTTP answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, Gauge, start_http_server

from deploy.demo.settling import WATERMARK, read_metric, wait_unchanged, wait_weighed
from deploy.errors import OperationFailed
from deploy.local.ports import free_ports

MOMENT = dt.datetime(2021, 6, 1, tzinfo=dt.UTC)


@pytest.fixture
def weigher() -> Iterator[tuple[str, Gauge]]:
    registry = CollectorRegistry()
    gauge = Gauge(WATERMARK, "Event time up to which minutes were weighed", registry=registry)
    [port] = free_ports(1)
    server, thread = start_http_server(port, "127.0.0.1", registry)
    yield f"http://127.0.0.1:{port}/metrics", gauge
    server.shutdown()
    server.server_close()
    thread.join()


def test_it_returns_once_the_watermark_is_there(weigher: tuple[str, Gauge]) -> None:
    url, gauge = weigher
    gauge.set(MOMENT.timestamp())
    wait_weighed(url, MOMENT, seconds=0)


def test_it_says_how_far_the_weigher_came(weigher: tuple[str, Gauge]) -> None:
    url, gauge = weigher
    gauge.set((MOMENT - dt.timedelta(hours=1)).timestamp())
    with pytest.raises(OperationFailed, match="weighed up to 2021-05-31 23:00 UTC only"):
        wait_weighed(url, MOMENT, seconds=0)


def test_a_worker_that_does_not_answer_has_weighed_nothing() -> None:
    [port] = free_ports(1)
    assert read_metric(f"http://127.0.0.1:{port}/metrics", WATERMARK) == 0


def test_what_changes_is_waited_for() -> None:
    values = iter([1, 2, 2])
    assert wait_unchanged(lambda: next(values), seconds=30) == 2
