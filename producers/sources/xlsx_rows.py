"""Rows of an Excel workbook (XLSX): one sheet, its first row that is not empty holding the column names.

Cells come typed: Excel dates as datetimes without a zone, numbers as numbers. Formulas count by the value
that Excel stored with them.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from producers.errors import UnreadableFile
from producers.sources.rows import Row, Table, column_names


def read_xlsx(file: Path, sheet: str | None = None) -> Table:
    """Return the table in a sheet of a workbook, the first one where none is named.

    Raises:
        UnreadableFile: it is no workbook, has no such sheet, is empty, or its columns have no distinct names.
    """
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        raise UnreadableFile(f"{file}: not an XLSX workbook: {error}") from error
    if sheet is not None and sheet not in book.sheetnames:
        raise UnreadableFile(f"{file}: no sheet {sheet!r}; there are {', '.join(book.sheetnames)}")
    page = book[sheet] if sheet is not None else book.worksheets[0]
    numbered = enumerate(_cells(file, page), 1)
    header = next((cells for _, cells in numbered if any(cell is not None for cell in cells)), None)
    if header is None:
        raise UnreadableFile(f"{file}: sheet {page.title!r} is empty")
    headings = _without_empty_end(header)
    columns = column_names(["" if cell is None else str(cell) for cell in headings], str(file))
    return Table(columns, _rows(numbered, columns))


def _cells(file: Path, page: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a sheet; a workbook is a ZIP of XML, and either may be broken further down."""
    done = 0
    try:
        for cells in page.iter_rows(values_only=True):
            yield cells
            done += 1
    except (ElementTree.ParseError, zipfile.BadZipFile, zlib.error, ValueError) as error:
        raise UnreadableFile(f"{file}: broken after row {done} of sheet {page.title!r}: {error}") from error


def _rows(numbered: Iterable[tuple[int, tuple[Any, ...]]], columns: tuple[str, ...]) -> Iterator[Row]:
    for number, cells in numbered:
        filled = _without_empty_end(cells)
        if not filled:
            continue
        if len(filled) > len(columns):
            flaw = f"{len(filled)} cells for {len(columns)} columns"
            yield Row(f"row {number}", flaw=flaw, raw=[str(cell) for cell in filled])
        else:
            yield Row(f"row {number}", dict(zip(columns, filled, strict=False)))


def _without_empty_end(cells: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the cells up to the last that is not empty: Excel stores rows as wide as its formatting goes."""
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return cells[:end]
