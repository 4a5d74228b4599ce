"""The fields of an event as a mapping finds them in a row. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Any

from producers.identity import Pseudonyms
from producers.sources.cells import Flaw, as_number, as_text, has_lost_digits, json_ready
from producers.sources.mapping import NUMBER_FIELDS, TEXT_FIELDS, Mapping
from producers.sources.rows import Row, column_name
from producers.sources.times import UnreadableTime


class FieldReader:
    """Reads the rows of one source."""

    def __init__(self, mapping: Mapping, pseudonyms: Pseudonyms) -> None:
        self._mapping = mapping
        self._pseudonyms = pseudonyms
        self._times = mapping.time_reader()
        self._empty = frozenset(("", *mapping.empty))
        self._columns = {field: mapping.columns_of(field) for field in mapping.fields}
        self._latest_only = frozenset(map(column_name, mapping.latest_only))
        self._not_extra = frozenset(map(column_name, mapping.drop)) | mapping.needed_columns().keys()
        self._not_extra_before = self._not_extra | self._latest_only
        self.names = tuple(field for field in self._columns if field != "request_id")
        """The fields that the mapping fills, the request's number aside."""
        self.latest_names = frozenset(
            field for field, columns in self._columns.items() if not self._latest_only.isdisjoint(columns)
        )
        """Those that tell of the state at export."""

    def request_id(self, row: Row) -> str:
        """Return the request's number.

        Raises:
            Flaw: there is none, or a spreadsheet has cut it.
        """
        columns = self._columns["request_id"]
        for column in columns:
            if has_lost_digits(row.cells.get(column)):
                why = f"{row.cells[column]!r} has lost digits in the spreadsheet; store the column as text"
                raise Flaw(column, "request_id", None, why)
        request_id = self._text(row, "request_id")
        if not request_id:
            why = "is empty, but every row needs the number of its request"
            raise Flaw(", ".join(columns), "request_id", None, why)
        return request_id

    def read(self, row: Row, field: str) -> Any:
        """Return a field as the contract types it; None where the row has nothing for it.

        Raises:
            Flaw: the cell cannot become this field.
        """
        if field in NUMBER_FIELDS:
            return self._number(row, field)
        if field in TEXT_FIELDS:
            return self._translated(field, self._text(row, field)) or None
        if field == "reporter":
            namespace = self._mapping.reporter_namespace or self._mapping.source
            return self._pseudonyms.of(namespace, self._text(row, field)) or None
        return self.moment(row, self._columns[field][0], field)

    def moment(
        self, row: Row, column: str, field: str, not_before: dt.datetime | None = None
    ) -> dt.datetime | None:
        """Return the moment, in UTC, in a column; None where it is empty.

        Args:
            row: where to look.
            column: as the mapping spells it; may be empty, then there is none.
            field: what it is for.
            not_before: aware; see `TimeReader.read`.

        Raises:
            Flaw: the cell holds no time.
        """
        cell = row.cells.get(column_name(column)) if column else None
        if self._is_empty(cell):
            return None
        try:
            return self._times.read(cell, not_before=not_before)
        except UnreadableTime as error:
            raise Flaw(column, field, cell, str(error)) from error

    def remaining(self, row: Row, *, is_latest: bool) -> dict[str, Any]:
        """Return the columns that no field takes, untouched; empty ones are left out."""
        hidden = self._not_extra if is_latest else self._not_extra_before
        return {
            name: cell if type(cell) is str else json_ready(cell)
            for name, cell in row.cells.items()
            if cell is not None and cell != "" and name not in hidden
        }

    def _text(self, row: Row, field: str) -> str:
        columns = self._columns[field]
        if len(columns) == 1:
            return self._cell_text(row, columns[0])
        texts = [self._cell_text(row, column) for column in columns]
        return self._mapping.joined_by.join(filter(None, texts))

    def _cell_text(self, row: Row, column: str) -> str:
        cell = row.cells.get(column)
        text = "" if cell is None else as_text(cell)
        return "" if text in self._empty else text

    def _number(self, row: Row, field: str) -> float | None:
        column = self._columns[field][0]
        cell = row.cells.get(column)
        if self._is_empty(cell):
            return None
        try:
            return as_number(self._translated(field, cell))
        except ValueError as error:
            raise Flaw(column, field, cell, str(error)) from error

    def _translated(self, field: str, value: Any) -> Any:
        table = self._mapping.values.get(field)
        return value if table is None else table.get(as_text(value), value)

    def _is_empty(self, cell: Any) -> bool:
        return cell is None or (isinstance(cell, str) and cell.strip() in self._empty)
