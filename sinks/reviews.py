"""What people decided in reviews; where it is about complaints, put into effect. Blocking.

A complaint that a review ties to another estate is written again under a higher tag version; the counts of
its day are made anew from the facts, and its request gets a ticket. That is done only for days that the
streams have let go of: what they still hold in memory would write the old figure again. Until then the
decision waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sinks.clickhouse import ClickHouse
from sinks.positions import Position, read_positions
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from sinks.statements import query
from streams.estates.reviews import NameDecision


class Correction(NamedTuple):
    """Events of one request that are to count at another estate."""

    source: str
    request_id: str
    counts_at: str
    """Estate that they count at."""
    estate_id: str
    """Estate that they should count at; `unplaced` for none."""
    rule: str
    confidence: float
    part: int
    last_day: int
    """Start of the latest local day that any of them occurred on, seconds since 1970 UTC."""
    is_known: bool
    """Whether the registry in force has the estate."""


class Corrected(NamedTuple):
    """What became of corrections."""

    moved: list[Correction]
    waiting: list[Correction]
    """Of days that the streams still hold in memory."""
    refused: list[Correction]
    """To estates that the registry no longer has."""


class Reviews:
    """Reads decisions and corrects facts; as the writer.

    Every method raises:
        DatabaseAway: the server cannot be reached.
        DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
    """

    def __init__(self, settings: SinksSettings) -> None:
        """Take where the server is, and the zone of its days."""
        self._settings = settings
        self._server = ClickHouse(settings.clickhouse)
        self._sink = ClickHouseSink(settings)

    def names(self) -> list[NameDecision]:
        """Return the names that are to come into the registry, the first decided first."""
        rows = self._server.execute(query("decided_names", self._settings))
        return [NameDecision(*row[:3], *(tuple(ids) for ids in row[3:])) for row in rows]

    def registry_version(self) -> str:
        """Return the version of the registry in force; empty where none was loaded."""
        rows = self._server.execute(query("registry_in_force", self._settings))
        return str(rows[0][0]) if rows else ""

    def positions(self) -> list[Position]:
        """Return where each part stands."""
        return read_positions(self._server, self._settings)

    def correct(self, horizons: Mapping[int, int]) -> Corrected:
        """Let complaints count where reviews say. Repeating it changes nothing.

        Args:
            horizons: by part the start of the first local day that its worker may hold in memory, seconds
                since 1970 UTC. A part without one is nobody's.
        """
        done = Corrected([], [], [])
        for correction in self._due():
            horizon = horizons.get(correction.part)
            if not correction.is_known:
                done.refused.append(correction)
            elif horizon is not None and correction.last_day >= horizon:
                done.waiting.append(correction)
            else:
                self._move(correction)
                done.moved.append(correction)
        self._count_anew()
        self._server.execute(query("note_corrected", self._settings))
        return done

    def close(self) -> None:
        """Close this thread's connections."""
        self._server.close()
        self._sink.close()

    def _due(self) -> list[Correction]:
        rows = self._server.execute(query("decided_tags", self._settings), {"zone": self._settings.zone})
        return [Correction(*row) for row in rows]

    def _move(self, correction: Correction) -> None:
        self._server.execute(query("correct_tag", self._settings), correction._asdict())

    def _count_anew(self) -> None:
        """Count the days of what was corrected lately, by a run that was broken off too."""
        at = {position.part: position for position in self.positions()}
        zone = {"zone": self._settings.zone}
        for part, days in self._server.execute(query("corrected_days", self._settings), zone):
            if part in at:
                _, epoch, next_offset, _ = at[part]
                self._sink.recount_days(epoch, part, next_offset, days)
                self._sink.empty_counts(epoch, part, next_offset, days)
