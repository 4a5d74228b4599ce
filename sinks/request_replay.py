"""Requests of past days put together anew where they are not what their facts say. Blocking, as migrator.

Facts that were changed past the platform (deleted, altered by hand) leave no ticket, so nobody takes them up
by himself. A reading is harmless beside those of the writer: the later one holds.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sinks.migrate import as_migrator
from sinks.request_check import RequestCheck, Span
from sinks.requests import RequestKeeper
from sinks.settings import SinksSettings


class Mended(NamedTuple):
    """What a replay of requests found."""

    compared: int
    differing: int
    """Those that were not what their facts say."""


def replay_requests(
    settings: SinksSettings, first: dt.date, last: dt.date, *, dry_run: bool = False
) -> Mended:
    """Put the differing requests together that something happened to on the local days first..last.

    Raises:
        DatabaseAway: the server cannot be reached.
        DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
    """
    migrator = as_migrator(settings)
    check, keeper = RequestCheck(migrator), RequestKeeper(migrator)
    compared, differing = 0, 0
    for count, found in check.slices(span_of(settings.zone, first, last)):
        compared, differing = compared + count, differing + len(found)
        if found and not dry_run:
            keeper.mend(sorted({number for _, number in found}))
    check.close()
    keeper.close()
    return Mended(compared, differing)


def span_of(zone: str, first: dt.date, last: dt.date) -> Span:
    """Return the time of the local days first..last."""
    midnights = (
        dt.datetime.combine(day, dt.time(), ZoneInfo(zone)) for day in (first, last + dt.timedelta(1))
    )
    return Span(*(int(midnight.timestamp()) for midnight in midnights))
