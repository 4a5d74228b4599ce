"""Reads what a district's report says from ClickHouse. Blocking."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from zoneinfo import ZoneInfo

from sinks.clickhouse import ClickHouse
from sinks.report.contents import Figure, Home, Month, Outcome, Report, Tally
from sinks.report.period import Period
from sinks.settings import SinksSettings
from sinks.statements import query

END_OF_TIME: Final = dt.datetime(2299, 12, 31, tzinfo=dt.UTC)
FIRST_OF_SINGLE_ESTATES: Final = 21
"""Figures from this number on rest on facts, in views that know no past date."""


class NothingToReport(Exception):
    """There is no such district, or nothing was known of it; the message says what there is."""


def read_report(
    server: ClickHouse,
    settings: SinksSettings,
    period: Period,
    district: str = "",
    as_of: dt.date | None = None,
) -> Report:
    """Return the report of one district and period.

    Args:
        server: as a user who may read the tables and the views.
        settings: names of the databases, zone.
        period: its days; cut where the facts end, and the year before with it, so that like is compared with
            like.
        district: id or name; empty: the only one that the registry has.
        as_of: last local day of which anything is known; None: all.

    Raises:
        NothingToReport: the registry lacks the district, or has several and none is named, or no facts lie
            before the end of that day or in the period.
        DatabaseAway: the server cannot be reached.
        DatabaseRefused: it refuses a query, e.g. the schema was not migrated.
    """
    reader = _Reader(server, settings)
    moment = _end_of(as_of, settings.zone) if as_of else END_OF_TIME
    district_id, name, version = reader.district(district)
    [(clock, day, facts)] = reader.rows("report_clock", as_of=_text(moment))
    if not facts or day < period.first:
        raise NothingToReport(
            f"nothing is known of {period}: " + (f"facts end on {day}" if facts else "no facts")
        )
    period = period.until(day)
    before = period.year_before()
    spans = {
        "district": district_id,
        "as_of": _text(moment),
        "first": period.first,
        "last": period.last,
        "before_first": before.first,
        "before_last": before.last,
    }
    return Report(
        district=name,
        period=period,
        before=before,
        clock=clock,
        registry_version=version,
        is_past=as_of is not None,
        figures=[
            Figure(number, key, int(value) if value == int(value) else value, definition)
            for number, key, value, definition in reader.rows("report_governance", **spans)
            if as_of is None or number < FIRST_OF_SINGLE_ESTATES
        ],
        homes=[Home(*row) for row in reader.rows("report_estates", **spans)],
        outcomes=[_outcome(row) for row in reader.rows("report_outcomes", **spans)],
        months=[Month(*row) for row in reader.rows("report_months", **spans)],
        ladder=[] if as_of else reader.rows("report_ladder", **spans),
        negative=reader.rows("report_negative", **spans),
    )


def _outcome(row: tuple[Any, ...]) -> Outcome:
    is_this, estate_id, problem_type, solvable_by, is_company_matter, *counts = row
    return Outcome(bool(is_this), estate_id, problem_type, solvable_by, is_company_matter, Tally(*counts))


class _Reader:
    """Runs the report's queries."""

    def __init__(self, server: ClickHouse, settings: SinksSettings) -> None:
        self._server = server
        self._settings = settings

    def rows(self, name: str, **values: Any) -> list[tuple[Any, ...]]:
        return self._server.execute(query(name, self._settings), values)

    def district(self, asked: str) -> tuple[str, str, str]:
        """Return id, name and registry version of the district that is asked for."""
        known = self.rows("report_districts")
        found = [row for row in known if not asked or asked in row[:2]]
        if len(found) == 1:
            return found[0][0], found[0][1] or found[0][0], found[0][2]
        listed = ", ".join(f"{name} ({district_id})" for district_id, name, _ in known) or "none"
        raise NothingToReport(
            f"no district {asked!r} with estates that are lived in; there is: {listed}"
            if asked
            else f"name a district; there is: {listed}"
        )


def _end_of(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)


def _text(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
