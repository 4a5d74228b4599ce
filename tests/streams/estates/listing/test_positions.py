"""The coordinate system of a site is found by where it puts the estates of another."""

from __future__ import annotations

import random

import pytest
from geocoordinates_ffi import Wgs84, wgs84_to_bd09, wgs84_to_gcj02

from producers.contract import Crs
from streams.estates.coordinates import metres_between
from streams.estates.listing.positions import convert, drop_astray, find_crs
from streams.estates.listing.rows import Row

RANDOM = random.Random(7)  # noqa: S311 (places, not secrets)
TRUTH = [(112.8 + 0.3 * RANDOM.random(), 28.1 + 0.2 * RANDOM.random()) for _ in range(60)]


def listed(site: str, crs: Crs, count: int = 60, error: float = 0.0) -> list[Row]:
    """Rows of one site in its own system, each third one wrongly geocoded by `error` degrees."""
    rows = []
    for number, (lon, lat) in enumerate(TRUTH[:count]):
        found: object = Wgs84(lat=lat, lon=lon + (error if number % 3 == 0 else 0))
        if crs is not Crs.WGS84:
            found = (wgs84_to_gcj02 if crs is Crs.GCJ02 else wgs84_to_bd09)(found)
        rows.append(Row(number, f"小区{number}", site, lon=found.lon, lat=found.lat))  # type: ignore[attr-defined]
    return rows


@pytest.mark.parametrize("crs", Crs)
def test_the_system_of_a_site_is_found(crs: Crs) -> None:
    rows = listed("甲站", Crs.BD09) + listed("乙站", crs, 40, error=0.05)
    assert {site: found.crs for site, found in find_crs(rows).items()} == {"甲站": Crs.BD09, "乙站": crs}


def test_what_the_user_says_of_the_reference_moves_the_others() -> None:
    rows = listed("甲站", Crs.GCJ02) + listed("乙站", Crs.BD09, 40)
    found = find_crs(rows, {"甲站": Crs.GCJ02})
    assert found["乙站"].crs is Crs.BD09


def test_what_the_user_says_holds_for_every_site_with_a_star() -> None:
    rows = listed("甲站", Crs.BD09) + listed("乙站", Crs.BD09)
    assert {found.crs for found in find_crs(rows, {"*": Crs.WGS84}).values()} == {Crs.WGS84}


def test_too_few_estates_say_nothing() -> None:
    rows = listed("甲站", Crs.BD09) + listed("乙站", Crs.WGS84, 5)
    assert find_crs(rows)["乙站"].crs is Crs.BD09


def test_converted_rows_lie_where_they_should() -> None:
    rows = listed("甲站", Crs.BD09) + listed("乙站", Crs.GCJ02, 40)
    for row in convert(rows, find_crs(rows)):
        assert row.lon is not None
        assert row.lat is not None
        assert metres_between(row.lon, row.lat, *TRUTH[row.line]) < 2


def test_a_position_outside_the_city_is_dropped() -> None:
    rows, astray = drop_astray([*listed("甲站", Crs.WGS84), Row(99, "远", lon=116.4, lat=39.9)])
    assert astray == 1
    assert [row.line for row in rows if row.lon is None] == [99]
