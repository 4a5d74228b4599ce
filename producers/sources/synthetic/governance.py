"""Deals the self-government attributes of the example district's estates.

How many estates have what is the district's own report (docs/example-district.md, figures 9 to 20). Which
estate has it is chance, under one seed that never changes: the registry is the same for every stream.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Final

from producers.sources.synthetic.chance import Chance
from producers.sources.synthetic.units import GovernanceRow

BRANCH_MODEL: Final = "京基御景花园"
"""The model estate whose complaints fell after its party branch was founded."""
BRANCH_MODEL_FOUNDED: Final = dt.date(2020, 12, 18)
QUIET_MODEL: Final = "金地朗悦花园"
"""The model estate with years in a row without a petition or mass incident."""
QUIET_MODEL_FOUNDED: Final = dt.date(2016, 7, 1)

DELIVERED: Final = 45
YOUNG_BRANCHES: Final = 32
OWNER_SECRETARIES: Final = 25
WITHOUT_PREMISES: Final = 17
MAY_NOT_ELECT: Final = 11
PREPARING: Final = 9
NOT_STARTED: Final = 6
PARTY_CHAIRS: Final = 8
SECRETARY_CHAIRS: Final = 6
COMMITTEES: Final = ((5, 7),) * 3 + ((3, 5),) * 2 + ((6, 9),) + ((5, 11),) * 3 + ((4, 9),) * 5 + ((3, 7),) * 5
"""Party members and members of each elected committee: an odd number of members, as the law asks; six have a
majority of party members, and the mean share is 51%."""

FIRST_YOUNG_DAY: Final = dt.date(2020, 3, 2)
YOUNG_DAYS: Final = 630
FIRST_OLD_DAY: Final = dt.date(2012, 5, 7)
OLD_DAYS: Final = 2700


def deal_governance(names: Sequence[str], chance: Chance) -> dict[str, GovernanceRow]:
    """Return the attributes of each delivered estate, by name.

    Raises:
        ValueError: not the number of estates that the report's figures are about.
    """
    if len(names) != DELIVERED:
        raise ValueError(f"the report is about {DELIVERED} delivered estates, not {len(names)}")
    founded = _founding_days(names, chance)
    committees = _committees(names, chance)
    owners = _owner_secretaries(names, committees, chance)
    homeless = set(chance.sample(_others(names), WITHOUT_PREMISES))
    return {
        name: dataclasses.replace(
            committees[name],
            party_branch_founded_on=founded[name],
            branch_secretary_is_owner=name in owners,
            branch_has_premises=name not in homeless,
        )
        for name in names
    }


def _others(names: Sequence[str]) -> list[str]:
    return [name for name in names if name not in (BRANCH_MODEL, QUIET_MODEL)]


def _founding_days(names: Sequence[str], chance: Chance) -> dict[str, dt.date]:
    young = set(chance.sample(_others(names), YOUNG_BRANCHES - 1))
    days = {name: _founding_day(name in young, chance) for name in names}
    return days | {BRANCH_MODEL: BRANCH_MODEL_FOUNDED, QUIET_MODEL: QUIET_MODEL_FOUNDED}


def _founding_day(young: bool, chance: Chance) -> dt.date:
    first, days = (FIRST_YOUNG_DAY, YOUNG_DAYS) if young else (FIRST_OLD_DAY, OLD_DAYS)
    return first + dt.timedelta(days=chance.randrange(days))


def _committees(names: Sequence[str], chance: Chance) -> dict[str, GovernanceRow]:
    """Deal who may elect a committee, who has, and of whom it consists; the model estates have one."""
    others = _others(names)
    chance.shuffle(others)
    may_not, rest = others[:MAY_NOT_ELECT], others[MAY_NOT_ELECT:]
    preparing, not_started = rest[:PREPARING], rest[PREPARING : PREPARING + NOT_STARTED]
    elected = [BRANCH_MODEL, *rest[PREPARING + NOT_STARTED :], QUIET_MODEL]
    rows = {name: GovernanceRow(may_elect_committee=False) for name in may_not}
    rows |= {name: GovernanceRow(may_elect_committee=True, committee="preparing") for name in preparing}
    rows |= {name: GovernanceRow(may_elect_committee=True, committee="not_started") for name in not_started}
    return rows | {name: _elected(rank) for rank, name in enumerate(elected)}


def _elected(rank: int) -> GovernanceRow:
    # The committees with the most party members come first, and so do the chairs who are one.
    party, members = COMMITTEES[rank]
    return GovernanceRow(
        may_elect_committee=True,
        committee="elected",
        committee_party_share=round(party / members, 4),
        chair_is_party_member=rank < PARTY_CHAIRS,
        chair_is_branch_secretary=rank < SECRETARY_CHAIRS,
    )


def _owner_secretaries(names: Sequence[str], rows: dict[str, GovernanceRow], chance: Chance) -> set[str]:
    """A chair is an owner, so a chair who is the branch's secretary makes an owner the secretary."""
    chairs = [name for name in names if rows[name].chair_is_branch_secretary]
    others = [name for name in names if name not in chairs]
    return {*chairs, *chance.sample(others, OWNER_SECRETARIES - len(chairs))}
