"""Brings ClickHouse's schema and Kafka's topics to this version, for `pulse migrate` and the local stack."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from deploy.database_errors import as_failures
from deploy.settings import Settings
from deploy.topics import RAW_PARTITIONS, create_topics, partitions_of
from producers.contract import RAW_TOPIC
from sinks.facts import Facts
from sinks.migrate import MigrationError, Migrator
from sinks.migration_lock import MigrationLockHeld
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink

PATIENCE_SECONDS: Final = 30.0
"""A person or a start-up job waits: a server that is just starting is ready by then."""


@dataclass(frozen=True)
class Migrated:
    """What a migration did."""

    applied: list[str]
    """Names of the migrations that were applied."""
    epoch: int | None
    """The topics' epoch; None where topics were left alone."""


def migrate(
    settings: Settings,
    *,
    break_lock: bool = False,
    with_topics: bool = True,
    raw_partitions: int = RAW_PARTITIONS,
    replication: int = 1,
) -> Migrated:
    """Bring the schema and the topics to this version. Safe to repeat, also by several at once.

    Args:
        settings: where ClickHouse and Kafka are.
        break_lock: first remove the lock of a migration that died.
        with_topics: whether to create the topics that are missing.
        raw_partitions: partitions of the raw topic, where it is created now.
        replication: copies of each topic that is created now.

    Raises:
        PartUnavailable: ClickHouse or Kafka does not answer.
        OperationFailed: one of them, or the ledger of migrations, refuses; the message says why.
    """
    sinks = patient(settings.sinks)
    with as_failures(MigrationError, MigrationLockHeld):
        applied = Migrator(sinks).migrate(break_lock=break_lock)
        brokers = settings.streams.brokers
        epoch = _create_topics(sinks, brokers, raw_partitions, replication) if with_topics else None
    return Migrated(applied, epoch)


def patient(settings: SinksSettings, seconds: float = PATIENCE_SECONDS) -> SinksSettings:
    """Return the settings with a command's patience in the place of a worker's."""
    clickhouse = settings.clickhouse.model_copy(update={"patience_seconds": seconds})
    return settings.model_copy(update={"clickhouse": clickhouse})


def _create_topics(sinks: SinksSettings, brokers: str, raw_partitions: int, replication: int) -> int:
    # A broker that lost its topics starts a new epoch, above all that facts were ever stored under.
    stored = Facts(sinks).highest_epoch()
    epoch = create_topics(
        brokers, raw_partitions=raw_partitions, replication=replication, previous_epoch=stored
    )
    if epoch > stored:
        parts = partitions_of(brokers, RAW_TOPIC)
        ClickHouseSink(sinks).insert_epoch(epoch, parts, dt.datetime.now(dt.UTC), "topics were created")
    return epoch
