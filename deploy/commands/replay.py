"""`pulse replay`: counts, surges and requests of past days made anew from the facts; the stream goes on."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import click

from deploy.commands.options import as_json_option
from deploy.database_errors import as_failures
from deploy.errors import OperationFailed
from deploy.migration import patient
from deploy.settings import Settings, load_settings
from deploy.surge_replay import SurgeChanges, find_changes, put_in_place
from sinks.count_check import CountCheck
from sinks.count_replay import Compared, CountReplay
from sinks.migration_lock import MigrationLockHeld
from sinks.request_check import RequestCheck
from sinks.request_replay import Mended, replay_requests, span_of

day = click.DateTime(formats=["%Y-%m-%d"])
SETTLING_SECONDS: Final = 30.0
"""What the stream has stored of a fact but not yet of its counts differs for a moment."""
PAUSE_SECONDS: Final = 1.0


@dataclass(frozen=True)
class Replayed:
    """What a replay did."""

    counts: Compared
    surges: SurgeChanges
    requests: Mended
    left: int
    """Counts and requests that differ from the facts all the same, after it was put in place."""


@click.command()
@click.option("--from", "first", type=day, required=True, help="First local day.")
@click.option("--to", "last", type=day, required=True, help="Last local day, included.")
@click.option("--source", default="", help="Only days on which there are facts of this request system.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@as_json_option
def command(first: dt.datetime, last: dt.datetime, source: str, dry_run: bool, as_json: bool) -> None:
    """Make counts, surges and requests of past days anew from the facts, while the stream goes on.

    They are built beside, compared with those that stand, and only what differs is replaced. Nothing counts
    twice, and nobody is told of a surge. Exit code 1 where figures differ from the facts afterwards.
    """
    if last < first:
        raise click.UsageError("--to is before --from")
    settings = load_settings()
    settings = settings.model_copy(update={"sinks": patient(settings.sinks)})
    with as_failures(MigrationLockHeld):
        done = replay(settings, first.date(), last.date(), source, dry_run=dry_run)
    click.echo(json.dumps(as_tree(done)) if as_json else _words(done, dry_run=dry_run))
    if done.left:
        raise OperationFailed(f"{done.left} figures differ from the facts; run `pulse verify`")


def replay(
    settings: Settings, first: dt.date, last: dt.date, source: str = "", *, dry_run: bool = False
) -> Replayed:
    """Make the local days first..last anew; see `command`.

    Raises:
        DatabaseAway: ClickHouse cannot be reached.
        DatabaseRefused: it refuses, e.g. the schema was not migrated.
        MigrationLockHeld: a migration or another replay is at work.
    """
    with CountReplay(settings.sinks, f"{socket.gethostname()}:{os.getpid()}") as counts:
        positions = counts.positions()
        days = counts.days(first, last, source)
        if not days:
            return Replayed(Compared(0, 0, []), SurgeChanges(0, [], [], []), Mended(0, 0), 0)
        counts.build(positions, days)
        compared = counts.compare(days)
        surges = find_changes(settings, positions, frozenset(days))
        requests = replay_requests(settings.sinks, first, last, dry_run=dry_run)
        if dry_run:
            return Replayed(compared, surges, requests, 0)
        counts.swap(compared)
        put_in_place(settings, surges)
    return Replayed(compared, surges, requests, _left(settings, first, last) if not source else 0)


def as_tree(done: Replayed) -> dict[str, object]:
    """Return what a replay did as JSON can hold it."""
    surges = done.surges
    return {
        "counts": {"built": done.counts.built, "replaced": done.counts.differing},
        "surges": {
            "found": surges.found,
            "missing": [each.surge_id for each in surges.missing],
            "differing": [each.surge_id for each in surges.differing],
            "unfounded": [each.surge_id for each in surges.unfounded],
        },
        "requests": {"compared": done.requests.compared, "replaced": done.requests.differing},
        "left": done.left,
    }


def _left(settings: Settings, first: dt.date, last: dt.date) -> int:
    """Return how many figures differ from the facts, once the stream has had time for what it is at."""
    counts, requests = CountCheck(settings.sinks), RequestCheck(settings.sinks)
    span = span_of(settings.sinks.zone, first, last)
    return _settled(lambda: counts.run(first, last).differing) + _settled(
        lambda: requests.run(span).differing
    )


def _settled(differing: Callable[[], int]) -> int:
    deadline = time.monotonic() + SETTLING_SECONDS
    while (number := differing()) and time.monotonic() < deadline:
        time.sleep(PAUSE_SECONDS)
    return number


def _words(done: Replayed, *, dry_run: bool) -> str:
    counts, surges, requests = done.counts, done.surges, done.requests
    verb = "differ" if dry_run else "differed and were replaced"
    changed = {"missing": surges.missing, "other": surges.differing, "unfounded": surges.unfounded}
    named = ", ".join(f"{len(each)} {what}" for what, each in changed.items())
    return (
        f"{counts.built:,} counts, of which {counts.differing:,} {verb}\n"
        f"{requests.compared:,} requests, of which {requests.differing:,} {verb}\n"
        f"{surges.found:,} surges; {named}"
    )
