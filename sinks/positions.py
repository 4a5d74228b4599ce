"""Where each part stands, as far as it is stored. Blocking."""

from __future__ import annotations

from typing import NamedTuple

from sinks.clickhouse import ClickHouse
from sinks.settings import SinksSettings
from sinks.statements import query


class Position(NamedTuple):
    """Where a part stands."""

    part: int
    epoch: int
    next: int
    """All of its log below this offset is stored."""
    clock_ms: int
    """The part's clock there, ms since 1970 UTC."""


def read_positions(server: ClickHouse, settings: SinksSettings) -> list[Position]:
    """Return where each part stands, in its last epoch.

    Raises:
        DatabaseAway: the server cannot be reached.
        DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
    """
    return [Position(*row) for row in server.execute(query("part_positions", settings))]
