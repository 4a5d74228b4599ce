"""Measures the whole platform on real parts: throughput, latency, alerts, memory, start."""

from __future__ import annotations

import datetime as dt
import statistics
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from deploy.example_district import as_registry
from deploy.settings import DeploySettings
from producers.contract import ComplaintEvent
from producers.publish import Publisher
from producers.sources.synthetic import city, city_events
from sinks.clickhouse import ClickHouse
from streams.estates.registry_csv import format_csv
from tests.integration.platform import Platform, running_platform

YEAR_SECONDS = 365 * 86400
WARM_UP_SECONDS = 2.0
POLL_SECONDS = 0.5
"""Looking costs the server time, too."""
WATCH_SECONDS = 0.02
"""Between two looks at what became visible: half of it is added to each latency, but looks cost the cores
that do the work."""
OVERLAP = dt.timedelta(seconds=0.3)
"""An insert may become visible after one that began later; to read more twice costs what is measured."""
START = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Throughput:
    """A backlog through the whole platform."""

    events: int
    seconds: float
    start_seconds: float
    """From the start of an intake worker to its first event in ClickHouse."""
    worker_rss_mb: float
    """Resident memory of the largest worker when all was stored, MiB."""

    @property
    def events_per_second(self) -> float:
        """Raw to facts, counts of five levels and surges, all stored."""
        return self.events / self.seconds


class SteppingClock:
    """Event time that steps evenly, so that a year of events spans a year however fast it is made."""

    def __init__(self, start: dt.datetime, step: dt.timedelta) -> None:
        self._now, self._step = start, step

    def __call__(self) -> dt.datetime:
        """Return the next moment."""
        self._now += self._step
        return self._now


def registry_file(directory: Path, estates: int) -> Path:
    """Write the registry of a made-up city."""
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / f"city-{estates}.csv"
    file.write_text(format_csv(as_registry(city(estates))))
    return file


def made_events(estates: int, count: int, seed: int = 1) -> Iterator[ComplaintEvent]:
    """Yield so many opened requests, spread over event time like New York's three million a year."""
    clock = SteppingClock(START, dt.timedelta(seconds=YEAR_SECONDS / 3_000_000))
    return islice(city_events(city(estates), seed, clock=clock), count)


def throughput(directory: Path, estates: int, count: int, intakes: int = 1) -> Throughput:
    """Publish a backlog, then start the workers and wait until all of it is stored."""
    names = ["writer", "weigher", *(f"intake-{number}" for number in range(1, intakes + 1))]
    with running_platform(directory / "stack", registry_file(directory, estates), only(intakes)) as platform:
        for worker in reversed(names):
            platform.stack.supervisor.stop(worker)
        last = publish(platform, made_events(estates, count))
        for worker in names:
            started = time.monotonic()
            platform.stack.supervisor.start(worker)
        # From the first row on: imports and the compiling of the registry are the figure of a start.
        first_rows = _first_rows(platform)
        began = time.monotonic()
        wait_stored(platform, count, last)
        seconds = time.monotonic() - began
        largest = max(rss_mb(platform, name) for name in names)
        return Throughput(count - first_rows, seconds, began - started, largest)


def only(intakes: int) -> DeploySettings:
    """Return what the local stack runs: so many intake workers, and nobody who looks on."""
    return DeploySettings(intake_workers=intakes, console=False)


def _first_rows(platform: Platform) -> int:
    while not (rows := platform.rows("SELECT count() FROM pulse.complaints")[0][0]):
        time.sleep(0.05)
    return int(rows)


def publish(platform: Platform, events: Iterator[ComplaintEvent]) -> dt.datetime:
    """Publish events and the tick that ends them; return the last arrival."""
    last = START
    with Publisher(platform.settings.producers.brokers) as publisher:
        for event in events:
            publisher.publish(event)
            last = event.arrived_at or event.occurred_at
        publisher.tick(last + dt.timedelta(minutes=1))
    return last


def wait_stored(platform: Platform, count: int, last: dt.datetime) -> None:
    """Wait until facts, counts and the weigher have all come to the end."""
    facts = "SELECT count() FROM pulse.complaints"
    while platform.rows(facts)[0][0] < count:
        time.sleep(POLL_SECONDS)
    while not _counts_are_in(platform):
        time.sleep(POLL_SECONDS)
    while platform.watermark() < last.timestamp():
        time.sleep(POLL_SECONDS)


def _counts_are_in(platform: Platform) -> bool:
    """Return whether each part's last event is in its counts; the tick behind it touches none."""
    [(facts, counts)] = platform.rows(
        "SELECT (SELECT count() FROM pulse.complaints FINAL WHERE kind IN ('opened', 'closed', 'reopened')),"
        " (SELECT sum(opened + closed + reopened) FROM pulse.unit_counts FINAL"
        "  WHERE level = 'city' AND grain = 'day')"
    )
    return bool(counts >= facts)


def rss_mb(platform: Platform, name: str) -> float:
    """Return the resident memory of a worker."""
    status = Path(f"/proc/{platform.pid(name)}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def visible(directory: Path, rate: float, seconds: float) -> tuple[float, float]:
    """Return p50 and p99, in ms, from the publishing of an event to a query that shows it."""
    events = city_events(city(1000), 1)
    with running_platform(directory / "stack", registry_file(directory, 1000), only(1)) as platform:
        seen: dict[str, float] = {}
        stop = threading.Event()
        watcher = threading.Thread(target=_watch, args=(platform, seen, stop))
        watcher.start()
        # The first ones wait for groups to form and for the producer to connect, which are matters of starts.
        with Publisher(platform.settings.producers.brokers) as publisher:
            for part in (WARM_UP_SECONDS, seconds):
                made = [*islice(events, int(rate * part))]  # to make them up is no part of the work
                sent = _publish_at(publisher, rate, made)
                platform.wait_until(lambda sent=sent: sent.keys() <= seen.keys(), "all is visible")  # type: ignore[misc]
                time.sleep(platform.settings.sinks.longest_batch_seconds)  # who was behind gathers so long
        stop.set()
        watcher.join()
    quantiles = statistics.quantiles(((seen[id_] - at) * 1000 for id_, at in sent.items()), n=100)
    return quantiles[49], quantiles[98]


def _publish_at(publisher: Publisher, rate: float, events: Iterable[ComplaintEvent]) -> dict[str, float]:
    """Publish events at a steady rate; return when each was published, by the monotonic clock."""
    sent: dict[str, float] = {}
    began = time.monotonic()
    for number, event in enumerate(events):
        ahead = number / rate - (time.monotonic() - began)
        if ahead > 0:
            time.sleep(ahead)
        sent[event.event_id] = time.monotonic()
        publisher.publish(event)
    publisher.flush()
    return sent


def _watch(platform: Platform, seen: dict[str, float], stop: threading.Event) -> None:
    since = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    server = ClickHouse(platform.settings.sinks.clickhouse)
    while not stop.is_set():
        now = time.monotonic()
        rows = server.execute(
            "SELECT event_id, toUnixTimestamp64Milli(inserted_at) FROM pulse.complaints"
            f" WHERE inserted_at >= fromUnixTimestamp64Milli({int(since.timestamp() * 1000)})"
        )
        for event_id, inserted_ms in rows:
            seen.setdefault(event_id, now)
            since = max(since, dt.datetime.fromtimestamp(inserted_ms / 1000, dt.UTC) - OVERLAP)
        time.sleep(WATCH_SECONDS)
    server.close()
