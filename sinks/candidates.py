"""The complaints that were counted at estates which the registry lacked. Blocking."""

from __future__ import annotations

from sinks.clickhouse import ClickHouse
from sinks.settings import SinksSettings
from sinks.statements import query


def read_candidates(server: ClickHouse, settings: SinksSettings) -> list[tuple[str, str, str]]:
    """Return unit, spelling and request id of each.

    Args:
        server: as a user who may read the tables.
        settings: names of the databases.

    Raises:
        DatabaseAway: the server cannot be reached.
        DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
    """
    rows = server.execute(query("candidates", settings))
    return [(str(unit), str(surface), str(request)) for unit, surface, request in rows]
