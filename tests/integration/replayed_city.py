"""A city's events through the real broker, workers killed meanwhile: the surges stored, and the backtest's.

By hand, over a file of any size in the columns of `pulse backtest`:

    python -m tests.integration.replayed_city --events events.csv --broker kafka
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from msgspec.structs import replace

from deploy.chaos.compare import Findings, compare_surges
from deploy.chaos.tables import Row, Tables
from deploy.commands import backtest
from deploy.local.stack import Broker
from deploy.settings import DeploySettings, load_settings
from deploy.sources import Tree
from producers.contract import ComplaintEvent, Kind
from producers.publish import Publisher
from producers.replay import END_MARGIN
from producers.sources.synthetic import city
from streams.contract import Level, Surge, identity, moment, reporter_of
from streams.contract import Path as Units
from streams.estates.registry import Area, Estate, Registry
from streams.estates.registry_csv import format_csv
from streams.surges.arrival import Arrival
from streams.surges.city_surge import WHOLE_CITY
from streams.surges.detector import Detector
from streams.surges.event_rows import NO_SOURCE, TimeFormat, read_arrivals
from tests.integration.platform import PATIENCE_SECONDS, Platform, running_platform

SOURCE = "replayed"
INTAKES = ("intake-1", "intake-2")
PIECES = 12
"""In which the events are published, with a tick behind each."""
KILLED = {8: "weigher", 9: "intake-1"}
"""In the middle of which piece which worker gets SIGKILL: one soon after the other, so that both are away."""
OFTEN: Tree = {"streams": {"checkpoint_seconds": 2.0}}
"""So that the weigher that is killed has a checkpoint to go on from."""
SETTLE_SECONDS = 60.0
"""From the weighing of the last minute until its surges are stored, at the most."""
EVENTS_PER_SECOND = 200
"""The least speed of the whole platform that is waited for."""
COLUMNS = (
    "event_id",
    "request_id",
    "estate",
    "community",
    "street",
    "district",
    "city",
    "reporter",
    "category",
)
AREAS = (Level.DISTRICT, Level.STREET, Level.COMMUNITY)


@dataclass(frozen=True)
class Outcome:
    """What a replay came to."""

    events: int
    expected: dict[str, Surge]
    """The backtest's surges as they were last told, by the ids that the stream has to give them."""
    stored: list[Row]
    findings: Findings
    """Where the stored ones differ: ids, unit, times, observed, reporters, requests, carriers, score."""

    @property
    def equal_ids(self) -> int:
        """How many of the backtest's surges are stored."""
        return len(self.expected.keys() & {row[0] for row in self.stored})


def replay_city(directory: Path, events: Path, broker: Broker = "tansu") -> Outcome:
    """Send a file of events, in order of arrival, through a platform of two intake workers; kill two workers.

    Args:
        directory: of the platform.
        events: CSV as `pulse backtest` reads it, each estate named.
        broker: which one.
    """
    zone = ZoneInfo(load_settings().zone)
    with events.open(encoding="utf-8", newline="") as file:
        arrivals = [*read_arrivals(csv.reader(file), TimeFormat(zone))]
    registry = registry_of(arrival.path for arrival in arrivals)
    directory.mkdir(parents=True, exist_ok=True)
    registry_file = directory / "registry.csv"
    registry_file.write_text(format_csv(registry), encoding="utf-8")
    two = DeploySettings(intake_workers=len(INTAKES), console=False)
    with running_platform(directory / "stack", registry_file, two, OFTEN, broker) as platform:
        publish(platform, [*events_of(arrivals, registry)])
        expected = backtested(events, arrivals, Detector(platform.settings.streams.detector, zone), zone)
        patience = PATIENCE_SECONDS + len(arrivals) / EVENTS_PER_SECOND
        end = arrivals[-1].weighed / 1000
        platform.wait_until(lambda: platform.watermark() > end, "all is weighed", patience)
        stored = settled(Tables(platform.settings.sinks, epoch=1), expected)
    return Outcome(len(arrivals), expected, stored, compare_surges(stored, expected))


def write_events(file: Path, arrivals: Iterable[Arrival]) -> None:
    """Write events as `pulse backtest` reads them."""
    with file.open("w", encoding="utf-8", newline="") as rows:
        writer = csv.writer(rows)
        writer.writerow((*COLUMNS, "occurred_at", "arrived_at", "source"))
        for each in arrivals:
            units = (getattr(each.path, level) for level in Level)
            times = (moment(ms).isoformat(timespec="milliseconds") for ms in (each.occurred, each.weighed))
            told = (each.event_id, each.request_id, *units, each.reporter, each.problem_type)
            writer.writerow((*told, *times, each.source))


def registry_of(paths: Iterable[Units]) -> Registry:
    """Return the registry of all units that events name, made-up names for the estates."""
    areas: dict[str, Area] = {}
    parents: dict[str, str] = {}
    for path in dict.fromkeys(paths):
        above = path.city or WHOLE_CITY
        areas[above] = Area(above, Level.CITY, above)
        for level in AREAS:
            if unit := getattr(path, level):
                areas[unit] = Area(unit, level, unit, above)
                above = unit
        parents[path.estate] = above
    names = [row.name for row in city(len(parents)).of_level(Level.ESTATE)]
    estates = [
        Estate(unit, name, parent) for (unit, parent), name in zip(parents.items(), names, strict=True)
    ]
    return Registry(estates, areas.values())


def events_of(arrivals: Iterable[Arrival], registry: Registry) -> Iterator[ComplaintEvent]:
    """Yield the opened requests that a source would send, which gives the estate as a field."""
    for arrival in arrivals:
        is_named = arrival.reporter != reporter_of("", NO_SOURCE, arrival.request_id)
        yield ComplaintEvent(
            source=SOURCE,
            request_id=arrival.request_id,
            event_id=arrival.event_id,
            kind=Kind.OPENED,
            occurred_at=moment(arrival.occurred),
            arrived_at=moment(arrival.weighed),
            reporter=arrival.reporter if is_named else "",
            estate=registry.estates[arrival.path.estate].name,
        )


def publish(platform: Platform, events: Sequence[ComplaintEvent]) -> None:
    """Publish all events, with a worker killed in the middle of two of the pieces."""
    with Publisher(platform.settings.producers.brokers) as publisher:
        size = -(-len(events) // PIECES)
        for number in range(PIECES):
            piece = events[number * size : (number + 1) * size]
            if number == min(KILLED):
                wait_at_work(platform)
            for place, event in enumerate(piece):
                publisher.publish(event)
                if number in KILLED and place == len(piece) // 2:
                    publisher.flush()
                    platform.kill(KILLED[number])
            publisher.tick(arrived(piece[-1]))
        publisher.tick(arrived(events[-1]) + END_MARGIN)


def arrived(event: ComplaintEvent) -> dt.datetime:
    """Return when the platform was told of it."""
    return event.arrived_at or event.occurred_at


def wait_at_work(platform: Platform) -> None:
    """Wait until those that are to be killed have something to lose."""
    platform.wait_until(lambda: all(has_parts(platform, each) for each in INTAKES), "both intakes work")
    # Whether the weigher has a checkpoint by now is chance: it keeps none once it has weighed all that came.
    platform.wait_until(
        lambda: platform.rows("SELECT count() FROM pulse.surges")[0][0] > 0, "there is a surge"
    )


def has_parts(platform: Platform, intake: str) -> bool:
    """Return whether an intake worker has taken records of any part."""
    return "pulse_stream_next_offset{" in httpx.get(platform.stack.state.metrics[intake]).text


def backtested(
    events: Path, arrivals: Iterable[Arrival], detector: Detector, zone: ZoneInfo
) -> dict[str, Surge]:
    """Return the surges that `pulse backtest` finds in the file, by the ids that the stream gives them.

    The file's event ids are unique by themselves; the stream's name source and request too.
    """
    found = backtest.run(events, detector, TimeFormat(zone))
    requests = {each.event_id: each.request_id for each in arrivals}
    surges = {}
    for surge in found.last.values():
        unit = f"{surge.level.value}:{surge.unit}:"
        event_id = surge.surge_id.removeprefix(unit)
        surge_id = unit + identity(SOURCE, requests[event_id], event_id)
        surges[surge_id] = replace(surge, surge_id=surge_id)
    return surges


def settled(tables: Tables, expected: dict[str, Surge]) -> list[Row]:
    """Return the stored surges once they are those expected, or as they are when they should be."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while not compare_surges(stored := tables.surges(), expected).is_none and time.monotonic() < deadline:
        time.sleep(0.5)
    return stored


def main() -> int:
    """Replay a file and say whether the surges are the backtest's."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=Path, required=True, help="CSV as `pulse backtest` reads it.")
    parser.add_argument("--broker", choices=("tansu", "kafka"), default="tansu")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="replayed-") as directory:
        outcome = replay_city(Path(directory), arguments.events, arguments.broker)
    print(
        f"{outcome.events} events on {arguments.broker}, {' and '.join(KILLED.values())} killed:"
        f" {len(outcome.expected)} surges of the backtest, {len(outcome.stored)} stored,"
        f" {outcome.equal_ids} of one id, {len(outcome.findings.wrong)} that differ"
    )
    for line in outcome.findings.wrong:
        print(line)
    return 0 if outcome.findings.is_none else 1


if __name__ == "__main__":
    raise SystemExit(main())
