"""A registry comes back from CSV as it went in, and a wrong file is told exactly what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given

from streams.contract import Level
from streams.estates.draft import RegistryFileError
from streams.estates.registry import Area, Estate, Registry
from streams.estates.registry_columns import read_aliases, write_cell
from streams.estates.registry_csv import format_csv, parse_csv
from tests.streams.estates.registries import registries

SMALL = "level,id,name,parent\ncity,c,长沙市,\n"


@given(registries())
def test_a_registry_comes_back_as_it_went(registry: Registry) -> None:
    back = parse_csv(format_csv(registry)).registry()
    assert back.estates == registry.estates
    assert back.areas == registry.areas
    assert back.version == registry.version


def test_positions_are_brought_to_wgs84() -> None:
    header = "level,id,name,parent,lon,lat,crs\ncity,c,长沙市,,,,\n"
    draft = parse_csv(header + "estate,e,甲,c,112.983515,28.198629,BD-09\n")
    estate = draft.registry().estates["e"]
    assert (estate.lon, estate.lat) == pytest.approx((112.9714, 28.1964), abs=2e-5)


def test_a_bom_blank_lines_and_spaces_do_not_matter() -> None:
    text = "\ufeff" + SMALL.replace("\n", "\r\n") + "\r\n estate , e , 甲 苑 ,c\r\n"
    assert parse_csv(text).registry().estates["e"].name == "甲 苑"


def test_each_unit_knows_its_line() -> None:
    text = SMALL + 'estate,e1,"甲\n苑",c\nestate,e2,乙苑,c\n'
    assert [(line, unit.id) for line, unit in parse_csv(text).rows] == [(2, "c"), (3, "e1"), (5, "e2")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,name\n", "r.csv, line 1: the column level is missing, add it"),
        (SMALL.replace("parent", "parent,alias"), "'alias' is not a column"),
        (SMALL + "village,v,x,c\n", "r.csv, line 3, column level: 'village' should be one of estate"),
        (SMALL + ",v,x,c\n", "line 3, column level: is empty"),
        (SMALL + "estate,e,x,c,more\n", "line 3, has more cells than the header"),
        ("level,id,name,parent,lon\nestate,e,x,c,12a\n", "column lon: '12a' should be degrees east"),
        ("level,id,name,parent,lon\nestate,e,x,c,nan\n", "column lon: 'nan' should be degrees east"),
        ("level,id,name,parent,households\nestate,e,x,c,1.5\n", "column households: '1.5' should be a whole"),
        ("level,id,name,parent,status\nestate,e,x,c,done\n", "should be one of delivered, on_sale, building"),
        ("level,id,name,parent,polygon\nestate,e,x,c,[]\n", "should be a GeoJSON Polygon or MultiPolygon"),
        ("level,id,name,parent,branch_has_premises\nestate,e,x,c,perhaps\n", "should be true or false"),
        ("level,id,name,parent,committee_party_share\nestate,e,x,c,51\n", "should be a share from 0 to 1"),
        ("level,id,name,parent,crs\nestate,e,x,c,BD09\n", "should be one of WGS-84, GCJ-02, BD-09"),
        ("level,id,name,parent,households\ncity,c,x,,5\n", "column households: only estates have one"),
        (SMALL + 'estate,e,"x,c\n', "is not CSV"),
    ],
)
def test_a_wrong_file_is_told_where_and_what(text: str, message: str) -> None:
    with pytest.raises(RegistryFileError) as raised:
        parse_csv(text, "r.csv")
    assert message in str(raised.value)


def test_all_problems_are_told_at_once() -> None:
    text = SMALL + "estate,,x\nhouse,a,b,c\nroom,a,b,c\n"
    with pytest.raises(RegistryFileError) as raised:
        parse_csv(text)
    assert len(raised.value.problems) == 2


def test_an_unsound_registry_names_its_file() -> None:
    with pytest.raises(
        RegistryFileError, match=r"r\.csv: estate 'e' has the parent 'x'.*pulse registry check"
    ):
        parse_csv(SMALL + "estate,e,甲,x\n", "r.csv").registry()


def test_a_large_outline_fits_into_a_cell() -> None:
    ring = [[113 + number / 1e6, 28.0] for number in range(20_000)]
    polygon = {"type": "Polygon", "coordinates": [ring]}
    registry = Registry([Estate("e", "甲", "c", polygon=polygon)], [Area("c", Level.CITY, "市")])
    assert parse_csv(format_csv(registry)).registry().version == registry.version


def test_a_name_that_ends_with_a_backslash_stays_apart_from_the_next() -> None:
    assert read_aliases(write_cell(("甲\\", "乙", "a|b", "\\|"))) == ("甲\\", "乙", "a|b", "\\|")
