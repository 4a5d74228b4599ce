"""The registry as CSV: one file, one row a unit of whatever level, for people and spreadsheets.

    level,id,name,parent,aliases,address,lon,lat,crs,households,property_company,developer,status,…,polygon
    district,d1,芙蓉区,c1
    estate,e1,八方小区,d1,八方苑|八方社区,…

docs/registry.md describes each column. Works on text; `registry_files` opens files.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from streams.estates.draft import Draft, RegistryFileError
from streams.estates.registry import RANK, Registry, Unit
from streams.estates.registry_columns import ALL, NEEDED, make_unit, read_cells, unit_values, write_cell

COLUMNS: Final = [column for column in ALL if column != "crs"]
"""What is written: positions are always WGS-84 then, so the column crs is only ever read."""
_MAX_CELL: Final = 16 * 1024 * 1024
"""Characters; csv's own limit of 131,072 is too short for the outline of a large estate."""


def parse_csv(text: str, source: str = "registry.csv") -> Draft:
    """Read the units of a CSV file.

    Raises:
        RegistryFileError: says for each fault the file, line, column and what should stand there.
    """
    csv.field_size_limit(max(_MAX_CELL, csv.field_size_limit()))
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    rows: list[tuple[int, Unit]] = []
    problems: list[str] = []
    try:
        problems += _wrong_header(list(reader.fieldnames or ()))
        for line, row in _lines(reader) if not problems else ():
            unit, wrong = _read_row(row)
            problems += [f"line {line}, {problem}" for problem in wrong]
            if unit is not None:
                rows.append((line, unit))
    except csv.Error as error:
        problems.append(f"line {reader.line_num}: is not CSV ({error}); check its quotation marks")
    if problems:
        raise RegistryFileError(f"{source}, {problem}" for problem in problems)
    return Draft(source, tuple(rows))


def format_csv(registry: Registry) -> str:
    """Return the registry as CSV text: areas from the city down, then the estates in their order."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for unit in sorted(registry.units(), key=lambda unit: -RANK[unit.level]):
        writer.writerow({column: write_cell(value) for column, value in unit_values(unit).items()})
    return buffer.getvalue()


def _wrong_header(header: list[str]) -> list[str]:
    missing = [column for column in NEEDED if column not in header]
    unknown = [column for column in header if column not in ALL]
    problems = [f"line 1: the column {column} is missing, add it" for column in missing]
    return problems + [
        f"line 1: {column!r} is not a column of a registry, which has {', '.join(ALL)}: rename or remove it"
        for column in unknown
    ]


def _lines(reader: csv.DictReader[str]) -> Iterator[tuple[int, dict[str | None, str | list[str] | None]]]:
    """Yield rows with the line they begin at, blank ones left out."""
    before = reader.line_num
    for row in reader:
        yield before + 1, dict(row)
        before = reader.line_num


def _read_row(row: dict[str | None, str | list[str] | None]) -> tuple[Unit | None, list[str]]:
    if None in row:
        return None, ["has more cells than the header: quote the cell that holds a comma"]
    cells = {column: text.strip() for column, text in row.items() if column and isinstance(text, str)}
    values, problems = read_cells({column: text for column, text in cells.items() if text})
    return (None, problems) if problems else make_unit(values)
