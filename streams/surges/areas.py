"""Whether an area's window is the area's own, or only the echo of its loudest estate. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from streams.contract import Level
from streams.surges.scan import Scanner, Window
from streams.surges.units import Unit

REST_THRESHOLD = 3.0
"""Score that an area's window must reach without its loudest estate."""

UnitKey = tuple[Level, str]


def carriers(unit: Unit, start: float) -> Counter[str]:
    """Return the counted requests of each estate of an area since `start`."""
    return Counter(record.estate for record in unit.since(start) if record.counted)


def is_carried_by_several(
    unit: Unit, window: Window, scanner: Scanner, units: Mapping[UnitKey, Unit]
) -> bool:
    """Return whether the window would still be unlikely without the estate that sent most of it."""
    loudest, count = carriers(unit, window.start).most_common(1)[0]
    estate = units.get((Level.ESTATE, loudest))
    usual = scanner.expect(estate, window.start, window.end, count).mean if estate else 0.0
    return scanner.score_of_rest(unit, window, count, usual) >= REST_THRESHOLD
