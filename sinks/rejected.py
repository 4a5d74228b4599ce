"""The rejected records: listing them, showing one whole, and noting that it was sent back. Blocking.

A record is sent back once: whoever does so first notes it (`note_sent_back`), then publishes. A crash between
the two leaves a record that says it was sent back and was not; `pulse rejected retry --again` sends it.
The other order could publish twice, and nobody would know.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sinks.clickhouse import ClickHouse, DatabaseRefused
from sinks.contract import REJECTED
from sinks.rows import INSERTED, rejected_columns
from sinks.settings import SinksSettings
from sinks.statements import query
from streams.contract import Reason, Rejected

SOON: Final = 2**32 - 1


class NoSuchRecord(LookupError):
    """No record was rejected at that place."""


class AlreadySentBack(Exception):
    """The record was sent back before."""


@dataclass(frozen=True)
class RejectedGroup:
    """How many records of a source were rejected for a reason."""

    source: str
    reason: str
    records: int
    sent_back: int
    latest: dt.datetime
    example: str
    """Place of the latest of them, `EPOCH/PART/OFFSET`."""
    detail: str
    """What was said of it."""


@dataclass(frozen=True)
class StoredRejection:
    """One rejected record, whole."""

    record: Rejected
    revision: int
    """How often it was sent back."""
    rejected_at: dt.datetime

    @property
    def place(self) -> str:
        """Its place, `EPOCH/PART/OFFSET`, by which commands name it."""
        return f"{self.record.epoch}/{self.record.part}/{self.record.offset}"


class RejectedRecords:
    """The rejected records in ClickHouse.

    Every method raises:
        DatabaseAway: the server cannot be reached.
        DatabaseRefused: it refuses, e.g. the schema was not migrated.
    """

    def __init__(self, settings: SinksSettings) -> None:
        """Take where the server is."""
        self._server = ClickHouse(settings.clickhouse)
        self._settings = settings

    def groups(self, source: str = "", reason: str = "") -> list[RejectedGroup]:
        """Return how many were rejected by source and reason, most first; empty arguments mean any."""
        rows = self._query("rejected_groups", source=source, reason=reason)
        return [RejectedGroup(*row) for row in rows]

    def latest(
        self, source: str = "", reason: str = "", limit: int = 50, *, waiting_only: bool = False
    ) -> list[StoredRejection]:
        """Return the latest rejected records; `waiting_only` leaves out those that were sent back."""
        rows = self._query(
            "rejected_latest", source=source, reason=reason, limit=limit, revision=0 if waiting_only else SOON
        )
        return [_rejection(row) for row in rows]

    def at(self, epoch: int, part: int, offset: int) -> StoredRejection:
        """Return the record that was rejected at a place.

        Raises:
            NoSuchRecord: none was.
        """
        rows = self._query("rejected_at", epoch=epoch, part=part, off=offset)
        if not rows:
            raise NoSuchRecord(
                f"no record was rejected at {epoch}/{part}/{offset}; see `pulse rejected list`"
            )
        return _rejection(rows[0])

    def note_sent_back(self, rejection: StoredRejection, *, again: bool = False) -> None:
        """Note that a record is about to be sent back.

        Args:
            rejection: the record as it was read.
            again: whether it may have been sent back before.

        Raises:
            AlreadySentBack: it was, and `again` is false.
        """
        place = (rejection.record.epoch, rejection.record.part, rejection.record.offset)
        revision = self.at(*place).revision  # as it stands now, not as it stood when it was read
        if revision and not again:
            raise AlreadySentBack(f"{rejection.place} was sent back before; --again sends it once more")
        names = (*INSERTED[REJECTED], "rejected_at")
        columns = [*rejected_columns([rejection.record], revision + 1), [rejection.rejected_at]]
        if refused := self._server.insert(REJECTED, names, columns):
            raise DatabaseRefused(f"{rejection.place} cannot be noted as sent back: {refused[0].reason}")

    def _query(self, name: str, **parameters: Any) -> list[tuple[Any, ...]]:
        return self._server.execute(query(name, self._settings), parameters)


def _rejection(row: tuple[Any, ...]) -> StoredRejection:
    epoch, part, offset, source, reason, detail, *rest, revision, rejected_at = row
    key, value, names, values = rest
    record = Rejected(
        source=source,
        reason=Reason(reason),
        detail=detail,
        epoch=epoch,
        part=part,
        offset=offset,
        key=bytes.fromhex(key),
        value=bytes.fromhex(value),
        headers=tuple(_headers(names, values)),
    )
    return StoredRejection(record, revision, rejected_at)


def _headers(names: Iterable[str], values: Iterable[str]) -> Iterable[tuple[str, bytes]]:
    return ((name, bytes.fromhex(value)) for name, value in zip(names, values, strict=True))
