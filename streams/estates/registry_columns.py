"""The columns of a registry file: how each is read from text and written as text.

CSV and GeoJSON share them: a GeoJSON feature's properties bear the same names.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from producers.contract import Crs
from streams.contract import Level
from streams.estates.coordinates import to_wgs84
from streams.estates.registry import Area, Estate, EstateStatus, Governance, Unit

Reader = Callable[[str], Any]

_YES: Final = {"true", "yes", "1", "是"}
_NO: Final = {"false", "no", "0", "否"}
_PIECE: Final = re.compile(r"\\[\\|]|.", re.DOTALL)
"""A character, or a backslash with the bar or backslash that it stands for."""
_COMMITTEES: Final = ("elected", "preparing", "not_started")


def read_aliases(text: str) -> tuple[str, ...]:
    r"""Split at `|`; a bar that belongs to a name is written `\|`, a backslash `\\`."""
    parts = [""]
    for piece in _PIECE.findall(text):
        if piece == "|":
            parts.append("")
        else:
            parts[-1] += piece[-1]
    return tuple(stripped for part in parts if (stripped := part.strip()))


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


def _share(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= 1:
        raise ValueError
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError
    return value


def _truth(text: str) -> bool:
    lowered = text.lower()
    if lowered not in _YES | _NO:
        raise ValueError
    return lowered in _YES


def _committee(text: str) -> str:
    if text not in _COMMITTEES:
        raise ValueError
    return text


def _polygon(text: str) -> Mapping[str, Any]:
    return as_polygon(json.loads(text))


def as_polygon(geometry: Any) -> Mapping[str, Any]:
    """Return a GeoJSON Polygon or MultiPolygon, type and coordinates alone.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise ValueError
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or not coordinates:
        raise ValueError
    return {"type": geometry["type"], "coordinates": coordinates}


_TRUTH: Final = (_truth, "true or false")
_TEXT: Final[tuple[Reader, str]] = (str, "any text")
GOVERNANCE: Final[Mapping[str, tuple[Reader, str]]] = {
    "party_branch_founded_on": (dt.date.fromisoformat, "a date like 2021-07-01"),
    "branch_secretary_is_owner": _TRUTH,
    "branch_has_premises": _TRUTH,
    "may_elect_committee": _TRUTH,
    "committee": (_committee, "one of " + ", ".join(_COMMITTEES)),
    "committee_party_share": (_share, "a share from 0 to 1"),
    "chair_is_party_member": _TRUTH,
    "chair_is_branch_secretary": _TRUTH,
    "company_has_party_branch": _TRUTH,
}
ESTATE: Final[Mapping[str, tuple[Reader, str]]] = {
    "address": _TEXT,
    "lon": (_number, "degrees east as a decimal number"),
    "lat": (_number, "degrees north as a decimal number"),
    "crs": (Crs, "one of " + ", ".join(Crs)),
    "households": (_count, "a whole number"),
    "property_company": _TEXT,
    "developer": _TEXT,
    "status": (EstateStatus, "one of " + ", ".join(EstateStatus)),
    **GOVERNANCE,
    "polygon": (_polygon, "a GeoJSON Polygon or MultiPolygon"),
}
COMMON: Final[Mapping[str, tuple[Reader, str]]] = {
    "level": (Level, "one of " + ", ".join(Level)),
    "id": _TEXT,
    "name": _TEXT,
    "parent": _TEXT,
    "aliases": (read_aliases, "names joined by |"),
}
ALL: Final = {**COMMON, **ESTATE}
NEEDED: Final = ("level", "id", "name", "parent")


def read_cells(cells: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the values of the cells that are not empty, and a sentence for each that cannot be read."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for column, text in cells.items():
        reader, wanted = ALL[column]
        try:
            values[column] = reader(text)
        except (ValueError, RecursionError):  # json reads no deeper than Python's stack
            problems.append(f"column {column}: {text[:40]!r} should be {wanted}")
    return values, problems


def make_unit(values: Mapping[str, Any]) -> tuple[Unit | None, list[str]]:
    """Make the unit of a row's values (`read_cells`), or say what is missing or out of place."""
    if "level" not in values:
        return None, [f"column level: is empty, should be {ALL['level'][1]}"]
    make = _make_estate if values["level"] is Level.ESTATE else _make_area
    return make(values)


def _make_area(values: Mapping[str, Any]) -> tuple[Unit | None, list[str]]:
    astray = [column for column in values if column in ESTATE and column != "crs"]
    if astray:
        return None, [f"column {column}: only estates have one, leave it empty" for column in astray]
    fields = {name: values[name] for name in COMMON if name in values}
    return Area(**{"id": "", "name": "", **fields}), []


def _make_estate(values: Mapping[str, Any]) -> tuple[Unit | None, list[str]]:
    fields = {name: value for name, value in values.items() if name not in GOVERNANCE and name != "level"}
    crs = fields.pop("crs", Crs.WGS84)
    if "lon" in fields and "lat" in fields:
        fields["lon"], fields["lat"] = to_wgs84(fields["lon"], fields["lat"], crs)
    governance = {name: values[name] for name in GOVERNANCE if name in values}
    if governance:
        fields["governance"] = Governance(**governance)
    return Estate(**{"id": "", "name": "", "parent": "", **fields}), []


def unit_values(unit: Unit) -> dict[str, Any]:
    """Return a unit's values by column, those that hold nothing left out; positions are WGS-84."""
    values: dict[str, Any] = {"level": unit.level}
    for name in _fields_of(unit):
        value = getattr(unit, name)
        if isinstance(value, Governance):
            values.update({part: getattr(value, part) for part in GOVERNANCE})
        elif name != "level":
            values[name] = value
    return {name: value for name, value in values.items() if value not in (None, "", ())}


def _fields_of(unit: Unit) -> list[str]:
    return [item.name for item in dataclasses.fields(unit)]


def write_cell(value: Any) -> str:
    """Return the text of a value, as the reader of its column takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in value)
    if isinstance(value, Mapping):
        return _compact(value)
    return str(value)


_compact: Final = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
