"""Positions of Chinese maps come back to WGS-84 to within a metre."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.contract import Crs
from streams.estates.coordinates import is_possible, metres_between, to_wgs84

# Wuyi Square station, Changsha, in each system.
WGS84, GCJ02, BD09 = (112.9714, 28.1964), (112.976939, 28.192965), (112.983515, 28.198629)


@pytest.mark.parametrize(("crs", "position"), [(Crs.WGS84, WGS84), (Crs.GCJ02, GCJ02), (Crs.BD09, BD09)])
def test_a_known_place_is_found_in_each_system(crs: Crs, position: tuple[float, float]) -> None:
    assert metres_between(*to_wgs84(*position, crs), *WGS84) < 1


def test_outside_china_gcj02_is_wgs84() -> None:
    assert to_wgs84(-74.0, 40.7, Crs.GCJ02) == (-74.0, 40.7)


@pytest.mark.parametrize("position", [(0.0, 0.0), (28.2, 112.9), (float("nan"), 1.0), (float("inf"), 1.0)])
def test_an_impossible_position_comes_back_as_it_is(position: tuple[float, float]) -> None:
    assert not is_possible(*position)
    assert to_wgs84(*position, Crs.BD09) is not None


def test_metres_are_those_of_the_earth() -> None:
    assert metres_between(113, 28, 113, 28.01) == pytest.approx(1112, abs=1)
    assert metres_between(113, 28, 113.01, 28) == pytest.approx(982, abs=1)


@given(st.floats(-180, 180), st.floats(-90, 90), st.sampled_from(Crs))
def test_no_position_on_earth_is_refused(lon: float, lat: float, crs: Crs) -> None:
    moved = to_wgs84(lon, lat, crs)
    assert abs(moved[0] - lon) < 0.1
    assert abs(moved[1] - lat) < 0.1
