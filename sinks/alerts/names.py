"""The names of units, for people who read alerts. Read from ClickHouse, and good enough when they are old.

An alert never waits for a name: while ClickHouse is away, units are called what they were called before, or
by their ids.
"""

from __future__ import annotations

import logging
import time
from typing import Final

from sinks.clickhouse import ClickHouse, DatabaseError
from sinks.settings import SinksSettings
from sinks.statements import query
from streams.contract import Level

log = logging.getLogger(__name__)

GOOD_FOR_SECONDS: Final = 600.0


class UnitNames:
    """The registry's names by level and id. Blocking where it looks: for a worker thread."""

    def __init__(self, settings: SinksSettings) -> None:
        """Take where ClickHouse is; it is asked once, without patience."""
        impatient = settings.clickhouse.model_copy(update={"patience_seconds": 0.0, "reply_seconds": 10.0})
        self._server = ClickHouse(impatient)
        self._query = query("unit_names", settings)
        self._names: dict[tuple[str, str], str] = {}
        self._read_at = float("-inf")

    def name(self, level: Level, unit: str) -> str:
        """Return a unit's name; its id where no name is known."""
        return self._names.get((level.value, unit)) or unit

    def refresh(self) -> None:
        """Read the names anew where they are old; keep them where ClickHouse does not answer."""
        if time.monotonic() - self._read_at < GOOD_FOR_SECONDS:
            return
        try:
            rows = self._server.execute(self._query)
        except DatabaseError as error:
            log.warning("names stay as they are: %s", error)
            return
        self._names = {(level, unit): name for level, unit, name in rows}
        self._read_at = time.monotonic()
