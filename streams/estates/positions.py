"""Finds the estate at a position: inside its outline, or the nearest within reach. Pure."""

from __future__ import annotations

from typing import Final

import numpy as np
from shapely import Point, STRtree
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from streams.estates.coordinates import metres_between
from streams.estates.registry import Registry

REACH_METRES: Final = 150.0
"""An estate without outline is taken for one whose centre is this near: the size of a small estate."""
_DEGREES: Final = REACH_METRES / 60_000
"""At least the reach in degrees, up to 57 degrees of latitude."""


class Positions:
    """The outlines and centres of a registry's estates; built once, never changed."""

    def __init__(self, registry: Registry) -> None:
        outlined = [estate for estate in registry.estates.values() if estate.polygon]
        self._outlines: list[BaseGeometry] = [shape(dict(estate.polygon or {})) for estate in outlined]
        self._outlined = [estate.id for estate in outlined]
        self._outline_tree = STRtree(self._outlines)
        self._centres = [
            (estate.lon, estate.lat, estate.id)
            for estate in registry.estates.values()
            if estate.lon is not None and estate.lat is not None and not estate.polygon
        ]
        self._centre_tree = STRtree([Point(lon, lat) for lon, lat, _ in self._centres])

    def inside(self, lon: float, lat: float) -> str:
        """Return the estate whose outline holds a WGS-84 position; of several the smallest; empty: none."""
        hits = [int(i) for i in np.sort(self._outline_tree.query(Point(lon, lat), predicate="intersects"))]
        return self._outlined[min(hits, key=lambda i: self._outlines[i].area)] if hits else ""

    def nearest(self, lon: float, lat: float) -> tuple[str, float]:
        """Return the one estate whose centre lies within reach, and its distance in metres.

        Empty where there is none, or where a second one is less than twice as far.
        """
        near = self._centre_tree.query(Point(lon, lat).buffer(_DEGREES))
        found = sorted(
            (metres_between(lon, lat, other_lon, other_lat), estate_id)
            for other_lon, other_lat, estate_id in (self._centres[int(i)] for i in near)
        )
        if not found or found[0][0] > REACH_METRES:
            return "", 0.0
        rival = len(found) > 1 and found[1][0] < 2 * found[0][0]
        return ("", 0.0) if rival else (found[0][1], found[0][0])
