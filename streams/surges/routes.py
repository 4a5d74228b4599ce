"""All units that were ever heard of, and at which of them an event of a given path counts. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from streams.contract import CANDIDATE_PREFIX, Level, Path
from streams.surges.areas import UnitKey, area_keys, estate_key, is_placed
from streams.surges.arrival import Record
from streams.surges.episodes import Episode, path_above
from streams.surges.moments import Moments, MomentsCopy, MomentsState
from streams.surges.shares import Shares
from streams.surges.times import Times, TimesState
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


class UnitsCopy(NamedTuple):
    """All units as they stood; the state is made of it later, in another thread."""

    levels: list[Level]
    names: list[str]
    paths: list[Path]
    moments: list[tuple[float, float, float]]
    episodes: dict[int, Episode]
    records: list[list[Record]]
    times: TimesState
    heard: tuple[MomentsCopy, MomentsCopy]


class UnitsState(msgspec.Struct, frozen=True):
    """All units as plain data, by their numbers."""

    levels: list[Level]
    names: list[str]
    paths: list[Path]
    moments: NDArray[np.float64]
    """A row each: when it was last cleared, since when its voices are known, its last score."""
    episodes: dict[int, Episode]
    times: TimesState
    heard: tuple[MomentsState, MomentsState]


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
        self.heard = {True: Moments(), False: Moments()}
        """When each reporter was last counted at each estate (True), and at each area (False)."""

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

    def copy(self) -> UnitsCopy:
        """Return all units as they stand."""
        units = self.units
        return UnitsCopy(
            [unit.level for unit in units],
            [unit.name for unit in units],
            [unit.path for unit in units],
            [(unit.cleared_at, unit.voices_since, unit.last_score) for unit in units],
            {unit.number: dataclasses.replace(unit.episode) for unit in units if unit.episode},
            [unit.records[:] for unit in units],
            self.times.state(),
            (self.heard[True].copy(), self.heard[False].copy()),
        )

    def restore(self, state: UnitsState, records: Sequence[list[Record]]) -> None:
        """Have these units, each with its requests; what is known of their shares is restored apart."""
        indices = {True: count(), False: count()}
        for level, name, path in zip(state.levels, state.names, state.paths, strict=True):
            self._add((level, name), path, next(indices[level is Level.ESTATE]))
        self.times.restore(state.times)
        for unit, moments, held in zip(self.units, state.moments.tolist(), records, strict=True):
            unit.cleared_at, unit.voices_since, unit.last_score = moments
            unit.records = held
        for number, episode in state.episodes.items():
            self.units[number].episode = dataclasses.replace(episode)
        for heard, entries in zip((True, False), state.heard, strict=True):
            self.heard[heard].restore(entries)

    def _settle(self, route: Route, path: Path) -> None:
        """Note where the estate lies now: a newer registry may have moved it to other areas.

        A name that the registry lacks, and what is tied to no estate, lie wherever each message says.
        """
        route.estate.path = path
        is_fixed = route.is_placed and not path.estate.startswith(CANDIDATE_PREFIX)
        for area in route.areas:
            self._shares.place(route.estate.index, area.level, area.index, brings_share=is_fixed)

    def _unit(self, key: UnitKey, path: Path) -> Unit:
        unit = self._by_key.get(key)
        if unit is None:
            level, _ = key
            unit = self._add(key, path_above(level, path), self._shares.enroll(level))
            if level is Level.ESTATE:
                self._voices.enroll(unit.index)
        return unit

    def _add(self, key: UnitKey, path: Path, index: int) -> Unit:
        level, name = key
        is_estate = level is Level.ESTATE
        unit = Unit(name, level, path, index, self.times, self.heard[is_estate])
        (self.estates if is_estate else self.areas).append(unit)
        self._by_key[key] = unit
        self.units.append(unit)
        return unit
