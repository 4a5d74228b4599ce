"""The example district as it is shipped: its registry file, and how the generator's rows become a registry.

Here and not with the generator, since producers may not know the streams' registry.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Final

from producers.sources.synthetic import Territory, UnitRow
from streams.contract import Level
from streams.estates.registry import Area, Estate, EstateStatus, Governance, Registry

REGISTRY_FILE: Final = Path(__file__).parent / "registry.csv"
"""The example district's registry; a test checks that the generator makes it byte for byte."""


def as_registry(territory: Territory) -> Registry:
    """Return the generator's units as a registry."""
    estates = [_estate(row) for row in territory.of_level(Level.ESTATE)]
    areas = [_area(row) for row in territory.rows if row.level != Level.ESTATE]
    return Registry(estates, areas)


def _area(row: UnitRow) -> Area:
    return Area(row.id, Level(row.level), row.name, row.parent, row.aliases)


def _estate(row: UnitRow) -> Estate:
    return Estate(
        id=row.id,
        name=row.name,
        parent=row.parent,
        aliases=row.aliases,
        address=row.address,
        lon=row.lon,
        lat=row.lat,
        households=row.households,
        property_company=row.property_company,
        developer=row.developer,
        status=EstateStatus(row.status),
        governance=Governance(**dataclasses.asdict(row.governance)),
    )
