"""The map: estates by their coordinates on a plane, without any tiles. Pure.

Degrees become a plane by the equirectangular projection around the middle of what is shown: over a city its
error is far below the size of a dot. Where the estates of a scope lie is worked out once for each registry;
what changes every second is only who has something to say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from deploy.console.expectation import Heat, heat
from deploy.console.live import Board
from deploy.console.people import Scope
from deploy.console.rows import UnitRow
from deploy.console.units import Units

WIDTH: Final = 1000.0
MARGIN: Final = 40.0
TALLEST: Final = 900.0
SMALLEST: Final = 12.0
LARGEST: Final = 34.0
DOTS: Final = 600
"""Of a large city the estates with the most to say; the others are part of one grey path."""
SCOPES: Final = 50
"""For so many scopes the map is remembered."""


@dataclass(frozen=True, slots=True)
class Dot:
    """An estate with something to say."""

    id: str
    name: str
    x: int
    y: int
    radius: float
    today: int
    expected: float
    heat: Heat
    surges: bool


@dataclass(frozen=True, slots=True)
class Plane:
    """Where the estates of a scope lie."""

    height: int
    places: dict[str, tuple[int, int, str]]
    """Of each estate where it lies, and its name."""
    path: str
    """All of them as small grey marks."""


class Maps:
    """The map of each scope that is looked at."""

    def __init__(self) -> None:
        self._planes: dict[Scope, Plane | None] = {}
        self._dots: dict[Scope, list[Dot]] = {}
        self._units: Units | None = None
        self._version = -1

    def plane(self, board: Board, scope: Scope) -> Plane | None:
        """Return the plane of a scope; None where the registry knows no coordinates there."""
        if board.units is not self._units or len(self._planes) > SCOPES:
            self._units, self._planes, self._version = board.units, {}, -1
        if scope not in self._planes:
            self._planes[scope] = _plane([*board.units.estates(scope)])
        return self._planes[scope]

    def dots(self, board: Board, scope: Scope) -> list[Dot]:
        """Return the estates of a scope with complaints today or a surge, the largest first."""
        plane = self.plane(board, scope)
        if board.version != self._version:
            self._version, self._dots = board.version, {}
        if scope not in self._dots:
            self._dots[scope] = _dots(board, plane) if plane else []
        return self._dots[scope]


def _plane(estates: Sequence[UnitRow]) -> Plane | None:
    placed = [(unit, unit.lon, unit.lat) for unit in estates if unit.lon is not None and unit.lat is not None]
    if not placed:
        return None
    west, east = min(lon for _, lon, _ in placed), max(lon for _, lon, _ in placed)
    south, north = min(lat for _, _, lat in placed), max(lat for _, _, lat in placed)
    stretch = math.cos(math.radians((south + north) / 2))
    width, height = max((east - west) * stretch, 1e-4), max(north - south, 1e-4)
    scale = min((WIDTH - 2 * MARGIN) / width, (TALLEST - 2 * MARGIN) / height)
    left = (WIDTH - width * scale) / 2
    places = {
        unit.id: (
            round((lon - west) * stretch * scale + left),
            round((north - lat) * scale + MARGIN),
            unit.name,
        )
        for unit, lon, lat in placed
    }
    path = "".join(f"M{x} {y}h0" for x, y in sorted({(x, y) for x, y, _ in places.values()}))
    return Plane(round(height * scale + 2 * MARGIN), places, path)


def _dots(board: Board, plane: Plane) -> list[Dot]:
    surging = {surge.unit for surge in board.surges if surge.level == "estate"}
    loud = (surging | board.estates_today.keys()) & plane.places.keys()
    ranked = sorted(loud, key=lambda unit: (unit not in surging, -board.estates_today.get(unit, 0), unit))
    dots = [_dot(board, unit, plane.places[unit], surges=unit in surging) for unit in ranked[:DOTS]]
    # The largest are drawn first, so that a small one on top of it can still be pointed at.
    return sorted(dots, key=lambda dot: -dot.radius)


def _dot(board: Board, unit: str, place: tuple[int, int, str], *, surges: bool) -> Dot:
    x, y, name = place
    today = board.estates_today.get(unit, 0)
    expected = board.expected_today(("estate", unit))
    return Dot(
        id=unit,
        name=name,
        x=x,
        y=y,
        radius=round(min(LARGEST, SMALLEST + 4 * math.sqrt(today)), 1),
        today=today,
        expected=round(expected, 1),
        heat=heat(today, expected),
        surges=surges,
    )
