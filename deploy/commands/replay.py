"""`pulse replay`: past days made anew from the facts, or from the topic, while the stream goes on."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import click

from deploy.commands.options import as_json_option
from deploy.database_errors import as_failures
from deploy.errors import OperationFailed
from deploy.fact_replay import TopicsReplayed, facts_lines, facts_tree, replay_facts
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
    left: int = 0
    """Counts and requests that differ from the facts all the same, after it was put in place."""
    topics: TopicsReplayed | None = None
    """What became of the facts; None where they were not made anew."""


@click.command()
@click.option("--from", "first", type=day, required=True, help="First local day.")
@click.option("--to", "last", type=day, required=True, help="Last local day, included.")
@click.option("--source", default="", help="Only days of this request system; of topics, its facts alone.")
@click.option(
    "--read",
    "origin",
    type=click.Choice(["facts", "topics"]),
    default="facts",
    show_default=True,
    help="topics: make the facts anew first, from the raw topic, by the registry in force.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@as_json_option
def command(
    first: dt.datetime, last: dt.datetime, source: str, origin: str, dry_run: bool, as_json: bool
) -> None:
    """Make counts, surges and requests of past days anew from the facts, while the stream goes on.

    They are built beside, compared with those that stand, and only what differs is replaced. Nothing counts
    twice, and nobody is told of a surge. Exit code 1 where figures differ from the facts afterwards.

    With `--read topics` the facts come first: the raw topic is read again, events whose facts are missing get
    them back, and others the tag of today; what people decided in reviews stays. Days that the streams hold
    in memory are left as they are.
    """
    if last < first:
        raise click.UsageError("--to is before --from")
    settings = load_settings()
    settings = settings.model_copy(update={"sinks": patient(settings.sinks)})
    again = replay_topics if origin == "topics" else replay
    with as_failures(MigrationLockHeld):
        done = again(settings, first.date(), last.date(), source, dry_run=dry_run)
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
    with CountReplay(settings.sinks, _holder()) as counts:
        done = _recount(settings, counts, counts.days(first, last, source), first, last, dry_run=dry_run)
    return done if dry_run or source else replace(done, left=_left(settings, first, last))


def replay_topics(
    settings: Settings, first: dt.date, last: dt.date, source: str = "", *, dry_run: bool = False
) -> Replayed:
    """Make the facts of the local days first..last anew from the raw topic, then all days that this touches.

    Of a dry run counts, surges and requests are those that differ already: what they come to is seen once the
    facts are in place.

    Raises:
        DatabaseAway, DatabaseRefused, MigrationLockHeld: as of `replay`.
        PartUnavailable: the broker does not answer.
        OperationFailed: there are no topics, or the registry in force is not in its topic.
    """
    with CountReplay(settings.sinks, _holder()) as counts:
        days = counts.days(first, last)
        topics = replay_facts(settings, counts.positions(), days, source, dry_run=dry_run)
        # Their positions are taken after the facts are in place: what the stream counted anew meanwhile, from
        # the facts as they were, is of a lower version.
        days = counts.days(first, last, source)
        touched = days if dry_run else sorted({*days, *topics.days})
        done = _recount(settings, counts, touched, first, last, dry_run=dry_run)
    left = 0 if dry_run or source else _left(settings, first, last)
    return replace(done, left=left, topics=topics)


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _recount(
    settings: Settings, counts: CountReplay, days: list[int], first: dt.date, last: dt.date, *, dry_run: bool
) -> Replayed:
    if not days:
        return Replayed(Compared(0, 0, []), SurgeChanges(0, [], [], []), Mended(0, 0))
    positions = counts.positions()
    counts.build(positions, days)
    compared = counts.compare(days)
    surges = find_changes(settings, positions, frozenset(days))
    requests = replay_requests(settings.sinks, first, last, dry_run=dry_run)
    if not dry_run:
        counts.swap(compared)
        put_in_place(settings, surges)
    return Replayed(compared, surges, requests)


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
        **({} if done.topics is None else {"facts": facts_tree(done.topics)}),
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
    lines = [
        *([] if done.topics is None else facts_lines(done.topics, dry_run=dry_run)),
        f"{counts.built:,} counts, of which {counts.differing:,} {verb}",
        f"{requests.compared:,} requests, of which {requests.differing:,} {verb}",
        f"{surges.found:,} surges; {named}",
    ]
    return "\n".join(lines)
