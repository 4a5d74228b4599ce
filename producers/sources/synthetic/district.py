"""The example district's registry: Pingshan's streets and communities with invented estates.

It is one and the same whatever seed the events have, so that a registry file once written fits every stream.
"""

from __future__ import annotations

import dataclasses
import math
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import count
from typing import Any, Final

from producers.sources.synthetic.chance import Chance, chance_of
from producers.sources.synthetic.governance import deal_governance
from producers.sources.synthetic.units import GovernanceRow, Territory, UnitRow

DISTRICT_SEED: Final = 2022
"""The year that the report closes with; never changed, since a shipped file is made with it."""
COMPANIES_WITH_BRANCH: Final = 4
SPREAD_DEGREES: Final = 0.0075
"""Estates lie up to about 800 m from their community's middle."""
APART_DEGREES: Final = 0.0032
"""And at least about 330 m apart, so that coordinates alone name one of them."""
STATUSES: Final = ("delivered", "on_sale", "building")


@cache
def district() -> Territory:
    """Return the example district and the city above it: 6 streets, 24 communities, 78 housing projects."""
    plan = read_plan()
    rows = _Layout(plan, chance_of(DISTRICT_SEED, "district")).rows()
    return Territory(_with_governance(list(rows)))


def read_plan() -> dict[str, Any]:
    """Return the plan of streets, communities and names that stands beside this module."""
    text = resources.files(__package__).joinpath("pingshan.toml").read_text("utf-8")
    return tomllib.loads(text)


def roads() -> dict[str, tuple[str, ...]]:
    """Return the roads of each community, by its id."""
    return {
        f"{street['id']}{number:03}": tuple(community["roads"])
        for street in read_plan()["streets"]
        for number, community in enumerate(street["communities"], 1)
    }


class _Layout:
    """Lays estates out on the map and gives them homes, a company and a developer."""

    def __init__(self, plan: Mapping[str, Any], chance: Chance) -> None:
        self._plan = plan
        self._chance = chance
        self._places: list[tuple[float, float]] = []

    def rows(self) -> Iterator[UnitRow]:
        """Yield every unit, areas before what they contain."""
        city, own = self._plan["city"], self._plan["district"]
        yield UnitRow(city["id"], "city", city["name"], aliases=(city["alias"],))
        yield UnitRow(own["id"], "district", own["name"], city["id"], (own["alias"],))
        for street in self._plan["streets"]:
            yield UnitRow(street["id"], "street", street["name"], own["id"])
            for number, community in enumerate(street["communities"], 1):
                code = f"{street['id']}{number:03}"
                yield UnitRow(code, "community", community["name"], street["id"])
                yield from self._estates(code, street["name"], community)

    def _estates(self, code: str, street: str, community: Mapping[str, Any]) -> Iterator[UnitRow]:
        serial = count(1)
        for status in STATUSES:
            for names in community[status]:
                name, *aliases = names.split("|")
                row = UnitRow(
                    f"{code}-{next(serial):02}", "estate", name, code, tuple(aliases), status=status
                )
                yield self._settle(row, street, community)

    def _settle(self, row: UnitRow, street: str, community: Mapping[str, Any]) -> UnitRow:
        lon, lat = self._place(community["lon"], community["lat"])
        road = self._chance.choice(community["roads"])
        return dataclasses.replace(
            row,
            address=f"{self._plan['district']['name']}{street}{road}{self._chance.randrange(2, 320)}号",
            lon=lon,
            lat=lat,
            households=self._households(),
            property_company=self._company(row.status),
            developer=self._chance.choice(self._plan["developers"]),
        )

    def _place(self, lon: float, lat: float) -> tuple[float, float]:
        while True:
            shift = [self._chance.uniform(-SPREAD_DEGREES, SPREAD_DEGREES) for _ in range(2)]
            place = round(lon + shift[0], 6), round(lat + shift[1], 6)
            if all(math.dist(place, other) >= APART_DEGREES for other in self._places):
                self._places.append(place)
                return place

    def _households(self) -> int:
        return round(min(3600.0, max(160.0, self._chance.lognormvariate(math.log(820), 0.65))))

    def _company(self, status: str) -> str:
        # What is not lived in has no property company yet.
        return self._chance.choice(self._plan["property_companies"]) if status == "delivered" else ""


def _with_governance(rows: list[UnitRow]) -> Iterator[UnitRow]:
    chance = chance_of(DISTRICT_SEED, "governance")
    delivered = [row for row in rows if row.status == "delivered"]
    dealt = deal_governance([row.name for row in delivered], chance)
    companies = sorted({row.property_company for row in delivered})
    with_branch = set(chance.sample(companies, COMPANIES_WITH_BRANCH))
    for row in rows:
        governance = dealt.get(row.name, GovernanceRow())
        if row.status == "delivered":
            governance = dataclasses.replace(
                governance, company_has_party_branch=row.property_company in with_branch
            )
        yield dataclasses.replace(row, governance=governance)
