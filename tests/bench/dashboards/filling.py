"""Fills the project's own tables, on a real server, with as many facts as a large city has in three years."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.example_district import as_registry
from producers.sources.synthetic import city
from sinks.clickhouse import ClickHouse
from sinks.migrate import Migrator
from sinks.requests import RequestKeeper
from sinks.settings import SinksSettings
from sinks.statements import resolve, split
from sinks.units import store_units

FIRST: Final = dt.date(2021, 1, 1)
DAYS: Final = 3 * 365
MINUTE_DAYS: Final = 90
"""Older counts by minute have been deleted in a table that fills as time goes by."""
STEPS: Final = 4
"""Events of a request."""
PARTS: Final = 8
PEOPLE_PER_ESTATE: Final = 3000
DAYS_AT_ONCE: Final = 15


@dataclass(frozen=True)
class Size:
    """How much is filled in."""

    facts: int
    estates: int
    days: int = DAYS

    @property
    def requests(self) -> int:
        """A few facts are fewer than STEPS times these: what would happen after the last day has not."""
        return self.facts // STEPS

    def day(self, number: int) -> dt.date:
        """Return the local day of that number, from 0."""
        return FIRST + dt.timedelta(days=number)


def fill(settings: SinksSettings, size: Size) -> None:
    """Create the tables by the project's migrations, and fill them; blocking, minutes for many facts."""
    Migrator(settings).migrate()
    store_units(as_registry(city(size.estates)), settings)
    server = ClickHouse(settings.clickhouse)
    common: dict[str, Any] = {"first": FIRST, "days": size.days, "parts": PARTS}
    for begin in range(0, size.days, DAYS_AT_ONCE):
        first, end = (_first_request(size, day) for day in (begin, begin + DAYS_AT_ONCE))
        asked = {
            "begin": first,
            "count": end - first,
            "requests": size.requests,
            "estates": size.estates,
            "people": size.estates * PEOPLE_PER_ESTATE,
        }
        _run(server, settings, "facts", common | asked)
        leave_tickets(server, settings, first, end - first)
    for begin in range(0, size.days, DAYS_AT_ONCE):
        end = min(begin + DAYS_AT_ONCE, size.days)
        span = {"begin": size.day(begin), "end": size.day(end), "minutes": end > size.days - MINUTE_DAYS}
        _run(server, settings, "counts", span)
    _run(server, settings, "progress", common | {"rows": size.facts // 2})
    RequestKeeper(settings).keep_all()
    _run(server, settings, "surges", common)
    _run(server, settings, "actions", {})
    server.close()


def leave_tickets(server: ClickHouse, settings: SinksSettings, begin: int, count: int) -> None:
    """Say that these requests have new facts, as the writer does; their numbers are begin..begin+count-1."""
    _run(server, settings, "tickets", {"begin": begin, "count": count})


def _first_request(size: Size, day: int) -> int:
    """Return the number of the first request of a day, as facts.sql spreads them."""
    return min(size.requests, -(-day * size.requests // size.days))


def _run(server: ClickHouse, settings: SinksSettings, name: str, values: dict[str, Any]) -> None:
    text = Path(__file__).with_name("fill").joinpath(f"{name}.sql").read_text()
    [statement] = split(resolve(text, settings))
    server.execute(statement, values)
