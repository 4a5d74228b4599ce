"""Measures the way of an alert: from the moment that the watermark allows a surge to Alertmanager being told.

A city that has been watched for some weeks gets 500 events a second, and among them bursts at one estate or
another. Event time runs faster than the clock, so that half a minute holds the surges of a day; what is
measured runs at the clock's pace. A minute may be weighed when every part has had an event from behind its
end: from the publishing of that event to the post at Alertmanager's place is the figure.

It is a hard measure for the weigher: a minute of the fast clock holds few events, so nearly each is weighed
by itself, while a minute of 500 real events a second holds 30,000, most of which share their units.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import msgspec

from deploy.settings import DeploySettings
from deploy.topics import RAW_PARTITIONS
from producers.contract import ComplaintEvent
from producers.partitions import partition_of
from producers.publish import Publisher
from producers.sources.synthetic import city, city_events
from tests.bench.platform import START, SteppingClock, registry_file
from tests.integration.platform import Platform, running_platform
from tests.listener import listening

ESTATES = 300
STEP = dt.timedelta(seconds=10)
HISTORY_DAYS = 16
"""More than the detector wants before it opens anything."""
RATE = 500
BURSTS_PER_SECOND = 3
BURST_EVENTS = 16
MINUTE = 60
SETTLE_SECONDS = 10.0
BUCKET = re.compile(r'^pulse_alert_seconds_bucket\{le="([^"]+)"\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True)
class AlertLatency:
    """How long alerts took, in seconds."""

    alerts: int
    p50_s: float
    p99_s: float
    path_p99_s: float
    """Of these, what the alerter takes: from a surge's record in Kafka to the post taken, rounded up."""


class Told:
    """When somebody was first told of each surge."""

    def __init__(self) -> None:
        self.surges: dict[str, tuple[int, float]] = {}
        """surge -> (when it opened, s since 1970 in event time; when it was told, by the monotonic clock)"""

    def hear(self, path: str, alerts: Any) -> None:
        """Take a post as Alertmanager gets it."""
        del path
        at = time.monotonic()
        for alert in alerts:
            opened_at = dt.datetime.fromisoformat(alert["annotations"]["opened_at"]).timestamp()
            self.surges.setdefault(alert["labels"]["surge"], (int(opened_at), at))


class Watermark:
    """When the publishing of events allowed each minute to be weighed, by the monotonic clock."""

    def __init__(self, since: dt.datetime) -> None:
        self._clocks = [since.timestamp()] * RAW_PARTITIONS
        self._minute = int(since.timestamp()) // MINUTE * MINUTE
        self.allowed: dict[int, float] = {}

    def publish(self, event: ComplaintEvent, publisher: Publisher) -> None:
        """Publish an event, and note the minutes that it is the last to allow."""
        publisher.publish(event)
        part = partition_of(f"{event.source}/{event.request_id}".encode(), RAW_PARTITIONS)
        self._clocks[part] = max(self._clocks[part], event.occurred_at.timestamp())
        now, passed = time.monotonic(), min(self._clocks)
        while self._minute + MINUTE <= passed:
            self._minute += MINUTE
            self.allowed[self._minute] = now


def measure(directory: Path, seconds: float = 30.0) -> AlertLatency:
    """Return the figure at 500 events/s.

    Args:
        directory: of the stack.
        seconds: of the part that is measured.
    """
    told = Told()
    with listening(told.hear) as address, told_at(address):
        plan = DeploySettings(alerter=True, console=False)
        with running_platform(directory / "stack", registry_file(directory, ESTATES), plan) as platform:
            events = city_events(city(ESTATES), 1, clock=SteppingClock(START, STEP))
            with Publisher(platform.settings.producers.brokers) as publisher:
                watermark = Watermark(_publish_history(platform, publisher, events))
                _publish_live(publisher, events, watermark, seconds)
            time.sleep(SETTLE_SECONDS)
            path_p99_s = _path_p99(platform)
    taken = sorted(
        at - watermark.allowed[opened] for opened, at in told.surges.values() if opened in watermark.allowed
    )
    quantiles = statistics.quantiles(taken, n=100)
    return AlertLatency(len(taken), quantiles[49], quantiles[98], path_p99_s)


@contextmanager
def told_at(address: str) -> Iterator[None]:
    """Have every stack that is started meanwhile tell this address, of surges of any age."""
    settings = {
        "PULSE_SINKS__ALERTS__ALERTMANAGER_URL": address,
        "PULSE_SINKS__ALERTS__OLDEST_DAYS": "36500",
    }
    os.environ.update(settings)
    try:
        yield
    finally:
        for name in settings:
            del os.environ[name]


def _publish_history(
    platform: Platform, publisher: Publisher, events: Iterator[ComplaintEvent]
) -> dt.datetime:
    """Publish what the detector needs to know, and return its last moment when all of it is weighed."""
    last = START
    for event in islice(events, int(dt.timedelta(days=HISTORY_DAYS) / STEP)):
        publisher.publish(event)
        last = event.occurred_at
    publisher.tick(last)
    platform.wait_until(lambda: platform.watermark() >= last.timestamp(), "the history is weighed")
    return last


def _publish_live(
    publisher: Publisher, events: Iterator[ComplaintEvent], watermark: Watermark, seconds: float
) -> None:
    began = time.monotonic()
    for number, event in enumerate(islice(events, int(RATE * seconds))):
        ahead = number / RATE - (time.monotonic() - began)
        if ahead > 0:
            time.sleep(ahead)
        watermark.publish(event, publisher)
        if number % (RATE // BURSTS_PER_SECOND) == 0:
            for each in _burst(event, number):
                watermark.publish(each, publisher)


def _path_p99(platform: Platform) -> float:
    """Return the bound of the alerter's own histogram that 99 of 100 lie below."""
    text = httpx.get(platform.stack.state.metrics["alerter"]).text
    buckets = {float(bound): float(count) for bound, count in BUCKET.findall(text)}
    return min(bound for bound, count in buckets.items() if count >= 0.99 * max(buckets.values()))


def _burst(like: ComplaintEvent, number: int) -> Iterator[ComplaintEvent]:
    """Yield requests of different people about the estate of an event, at its moment."""
    for each in range(BURST_EVENTS):
        request, reporter = f"burst-{number}-{each}", f"{number:030x}{each:02x}"
        yield msgspec.structs.replace(like, request_id=request, event_id=f"{request}-1", reporter=reporter)
