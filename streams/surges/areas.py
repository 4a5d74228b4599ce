"""Whether an area's rise is the area's own, or only the echo of its loudest part. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from streams.contract import UNPLACED, Level, Path
from streams.surges.arrival import Record
from streams.surges.scan import Scanner
from streams.surges.scan_window import Window
from streams.surges.units import Unit

AREAS = (Level.COMMUNITY, Level.STREET, Level.DISTRICT)

UnitKey = tuple[Level, str]


def estate_key(path: Path) -> UnitKey:
    """Return the key under which an event's estate is remembered.

    Events without an estate are kept apart for each area, so that the area's share is the sum of its parts.
    """
    if path.estate and path.estate != UNPLACED:
        return Level.ESTATE, path.estate
    return Level.ESTATE, f"{UNPLACED}/{path.community or path.street or path.district}"


def is_placed(path: Path) -> bool:
    """Return whether the event has an estate that may surge."""
    return path.estate not in {"", UNPLACED}


def area_keys(path: Path) -> list[UnitKey]:
    """Return the keys of the areas that an event counts at, the smallest first."""
    return [(level, name) for level in AREAS if (name := getattr(path, level))]


def part_key(path: Path, level: Level) -> UnitKey:
    """Return the largest unit below an area of `level` that the event counts at."""
    below = [key for key in area_keys(path) if AREAS.index(key[0]) < AREAS.index(level)]
    return below[-1] if below else estate_key(path)


def carriers(records: Iterable[Record]) -> tuple[str, ...]:
    """Return the estates that sent these requests, the busiest first."""
    counts = Counter(
        record.arrival.path.estate for record in records if record.counted and is_placed(record.arrival.path)
    )
    return tuple(sorted(counts, key=lambda estate: (-counts[estate], estate)))


def score_without_loudest(
    area: Unit, window: Window, scanner: Scanner, units: Mapping[UnitKey, Unit]
) -> float:
    """Return the score of an area's window without the part of it that rose most."""
    parts = Counter(
        part_key(record.arrival.path, area.level) for record in area.since(window.start) if record.counted
    )
    usual = {key: scanner.expect(units[key], window.start, window.end).mean for key in parts}
    loudest = max(parts, key=lambda key: (parts[key] - usual[key], key))
    return scanner.score_without(area, window, parts[loudest], usual[loudest])
