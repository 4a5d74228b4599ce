"""Surges as they are stored, read back as what the streams told. Blocking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sinks.clickhouse import ClickHouse
from sinks.settings import SinksSettings
from sinks.statements import query
from streams.contract import Level, Path, Surge, SurgeState


class StoredSurges:
    """The table of surges.

    Every method raises:
        DatabaseAway: the server stayed away longer than the patience.
        DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
    """

    def __init__(self, settings: SinksSettings) -> None:
        self._server = ClickHouse(settings.clickhouse)
        self._by_id = query("surge_by_id", settings)
        self._opened = query("surges_opened", settings)
        self._remove = query("remove_surges", settings)

    def find(self, surge_id: str) -> Surge | None:
        """Return the last revision of a surge; None where there is no surge of this id."""
        rows = self._server.execute(self._by_id, {"surge": surge_id})
        return _surge(rows[0]) if rows else None

    def opened(self, start: int, end: int) -> list[Surge]:
        """Return the last revisions of surges that opened in start..end-1, seconds since 1970 UTC."""
        return [_surge(row) for row in self._server.execute(self._opened, {"from": start, "to": end})]

    def remove(self, surge_ids: Sequence[str]) -> None:
        """Remove surges; as the migrator."""
        if surge_ids:
            self._server.execute(self._remove, {"surges": [*surge_ids]})

    def close(self) -> None:
        """Close the connection."""
        self._server.close()


def _surge(row: tuple[Any, ...]) -> Surge:
    surge_id, level, unit, *path, state, revision = row[:10]
    opened_at, updated_at, cleared_at, window_start, window_end = row[10:15]
    observed, expected, low, high, score, reporters, requests = row[15:22]
    categories, category, request_ids, children, version = row[22:]
    return Surge(
        surge_id=surge_id,
        unit=unit,
        level=Level(level),
        path=Path(*path),
        state=SurgeState(state),
        revision=revision,
        opened_at=_aware(opened_at),
        updated_at=_aware(updated_at),
        cleared_at=None if cleared_at is None else _aware(cleared_at),
        window_start=_aware(window_start),
        window_end=_aware(window_end),
        observed=observed,
        expected=expected,
        expected_low=low,
        expected_high=high,
        score=score,
        reporters=reporters,
        requests=requests,
        categories=dict(categories),
        category=category,
        request_ids=tuple(request_ids),
        children=tuple(children),
        detector_version=version,
    )


def _aware(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
