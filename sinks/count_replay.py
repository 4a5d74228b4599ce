"""Counts of past days made anew from the facts: built beside, compared, put in place. Blocking, as migrator.

The stream goes on meanwhile. Counts are built up to where each part is stored, under the version of that
position: where the stream has written a bucket since, its row is newer and stays. Only what differs is put in
place, a year's rows at once (ATTACH PARTITION), so that no reader sees a day half replaced.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from types import TracebackType
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sinks.clickhouse import ClickHouse
from sinks.migrate import as_migrator
from sinks.migration_lock import MigrationLock
from sinks.positions import Position, read_positions
from sinks.settings import SinksSettings
from sinks.sink import LONGEST_DAY, ClickHouseSink
from sinks.statements import query

BUILT: Final = "unit_counts_replay"
CHANGES: Final = "unit_counts_replay_changes"


class Compared(NamedTuple):
    """What was built, against what stands."""

    built: int
    """Counts that the facts give, and those that they give no longer."""
    differing: int
    years: list[int]
    """Years of the differing ones."""


class CountReplay:
    """A replay of counts; a context manager, which holds the lock of migrations and clears away in the end.

    Every method raises:
        DatabaseAway: the server cannot be reached.
        DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
    """

    def __init__(self, settings: SinksSettings, holder: str) -> None:
        """Take where the server is, and who replays, for those who wait."""
        self._settings = as_migrator(settings)
        self._server = ClickHouse(self._settings.clickhouse)
        self._sink = ClickHouseSink(self._settings)
        self._lock = MigrationLock(self._server, self._settings, holder)
        self._zone = ZoneInfo(settings.zone)

    def __enter__(self) -> CountReplay:
        """Make the tables beside.

        Raises:
            MigrationLockHeld: a migration or another replay is at work, or died at it.
        """
        self._lock.__enter__()
        self._drop()  # of a replay that was killed
        for table in (BUILT, CHANGES):
            self._run("replay_create", table=table)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear away."""
        try:
            self._drop()
        finally:
            self._lock.__exit__(kind, error, trace)
            self._sink.close()
            self._server.close()

    def positions(self) -> list[Position]:
        """Return where each part stands."""
        return read_positions(self._server, self._settings)

    def days(self, first: dt.date, last: dt.date, source: str = "") -> list[int]:
        """Return the starts of the local days first..last, seconds since 1970 UTC.

        Args:
            first: the first.
            last: the last, included.
            source: if given, days alone on which there are facts of this request system.
        """
        span = (last - first).days + 1
        days = [self._midnight(first + dt.timedelta(days=number)) for number in range(span)]
        if not source:
            return days
        until = self._midnight(last + dt.timedelta(days=1))
        bounds = {"from": days[0], "to": until, "source": source, "zone": self._zone.key}
        return [day for (day,) in self._run("source_days", **bounds)]

    def build(self, positions: Sequence[Position], days: Sequence[int]) -> None:
        """Count days beside, by month, from the facts below positions; what counts no longer as zero."""
        for _, month in groupby(days, self._month):
            counted = [*month]
            for part, epoch, next_offset, _ in positions:
                self._sink.recount_days(epoch, part, next_offset, counted, BUILT)
                self._sink.empty_counts(epoch, part, next_offset, counted, BUILT)

    def compare(self, days: Sequence[int]) -> Compared:
        """Gather what differs from the counts that stand."""
        bounds = {"from": min(days, default=0), "to": max(days, default=0) + LONGEST_DAY}
        self._run("replay_compare", **bounds)
        [row] = self._run("replay_sizes")
        return Compared(*row)

    def swap(self, compared: Compared) -> None:
        """Put what differs in place."""
        for year in compared.years:
            self._run("replay_swap", year=year)

    def _drop(self) -> None:
        for table in (BUILT, CHANGES):
            self._run("replay_drop", table=table)

    def _run(self, name: str, **parameters: object) -> list[tuple[Any, ...]]:
        return self._server.execute(query(name, self._settings), parameters)

    def _midnight(self, day: dt.date) -> int:
        return int(dt.datetime.combine(day, dt.time(), self._zone).timestamp())

    def _month(self, day_start: int) -> tuple[int, int]:
        local = dt.datetime.fromtimestamp(day_start, self._zone)
        return local.year, local.month
