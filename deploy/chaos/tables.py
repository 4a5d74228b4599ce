"""Reads what a platform has stored. Blocking; what it is held against is not known here."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Final, NamedTuple

from sinks.clickhouse import ClickHouse
from sinks.rejected import RejectedRecords
from sinks.settings import SinksSettings
from sinks.statements import resolve, split
from streams.contract import Rejected

ALL_OF_THEM: Final = 2**31
Row = tuple[Any, ...]
Totals = tuple[int, int, int, int]
"""(events, sum of all figures of all buckets, sum of the surges' revisions, rejected records)"""


class Position(NamedTuple):
    """How far a part is stored."""

    next: int
    """The offset below which all of it is."""
    clock: float
    """The part's clock there, s since 1970."""


class Tables:
    """The tables of one epoch.

    Every method raises:
        DatabaseAway: the server cannot be reached.
        DatabaseRefused: it refuses, e.g. the schema was not migrated.
    """

    def __init__(self, settings: SinksSettings, epoch: int) -> None:
        """Take where the server is."""
        self._server = ClickHouse(settings.clickhouse)
        self._settings = settings
        self._epoch = epoch

    def facts(self) -> list[Row]:
        """Return every stored event: identity, part, offset, and what was made of it."""
        return self._query("facts")

    def counts(self) -> list[Row]:
        """Return every bucket: level, unit, grain, start, part, and the four figures."""
        return self._query("counts")

    def surges(self) -> list[Row]:
        """Return every surge: its id and what is known of it."""
        return self._query("surges")

    def rejected(self) -> list[Rejected]:
        """Return every rejected record, whole."""
        return [each.record for each in RejectedRecords(self._settings).latest(limit=ALL_OF_THEM)]

    def totals(self) -> Totals:
        """Return how far the tables have come."""
        [(events, figures, revisions, rejected)] = self._query("totals")
        return events, figures, revisions, rejected

    def positions(self) -> dict[int, Position]:
        """Return how far each part is stored."""
        return {part: Position(*values) for part, *values in self._query("positions")}

    def close(self) -> None:
        """Close the connection."""
        self._server.close()

    def _query(self, name: str) -> list[Row]:
        text = files("deploy.chaos").joinpath(f"{name}.sql").read_text()
        [statement] = split(resolve(text, self._settings))
        return self._server.execute(statement, {"epoch": self._epoch})
