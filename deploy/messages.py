"""Reads messages and registries from files, for the commands that work without Kafka."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from deploy.errors import OperationFailed
from producers.contract import ComplaintEvent, Crs, Kind
from producers.errors import MappingError
from producers.sources.mapping import Mapping as ColumnMapping
from producers.sources.mapping import load_mapping
from producers.sources.rows import column_name
from streams.estates.draft import RegistryFileError
from streams.estates.listing.build import build
from streams.estates.listing.merge import merge
from streams.estates.listing.places import Places
from streams.estates.listing.positions import convert, drop_astray, find_crs
from streams.estates.listing.rows import parse_listing
from streams.estates.registry import Registry
from streams.estates.registry_files import read_registry, read_text

PLAIN: Final[Mapping[str, tuple[str, ...]]] = {"request_id": ("id",), "title": ("title",), "text": ("body",)}
"""The columns of a file without a mapping."""
_UNDATED: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LARGEST_CELL: Final = 2**31 - 1


def open_registry(path: Path, city: str = "") -> Registry:
    """Return the registry in a file: one of our own (.csv, .geojson), or the rows of a listing.

    Raises:
        OperationFailed: it is neither, or is not sound.
    """
    try:
        if path.suffix.lower() != ".csv" or "level" in _header(path):
            return read_registry(path)
        rows = parse_listing(read_text(path), path.name)
        placed, _ = drop_astray(convert(rows, find_crs(rows, {})))
        places = Places((row.address for row in placed), city)
        return build(merge(placed, places), places).registry
    except (RegistryFileError, ValueError, OSError) as error:
        raise OperationFailed(f"{path}: {error}") from error


def read_messages(path: Path, mapping: str, source: str) -> Iterator[ComplaintEvent]:
    """Yield the messages of a CSV file, one event a row.

    Args:
        path: the file, UTF-8.
        mapping: name or path of a mapping; empty: columns id, title, body.
        source: name of the request system; empty: the mapping's, else none.

    Raises:
        OperationFailed: the file cannot be read, or lacks a column.
    """
    try:
        columns = load_mapping(mapping) if mapping else None
        csv.field_size_limit(_LARGEST_CELL)
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as opened:
            yield from _events(csv.DictReader(opened), path, columns, source)
    except (MappingError, csv.Error, OSError) as error:
        raise OperationFailed(f"{path}: {error}") from error


def _events(
    rows: csv.DictReader[str], path: Path, mapping: ColumnMapping | None, source: str
) -> Iterator[ComplaintEvent]:
    named = {column_name(name): name for name in rows.fieldnames or ()}
    wanted = PLAIN if mapping is None else {field: mapping.columns_of(field) for field in mapping.fields}
    missing = [column for column in wanted["request_id"] if column_name(column) not in named]
    if missing:
        raise OperationFailed(f"{path}: has no column {missing[0]!r}; name its columns with --mapping")
    empty = frozenset(mapping.empty if mapping else ())
    name = source or (mapping.source if mapping else "")
    for row in rows:
        cells = {
            field: [row[named[column_name(c)]] or "" for c in columns if column_name(c) in named]
            for field, columns in wanted.items()
        }
        yield _event(
            {field: [cell for cell in found if cell not in empty] for field, found in cells.items()},
            name,
            mapping,
        )


def _event(cells: Mapping[str, Sequence[str]], source: str, mapping: ColumnMapping | None) -> ComplaintEvent:
    def text(field: str) -> str:
        return " / ".join(filter(None, cells.get(field, ())))

    request = "".join(cells["request_id"]).strip()
    lon, lat = _number(cells.get("lon", ())), _number(cells.get("lat", ()))
    placed = lon is not None and lat is not None
    return ComplaintEvent(
        source=source,
        request_id=request,
        event_id=request,
        kind=Kind.OPENED,
        occurred_at=_UNDATED,
        title=text("title"),
        text=text("text"),
        address=text("address"),
        category=text("category"),
        district=text("district"),
        street=text("street"),
        community=text("community"),
        estate=text("estate"),
        lon=lon if placed else None,
        lat=lat if placed else None,
        crs=mapping.crs if mapping else Crs.WGS84,
    )


def _number(cells: Sequence[str]) -> float | None:
    try:
        return float(cells[0]) if cells else None
    except ValueError:
        return None


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
        return next(csv.reader(opened), [])
