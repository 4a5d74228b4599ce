"""Requests that are overdue, by street, as metrics; Prometheus' rules say how many are too many.

One number a street and not one alert a request: a hotline has some that are overdue on any day, and whoever
is told of each of them stops reading.
"""

from __future__ import annotations

import logging
from typing import Final

from sinks.clickhouse import ClickHouse, DatabaseError
from sinks.metrics import DUE_REQUESTS, OVERDUE_REQUESTS
from sinks.settings import SinksSettings
from sinks.statements import query

log = logging.getLogger(__name__)

REPLY_SECONDS: Final = 120.0
"""The query reads every request that there is."""


class OverdueRequests:
    """Blocking where it looks: for a worker thread."""

    def __init__(self, settings: SinksSettings) -> None:
        """Take where ClickHouse is; it is asked once, without patience."""
        once = settings.clickhouse.model_copy(
            update={"patience_seconds": 0.0, "reply_seconds": REPLY_SECONDS}
        )
        self._server = ClickHouse(once)
        self._query = query("overdue_requests", settings)
        self._shown: set[tuple[str, str]] = set()

    def look(self) -> None:
        """Show how many there are; keep what is shown where ClickHouse does not answer."""
        try:
            rows = self._server.execute(self._query)
        except DatabaseError as error:
            log.warning("the figures of overdue requests stay as they are: %s", error)
            return
        for street, name, due, overdue in rows:
            DUE_REQUESTS.labels(street, name).set(due)
            OVERDUE_REQUESTS.labels(street, name).set(overdue)
        shown = {(street, name) for street, name, _, _ in rows}
        for gone in self._shown - shown:
            DUE_REQUESTS.remove(*gone)
            OVERDUE_REQUESTS.remove(*gone)
        self._shown = shown
