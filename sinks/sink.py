"""The writing side: batches of contract structs into their tables. Blocking: for worker threads.

Everything may be written again as it was: keys and versions are part of the rows. The order matters in one
place: of facts that are stored the tickets are written, and then the progress of their part.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Collection, Sequence
from typing import Final

from sinks.clickhouse import ClickHouse, DatabaseRefused, Refused
from sinks.contract import (
    COMPLAINTS,
    EPOCHS,
    PROGRESS,
    REJECTED,
    REQUEST_CHANGES,
    SURGES,
    UNIT_COUNT_FRAMES,
    UNIT_COUNTS,
)
from sinks.rows import (
    INSERTED,
    Columns,
    complaint_columns,
    count_frame_columns,
    count_version,
    month_of,
    progress_columns,
    rejected_columns,
    surge_columns,
)
from sinks.settings import SinksSettings
from sinks.settling import Lot
from sinks.statements import query
from streams.contract import CountFrame, Progress, Rejected, Surge, Tagged, milliseconds

LONGEST_DAY: Final = 26 * 3600
"""A local day has 23 to 25 hours in almost every zone; one more does no harm here."""


class ClickHouseSink:
    """Writes to ClickHouse; each thread has a connection of its own.

    Every method raises:
        DatabaseAway: the server stayed away longer than the patience, or `stopping` was set.
        DatabaseRefused: it refuses what is no fault of a single row, e.g. the schema was not migrated.
    """

    def __init__(self, settings: SinksSettings, stopping: threading.Event | None = None) -> None:
        """Take where the server is; `stopping`, once set, ends every wait for it."""
        self._server = ClickHouse(settings.clickhouse, stopping)
        self._recount = query("recount_days", settings)
        self._empty = query("empty_counts", settings)
        self._zone = settings.zone

    def insert_facts(self, facts: Sequence[Tagged]) -> list[Refused]:
        """Store facts; return those that cannot be stored, by index."""
        return self._insert(COMPLAINTS, complaint_columns(facts))

    def insert_changes(self, request_ids: Collection[str], months: Collection[int]) -> None:
        """Leave a ticket for requests that have new facts: call it after `insert_facts` of these.

        Args:
            request_ids: their numbers.
            months: of the facts, YYYYMM in UTC.
        """
        if request_ids:
            ticket = random.getrandbits(63)
            self._insert_all(REQUEST_CHANGES, [[ticket], [[*request_ids]], [[*months]]])

    def insert_progress(self, marks: Sequence[Progress]) -> None:
        """Store up to where facts are stored: call it after `insert_facts` of all that the marks cover."""
        self._insert_all(PROGRESS, progress_columns(marks))

    def settle(self, lot: Lot) -> None:
        """Say of facts that they are stored: call it after `insert_facts` of these.

        Requests are put together up to a clock that progress tells, so it must not be ahead of the tickets.
        """
        self.insert_changes(lot.request_ids, lot.months)
        self.insert_progress(lot.marks)

    def insert_counts(self, frames: Sequence[CountFrame]) -> None:
        """Store the values of the frames' buckets; their `recount_days` are left out."""
        self._insert_all(UNIT_COUNT_FRAMES, count_frame_columns(frames))

    def insert_surges(self, surges: Sequence[Surge]) -> list[Refused]:
        """Store surges; return those that cannot be stored, by index."""
        return self._insert(SURGES, surge_columns(surges))

    def insert_rejected(self, rejected: Sequence[Rejected]) -> None:
        """Store rejected records, whole."""
        self._insert_all(REJECTED, rejected_columns(rejected))

    def insert_epoch(self, epoch: int, parts: int, started_at: dt.datetime, reason: str) -> None:
        """Store that an incarnation of the raw topic was begun."""
        self._insert_all(EPOCHS, [[epoch], [parts], [milliseconds(started_at)], [reason]])

    def recount_days(
        self, epoch: int, part: int, next_offset: int, days: Collection[int], target: str = UNIT_COUNTS
    ) -> None:
        """Count one part's local days anew from its facts below `next_offset`: all units, levels and grains.

        Call it once the part is stored up to `next_offset` (`Facts.stored_up_to`). The result is what the
        stream would have counted, and has the version of a frame with that `next`.

        Args:
            epoch: the raw topic's incarnation; facts of older ones count whole.
            part: the part.
            next_offset: facts at and above it do not count yet.
            days: starts of local days, seconds since 1970 UTC.
            target: table to write to, of the same columns.
        """
        if days:
            self._server.execute(self._recount, self._counting(epoch, part, next_offset, days, target))

    def empty_counts(
        self, epoch: int, part: int, next_offset: int, days: Collection[int], target: str = UNIT_COUNTS
    ) -> None:
        """Put zeros where there are counts and the facts give none any more; arguments as of `recount_days`.

        New events only add to units, so a recount does without; facts that were moved to another unit, and
        counts that were wrong, need it.
        """
        if days:
            self._server.execute(self._empty, self._counting(epoch, part, next_offset, days, target))

    def _counting(
        self, epoch: int, part: int, next_offset: int, days: Collection[int], target: str
    ) -> dict[str, object]:
        return {
            "epoch": epoch,
            "part": part,
            "next": next_offset,
            "version": count_version(epoch, next_offset),
            "days": sorted(days),
            "from": min(days),
            "to": max(days) + LONGEST_DAY,
            "months": sorted({month for day in days for month in _months(day)}),
            "zone": self._zone,
            "target": target,
        }

    def close(self) -> None:
        """Close this thread's connection."""
        self._server.close()

    def _insert(self, table: str, columns: Columns) -> list[Refused]:
        return self._server.insert(table, INSERTED[table], columns)

    def _insert_all(self, table: str, columns: Columns) -> None:
        refused = self._insert(table, columns)
        if refused:
            raise DatabaseRefused(f"{table} cannot hold a row that we made ourselves: {refused[0].reason}")


def _months(day_start: int) -> set[str]:
    """Return the partitions that a local day touches."""
    return {month_of(day_start), month_of(day_start + LONGEST_DAY)}
