"""The generator's own rows of the registry: what a city would hand over about its areas and estates.

Producers may not know the streams' registry; these rows have its columns, and `deploy` writes its file.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class GovernanceRow:
    """An estate's self-government; unknown or not applicable is None, and `committee` then empty."""

    party_branch_founded_on: dt.date | None = None
    branch_secretary_is_owner: bool | None = None
    branch_has_premises: bool | None = None
    may_elect_committee: bool | None = None
    committee: str = ""
    """`elected`, `preparing`, `not_started`, or empty where it may not elect one."""
    committee_party_share: float | None = None
    """Share of party members among the committee's members, 0 to 1."""
    chair_is_party_member: bool | None = None
    chair_is_branch_secretary: bool | None = None
    company_has_party_branch: bool | None = None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One area or estate of the registry."""

    id: str
    level: str
    """`city`, `district`, `street`, `community` or `estate`."""
    name: str
    parent: str = ""
    """Id of the area right above; empty for the city."""
    aliases: tuple[str, ...] = ()
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    """WGS-84 degrees."""
    households: int | None = None
    property_company: str = ""
    developer: str = ""
    status: str = ""
    """Of an estate: `delivered`, `on_sale` or `building`."""
    governance: GovernanceRow = field(default_factory=GovernanceRow)


class Territory:
    """A city's units, areas before what they contain, with the way up from each."""

    def __init__(self, rows: Iterable[UnitRow]) -> None:
        self.rows = tuple(rows)
        self.by_id = {row.id: row for row in self.rows}
        self._children: dict[str, list[UnitRow]] = defaultdict(list)
        for row in self.rows:
            self._children[row.parent].append(row)

    def of_level(self, level: str) -> tuple[UnitRow, ...]:
        """Return all units of a level, in order."""
        return tuple(row for row in self.rows if row.level == level)

    def delivered(self) -> tuple[UnitRow, ...]:
        """Return the estates that people live in: only these are complained about."""
        return tuple(row for row in self.of_level("estate") if row.status == "delivered")

    def above(self, row: UnitRow, level: str) -> UnitRow | None:
        """Return the unit's ancestor of this level, or None where it has none."""
        current: UnitRow | None = row
        while current is not None and current.level != level:
            current = self.by_id.get(current.parent)
        return current

    def below(self, area: UnitRow) -> tuple[UnitRow, ...]:
        """Return the estates anywhere below an area."""
        found: list[UnitRow] = []
        for child in self._children[area.id]:
            found.extend([child] if child.level == "estate" else self.below(child))
        return tuple(found)
