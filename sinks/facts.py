"""The reading side from which the streams rebuild their state: what was stored, each event once.

Implements `streams.store.FactStore`. Blocking: for worker threads. Every event is read by its first delivery,
also where a later one names another time: the queries say how.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from sys import intern
from typing import Any, Final

from sinks.clickhouse import ClickHouse
from sinks.rows import month_of
from sinks.settings import SinksSettings
from sinks.statements import query
from streams.contract import Path, Progress
from streams.store import Arrival, Countable, Kind, Since

KINDS: Final = {kind.value: kind for kind in Kind}


class Facts:
    """Reads facts and progress; each thread has a connection of its own.

    Every method raises:
        DatabaseAway: (a ConnectionError) the server stayed away longer than the patience, or broke off.
        DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
    """

    def __init__(self, settings: SinksSettings, stopping: threading.Event | None = None) -> None:
        """Take where the server is; `stopping`, once set, ends every wait for it."""
        self._server = ClickHouse(settings.clickhouse, stopping)
        self._stored_up_to = query("stored_up_to", settings)
        self._highest_epoch = query("highest_epoch", settings)
        self._progress_at = query("progress_at", settings)
        self._counted_facts = query("counted_facts", settings)
        self._arrivals = query("arrivals", settings)
        self._arrivals_since = query("arrivals_since", settings)

    def stored_up_to(self, epoch: int, part: int) -> int:
        """Return the offset below which all of this part has been stored; 0 where nothing has."""
        [(position,)] = self._server.execute(self._stored_up_to, {"epoch": epoch, "part": part})
        return int(position)

    def highest_epoch(self) -> int:
        """Return the highest epoch that anything was stored under; 0 where nothing was."""
        [(epoch,)] = self._server.execute(self._highest_epoch)
        return int(epoch)

    def progress_at(self, epoch: int, part: int, next_at_most: int) -> Progress | None:
        """Return the part's last progress at or below this offset, of this epoch or else of an older one."""
        position = {"epoch": epoch, "part": part, "next": next_at_most}
        for at_epoch, _, at, clock_ms, version in self._server.execute(self._progress_at, position):
            return Progress(epoch=at_epoch, part=part, next=at, clock_ms=clock_ms, registry_version=version)
        return None

    def counted_facts(self, epoch: int, part: int, below: int, since_s: int) -> Iterator[Countable]:
        """Yield the part's countable events below an offset (all of older epochs) since a moment, once each.

        Args:
            epoch: the raw topic's incarnation.
            part: the part.
            below: offset of the first record that does not count yet.
            since_s: earliest occurrence, seconds since 1970 UTC.
        """
        position = {
            "epoch": epoch,
            "part": part,
            "below": below,
            "since": since_s,
            "month": month_of(since_s),
        }
        for identity, kind, second, *path, problem_type, reporter in self._server.stream(
            self._counted_facts, position
        ):
            yield Countable(identity, KINDS[kind], second, Path(*path), problem_type, reporter)

    def arrivals(self, epoch: int, below: Mapping[int, int], since: Since | None = None) -> Iterator[Arrival]:
        """Yield opened requests below each part's offset, once each, as they are to be weighed.

        Their order is that of (minute of weighing, occurrence, identity). Older epochs come whole.

        Args:
            epoch: the raw topic's incarnation.
            below: offset of the first record of each part that does not count yet.
            since: leaves out what was weighed before; a later delivery of it may come then.
        """
        positions: dict[str, Any] = {"epoch": epoch, "parts": [*below], "below": [*below.values()]}
        if since is not None:
            positions |= {"weighed": since.weighed_ms, "occurred": since.occurred_ms}
        sql = self._arrivals if since is None else self._arrivals_since
        paths: dict[tuple[str, ...], Path] = {}
        for identity, request_id, *units, reporter, problem, occurred, weighed, source in self._server.stream(
            sql, positions
        ):
            # One path object an estate: a million arrivals would hold a million copies otherwise.
            path = paths.get(key := tuple(units)) or paths.setdefault(key, Path(*units))
            yield Arrival(identity, request_id, path, reporter, problem, occurred, weighed, intern(source))

    def all_arrivals(self) -> Iterator[Arrival]:
        """Yield every opened request that is stored, as `arrivals` does."""
        # Above the highest epoch whatever is stored belongs to older ones, which come whole.
        return self.arrivals(self.highest_epoch() + 1, {0: 0})

    def close(self) -> None:
        """Close this thread's connection."""
        self._server.close()
