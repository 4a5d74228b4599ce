"""The registry of units: estates with their names and places, and the areas above them.

Pure: it knows nothing of files (registry_csv, registry_geojson), of where rows came from (listing) or of how
a message is tied to an estate. A Registry that exists is sound: what would break a path is refused when it
is built; everything that a person should merely look at is the business of registry_check.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec

from streams.contract import CANDIDATE_PREFIX, UNPLACED, Level, Path
from streams.estates.names import area_keys


class EstateStatus(StrEnum):
    """Where a housing project stands."""

    DELIVERED = "delivered"  # 已入伙
    ON_SALE = "on_sale"  # 在建在售
    BUILDING = "building"  # 在建未售


@dataclass(frozen=True, slots=True)
class Governance:
    """What the district records of an estate's self-government; unknown is None."""

    party_branch_founded_on: dt.date | None = None
    branch_secretary_is_owner: bool | None = None
    branch_has_premises: bool | None = None
    may_elect_committee: bool | None = None
    committee: str = ""
    """`elected`, `preparing`, `not_started`, or empty where it may not elect one."""
    committee_party_share: float | None = None
    chair_is_party_member: bool | None = None
    chair_is_branch_secretary: bool | None = None
    company_has_party_branch: bool | None = None


@dataclass(frozen=True, slots=True)
class Estate:
    """A residential estate (小区)."""

    id: str
    name: str
    parent: str
    """Id of the area right above: usually a community, the city where nothing finer is known."""
    aliases: tuple[str, ...] = ()
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    """WGS-84 degrees."""
    polygon: Mapping[str, Any] | None = None
    """A GeoJSON Polygon or MultiPolygon in WGS-84."""
    households: int | None = None
    property_company: str = ""
    developer: str = ""
    status: EstateStatus = EstateStatus.DELIVERED
    governance: Governance = field(default_factory=Governance)

    @property
    def level(self) -> Level:
        """The level of every estate, so that a unit of any kind can be asked."""
        return Level.ESTATE


@dataclass(frozen=True, slots=True)
class Area:
    """A community, street, district or the city."""

    id: str
    level: Level
    name: str
    parent: str = ""
    """Id of the area above; empty for the city."""
    aliases: tuple[str, ...] = ()


Unit = Estate | Area

LEVELS: tuple[Level, ...] = tuple(Level)
"""From the estate up to the city."""
RANK: dict[Level, int] = {level: rank for rank, level in enumerate(LEVELS)}
"""How high a level stands: 0 for the estate, 4 for the city."""


class Registry:
    """Estates and areas, with the path of each; built once, never changed."""

    def __init__(self, estates: Iterable[Estate], areas: Iterable[Area]) -> None:
        """Index the units by id.

        Raises:
            ValueError: an empty, reserved or duplicate id, a parent that is missing or does not stand
                above its child (which any cycle comes down to), or not exactly one city.
        """
        self.estates: dict[str, Estate] = {}
        self.areas: dict[str, Area] = {}
        for area in areas:
            self._add(area, self.areas)
        for estate in estates:
            self._add(estate, self.estates)
        self.city_id: str = self._only_city()
        self._children: dict[str, list[str]] = defaultdict(list)
        for unit in self.units():
            self._hang(unit)
        self._area_paths = {area.id: self._climb(area) for area in self.areas.values()}
        self._paths = {estate.id: self._estate_path(estate) for estate in self.estates.values()}
        self._paths[UNPLACED] = Path(UNPLACED, city=self.city_id)
        self._areas_by_name = self._index_areas()

    def unit(self, unit_id: str) -> Unit:
        """Return the estate or area of this id.

        Raises:
            KeyError: the registry has no such unit.
        """
        return self.estates[unit_id] if unit_id in self.estates else self.areas[unit_id]

    def units(self) -> Iterable[Unit]:
        """Yield every area, then every estate, in the order in which they were given."""
        yield from self.areas.values()
        yield from self.estates.values()

    def children(self, area_id: str) -> tuple[str, ...]:
        """Return the ids of the units right below an area; empty for an estate or an unknown id."""
        return tuple(self._children.get(area_id, ()))

    def path(self, estate_id: str) -> Path:
        """Return the estate and its ancestors; for `UNPLACED` the city alone.

        Raises:
            KeyError: the registry has no such estate.
        """
        return self._paths[estate_id]

    def area_path(self, area_id: str) -> Path:
        """Return the area and its ancestors, the levels below it empty.

        Raises:
            KeyError: the registry has no such area.
        """
        return self._area_paths[area_id]

    def path_of_candidate(
        self, candidate_id: str, *, district: str = "", street: str = "", community: str = ""
    ) -> Path:
        """Return the path of an estate that the registry lacks.

        It hangs at the finest area that the source names (by id, name or alias) and the registry knows.
        A name that fits several areas, or one outside the coarser areas that the source names too,
        is no evidence and is passed over.
        """
        above = self.area_path(self.city_id)
        named = ((Level.DISTRICT, district), (Level.STREET, street), (Level.COMMUNITY, community))
        for level, name in named:
            area_id = self.find_area(level, name, within=above)
            above = self.area_path(area_id) if area_id else above
        return msgspec.structs.replace(above, estate=candidate_id)

    def find_area(self, level: Level, name: str, within: Path | None = None) -> str:
        """Return the id of the one area of this level with this id, name or alias, below `within`.

        Empty where none or more than one fits.
        """
        if name in self.areas:
            found = {name} if self.areas[name].level is level else set()
        else:
            found = {id_ for key in area_keys(name) for id_ in self._areas_by_name.get((level, key), ())}
        fitting = [area_id for area_id in found if within is None or self._lies_in(area_id, within)]
        return fitting[0] if len(fitting) == 1 else ""

    @cached_property
    def version(self) -> str:
        """A hash of the content, 32 hex digits: equal for equal units, in whatever order they were given."""
        encoder = msgspec.json.Encoder(order="sorted")
        digest = hashlib.blake2b(digest_size=16)
        for unit in sorted(self.units(), key=lambda unit: unit.id):
            digest.update(encoder.encode((unit.level, unit)))
        return digest.hexdigest()

    def _add(self, unit: Any, index: dict[str, Any]) -> None:
        if not unit.id or unit.id == UNPLACED or unit.id.startswith(CANDIDATE_PREFIX):
            raise ValueError(f"id {unit.id!r} of {unit.name!r} is empty or reserved: give it another")
        if unit.id in self.estates or unit.id in self.areas:
            raise ValueError(f"id {unit.id!r} stands twice: ids are unique over all levels")
        index[unit.id] = unit

    def _only_city(self) -> str:
        cities = [area.id for area in self.areas.values() if area.level is Level.CITY]
        if len(cities) != 1:
            raise ValueError(f"a registry has exactly one unit of level city, this one has {len(cities)}")
        return cities[0]

    def _hang(self, unit: Unit) -> None:
        if unit.level is Level.CITY and not unit.parent:
            return
        parent = self.areas.get(unit.parent)
        if parent is None:
            raise ValueError(f"{unit.level} {unit.id!r} has the parent {unit.parent!r}, no area here")
        if RANK[parent.level] <= RANK[unit.level]:
            raise ValueError(f"{unit.level} {unit.id!r} hangs below {parent.id!r}, which is a {parent.level}")
        self._children[parent.id].append(unit.id)

    def _climb(self, area: Area) -> Path:
        ids: dict[str, str] = {}
        while True:
            ids[area.level.value] = area.id
            if not area.parent:
                return Path("", **ids)
            area = self.areas[area.parent]

    def _estate_path(self, estate: Estate) -> Path:
        return msgspec.structs.replace(self._area_paths[estate.parent], estate=estate.id)

    def _index_areas(self) -> dict[tuple[Level, str], set[str]]:
        index: dict[tuple[Level, str], set[str]] = defaultdict(set)
        for area in self.areas.values():
            for name in (area.name, *area.aliases):
                for key in area_keys(name):
                    index[area.level, key].add(area.id)
        return index

    def _lies_in(self, area_id: str, within: Path) -> bool:
        path = self._area_paths[area_id]
        named = ((within.city, path.city), (within.district, path.district), (within.street, path.street))
        return all(not wanted or wanted == actual for wanted, actual in named)
