"""Positions in the three coordinate systems of Chinese maps, brought to WGS-84.

GCJ-02 (Amap, Tencent, Google in China) shifts positions by some 500 m, BD-09 (Baidu) by as much again. The
conversions are those of the library geocoordinates-rs (docs/registry.md says why that one).
"""

from __future__ import annotations

import math
from typing import Final

from geocoordinates_ffi import Bd09, Gcj02, GeoError, bd09_to_wgs84_refined, gcj02_to_wgs84_refined

from producers.contract import Crs

DECIMALS: Final = 6
"""Of a degree: 0.1 m, finer than the inverse of either system."""
_METRES_PER_DEGREE: Final = 111_195.0


def is_possible(lon: float, lat: float) -> bool:
    """Return whether this is a place on Earth, and not the (0, 0) that stands for unknown."""
    return math.isfinite(lon) and abs(lon) <= 180 and abs(lat) <= 90 and (lon, lat) != (0, 0)


def to_wgs84(lon: float, lat: float, crs: Crs) -> tuple[float, float]:
    """Return WGS-84 degrees (lon, lat), exact to 1 m; an impossible position comes back as it is."""
    if crs is Crs.WGS84 or not is_possible(lon, lat):
        return lon, lat
    try:
        if crs is Crs.GCJ02:
            found = gcj02_to_wgs84_refined(Gcj02(lat=lat, lon=lon))
        else:
            found = bd09_to_wgs84_refined(Bd09(lat=lat, lon=lon))
    except GeoError.OutOfRange:  # shifted over the edge of the map, far from where either system is used
        return lon, lat
    return round(found.lon, DECIMALS), round(found.lat, DECIMALS)


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the distance of two near positions in metres (equirectangular; exact to 0.1% within a city)."""
    east = (other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot(east, other_lat - lat) * _METRES_PER_DEGREE
