"""The figures of a district's yearly report, read from the views for BI. Blocking.

Every figure is computed by the database from registry rows and facts; nothing is worked out here.
"""

from __future__ import annotations

from sinks.clickhouse import ClickHouse
from sinks.settings import SinksSettings
from sinks.statements import query


def read_figures(server: ClickHouse, settings: SinksSettings, district_id: str) -> dict[str, int | float]:
    """Return the figures of one district by key, in the order of its report; empty where it is not known.

    Args:
        server: as a user who may read the views.
        settings: names of the databases.
        district_id: id of the district in the registry in force.

    Raises:
        DatabaseAway: the server cannot be reached.
        DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
    """
    rows = server.execute(query("district_figures", settings), {"district": district_id})
    return {figure: int(value) if value == int(value) else value for figure, value in rows}
