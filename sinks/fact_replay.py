"""Facts that were read from the topic again: kept beside, compared, put in place. Blocking, as migrator.

What changes keeps its place in the log (epoch, part, offset), so it stands for the same event as before: what
the stream writes of it again is of a lower tag version, and never comes back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, NamedTuple

from sinks.clickhouse import ClickHouse, DatabaseRefused
from sinks.migrate import as_migrator
from sinks.rows import COMPLAINT_COLUMNS, complaint_columns
from sinks.settings import SinksSettings
from sinks.statements import query
from streams.contract import Tagged
from streams.estates.reviews import TagDecision

READ_AGAIN: Final = "complaints_replay"
CHANGES: Final = "complaints_replay_changes"


class FactsChanged(NamedTuple):
    """What the log says otherwise than the table."""

    restored: int
    """Facts that stood nowhere."""
    retagged: int
    """Facts that are tagged otherwise, or that another delivery stood for."""


class NotInLog(NamedTuple):
    """Facts that the raw topic holds no longer: they stay as they are."""

    facts: int
    first: str
    """Local day of the earliest, ISO 8601; likewise `last`."""
    last: str


class FactReplay:
    """The tables beside the facts; a context manager. Its user holds the lock of migrations.

    Every method raises:
        DatabaseAway: the server cannot be reached.
        DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
    """

    def __init__(self, settings: SinksSettings) -> None:
        """Take where the server is."""
        self._settings = as_migrator(settings)
        self._server = ClickHouse(self._settings.clickhouse)

    def __enter__(self) -> FactReplay:
        """Make the tables beside."""
        self._drop()  # of a replay that was killed
        for table in (READ_AGAIN, CHANGES):
            self._run("fact_replay_create", table=table)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear away."""
        try:
            self._drop()
        finally:
            self._server.close()

    def registry_version(self) -> str:
        """Return the version of the registry in force; empty where none was loaded."""
        rows = self._run("registry_in_force")
        return str(rows[0][0]) if rows else ""

    def rejected(self, epoch: int, part: int) -> frozenset[int]:
        """Return the offsets of a part's records that were rejected."""
        return frozenset(offset for (offset,) in self._run("rejected_offsets", epoch=epoch, part=part))

    def decisions(self) -> dict[tuple[str, str], list[TagDecision]]:
        """Return what people decided about requests (source, request id), the last decided last."""
        decided: defaultdict[tuple[str, str], list[TagDecision]] = defaultdict(list)
        for source, request_id, *decision in self._run("decided_requests"):
            decided[source, request_id].append(TagDecision(*decision))
        return dict(decided)

    def keep(self, facts: Sequence[Tagged]) -> None:
        """Keep facts beside, as they were read from the log again."""
        refused = self._server.insert(READ_AGAIN, COMPLAINT_COLUMNS, complaint_columns(facts))
        if refused:
            at = facts[refused[0].index]
            raise DatabaseRefused(f"part {at.part} offset {at.offset} cannot be stored: {refused[0].reason}")

    def compare(self, horizons: Mapping[int, int]) -> FactsChanged:
        """Gather what is to be put in place.

        Args:
            horizons: by part the start of the first local day that its worker may hold in memory, seconds
                since 1970 UTC: an event that another delivery dates there is left as it is.
        """
        held = {"parts": [*horizons], "horizons": [*horizons.values()]}
        for month in self._months(READ_AGAIN):
            self._run("fact_replay_compare", month=month, **held)
        [(changed, restored)] = self._run("fact_replay_sizes")
        return FactsChanged(restored, changed - restored)

    def days(self) -> list[int]:
        """Return the starts of the local days that the changes touch, seconds since 1970 UTC."""
        return [day for (day,) in self._run("fact_replay_days", zone=self._settings.zone)]

    def swap(self) -> None:
        """Put in place what differs, a month at once."""
        for month in self._months(CHANGES):
            self._run("fact_replay_swap", month=month)

    def not_in_log(self, epoch: int, firsts: Mapping[int, int], days: Sequence[int], source: str) -> NotInLog:
        """Return what stands in the table and no longer in the log.

        Args:
            epoch: of the log.
            firsts: by part the first offset that the log holds.
            days: starts of local days, seconds since 1970 UTC.
            source: of facts of this request system alone, if given.
        """
        asked = {"days": [*days], "source": source, "epoch": epoch, "zone": self._settings.zone}
        arrays = {"parts": [*firsts], "firsts": [*firsts.values()]}
        [row] = self._run("facts_not_in_log", **asked, **arrays)
        return NotInLog(*row)

    def _months(self, table: str) -> list[str]:
        return [month for (month,) in self._run("fact_replay_months", table=table)]

    def _drop(self) -> None:
        for table in (READ_AGAIN, CHANGES):
            self._run("replay_drop", table=table)

    def _run(self, name: str, **parameters: object) -> list[tuple[Any, ...]]:
        return self._server.execute(query(name, self._settings), parameters)
