"""All units that were ever heard of, and at which of them an event of a given path counts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from streams.contract import Level, Path
from streams.surges.areas import UnitKey, area_keys, estate_key, is_placed
from streams.surges.episodes import path_above
from streams.surges.shares import Shares
from streams.surges.times import Times
from streams.surges.units import Unit
from streams.surges.voices import Voices


class Route(NamedTuple):
    """The units at which an event of one path counts."""

    estate: Unit
    areas: tuple[Unit, ...]
    """The smallest first."""
    is_placed: bool
    """Whether the estate may surge; events without one only count for the areas."""
    numbers: tuple[int, ...]
    """Of the units that may surge."""


class Routes(Mapping[UnitKey, Unit]):
    """Units by their keys and by their numbers; units are made as their first event is taken."""

    def __init__(self, shares: Shares, voices: Voices) -> None:
        self._shares = shares
        self._voices = voices
        self.times = Times()
        self.units: list[Unit] = []
        """By their numbers."""
        self.estates: list[Unit] = []
        """By their indices, as those below."""
        self.areas: list[Unit] = []
        self._by_key: dict[UnitKey, Unit] = {}
        self._routes: dict[Path, Route] = {}

    def __getitem__(self, key: UnitKey) -> Unit:
        """Return the unit of this key."""
        return self._by_key[key]

    def __iter__(self) -> Iterator[UnitKey]:
        """Yield the keys in the order in which the units were made."""
        return iter(self._by_key)

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.units)

    def of(self, path: Path) -> Route:
        """Return where an event of this path counts; makes units that are heard of for the first time."""
        route = self._routes.get(path)
        if route is None:
            estate = self._unit(estate_key(path), path)
            areas = tuple(self._unit(key, path) for key in area_keys(path))
            placed = is_placed(path)
            raised = (estate, *areas) if placed else areas
            route = Route(estate, areas, placed, tuple(unit.number for unit in raised))
            self._routes[path] = route
            self._settle(route, path)
        elif route.estate.path is not path and route.estate.path != path:
            self._settle(route, path)
        return route

    def known(self, path: Path) -> tuple[int, ...]:
        """Return the numbers of the units that an event may raise, as far as they were heard of before."""
        route = self._routes.get(path)
        if route is not None:
            return route.numbers
        keys = [estate_key(path)] * is_placed(path) + area_keys(path)
        return tuple(self._by_key[key].number for key in keys if key in self._by_key)

    def _settle(self, route: Route, path: Path) -> None:
        """Note where the estate lies now: a newer registry may have moved it to other areas."""
        route.estate.path = path
        for area in route.areas:
            self._shares.place(route.estate.index, area.level, area.index)

    def _unit(self, key: UnitKey, path: Path) -> Unit:
        unit = self._by_key.get(key)
        if unit is None:
            level, name = key
            unit = Unit(name, level, path_above(level, path), self._shares.enroll(level), self.times)
            if level is Level.ESTATE:
                self._voices.enroll(unit.index)
            (self.estates if level is Level.ESTATE else self.areas).append(unit)
            self._by_key[key] = unit
            self.units.append(unit)
        return unit
