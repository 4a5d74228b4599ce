"""`pulse produce file`: options, progress and summary; `producers` does the reading and publishing."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import click
import msgspec
from rich.console import Console

from deploy.commands.produce import one_line_errors, warn_of_demo_key
from deploy.progress import publishing_progress
from deploy.settings import load_settings
from producers.identity import Pseudonyms
from producers.publish import Publisher
from producers.records import DEFECT_HEADER, Record
from producers.replay import Pace, Replay, Tally
from producers.settings import ProducersSettings
from producers.sources.checkpoints import Checkpoint, fingerprint
from producers.sources.files import FileOptions, Format, InputFile
from producers.sources.mapping import Mapping, load_mapping, shipped_mappings
from producers.sources.ordering import in_order_of_arrival

NATIVE: Final = "native"
LOOK_EVERY: Final = 500
Order = Literal["arrival", "file"]


@dataclass(frozen=True)
class Request:
    """What was asked for."""

    paths: tuple[Path, ...]
    mapping: Mapping | None
    options: FileOptions
    order: Order
    limit: int | None
    pace: Pace
    state: Path | None

    def how(self) -> bytes:
        """Return all that decides, beside the files, which records come out in which order."""
        return msgspec.json.encode([self.mapping, self.options, self.order])


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--mapping",
    "-m",
    default=NATIVE,
    show_default=True,
    help=f"{NATIVE} (JSON Lines of the event contract), a mapping that comes with the project"
    f" ({', '.join(shipped_mappings())}), or the path of your own .toml file.",
)
@click.option("--source", help="Name of the request system, in place of the mapping's.")
@click.option(
    "--format", "file_format", type=click.Choice(["csv", "jsonl", "xlsx"]), help="Default: by ending."
)
@click.option("--encoding", help="utf-8, gb18030, ...; default: found out by reading the file.")
@click.option("--sheet", help="Sheet of a workbook; default: the first.")
@click.option(
    "--order",
    type=click.Choice(["arrival", "file"]),
    default="arrival",
    show_default=True,
    help="By time of arrival, as a replay must be, or as the file goes, without reading all of it first.",
)
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Records a second at most.")
@click.option(
    "--speed", type=click.FloatRange(min=0, min_open=True), help="Times real time by the events' times."
)
@click.option("--limit", type=click.IntRange(min=1), help="Publish so many records and stop.")
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep there how far it got, and go on there.",
)
@click.option(
    "--dry-run", is_flag=True, help="Print the events as JSON Lines; publish nothing, need no broker."
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object on stdout.")
def command(
    paths: tuple[Path, ...],
    mapping: str,
    source: str | None,
    file_format: Format | None,
    encoding: str | None,
    sheet: str | None,
    order: Order,
    rate: float | None,
    speed: float | None,
    limit: int | None,
    state: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Publish the rows of PATHS as events.

    Every row is published: one that cannot be mapped goes out whole with the reason, is rejected by the
    stream, and is counted under "not mapped" here. Stopping and starting again counts nothing twice.

    \b
    pulse produce file messages.csv --mapping tipdm2020c
    pulse produce file 311.csv --mapping nyc311 --speed 60
    pulse produce file 311.csv --mapping nyc311 --limit 3 --dry-run
    """  # noqa: D301  (click wants the character that keeps lines apart, not a backslash)
    if rate is not None and speed is not None:
        raise click.UsageError("--rate and --speed exclude each other")
    settings = load_settings().producers
    console = Console(stderr=True)
    warn_of_demo_key(settings, lambda text: console.print(text, style="bold red", highlight=False))
    with one_line_errors():
        request = Request(
            paths,
            _mapping(mapping, source),
            FileOptions(file_format, encoding, sheet),
            order,
            limit,
            Pace(rate, speed),
            state,
        )
        if dry_run:
            _print_events(request, settings)
        else:
            _report(*_publish(request, settings, console, show=not as_json), as_json=as_json)


def _mapping(name: str, source: str | None) -> Mapping | None:
    if name == NATIVE:
        if source is not None:
            raise click.UsageError(
                "--source goes with a mapping: events of the contract name their own source"
            )
        return None
    mapping = load_mapping(name)
    return mapping if source is None else msgspec.structs.replace(mapping, source=source)


class _Input:
    """The files of a request as one run of records."""

    def __init__(self, request: Request, settings: ProducersSettings, files: ExitStack) -> None:
        pseudonyms = Pseudonyms(settings.reporter_key.get_secret_value())
        self._request = request
        self._files = [
            files.enter_context(InputFile(path, request.mapping, pseudonyms, request.options))
            for path in request.paths
        ]
        self.size = sum(each.size for each in self._files)
        # Files that cannot be read are complained of here, before anything is published.
        self._records = [each.records() for each in self._files]

    @property
    def position(self) -> int:
        return sum(each.position for each in self._files if each.rows)

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self._files)

    def records(self, skip: int, look: Callable[[], None]) -> Iterator[Record]:
        """Yield the records in the order asked for, without the first `skip`."""
        ordered = self._looked_at(look)
        if self._request.order == "arrival":
            ordered = in_order_of_arrival(ordered)
        limit = self._request.limit
        return itertools.islice(ordered, skip, None if limit is None else skip + limit)

    def _looked_at(self, look: Callable[[], None]) -> Iterator[Record]:
        for number, record in enumerate(itertools.chain.from_iterable(self._records)):
            if number % LOOK_EVERY == 0:
                look()
            yield record
        look()


def _print_events(request: Request, settings: ProducersSettings) -> None:
    with ExitStack() as files:
        for record in _Input(request, settings, files).records(0, lambda: None):
            click.echo(record.value)
            for name, value in record.headers:
                if name == DEFECT_HEADER:
                    click.echo(f"not mapped: {value.decode()}", err=True)


def _publish(
    request: Request, settings: ProducersSettings, console: Console, *, show: bool
) -> tuple[Tally, int, float]:
    """Publish; return what was published, the rows read, and the seconds it took."""
    began = time.monotonic()
    with ExitStack() as closing:
        given = _Input(request, settings, closing)
        checkpoint = _checkpoint(request)
        publisher = closing.enter_context(Publisher(settings.brokers, settings.publish, name="file"))
        progress = closing.enter_context(publishing_progress(console, show))
        reading = progress.add_task("reading", total=given.size)
        publishing = progress.add_task("publishing", total=None)

        def advance(tally: Tally) -> None:
            progress.update(publishing, completed=tally.total)
            if checkpoint is not None:
                checkpoint.save(publisher.settled)

        replay = Replay(publisher, request.pace, tick_seconds=settings.tick_seconds, on_progress=advance)
        skip = 0 if checkpoint is None else checkpoint.begun_at
        try:
            replay.run(given.records(skip, lambda: progress.update(reading, completed=given.position)))
            publisher.flush()
        finally:
            advance(replay.tally)
        return replay.tally, given.rows, time.monotonic() - began


def _checkpoint(request: Request) -> Checkpoint | None:
    if request.state is None:
        return None
    return Checkpoint(request.state, fingerprint(request.paths, request.how()))


def _report(tally: Tally, rows: int, seconds: float, *, as_json: bool) -> None:
    if as_json:
        summary = {
            "rows": rows,
            "sources": {source: {"published": count} for source, count in sorted(tally.published.items())},
            "not_mapped": tally.defects,
            "first_arrival": None if tally.first_arrival is None else tally.first_arrival.isoformat(),
            "last_arrival": None if tally.last_arrival is None else tally.last_arrival.isoformat(),
            "seconds": round(seconds, 3),
        }
        click.echo(json.dumps(summary))
        return
    for source, count in sorted(tally.published.items()):
        click.echo(f"{source}: {count:,} records published and acknowledged, of {rows:,} rows")
    if tally.defects:
        click.echo(f"not mapped: {tally.defects:,}; `pulse rejected list` shows each with its reason")
    click.echo(f"{seconds:.1f} s, {tally.total / max(seconds, 1e-9):,.0f} records/s")
