"""The facts of past days made anew from the raw topic: missing ones restored, others tagged as today."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from aiokafka.errors import KafkaError

from deploy.errors import OperationFailed, PartUnavailable
from deploy.horizons import horizons
from deploy.settings import Settings
from deploy.topic_reading import Noted, PartReading, Wanted
from deploy.topics import read_epoch
from producers.contract import RAW_TOPIC
from sinks.fact_replay import FactReplay, FactsChanged, NotInLog
from sinks.facts import Facts
from sinks.positions import Position
from sinks.raw_log import LogAway, RawLog
from streams.calendar import LocalCalendar
from streams.estates.registry import Registry
from streams.estates.reviews import as_decided
from streams.pipeline import Tools
from streams.registry_log import UnknownRegistryVersion, read_registry_document
from streams.toolshelf import NO_REGISTRY, compile_tools, read_document


class TopicsReplayed(NamedTuple):
    """What became of the facts."""

    noted: Noted
    changed: FactsChanged
    not_in_log: NotInLog
    days: list[int]
    """Starts of the local days whose counts are touched, seconds since 1970 UTC."""


def replay_facts(
    settings: Settings, positions: Sequence[Position], days: Sequence[int], source: str, *, dry_run: bool
) -> TopicsReplayed:
    """Read the topic again and put the facts of days in place. Call it under the lock of migrations.

    Args:
        settings: of the platform.
        positions: where each part stands.
        days: starts of local days, seconds since 1970 UTC.
        source: events of this request system alone, if given.
        dry_run: put nothing in place.

    Raises:
        DatabaseAway: ClickHouse cannot be reached.
        DatabaseRefused: it refuses.
        PartUnavailable: the broker does not answer.
        OperationFailed: there are no topics, or the registry in force is not in its topic.
    """
    epoch = read_epoch(settings.sinks.brokers)
    if epoch is None:
        raise OperationFailed("there are no topics yet; run `pulse migrate` first")
    held = horizons(positions, settings.streams)
    wanted = Wanted(LocalCalendar(ZoneInfo(settings.streams.zone)), frozenset(days), source, held)
    current = [each for each in positions if each.epoch == epoch]
    with FactReplay(settings.sinks) as table:
        try:
            noted = _read_again(settings, table, current, wanted)
        except (LogAway, KafkaError) as error:
            raise PartUnavailable(str(error)) from error
        changed = table.compare(held)
        gone = table.not_in_log(epoch, noted.firsts, days, source)
        touched = table.days()
        if not dry_run:
            table.swap()
    return TopicsReplayed(noted, changed, gone, touched)


def _read_again(
    settings: Settings, table: FactReplay, positions: Sequence[Position], wanted: Wanted
) -> Noted:
    """Keep the wanted facts beside."""
    tools, registry = _tools(settings, table.registry_version())
    decisions = table.decisions()
    noted = Noted()
    marks = Facts(settings.sinks)
    try:
        with RawLog(settings.sinks.brokers, RAW_TOPIC) as log:
            for part, epoch, below, _ in positions:
                reading = PartReading(
                    epoch=epoch,
                    part=part,
                    below=below,
                    clock_at=partial(_clock_at, marks, epoch, part),
                    rejected=table.rejected(epoch, part),
                    tolerance_ms=settings.streams.future_tolerance_seconds * 1000,
                )
                for facts in reading.facts(log.read(part), tools, wanted, noted):
                    table.keep(
                        [
                            as_decided(fact, decisions.get((fact.source, fact.request_id), ()), registry)
                            for fact in facts
                        ]
                    )
    finally:
        marks.close()
    return noted


def _tools(settings: Settings, version: str) -> tuple[Tools, Registry]:
    """Return the tagging tools of a registry version, and the registry."""
    document = ""
    if version != NO_REGISTRY:
        try:
            document = asyncio.run(read_registry_document(settings.streams.brokers, version))
        except UnknownRegistryVersion as error:
            raise OperationFailed(
                f"registry {version} is in force, but the workers' topic does not hold it; "
                "run `pulse registry load` again"
            ) from error
    return compile_tools(version, document), read_document(version, document)


def _clock_at(marks: Facts, epoch: int, part: int, offset: int) -> int:
    """Return a part's clock at an offset as far as the marks of progress tell, ms since 1970 UTC."""
    progress = marks.progress_at(epoch, part, offset)
    return 0 if progress is None else progress.clock_ms


def facts_tree(done: TopicsReplayed) -> dict[str, object]:
    """Return what became of the facts as JSON can hold it."""
    noted = done.noted
    return {
        "read": noted.events,
        **done.changed._asdict(),
        "rejected": noted.rejected,
        "failed": noted.failed,
        "waiting": dict(noted.waiting_days),
        "deleted": noted.deleted,
        "not_in_log": done.not_in_log._asdict(),
    }


def facts_lines(done: TopicsReplayed, *, dry_run: bool) -> list[str]:
    """Return what became of the facts as a person is told it."""
    noted, changed, gone = done.noted, done.changed, done.not_in_log
    verbs = ("are missing", "differ") if dry_run else ("were missing", "differed; they are in place")
    lines = [
        f"{noted.events:,} events read again: {changed.restored:,} facts {verbs[0]}, "
        f"{changed.retagged:,} {verbs[1]}"
    ]
    if noted.waiting:
        days = ", ".join(f"{day} ({events:,})" for day, events in noted.waiting_days)
        lines.append(f"left, since the streams still hold these days in memory (events): {days}")
    if noted.rejected:
        lines.append(f"{noted.rejected:,} records of the topic are rejected, and stay so")
    if noted.failed:
        lines.append(f"{noted.failed:,} events left, since the tagger failed at them; please report it")
    if noted.deleted:
        lines.append(f"{noted.deleted:,} records are in the topic no longer")
    if gone.facts:
        lines.append(
            f"{gone.facts:,} facts left, since the topic holds them no longer: {gone.first} to {gone.last}"
        )
    return lines
