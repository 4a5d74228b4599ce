"""Local times of a source as moments in UTC.

Twice a year a zone with daylight saving makes trouble. When clocks go back, an hour happens twice, and a
local time in it is ambiguous; when they go forward, an hour does not happen, and a local time in it never
was. What to do is the mapping's choice (docs/event-contract.md); the defaults keep every row.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from openpyxl.utils.datetime import from_excel

Ambiguous = Literal["earlier", "later", "reject"]
Nonexistent = Literal["shift", "reject"]
_NUMBERS: Final = {"unix_s": 1.0, "unix_ms": 1000.0}
"""Formats that are numbers since 1970 UTC, and how many of them make a second."""


class UnreadableTime(ValueError):
    """A cell that holds no time in any of the mapping's formats."""


@dataclass(frozen=True)
class TimeReader:
    """Reads the time cells of one source."""

    zone: ZoneInfo
    formats: tuple[str, ...] = ("iso",)
    """Tried in order: `iso`, `unix_s`, `unix_ms`, or a strptime pattern."""
    ambiguous: Ambiguous = "earlier"
    nonexistent: Nonexistent = "shift"

    def read(self, cell: Any, *, not_before: dt.datetime | None = None) -> dt.datetime:
        """Return the moment, in UTC, that a cell names.

        Args:
            cell: text, an Excel date or serial number, or a number since 1970.
            not_before: aware; of the two moments that an ambiguous time may be, one that is not before this
                is preferred: a request is not closed before it was opened.

        Raises:
            UnreadableTime: it names none.
        """
        local = self._parse(cell)
        try:
            return (
                local.astimezone(dt.UTC) if local.tzinfo is not None else self._from_local(local, not_before)
            )
        except OverflowError as error:
            raise UnreadableTime(f"{local} is outside the years that UTC can hold") from error

    def _parse(self, cell: Any) -> dt.datetime:
        if isinstance(cell, dt.datetime):
            return cell
        if isinstance(cell, dt.date):
            return dt.datetime.combine(cell, dt.time())
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return self._parse_number(cell)
        text = str(cell).strip()
        for pattern in self.formats:
            try:
                return _parse_text(text, pattern)
            except ValueError:
                continue
        raise UnreadableTime(f"{text!r} is no time of the form {' or '.join(self.formats)}")

    def _parse_number(self, number: float) -> dt.datetime:
        for pattern in self.formats:
            if pattern in _NUMBERS:
                return _since_1970(number / _NUMBERS[pattern])
        try:
            moment = from_excel(number)
        except (ValueError, OverflowError) as error:
            raise UnreadableTime(f"{number!r} is no Excel date") from error
        if not isinstance(moment, dt.datetime):
            raise UnreadableTime(f"{number!r} is a time of day without a date")
        return moment

    def _from_local(self, local: dt.datetime, not_before: dt.datetime | None) -> dt.datetime:
        first = local.replace(tzinfo=self.zone, fold=0)
        second = local.replace(tzinfo=self.zone, fold=1)
        before, after = first.utcoffset(), second.utcoffset()
        if before == after or before is None or after is None:
            return first.astimezone(dt.UTC)
        if before < after:  # clocks went forward over it
            if self.nonexistent == "reject":
                raise UnreadableTime(f"{local} never was in {self.zone.key}: clocks went forward over it")
            # PEP 495: with fold=0 the offset from before the change holds, so 02:30 becomes 03:30.
            return first.astimezone(dt.UTC)
        return self._either(first.astimezone(dt.UTC), second.astimezone(dt.UTC), local, not_before)

    def _either(
        self, earlier: dt.datetime, later: dt.datetime, local: dt.datetime, not_before: dt.datetime | None
    ) -> dt.datetime:
        if self.ambiguous == "reject":
            raise UnreadableTime(f"{local} was twice in {self.zone.key}: clocks went back over it")
        if self.ambiguous == "later" or (not_before is not None and earlier < not_before <= later):
            return later
        return earlier


def _parse_text(text: str, pattern: str) -> dt.datetime:
    if pattern == "iso":
        return dt.datetime.fromisoformat(text)
    if pattern in _NUMBERS:
        return _since_1970(float(text) / _NUMBERS[pattern])
    return dt.datetime.strptime(text, pattern)  # noqa: DTZ007  (the zone comes from the mapping)


def _since_1970(seconds: float) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise UnreadableTime(f"{seconds!r} seconds since 1970 are no date") from error
