"""What a person should know of a registry before using it: faults that break it, doubts that mislead.

An error makes the registry unusable (`Registry` would refuse it) or a figure wrong; a warning is worth a
look.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shapely.errors import ShapelyError
from shapely.geometry import Point, shape
from shapely.validation import explain_validity

from streams.contract import CANDIDATE_PREFIX, UNPLACED, Level
from streams.estates.coordinates import is_possible, metres_between
from streams.estates.draft import Draft
from streams.estates.names import normalise
from streams.estates.registry import RANK, Estate, Unit

FAR_METRES: Final = 300_000.0
"""An estate so far from the middle one is not in the city: Chongqing, the largest, is 450 km long."""


class Severity(StrEnum):
    """Whether a registry with this finding may be used."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or doubtful."""

    severity: Severity
    rule: str
    """Its kind, one of a closed set (docs/registry.md lists them)."""
    line: int
    """Where the unit stands: line of the CSV file, number of the GeoJSON feature; 0 for the whole file."""
    unit: str
    message: str
    """One sentence that says what to do."""


Placed = tuple[int, Unit]


def check(draft: Draft) -> list[Finding]:
    """Return all findings, errors first, each group in the order of the file."""
    by_id = {unit.id: unit for _, unit in reversed(draft.rows) if unit.id}
    findings = [finding for rule in _RULES for finding in rule(draft.rows, by_id)]
    return sorted(findings, key=lambda finding: (finding.severity, finding.line, finding.rule))


def _error(rule: str, placed: Placed, message: str) -> Finding:
    return Finding(Severity.ERROR, rule, placed[0], placed[1].id, message)


def _warning(rule: str, placed: Placed, message: str) -> Finding:
    return Finding(Severity.WARNING, rule, placed[0], placed[1].id, message)


def _ids(rows: Sequence[Placed], by_id: Mapping[str, Unit]) -> Iterator[Finding]:
    del by_id
    first: dict[str, int] = {}
    for line, unit in rows:
        if not unit.id:
            yield _error("empty_id", (line, unit), f"{unit.level} {unit.name!r} has no id: give it one")
        elif unit.id == UNPLACED or unit.id.startswith(CANDIDATE_PREFIX):
            yield _error("reserved_id", (line, unit), f"id {unit.id!r} is the platform's own: choose another")
        elif unit.id in first:
            message = f"id {unit.id!r} stands at {first[unit.id]} already: ids are unique over all levels"
            yield _error("duplicate_id", (line, unit), message)
        first.setdefault(unit.id, line)


def _names(rows: Sequence[Placed], by_id: Mapping[str, Unit]) -> Iterator[Finding]:
    del by_id
    for placed in rows:
        if not normalise(placed[1].name):
            yield _error("empty_name", placed, "has no name: nothing can be tied to it by name")


def _city(rows: Sequence[Placed], by_id: Mapping[str, Unit]) -> Iterator[Finding]:
    del by_id
    cities = [unit.id for _, unit in rows if unit.level is Level.CITY]
    if len(cities) != 1:
        message = f"has {len(cities)} units of level city, should have one above all others"
        yield Finding(Severity.ERROR, "one_city", 0, ",".join(cities), message)


def _parents(rows: Sequence[Placed], by_id: Mapping[str, Unit]) -> Iterator[Finding]:
    for placed in rows:
        unit = placed[1]
        parent = by_id.get(unit.parent)
        if unit.level is Level.CITY and not unit.parent:
            continue
        if parent is None:
            message = f"parent {unit.parent!r} is not in the file: correct it or add the area"
            yield _error("broken_parent", placed, message)
        elif _is_cycle(unit, by_id):
            yield _error("cycle", placed, f"is its own ancestor by way of {unit.parent!r}: cut the circle")
        elif RANK[parent.level] <= RANK[unit.level]:
            message = (
                f"a {unit.level} cannot hang below {parent.id!r}, a {parent.level}: choose an area above it"
            )
            yield _error("level_order", placed, message)


def _is_cycle(unit: Unit, by_id: Mapping[str, Unit]) -> bool:
    above, seen = by_id.get(unit.parent), {unit.id}
    while above is not None and above.id not in seen:
        seen.add(above.id)
        above = by_id.get(above.parent)
    return above is not None and above.id == unit.id


def _aliases(rows: Sequence[Placed], by_id: Mapping[str, Unit]) -> Iterator[Finding]:
    """Find names that two estates bear: which is meant then rests on the district in the text alone."""
    bearers: dict[str, dict[str, Placed]] = defaultdict(dict)
    for line, unit in rows:
        if isinstance(unit, Estate):
            for name in (unit.name, *unit.aliases):
                bearers[normalise(name)].setdefault(unit.id, (line, unit))
    for name, placed in bearers.items():
        if name and len(placed) > 1:
            yield from _clash(name, list(placed.values()), by_id)


def _clash(name: str, placed: Sequence[Placed], by_id: Mapping[str, Unit]) -> Iterator[Finding]:
    districts = Counter(_district(unit, by_id) for _, unit in placed)
    first = placed[0][1].id
    for line, unit in placed[1:]:
        where = _district(unit, by_id)
        if where and districts[where] > 1:
            message = (
                f"name {name!r} is also one of {first!r}'s, in the same district: merge them or rename one"
            )
        else:
            message = f"name {name!r} is also one of {first!r}'s: a text must name the district to be tied"
        yield _warning("alias_clash", (line, unit), message)


def _district(unit: Unit, by_id: Mapping[str, Unit]) -> str:
    above, seen = by_id.get(unit.parent), {unit.id}
    while above is not None and above.level is not Level.DISTRICT and above.id not in seen:
        seen.add(above.id)
        above = by_id.get(above.parent)
    return above.id if above is not None and above.level is Level.DISTRICT else ""


def _sibling_names(rows: Sequence[Placed], by_id: Mapping[str, Unit]) -> Iterator[Finding]:
    """Find areas of one name below one parent: a source that names it can mean either."""
    del by_id
    first: dict[tuple[str, str, str], str] = {}
    for line, unit in rows:
        if not isinstance(unit, Estate) and unit.name:
            other = first.setdefault((unit.level, unit.parent, normalise(unit.name)), unit.id)
            if other != unit.id:
                message = f"{unit.level} {unit.name!r} stands beside {other!r} of the same name: merge them"
                yield _warning("area_clash", (line, unit), message)


def _positions(rows: Sequence[Placed], by_id: Mapping[str, Unit]) -> Iterator[Finding]:
    del by_id
    placed = [(line, unit) for line, unit in rows if isinstance(unit, Estate)]
    good: list[tuple[int, Estate, float, float]] = []
    for line, unit in placed:
        if (unit.lon is None) != (unit.lat is None):
            yield _error("half_position", (line, unit), "has lon or lat alone: give both or none")
        elif unit.lon is not None and unit.lat is not None:
            if is_possible(unit.lon, unit.lat):
                good.append((line, unit, unit.lon, unit.lat))
            else:
                message = f"position {unit.lon}, {unit.lat} is not on Earth or is (0, 0): correct or empty it"
                yield _error("impossible_position", (line, unit), message)
    yield from _far(good)


def _far(good: Sequence[tuple[int, Estate, float, float]]) -> Iterator[Finding]:
    middle = len(good) // 2
    lon = sorted(east for _, _, east, _ in good)[middle] if good else 0.0
    lat = sorted(north for *_, north in good)[middle] if good else 0.0
    for line, unit, east, north in good:
        metres = metres_between(lon, lat, east, north)
        if metres > FAR_METRES:
            message = (
                f"lies {metres / 1000:.0f} km from the middle of all estates: are lon and lat exchanged?"
            )
            yield _warning("far_away", (line, unit), message)


def _outlines(rows: Sequence[Placed], by_id: Mapping[str, Unit]) -> Iterator[Finding]:
    del by_id
    for line, unit in rows:
        if isinstance(unit, Estate) and unit.polygon is not None:
            yield from _outline(line, unit)


def _outline(line: int, unit: Estate) -> Iterator[Finding]:
    try:
        outline = shape(dict(unit.polygon or {}))
    except (ShapelyError, ValueError, TypeError, IndexError) as error:
        yield _error(
            "bad_outline", (line, unit), f"its polygon cannot be read ({error}): correct or empty it"
        )
        return
    if not outline.is_valid:
        message = f"its polygon is not sound ({explain_validity(outline)}): draw it anew"
        yield _warning("bad_outline", (line, unit), message)
    elif (
        unit.lon is not None
        and unit.lat is not None
        and not outline.buffer(0.01).covers(Point(unit.lon, unit.lat))
    ):
        yield _warning("outside_outline", (line, unit), "its position lies 1 km or more outside its polygon")


_RULES: Final[tuple[Callable[[Sequence[Placed], Mapping[str, Unit]], Iterator[Finding]], ...]] = (
    _ids,
    _names,
    _city,
    _parents,
    _aliases,
    _sibling_names,
    _positions,
    _outlines,
)
