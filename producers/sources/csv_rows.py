"""Rows of a CSV file, however dirty: a row that is broken is one flawed row, and the next is read.

NUL bytes are kept; quoted fields may hold line breaks; blank lines are no rows. Ragged rows are flawed, since
nobody can say which cell is missing. A field longer than `MAX_FIELD_CHARACTERS` is mostly a quote that is
never closed: the lines it swallowed are one flawed row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from producers.errors import UnreadableFile
from producers.sources.encodings import TextEncoding, damaged, readable
from producers.sources.rows import Row, Table, column_names

MAX_FIELD_CHARACTERS: Final = 4 * 1024 * 1024
DELIMITERS: Final = ",\t;|"


class _Lines:
    """Hands physical lines to the csv reader and remembers those of the row under way."""

    def __init__(self, opened: IO[str]) -> None:
        self._opened = opened
        self.number = 0
        self.of_row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._opened:
            self.number += 1
            self.of_row.append(line)
            yield line


def read_csv(file: Path, opened: IO[str], encoding: TextEncoding) -> Table:
    """Return the table in an opened CSV file whose first row holds the column names.

    Args:
        file: for messages.
        opened: opened with `newline=""` and `errors="surrogateescape"`.
        encoding: how it is read.

    Raises:
        UnreadableFile: the file is empty, or its columns have no distinct names.
    """
    csv.field_size_limit(MAX_FIELD_CHARACTERS)
    lines = _Lines(opened)
    source = iter(lines)
    header = next((line for line in source if line.strip()), None)
    if header is None:
        raise UnreadableFile(f"{file}: the file is empty")
    delimiter = max(DELIMITERS, key=header.count)
    columns = column_names(_header_cells(header, source, delimiter), str(file))
    lines.of_row.clear()
    return Table(columns, _rows(lines, source, columns, delimiter, encoding))


def _header_cells(header: str, rest: Iterator[str], delimiter: str) -> list[str]:
    """Return the headings; a quoted one may go on over the next lines."""

    def lines() -> Iterator[str]:
        yield header
        yield from rest

    return next(csv.reader(lines(), delimiter=delimiter))


def _rows(
    lines: _Lines, source: Iterator[str], columns: tuple[str, ...], delimiter: str, encoding: TextEncoding
) -> Iterator[Row]:
    reader = csv.reader(source, delimiter=delimiter)
    while True:
        first = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(f"line {first}", flaw=f"not CSV: {error}", raw=readable("".join(lines.of_row)))
        else:
            if cells:
                yield _row(f"line {first}", cells, columns, encoding)
        lines.of_row.clear()


def _row(place: str, cells: list[str], columns: tuple[str, ...], encoding: TextEncoding) -> Row:
    if len(cells) != len(columns):
        flaw = f"{len(cells)} cells for {len(columns)} columns"
        return Row(place, flaw=flaw, raw=[readable(cell) for cell in cells])
    if not encoding.is_clean and any(map(damaged, cells)):
        column = columns[[damaged(cell) for cell in cells].index(True)]
        flaw = f"column {column} holds bytes that are not {encoding.name}"
        return Row(place, flaw=flaw, raw=dict(zip(columns, map(readable, cells), strict=True)))
    return Row(place, dict(zip(columns, cells, strict=True)))
