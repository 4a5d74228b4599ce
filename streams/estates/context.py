"""Tells estates of one name apart by where a message says that it is. Pure.

Evidence stands before the end of the sentence that names the estate, or in the structured fields: districts,
streets and communities, the roads of an estate's address, a position.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from producers.contract import ComplaintEvent
from streams.contract import Level, Path
from streams.estates.coordinates import is_possible, metres_between, to_wgs84
from streams.estates.folding import fold
from streams.estates.gazetteer import areas, roads
from streams.estates.matcher import Matcher
from streams.estates.registry import Registry
from streams.estates.variants import Reading

_NEAR_METRES = 1500.0
_LEVEL_WORTH = {Level.DISTRICT: 1.0, Level.STREET: 2.0, Level.COMMUNITY: 2.0, Level.CITY: 0.0}
_ROAD_WORTH = 1.5
_POSITION_WORTH = 3.0
_CONFLICT = -1.5


@dataclass(frozen=True, slots=True)
class Choice:
    """What an ambiguous name means."""

    reading: Reading | None
    """None: nothing tells the estates apart."""
    evidence: str
    certainty: float
    """Factor for the confidence."""


NO_CHOICE: Final = Choice(None, "", 1.0)


def only_choice(readings: Sequence[Reading]) -> Choice | None:
    """Return what a name means that means one estate alone; None: places must decide."""
    first = readings[0]
    if len(readings) == 1 or all(reading.estate_id == first.estate_id for reading in readings):
        return Choice(first, "", 1.0)
    return None


class Context:
    """Weighs readings against what a message says of places; built once for a registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._areas = areas(registry)
        self._matcher = Matcher(self._areas)
        self._levels = {area.id: area.level for area in registry.areas.values()}

    def named_areas(self, text: str) -> list[str]:
        """Return the ids of the areas that a folded text names; a name of several areas names all."""
        patterns = self._matcher.patterns
        return [area for number, _, _ in self._matcher.find(text) for area in self._areas[patterns[number]]]

    def field_areas(self, event: ComplaintEvent) -> list[str]:
        """Return the ids of the areas that the event's own fields name."""
        fields = (
            (Level.DISTRICT, event.district),
            (Level.STREET, event.street),
            (Level.COMMUNITY, event.community),
        )
        found = [self._registry.find_area(level, name) for level, name in fields if name]
        return [area for area in found if area]

    def choose(self, readings: Sequence[Reading], event: ComplaintEvent, text: str) -> Choice:
        """Return which of the readings is meant.

        Args:
            readings: what the name may mean, nearest spelling first; several estates (`only_choice`).
            event: the message, for its fields and position.
            text: the folded text up to the end of the sentence that names the estate.
        """
        named = [*self.named_areas(text), *self.field_areas(event)]
        scored = [
            (self._worth(reading, event, text, named), -i, reading) for i, reading in enumerate(readings)
        ]
        best = max(scored, key=lambda item: item[:2])
        rivals = {
            r.estate_id for worth, _, r in scored if worth == best[0] and r.spelling == best[2].spelling
        }
        if len(rivals) > 1:
            return Choice(None, "could be " + ", ".join(sorted(rivals)), 0.5)
        return Choice(best[2], self._said(best[2], named), 1.0)

    def _worth(self, reading: Reading, event: ComplaintEvent, text: str, named: Iterable[str]) -> float:
        estate = self._registry.estates[reading.estate_id]
        above = set(_areas_of(self._registry.path(estate.id)))
        worth = sum(_LEVEL_WORTH[self._levels[area]] for area in set(named) & above)
        districts = [area for area in named if self._levels[area] is Level.DISTRICT]
        if districts and above.isdisjoint(districts) and self._registry.path(estate.id).district:
            worth += _CONFLICT
        worth += _ROAD_WORTH * any(road in text for road in roads(fold(estate.address)))
        return worth + self._nearness(reading, event)

    def _nearness(self, reading: Reading, event: ComplaintEvent) -> float:
        estate = self._registry.estates[reading.estate_id]
        if event.lon is None or event.lat is None or estate.lon is None or estate.lat is None:
            return 0.0
        lon, lat = to_wgs84(event.lon, event.lat, event.crs)
        if not is_possible(lon, lat):
            return 0.0
        return (
            _POSITION_WORTH if metres_between(lon, lat, estate.lon, estate.lat) < _NEAR_METRES else _CONFLICT
        )

    def _said(self, reading: Reading, named: Iterable[str]) -> str:
        above = _areas_of(self._registry.path(reading.estate_id))
        return ", ".join(sorted({self._registry.areas[area].name for area in set(named) & set(above)}))


def _areas_of(path: Path) -> list[str]:
    return [area for area in msgspec.structs.astuple(path)[1:] if area]
