"""The example district (`district_deliveries`), and load for any number of estates (`city_events`); seeded.

Knows the event contract and nothing of the streams: the registry leaves here as rows (`UnitRow`), which
`deploy` writes to a registry file.
"""

from __future__ import annotations

from producers.sources.synthetic.city import city, city_events
from producers.sources.synthetic.deliveries import Delivery
from producers.sources.synthetic.district import district
from producers.sources.synthetic.stream import DEFAULT_SEED, district_deliveries, district_truth
from producers.sources.synthetic.truth import PlantedTruth, SourceTruth, Truth, read_truth
from producers.sources.synthetic.units import GovernanceRow, Territory, UnitRow

__all__ = [
    "DEFAULT_SEED",
    "Delivery",
    "GovernanceRow",
    "PlantedTruth",
    "SourceTruth",
    "Territory",
    "Truth",
    "UnitRow",
    "city",
    "city_events",
    "district",
    "district_deliveries",
    "district_truth",
    "read_truth",
]
