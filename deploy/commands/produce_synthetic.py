"""`pulse produce synthetic`: options, progress, summary; `producers.sources.synthetic` makes the events."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console

from deploy.commands.produce import one_line_errors
from deploy.errors import OperationFailed
from deploy.example_district import as_registry
from deploy.progress import publishing_progress
from deploy.settings import load_settings
from producers.publish import Publisher
from producers.records import Record, event_record
from producers.replay import Pace, Replay, Tally
from producers.settings import ProducersSettings
from producers.sources.synthetic import (
    DEFAULT_SEED,
    city,
    city_events,
    district,
    district_deliveries,
    district_truth,
)
from streams.estates.registry_csv import format_csv

FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Another seed, other events.")
@click.option(
    "--estates",
    type=click.IntRange(min=1, max=40_000),
    help="Load in place of the example district: a city of so many estates, events at the clock's time,"
    " until --limit or Ctrl-C.",
)
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Records a second at most.")
@click.option(
    "--speed", type=click.FloatRange(min=0, min_open=True), help="Times real time by the events' times."
)
@click.option("--limit", type=click.IntRange(min=1), help="Publish so many records and stop.")
@click.option("--truth", type=FILE, help="Write there, as JSON, what is true of the district's stream.")
@click.option("--registry-out", type=FILE, help="Write there the registry that the events are about, as CSV.")
@click.option("--dry-run", is_flag=True, help="Write the files asked for; publish nothing, need no broker.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object on stdout.")
def command(
    seed: int,
    estates: int | None,
    rate: float | None,
    speed: float | None,
    limit: int | None,
    truth: Path | None,
    registry_out: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Publish the example district: two years of complaints, with surges planted among them.

    The same seed publishes the same events, so a second run counts nothing twice. With --estates it makes
    load instead, new events with every run.

    \b
    pulse produce synthetic --truth truth.json
    pulse produce synthetic --estates 15000 --rate 2000 --limit 100000
    pulse produce synthetic --dry-run --registry-out registry.csv
    """  # noqa: D301  (click wants the character that keeps lines apart, not a backslash)
    _check(estates, rate, speed, truth)
    _write_files(seed, estates, truth, registry_out)
    if dry_run:
        return
    settings = load_settings().producers
    records = itertools.islice(_records(seed, estates), limit)
    total = limit if estates else min(limit or _length(seed), _length(seed))
    with one_line_errors():
        tally, seconds = _publish(records, Pace(rate, speed), settings, total, show=not as_json)
    _report(tally, seconds, as_json=as_json)


def _length(seed: int) -> int:
    return sum(source.published for source in district_truth(seed).sources.values())


def _check(estates: int | None, rate: float | None, speed: float | None, truth: Path | None) -> None:
    if rate is not None and speed is not None:
        raise click.UsageError("--rate and --speed exclude each other")
    if estates is not None and speed is not None:
        raise click.UsageError("--speed goes with the example district: load happens at the clock's time")
    if estates is not None and truth is not None:
        raise click.UsageError("--truth goes with the example district: load has nothing planted")


def _write_files(seed: int, estates: int | None, truth: Path | None, registry_out: Path | None) -> None:
    try:
        if truth is not None:
            truth.write_bytes(district_truth(seed).to_json())
        if registry_out is not None:
            territory = district() if estates is None else city(estates)
            registry_out.write_text(format_csv(as_registry(territory)), encoding="utf-8", newline="")
    except OSError as error:
        raise OperationFailed(f"cannot write {error.filename}: {error.strerror}") from error


def _records(seed: int, estates: int | None) -> Iterator[Record]:
    if estates is None:
        return (delivery.record() for delivery in district_deliveries(seed))
    return (event_record(event) for event in city_events(city(estates), seed))


def _publish(
    records: Iterator[Record], pace: Pace, settings: ProducersSettings, total: int | None, *, show: bool
) -> tuple[Tally, float]:
    """Publish until the records end or Ctrl-C; return what was published and acknowledged."""
    began = time.monotonic()
    with (
        Publisher(settings.brokers, settings.publish, name="synthetic") as publisher,
        publishing_progress(Console(stderr=True), show) as bar,
    ):
        task = bar.add_task("publishing", total=total)
        replay = Replay(
            publisher,
            pace,
            tick_seconds=settings.tick_seconds,
            on_progress=lambda tally: bar.update(task, completed=tally.total),
        )
        try:
            replay.run(records)
        except KeyboardInterrupt:
            click.echo("stopped; waiting until what was published is acknowledged", err=True)
        publisher.flush()
    return replay.tally, time.monotonic() - began


def _report(tally: Tally, seconds: float, *, as_json: bool) -> None:
    if as_json:
        published = {source: {"published": count} for source, count in sorted(tally.published.items())}
        click.echo(json.dumps({"sources": published, "seconds": round(seconds, 3)}))
        return
    for source, count in sorted(tally.published.items()):
        click.echo(f"{source}: {count:,} records published and acknowledged")
    click.echo(f"{seconds:.1f} s, {tally.total / max(seconds, 1e-9):,.0f} records/s")
