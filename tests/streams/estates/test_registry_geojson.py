"""GeoJSON: our own comes back as it went, a city's own file becomes a registry by a mapping."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

from streams.contract import Level
from streams.estates.draft import RegistryFileError
from streams.estates.registry import Registry
from streams.estates.registry_check import check
from streams.estates.registry_geojson import PropertyMapping, format_geojson, parse_geojson
from tests.streams.estates.registries import SQUARE, registries

NYCHA = Path(__file__).parents[4] / "shared/data/nyc/nycha.geojson"
NEW_YORK = PropertyMapping("New York", {"id": "tds_num", "name": "name"}, {Level.DISTRICT: "borough"})


@given(registries())
def test_a_registry_comes_back_as_it_went(registry: Registry) -> None:
    back = parse_geojson(format_geojson(registry)).registry()
    assert back.version == registry.version


def feature(properties: object, geometry: object = None) -> str:
    return json.dumps({"features": [{"properties": properties, "geometry": geometry}]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "r.json: is not JSON"),
        ("[" * 100_000, "r.json: is not JSON"),
        ("[]", "is not a FeatureCollection"),
        (feature(None), "feature 1, properties: are missing"),
        (feature({"level": "estate", "lon": "x"}), "feature 1, column lon: 'x' should be degrees east"),
        (
            feature({"level": "estate"}, {"type": "LineString"}),
            "geometry: is a LineString, should be a Point",
        ),
        (feature({"level": "estate"}, {"type": "Polygon", "coordinates": [[1]]}), "geometry: cannot be read"),
        (feature({"level": "estate"}, 5), "geometry: is a None"),
    ],
)
def test_a_wrong_file_is_told_where_and_what(text: str, message: str) -> None:
    with pytest.raises(RegistryFileError) as raised:
        parse_geojson(text, "r.json")
    assert message in str(raised.value)


def test_an_outline_without_a_position_gets_a_point_inside() -> None:
    draft = parse_geojson(feature({"tds_num": 7, "name": "A", "borough": None}, SQUARE), mapping=NEW_YORK)
    registry = draft.registry()
    estate = registry.estates["7"]
    assert estate.parent == "city:New York"
    assert estate.lon is not None
    assert estate.lat is not None
    assert 113.0 < estate.lon < 113.1
    assert 28.0 < estate.lat < 28.1


@pytest.mark.skipif(not NYCHA.exists(), reason="the shared data are not beside the checkout")
def test_new_yorks_public_housing_becomes_a_registry() -> None:
    draft = parse_geojson(NYCHA.read_text(), mapping=NEW_YORK)
    registry = draft.registry()
    assert len(registry.estates) == 218
    assert {area.name for area in registry.areas.values()} == {
        "New York", "BRONX", "BROOKLYN", "MANHATTAN", "QUEENS", "STATEN ISLAND",
    }  # fmt: skip
    without_borough = [e.name for e in registry.estates.values() if not registry.path(e.id).district]
    assert len(without_borough) == 10
    assert all(name.startswith("FHA REPOSSESSED HOUSES") for name in without_borough)
    assert not check(draft)
