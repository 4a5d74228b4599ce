"""The rows of a listing file: one site's entry of one estate, cleaned but not yet judged."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from streams.estates.draft import RegistryFileError

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name", "小区名称", "名称"),
    "site": ("site", "source", "网站", "来源"),
    "address": ("address", "地址"),
    "lon": ("lng", "lon", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "property_company": ("property_company", "物业公司"),
    "developer": ("developer", "开发商"),
    "households": ("households", "户数", "总户数"),
}
"""What each field may be called in the header; only the name is needed."""
_NOTHING: Final = re.compile(r"暂?无(?:信息|数据|资料)?|无(?:物业|开发商).*|[-—/\s.]*|其他|不详|未知")


@dataclass(frozen=True, slots=True)
class Row:
    """One site's entry of one estate; what the site does not say is empty or None."""

    line: int
    name: str
    site: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    """As the site gives them, until `positions.convert` has made them WGS-84."""
    property_company: str = ""
    developer: str = ""
    households: int | None = None


def parse_listing(text: str, source: str = "listing.csv") -> list[Row]:
    """Read a listing CSV. Cells that say in words that they say nothing (暂无信息) count as empty.

    Raises:
        RegistryFileError: names file, line and column of each cell that cannot be read.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = list(reader.fieldnames or ())
    columns = {
        field: next((name for name in names if name in header), "") for field, names in COLUMNS.items()
    }
    if not columns["name"]:
        wanted = ", ".join(COLUMNS["name"])
        raise RegistryFileError([f"{source}, line 1: no column for the name, call one of {wanted}"])
    rows: list[Row] = []
    problems: list[str] = []
    for record in reader:
        cells = {field: (record.get(column) or "").strip() for field, column in columns.items() if column}
        try:
            rows.append(_row(reader.line_num, cells))
        except ValueError as error:
            problems.append(f"{source}, line {reader.line_num}, {error}")
    if problems:
        raise RegistryFileError(problems)
    return rows


def _row(line: int, cells: Mapping[str, str]) -> Row:
    name = cells["name"]
    if not name:
        raise ValueError(f"column {COLUMNS['name'][0]}: is empty, give the estate's name or drop the row")
    lon, lat = (_number(field, cells.get(field, "")) for field in ("lon", "lat"))
    households = _number("households", cells.get("households", ""))
    placed = lon is not None and lat is not None and (lon, lat) != (0, 0)
    return Row(
        line,
        name,
        site=cells.get("site", ""),
        address=_said(cells.get("address", "")),
        lon=lon if placed else None,
        lat=lat if placed else None,
        property_company=_said(cells.get("property_company", "")),
        developer=_said(cells.get("developer", "")),
        households=int(households) if households else None,
    )


def _said(text: str) -> str:
    return "" if _NOTHING.fullmatch(text) else text


def _number(field: str, text: str) -> float | None:
    if not _said(text):
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"column {COLUMNS[field][0]}: {text[:40]!r} is not a number, correct or empty it")
    return value
