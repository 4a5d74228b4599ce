"""The registry as GeoJSON (RFC 7946), and other people's GeoJSON of estates as a registry.

Our own features bear the columns of the CSV file as properties; an estate's geometry is its outline,
else its point, an area's is null. A foreign file says with a PropertyMapping which of its properties mean
what; its areas are made from the names that it puts into properties. Works on text; `registry_files` opens
files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shapely.errors import ShapelyError
from shapely.geometry import shape

from streams.contract import Level
from streams.estates.coordinates import DECIMALS
from streams.estates.draft import Draft, RegistryFileError
from streams.estates.registry import RANK, Area, Registry, Unit
from streams.estates.registry_columns import (
    ALL,
    as_polygon,
    make_unit,
    read_cells,
    unit_values,
    write_cell,
)

OUTLINES: Final = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class PropertyMapping:
    """Which property of a foreign file means what."""

    city: str
    """The name of the city that all features lie in."""
    columns: Mapping[str, str]
    """Property by column, e.g. `{"id": "tds_num", "name": "name"}`; these two are needed."""
    areas: Mapping[Level, str] = field(default_factory=dict)
    """Property by level that holds the name of the area, e.g. `{Level.DISTRICT: "borough"}`."""


def parse_geojson(
    text: str, source: str = "registry.geojson", mapping: PropertyMapping | None = None
) -> Draft:
    """Read the units of a FeatureCollection.

    Raises:
        RegistryFileError: says for each fault the file, the feature (from 1), the property and what to do.
    """
    features = _features(text, source)
    rows: list[tuple[int, Unit]] = []
    problems: list[str] = []
    areas: dict[str, Area] = {}
    for number, feature in enumerate(features, 1):
        unit, wrong = _read_feature(feature, mapping, areas)
        problems += [f"{source}, feature {number}, {problem}" for problem in wrong]
        if unit is not None:
            rows.append((number, unit))
    if problems:
        raise RegistryFileError(problems)
    return Draft(source, (*((0, area) for area in areas.values()), *rows))


def format_geojson(registry: Registry) -> str:
    """Return the registry as a FeatureCollection, one feature a line."""
    ordered = sorted(registry.units(), key=lambda unit: -RANK[unit.level])
    lines = (json.dumps(_feature(unit), ensure_ascii=False, separators=(",", ":")) for unit in ordered)
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def _features(text: str, source: str) -> list[Any]:
    try:
        document = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise RegistryFileError([f"{source}: is not JSON ({error})"]) from error
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise RegistryFileError([f"{source}: is not a FeatureCollection, which has a list of features"])
    return list(document["features"])


def _read_feature(
    feature: Any, mapping: PropertyMapping | None, areas: dict[str, Area]
) -> tuple[Unit | None, list[str]]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return None, ["properties: are missing, a feature needs them"]
    cells = _cells(properties) if mapping is None else _mapped(properties, mapping, areas)
    values, problems = read_cells({name: text for name, text in cells.items() if text})
    problems += _place(values, feature.get("geometry"))
    return (None, problems) if problems else make_unit(values)


def _cells(properties: Mapping[str, Any]) -> dict[str, str]:
    """Return our own properties as cells; others are ignored, as RFC 7946 has it."""
    return {column: _text(properties[column]) for column in ALL if properties.get(column) is not None}


def _mapped(
    properties: Mapping[str, Any], mapping: PropertyMapping, areas: dict[str, Area]
) -> dict[str, str]:
    cells = {column: _text(properties.get(name)) for column, name in mapping.columns.items()}
    above = areas.setdefault(mapping.city, Area(f"city:{mapping.city}", Level.CITY, mapping.city))
    path = ""
    for level in sorted(mapping.areas, key=lambda level: -RANK[level]):
        name = _text(properties.get(mapping.areas[level])).strip()
        if name:
            path = f"{path}/{name}" if path else name
            above = areas.setdefault(f"{level}:{path}", Area(f"{level}:{path}", level, name, above.id))
    return {**cells, "level": Level.ESTATE.value, "parent": above.id}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return write_cell(tuple(map(str, value)) if isinstance(value, list) else value).strip()


def _place(values: dict[str, Any], geometry: Any) -> list[str]:
    """Add outline and position; an outline without a position gets a point inside it."""
    if geometry is None or values.get("level") is not Level.ESTATE:
        return []
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    try:
        if kind in OUTLINES:
            values["polygon"] = as_polygon(geometry)
        elif kind != "Point":
            return [f"geometry: is a {kind}, should be a Point, Polygon or MultiPolygon"]
        inside = shape(geometry).representative_point()
    except (ShapelyError, ValueError, TypeError, IndexError) as error:
        return [f"geometry: cannot be read ({error})"]
    values.setdefault("lon", round(inside.x, DECIMALS) if kind in OUTLINES else inside.x)
    values.setdefault("lat", round(inside.y, DECIMALS) if kind in OUTLINES else inside.y)
    return []


def _feature(unit: Unit) -> dict[str, Any]:
    values = unit_values(unit)
    outline, lon, lat = values.pop("polygon", None), values.get("lon"), values.get("lat")
    point = {"type": "Point", "coordinates": [lon, lat]} if lon is not None and lat is not None else None
    properties = {name: _property(name, value) for name, value in values.items()}
    return {"type": "Feature", "properties": properties, "geometry": outline or point}


def _property(name: str, value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, (bool, int, float)) else write_cell(value)
