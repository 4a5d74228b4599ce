"""`pulse verify`: is every record accounted for, every count right? It prints; sinks/verify.py finds out."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from dataclasses import asdict
from typing import Any, Final, NoReturn

import click
from rich.console import Console
from rich.table import Table

from deploy.commands.options import as_json_option
from deploy.errors import OperationFailed, PartUnavailable
from deploy.migration import patient
from deploy.serving import serve_metrics
from deploy.settings import Settings, load_settings
from deploy.topics import read_epoch
from producers.contract import RAW_TOPIC
from sinks.clickhouse import DatabaseAway, DatabaseRefused
from sinks.count_check import Difference
from sinks.metrics import VERIFIED, VERIFY_DIFFERENCES
from sinks.raw_log import LogAway
from sinks.verify import Verification, Verifier
from streams.watchdog import Health

AWAY_SECONDS: Final = 300.0

day = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@as_json_option
@click.option("--from", "first", type=day, help="First local day whose counts are compared.")
@click.option("--to", "last", type=day, help="Last local day whose counts are compared.")
@click.option(
    "--wait",
    "wait_seconds",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Wait for workers that are still at it, until they make no progress for so long.",
)
@click.option(
    "--every",
    "hours",
    type=click.FloatRange(min=0, min_open=True),
    metavar="HOURS",
    help="Stay, verify again every so many hours, and show what was found on /metrics.",
)
def command(
    as_json: bool,
    first: dt.datetime | None,
    last: dt.datetime | None,
    wait_seconds: float,
    hours: float | None,
) -> None:
    """Prove that every published event is stored, a duplicate, or rejected with a reason.

    Reads all of the raw topic, compares it with the tables, and makes the counts of every unit and all
    requests anew from the facts. Exit code 1 where anything is lost, doubled or miscounted; what differs is
    printed.
    """
    if hours is not None:
        _stay(load_settings(), first, last, wait_seconds, hours)
    found = verify(load_settings(), first, last, wait_seconds)
    if as_json:
        click.echo(json.dumps(as_tree(found), default=str))
    else:
        _print(found)
    sys.exit(0 if found.is_exact else 1)


def verify(
    settings: Settings,
    first: dt.datetime | None = None,
    last: dt.datetime | None = None,
    wait_seconds: float = 0.0,
) -> Verification:
    """Verify the current epoch.

    Raises:
        PartUnavailable: the broker or ClickHouse does not answer.
        OperationFailed: there are no topics or tables yet.
    """
    epoch = read_epoch(settings.sinks.brokers)
    if epoch is None:
        raise OperationFailed("there are no topics yet; run `pulse migrate` first")
    verifier = Verifier(patient(settings.sinks), RAW_TOPIC, epoch)
    try:
        return verifier.run(first and first.date(), last and last.date(), wait_seconds)
    except (LogAway, DatabaseAway) as error:
        raise PartUnavailable(str(error)) from error
    except DatabaseRefused as error:
        raise OperationFailed(str(error)) from error


def _stay(
    settings: Settings,
    first: dt.datetime | None,
    last: dt.datetime | None,
    wait_seconds: float,
    hours: float,
) -> NoReturn:
    """Verify again and again; a part that is away is tried again sooner, and ends nothing."""
    serve_metrics(
        settings.deploy.metrics_host, settings.deploy.metrics_port, "verifier", lambda: Health(True, "ok")
    )
    while True:
        pause = hours * 3600
        try:
            found = verify(settings, first, last, wait_seconds)
        except (PartUnavailable, OperationFailed) as error:
            click.echo(error.format_message(), err=True)
            pause = min(pause, AWAY_SECONDS)
        else:
            _print(found)
            _show(found)
        time.sleep(pause)


def _show(found: Verification) -> None:
    account = found.account
    for kind, number in (
        ("missing", sum(tally.missing for tally in account.sources.values())),
        ("unexplained", account.unexplained_rows),
        ("counts", found.counts.differing),
        ("requests", found.requests.differing + found.requests.waiting),
    ):
        VERIFY_DIFFERENCES.labels(kind).set(number)
    VERIFIED.set_to_current_time()


def as_tree(found: Verification) -> dict[str, Any]:
    """Return a verification as JSON can hold it."""
    account, counts, requests = found.account, found.counts, found.requests
    return {
        "exact": found.is_exact,
        "sources": {
            name: {**asdict(tally), "exact": tally.is_exact}
            for name, tally in sorted(account.sources.items())
        },
        "missing": account.missing,
        "unexplained": {"rows": account.unexplained_rows, "first": account.unexplained},
        "counts": {
            "compared": counts.compared,
            "differing": counts.differing,
            "first": [asdict(each) for each in counts.differences],
        },
        "requests": {
            "compared": requests.compared,
            "differing": requests.differing,
            "waiting": requests.waiting,
            "first": requests.differences,
        },
        "seconds": round(found.seconds, 1),
    }


def _print(found: Verification) -> None:
    console = Console()
    console.print(_table(found))
    counts = found.counts
    console.print(f"unit counts: {counts.compared:,} compared with the facts, {counts.differing:,} differ")
    for each in counts.differences:
        console.print(f"  {_line(each)}", markup=False)
    requests = found.requests
    waiting = f"; {requests.waiting:,} inserts wait to be taken up" if requests.waiting else ""
    console.print(f"requests: {requests.compared:,} compared, {requests.differing:,} differ{waiting}")
    for name in requests.differences:
        console.print(f"  {name}", markup=False)
    for name in (*found.account.missing, *found.account.unexplained):
        console.print(f"  {name}", markup=False)
    console.print("exact" if found.is_exact else "NOT exact", style="bold")


def _table(found: Verification) -> Table:
    table = Table(title="Every record accounted for")
    for column in ("source", "published", "stored", "duplicates", "rejected", "exact"):
        table.add_column(column, justify="left" if column == "source" else "right")
    for name, tally in sorted(found.account.sources.items()):
        numbers = (tally.published, tally.stored, tally.duplicates, tally.rejected)
        table.add_row(name, *(f"{number:,}" for number in numbers), "yes" if tally.is_exact else "NO")
    return table


def _line(difference: Difference) -> str:
    where = (
        f"{difference.level} {difference.unit}, {difference.grain} of {difference.bucket:%Y-%m-%d %H:%M} UTC"
    )
    what = f"facts say {difference.facts or 'nothing'}, the stream wrote {difference.stream or 'nothing'}"
    others = [
        name
        for name, same in (
            ("categories", difference.same_categories),
            ("reporters", difference.same_reporters),
        )
        if not same
    ]
    return f"{where}, part {difference.part}: {what}" + (f"; {', '.join(others)} differ" if others else "")
