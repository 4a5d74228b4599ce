"""Holds the surges that were found against those that were planted. Pure.

A planted surge is found if its own unit surged while it lasted, or shortly after: a slow one is seen only
once enough has come. An alert is false if nothing that was planted explains it: neither at its own unit, nor
at a unit above or below it, in the time around it. Repeat complainers, slow rises and an outage's backlog are
planted too, but are no surges: an alert about one of them alone is false.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from producers.sources.synthetic import PlantedTruth, Territory

AFTERWARDS: Final = dt.timedelta(hours=24)
"""How long after its last event a surge may still be found, or go on."""


@dataclass(frozen=True)
class Found:
    """A surge as ClickHouse has it; times are aware."""

    unit: str
    level: str
    window_start: dt.datetime
    opened_at: dt.datetime
    until: dt.datetime


@dataclass(frozen=True)
class SurgeScore:
    """How many planted surges were found, and how many alerts were about nothing."""

    planted: int
    found: int
    false: int
    missed: tuple[str, ...] = ()
    """Ids of planted surges that were not found."""


def score(found: Sequence[Found], planted: Sequence[PlantedTruth], territory: Territory) -> SurgeScore:
    """Compare what was found with what was planted."""
    missed = [each.id for each in planted if not any(_finds(surge, each) for surge in found)]
    false = [surge for surge in found if not any(_explains(each, surge, territory) for each in planted)]
    return SurgeScore(len(planted), len(planted) - len(missed), len(false), tuple(missed))


def _finds(surge: Found, planted: PlantedTruth) -> bool:
    in_time = planted.start <= surge.opened_at <= planted.end + AFTERWARDS
    return surge.unit == planted.unit and in_time


def _explains(planted: PlantedTruth, surge: Found, territory: Territory) -> bool:
    meets = surge.window_start <= planted.end + AFTERWARDS and planted.start <= surge.until
    return meets and bool(_around(planted, territory) & {surge.unit})


def _around(planted: PlantedTruth, territory: Territory) -> set[str]:
    """Return the planted unit, the estates that its events are about, and all that lies above them."""
    units = {planted.unit, *planted.estates}
    for unit in tuple(units):
        current = territory.by_id.get(unit)
        while current is not None and current.parent:
            units.add(current.parent)
            current = territory.by_id.get(current.parent)
    return units
