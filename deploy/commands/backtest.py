"""`pulse backtest`: the surges in a CSV file of past events, found by the stream's detector without Kafka."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.commands.options import zone_option
from deploy.errors import OperationFailed
from streams.contract import Level, Surge, SurgeState
from streams.surges.arrival import Arrival
from streams.surges.city_surge import WHOLE_CITY
from streams.surges.detector import Detector
from streams.surges.event_rows import TimeFormat, UnreadableRows, read_arrivals
from streams.surges.replay import replay
from streams.surges.settings import DetectorSettings

HEADER = (
    "unit",
    "estate",
    "level",
    "time",
    "opened_at",
    "cleared_at",
    "observed",
    "expected",
    "window",
    "reporters",
    "score",
)
ROWS_PER_REFRESH = 1000


@dataclass
class Backtest:
    """What a run found: each episode as it was when it opened, and as it was last told."""

    events: int = 0
    opened: dict[str, Surge] = field(default_factory=dict)
    last: dict[str, Surge] = field(default_factory=dict)

    def note(self, surge: Surge) -> None:
        """Keep the first revision of an episode, and the last."""
        self.opened.setdefault(surge.surge_id, surge)
        self.last[surge.surge_id] = surge

    def count_by_level(self) -> dict[str, int]:
        """Return the number of episodes at each level."""
        levels = [surge.level for surge in self.opened.values()]
        return {level.value: levels.count(level) for level in Level}

    def count_open(self) -> int:
        """Return the number of episodes that have not cleared."""
        return sum(surge.state is SurgeState.OPEN for surge in self.last.values())


@click.command()
@click.option(
    "--events",
    "source",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV, rows in order of arrival. Needed columns: unit or estate, occurred_at (ISO 8601). Known ones: "
    "reporter or user, event_id, arrived_at, category, source, community, street, district, city.",
)
@click.option(
    "--out",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV to write, one row for each surge as it was when it opened; the city's rows name `*` as estate.",
)
@zone_option
@click.option("--threshold", type=float, help="Score at which a surge opens, instead of the default.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object on stdout.")
def command(source: Path, target: Path, zone: ZoneInfo, threshold: float | None, as_json: bool) -> None:
    """Find the surges in a file of past events, as the stream would have found them.

    Times come out in the zone and the spelling in which they came in; an alert's time is the end of the
    minute whose events decided it.
    """
    settings = DetectorSettings() if threshold is None else DetectorSettings(threshold=threshold)
    detector = Detector(settings, zone)
    times = TimeFormat(zone)
    started = time.monotonic()
    try:
        found = run(source, detector, times)
        write_alerts(target, found, times)
    except UnreadableRows as error:
        raise OperationFailed(f"{source}: {error}") from error
    except UnicodeDecodeError as error:
        raise OperationFailed(f"{source}: not UTF-8 at byte {error.start}; convert it first") from error
    except OSError as error:
        raise OperationFailed(f"{error.filename}: {error.strerror}") from error
    report(found, detector, time.monotonic() - started, as_json=as_json)


def run(source: Path, detector: Detector, times: TimeFormat) -> Backtest:
    """Send a file's events through the detector; memory holds the episodes, never the events."""
    found = Backtest()
    with source.open("rb") as raw, _progress(source) as progress:
        lines = csv.reader(io.TextIOWrapper(raw, "utf-8-sig", newline=""))
        arrivals = _shown(read_arrivals(lines, times), progress, raw, found)
        for surge in replay(arrivals, detector):
            found.note(surge)
    return found


def write_alerts(target: Path, found: Backtest, times: TimeFormat) -> None:
    """Write one row for each episode, in the order in which they opened."""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for surge in found.opened.values():
            writer.writerow(_row(surge, found.last[surge.surge_id], times))


def report(found: Backtest, detector: Detector, seconds: float, *, as_json: bool) -> None:
    """Say how much was read and found."""
    levels = found.count_by_level()
    if as_json:
        summary = {
            "events": found.events,
            "surges": levels,
            "open": found.count_open(),
            "detector_version": detector.version,
            "seconds": round(seconds, 1),
        }
        click.echo(json.dumps(summary))
        return
    named = ", ".join(f"{count} {level}" for level, count in levels.items() if count) or "none"
    click.echo(f"{found.events} events, surges: {named} ({seconds:.0f} s)")


def _row(surge: Surge, last: Surge, times: TimeFormat) -> tuple[object, ...]:
    unit = WHOLE_CITY if surge.level is Level.CITY else surge.unit
    opened = times.write(surge.opened_at)
    return (
        unit,
        unit,
        surge.level.value,
        opened,
        opened,
        times.write(last.cleared_at) if last.cleared_at else "",
        surge.observed,
        f"{surge.expected:.4g}",
        f"{times.write(surge.window_start)}/{times.write(surge.window_end)}",
        surge.reporters,
        f"{surge.score:.3f}",
    )


def _progress(source: Path) -> Progress:
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f}%"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    progress.add_task(source.name, total=source.stat().st_size)
    return progress


def _shown(
    arrivals: Iterator[Arrival], progress: Progress, raw: io.BufferedReader, found: Backtest
) -> Iterator[Arrival]:
    task = progress.task_ids[0]
    for arrival in arrivals:
        found.events += 1
        if found.events % ROWS_PER_REFRESH == 0:
            progress.update(task, completed=raw.tell())
        yield arrival
    progress.update(task, completed=progress.tasks[0].total)
