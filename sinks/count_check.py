"""Recomputes unit counts from the facts, month by month, and compares them with what the streams wrote.

Blocking. The counting itself is SQL (`queries/compare_counts.sql`): a second implementation beside that of
the streams.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

from sinks.clickhouse import ClickHouse
from sinks.rows import month_of
from sinks.settings import SinksSettings
from sinks.statements import query

NAMED: Final = 100
"""At most so many differing counts are named; all are counted."""
MEASURES: Final = ("opened", "petitioned", "closed", "reopened")


@dataclass(frozen=True)
class Difference:
    """A bucket whose count is not what the facts say."""

    level: str
    unit: str
    grain: str
    bucket: dt.datetime
    """Start of the bucket, UTC."""
    part: int
    facts: dict[str, int]
    """What the facts say; empty where there are none."""
    stream: dict[str, int]
    """What the stream wrote; empty where it wrote nothing."""
    same_categories: bool
    same_reporters: bool


@dataclass
class CountReport:
    """The result of the comparison."""

    compared: int = 0
    """Buckets compared, over all units, grains and parts."""
    differing: int = 0
    differences: list[Difference] = field(default_factory=list)
    """The first NAMED of them."""

    @property
    def is_exact(self) -> bool:
        """Whether every count is what the facts say."""
        return self.differing == 0


class CountCheck:
    """Compares counts with facts."""

    def __init__(self, settings: SinksSettings) -> None:
        """Take where the server is."""
        self._server = ClickHouse(settings.clickhouse)
        self._zone = ZoneInfo(settings.zone)
        self._compare = query("compare_counts", settings)
        self._span = query("counted_span", settings)

    def run(self, first: dt.date | None = None, last: dt.date | None = None) -> CountReport:
        """Compare all counts of the local days first..last, of all days that have any unless given.

        Raises:
            DatabaseAway: the server cannot be reached.
            DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
        """
        report = CountReport()
        days = self._days(first, last)
        if days is not None:
            for start, end in month_spans(*days):
                self._add_month(report, start, end)
        return report

    def _days(self, first: dt.date | None, last: dt.date | None) -> tuple[dt.date, dt.date] | None:
        [(earliest, latest)] = self._server.execute(self._span)
        if not latest:
            return None
        return first or self._local_day(earliest), last or self._local_day(latest)

    def _local_day(self, second: int) -> dt.date:
        return dt.datetime.fromtimestamp(second, self._zone).date()

    def _midnight(self, day: dt.date) -> int:
        return int(dt.datetime.combine(day, dt.time(), self._zone).timestamp())

    def _add_month(self, report: CountReport, start: dt.date, end: dt.date) -> None:
        first, until = self._midnight(start), self._midnight(end)
        parameters = {
            "zone": self._zone.key,
            "months": [month_of(first), month_of(until)],
            "from": first,
            "to": until,
            "named": NAMED,
        }
        rows = self._server.execute(self._compare, parameters)
        if rows:
            report.compared += rows[0][0]
            report.differing += rows[0][1]
            room = NAMED - len(report.differences)
            report.differences += [_difference(row) for row in rows if row[2]][:room]


def month_spans(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield the days first..last cut at the months' ends, each span half-open."""
    start = first
    while start <= last:
        following = (start.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        end = min(following, last + dt.timedelta(days=1))
        yield start, end
        start = end


def _difference(row: tuple[Any, ...]) -> Difference:
    _, _, _, level, unit, grain, start, part, facts, stream, same_types, same_sketch = row
    return Difference(
        level,
        unit,
        grain,
        dt.datetime.fromtimestamp(start, dt.UTC),
        part,
        dict(zip(MEASURES, facts, strict=False)),
        dict(zip(MEASURES, stream, strict=False)),
        bool(same_types),
        bool(same_sketch),
    )
