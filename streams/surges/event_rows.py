"""Rows of a table of past events as the detector's arrivals: the columns of `pulse backtest`.

Pure: it takes rows that someone else reads from somewhere, and says in one sentence what is wrong with one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from streams.contract import Path, reporter_of
from streams.surges.arrival import Arrival

NO_SOURCE = ""
"""Whose the requests of a table are: it does not say."""
UNIT_COLUMNS = ("estate", "unit")
REPORTER_COLUMNS = ("reporter", "user")
OPTIONAL_COLUMNS = (
    "event_id",
    "request_id",
    "arrived_at",
    "category",
    "source",
    "community",
    "street",
    "district",
    "city",
)


class UnreadableRows(ValueError):
    """A table whose columns or cells cannot be read; its message names the row and the column."""


class TimeFormat:
    """Reads ISO 8601 times, and writes times the way the table has them.

    Args:
        zone: the zone of times that name none.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._separator = "T"
        self._own_zone: dt.tzinfo | None = None
        self._is_zulu = False
        self._is_learnt = False
        self._midnight = lru_cache(maxsize=64)(self._work_out_midnight)

    def milliseconds(self, text: str) -> int:
        """Return a time as milliseconds since 1970 UTC; raises ValueError where it is none."""
        moment = dt.datetime.fromisoformat(text.strip())
        if not self._is_learnt:
            self._learn(text.strip(), moment)
        if moment.tzinfo is not None:
            return round(moment.timestamp() * 1000)
        within = (moment.hour * 60 + moment.minute) * 60 + moment.second
        midnight, plain = self._midnight(moment.date())
        if not plain:
            return round(moment.replace(tzinfo=self._zone).timestamp() * 1000)
        return midnight + within * 1000 + moment.microsecond // 1000

    def write(self, moment: dt.datetime) -> str:
        """Return an aware moment in the zone and the spelling of the first time that was read."""
        if self._own_zone is None:
            local = moment.astimezone(self._zone).replace(tzinfo=None)
        else:
            local = moment.astimezone(self._own_zone)
        text = local.isoformat(self._separator, "seconds")
        return text.replace("+00:00", "Z") if self._is_zulu else text

    def _learn(self, text: str, moment: dt.datetime) -> None:
        self._separator = " " if " " in text else "T"
        self._own_zone = moment.tzinfo
        self._is_zulu = text.endswith(("Z", "z"))
        self._is_learnt = True

    def _work_out_midnight(self, day: dt.date) -> tuple[int, bool]:
        """Return the start of a local day (ms since 1970), and whether its clock runs through evenly."""
        begin = dt.datetime.combine(day, dt.time(), self._zone)
        end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), self._zone)
        return round(begin.timestamp() * 1000), end.timestamp() - begin.timestamp() == 86400


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column stands in a row; None where the table lacks it."""

    unit: int
    occurred_at: int
    reporter: int | None
    event_id: int | None
    request_id: int | None
    arrived_at: int | None
    category: int | None
    source: int | None
    community: int | None
    street: int | None
    district: int | None
    city: int | None

    @classmethod
    def of(cls, header: Sequence[str]) -> Columns:
        """Return the places of the known columns; raises UnreadableRows where a needed one is missing."""
        places = {name.strip().lower().lstrip("\ufeff"): place for place, name in enumerate(header)}
        unit = _first_of(places, UNIT_COLUMNS)
        if unit is None:
            raise UnreadableRows("the header has neither a column `unit` nor a column `estate`")
        if "occurred_at" not in places:
            raise UnreadableRows("the header has no column `occurred_at`")
        optional = {name: places.get(name) for name in OPTIONAL_COLUMNS}
        return cls(unit, places["occurred_at"], _first_of(places, REPORTER_COLUMNS), **optional)


def read_arrivals(rows: Iterable[Sequence[str]], times: TimeFormat) -> Iterator[Arrival]:
    """Yield the arrivals of a table: its header first, then rows in order of arrival.

    A row that arrived before the one above it is weighed with it: the clock never runs backwards. Rows
    without an event id are all different events.

    Raises:
        UnreadableRows: naming line and column.
    """
    numbered = enumerate(rows, start=1)
    _, header = next(numbered, (0, ()))
    columns = Columns.of(header)
    clock = 0
    for line, row in numbered:
        if not row:
            continue
        if len(row) < len(header):
            raise UnreadableRows(f"line {line} has {len(row)} cells, the header {len(header)}")
        arrival = _arrival(row, line, columns, times)
        clock = max(clock, arrival.weighed)
        yield arrival if arrival.weighed == clock else arrival._replace(weighed=clock)


def _arrival(row: Sequence[str], line: int, columns: Columns, times: TimeFormat) -> Arrival:
    occurred = _time(row, line, columns.occurred_at, "occurred_at", times)
    weighed = occurred
    if columns.arrived_at is not None and row[columns.arrived_at]:
        weighed = _time(row, line, columns.arrived_at, "arrived_at", times)
    event_id = _cell(row, columns.event_id) or f"line-{line}"
    request_id = _cell(row, columns.request_id) or event_id
    return Arrival(
        event_id,
        request_id,
        Path(
            row[columns.unit],
            _cell(row, columns.community),
            _cell(row, columns.street),
            _cell(row, columns.district),
            _cell(row, columns.city),
        ),
        reporter_of(_cell(row, columns.reporter), NO_SOURCE, request_id),
        _cell(row, columns.category),
        occurred,
        weighed,
        _cell(row, columns.source),
    )


def _time(row: Sequence[str], line: int, place: int, name: str, times: TimeFormat) -> int:
    try:
        return times.milliseconds(row[place])
    except ValueError:
        raise UnreadableRows(
            f"line {line}, column `{name}`: {row[place]!r} is not an ISO 8601 time"
        ) from None


def _cell(row: Sequence[str], place: int | None) -> str:
    return "" if place is None else row[place]


def _first_of(places: dict[str, int], names: Sequence[str]) -> int | None:
    return next((places[name] for name in names if name in places), None)
