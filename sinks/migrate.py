"""Brings ClickHouse to the schema of this version: numbered SQL files, applied once, in order, under a lock.

- `NNNN_what.sql` is applied once and never edited after: its checksum is in the ledger, and an edited file is
  refused. They make what holds data; those that are not yet applied run in the order of their names.
- `r_what.sql` is repeatable: it is applied again whenever its text, macros resolved, has changed. They run
  last, in the order of their names: r_1xx are views of the database for BI, r_2xx those of reports. A view
  is changed by editing its file.
- ClickHouse has no transactions: a file that failed in its middle is applied again from its start. So every
  statement must be harmless to repeat (IF NOT EXISTS, OR REPLACE, MODIFY); a test holds the files to it.
"""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from sinks.clickhouse import ClickHouse
from sinks.migration_lock import MigrationLock
from sinks.settings import SinksSettings
from sinks.statements import query, resolve, split

REPEATABLE_PREFIX: Final = "r_"


class MigrationError(Exception):
    """The schema cannot be brought to this version; the message says what to do."""


@dataclass(frozen=True)
class Migration:
    """One SQL file."""

    name: str
    text: str

    @property
    def is_repeatable(self) -> bool:
        """Whether it is applied again when what it says has changed."""
        return self.name.startswith(REPEATABLE_PREFIX)

    def checksum(self, settings: SinksSettings) -> str:
        """Return the SHA-256 that tells whether the file has changed since it was applied."""
        text = resolve(self.text, settings) if self.is_repeatable else self.text
        return hashlib.sha256(text.encode()).hexdigest()


def own_migrations() -> list[Migration]:
    """Return this version's migrations in their order, the repeatable ones last."""
    folder = files("sinks").joinpath("migrations")
    found = [
        Migration(file.name, file.read_text()) for file in folder.iterdir() if file.name.endswith(".sql")
    ]
    return sorted(found, key=lambda migration: (migration.is_repeatable, migration.name))


def pending(
    migrations: Sequence[Migration], applied: Mapping[str, str], settings: SinksSettings
) -> list[Migration]:
    """Return the migrations that are still to be applied.

    Args:
        migrations: those of this version, in order.
        applied: checksum by name, from the ledger.
        settings: what macros stand for.

    Raises:
        MigrationError: an applied file was edited, or the schema is that of a newer version.
    """
    unknown = applied.keys() - {migration.name for migration in migrations}
    if unknown:
        raise MigrationError(
            f"the schema has migrations that this version does not know ({', '.join(sorted(unknown))}): "
            "it belongs to a newer version; install that one"
        )
    for migration in migrations:
        _refuse_edited(migration, applied, settings)
    return [each for each in migrations if applied.get(each.name) != each.checksum(settings)]


def _refuse_edited(migration: Migration, applied: Mapping[str, str], settings: SinksSettings) -> None:
    known = applied.get(migration.name)
    if known is not None and not migration.is_repeatable and known != migration.checksum(settings):
        raise MigrationError(
            f"{migration.name} was edited after it was applied: put the file back as it was, and write the "
            "change as a new migration"
        )


class Migrator:
    """Applies migrations to one server or cluster, as the migrator user."""

    def __init__(self, settings: SinksSettings, migrations: Sequence[Migration] | None = None) -> None:
        """Take where the server is; `migrations` are this version's own unless given."""
        self._settings = as_migrator(settings)
        self._migrations = own_migrations() if migrations is None else migrations
        self._server = ClickHouse(self._settings.clickhouse)
        self._holder = f"{socket.gethostname()}:{os.getpid()}"
        self._lock = MigrationLock(self._server, self._settings, self._holder)

    def migrate(self, *, break_lock: bool = False) -> list[str]:
        """Apply what is pending and return its names.

        Args:
            break_lock: first remove a lock that a migrator which died has left behind.

        Raises:
            MigrationError: an applied file was edited, the schema is that of a newer version, or the server
                is too old.
            MigrationLockHeld: another migrator is at work.
            DatabaseAway: the server cannot be reached.
            DatabaseRefused: it refuses a statement, or the user.
        """
        self._refuse_old_server()
        if break_lock:
            self._lock.remove()
        with self._lock:
            todo = pending(self._migrations, self.applied(), self._settings)
            self._refuse_other_zone()
            for migration in todo:
                self._apply(migration)
        return [migration.name for migration in todo]

    def applied(self) -> dict[str, str]:
        """Return the checksum of each migration that was applied, by name."""
        [(exists,)] = self._server.execute(query("ledger_exists", self._settings))
        return dict(self._server.execute(query("applied_migrations", self._settings))) if exists else {}

    def _refuse_old_server(self) -> None:
        [(supported,)] = self._server.execute(query("is_new_enough", self._settings))
        if not supported:
            raise MigrationError(
                "this ClickHouse is older than 26.3: there a time filter hides rows that FINAL should show"
            )

    def _refuse_other_zone(self) -> None:
        """Local days stand in the tables: another zone would mix two kinds of days."""
        for (expression,) in self._server.execute(query("local_date_expression", self._settings)):
            if f"'{self._settings.zone}'" not in expression:
                raise MigrationError(
                    f"the tables hold local days by {expression}, the setting says {self._settings.zone}: "
                    "set the zone back, or load the data anew into another database"
                )

    def _apply(self, migration: Migration) -> None:
        for statement in split(resolve(migration.text, self._settings)):
            self._server.execute(statement)
        entry = {
            "name": migration.name,
            "checksum": migration.checksum(self._settings),
            "holder": self._holder,
        }
        self._server.execute(query("note_migration", self._settings), entry)


def as_migrator(settings: SinksSettings) -> SinksSettings:
    """Return the settings with the migrator in the place of the writer."""
    clickhouse = settings.clickhouse
    migrator = {"user": clickhouse.migrator_user, "password": clickhouse.migrator_password}
    return settings.model_copy(update={"clickhouse": clickhouse.model_copy(update=migrator)})
