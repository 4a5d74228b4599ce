"""The example district's registry: the report's figures 1 to 3 and 9 to 20, from its rows in plain Python."""

from __future__ import annotations

import datetime as dt
import math
from itertools import combinations
from statistics import mean

import pytest

from producers.sources.synthetic import UnitRow, district
from producers.sources.synthetic.chance import chance_of
from producers.sources.synthetic.governance import BRANCH_MODEL, QUIET_MODEL, deal_governance

LEVELS = ["city", "district", "street", "community", "estate"]
DELIVERED = district().delivered()
GOVERNANCE = [row.governance for row in DELIVERED]
ELECTED = [governance for governance in GOVERNANCE if governance.committee == "elected"]


def test_the_hierarchy_is_pingshans() -> None:
    assert [len(district().of_level(level)) for level in LEVELS] == [1, 1, 6, 24, 78]
    assert [row.name for row in district().of_level("city")] == ["深圳市"]
    assert {row.name for row in district().of_level("street")} == {
        *("坪山街道", "坑梓街道", "碧岭街道", "马峦街道", "石井街道", "龙田街道")
    }


def test_every_unit_hangs_below_one_of_the_level_above() -> None:
    for row in district().rows[1:]:
        assert LEVELS.index(district().by_id[row.parent].level) == LEVELS.index(row.level) - 1


@pytest.mark.parametrize(("status", "projects"), [("delivered", 45), ("on_sale", 21), ("building", 12)])
def test_projects_by_status(status: str, projects: int) -> None:
    assert sum(row.status == status for row in district().of_level("estate")) == projects


def test_party_branches() -> None:
    founded = [governance.party_branch_founded_on for governance in GOVERNANCE]
    young = [day for day in founded if day is not None and day >= dt.date(2020, 1, 1)]
    assert None not in founded
    assert len(young) == 32
    assert len(young) / len(founded) > 0.71
    assert sum(bool(governance.branch_secretary_is_owner) for governance in GOVERNANCE) == 25
    homeless = sum(governance.branch_has_premises is False for governance in GOVERNANCE)
    assert (homeless, round(100 * homeless / 45)) == (17, 38)


def test_committees() -> None:
    assert sum(bool(governance.may_elect_committee) for governance in GOVERNANCE) == 34
    states = [governance.committee for governance in GOVERNANCE if governance.may_elect_committee]
    assert {state: states.count(state) for state in states} == {
        "elected": 19,
        "preparing": 9,
        "not_started": 6,
    }
    assert all(not governance.committee for governance in GOVERNANCE if not governance.may_elect_committee)


def test_party_members_in_committees() -> None:
    shares = [governance.committee_party_share or 0.0 for governance in ELECTED]
    assert round(100 * mean(shares)) == 51
    assert sum(share > 0.5 for share in shares) == 6
    assert sum(bool(governance.chair_is_party_member) for governance in ELECTED) == 8
    assert sum(bool(governance.chair_is_branch_secretary) for governance in ELECTED) == 6


def test_a_chair_who_is_the_secretary_is_a_party_member_and_an_owner() -> None:
    for governance in ELECTED:
        if governance.chair_is_branch_secretary:
            assert governance.chair_is_party_member
            assert governance.branch_secretary_is_owner


def test_a_company_has_a_branch_everywhere_or_nowhere() -> None:
    said = {(row.property_company, row.governance.company_has_party_branch) for row in DELIVERED}
    assert len(said) == len({company for company, _ in said})
    assert sum(bool(has) for _, has in said) == 4


def test_the_report_is_about_45_estates() -> None:
    with pytest.raises(ValueError, match="45 delivered estates, not 2"):
        deal_governance([BRANCH_MODEL, QUIET_MODEL], chance_of(1, "governance"))


def test_the_model_estates_are_lived_in() -> None:
    assert {BRANCH_MODEL, QUIET_MODEL} == {"京基御景花园", "金地朗悦花园"}
    assert {BRANCH_MODEL, QUIET_MODEL} <= {row.name for row in DELIVERED}


def test_no_name_lies_within_that_of_another_estate() -> None:
    for one, other in combinations(district().of_level("estate"), 2):
        for name in (one.name, *one.aliases):
            for elsewhere in (other.name, *other.aliases):
                assert name not in elsewhere
                assert elsewhere not in name


def test_estates_lie_apart_and_in_pingshan() -> None:
    estates = district().of_level("estate")
    assert all(114.27 < at(row)[0] < 114.44 and 22.63 < at(row)[1] < 22.79 for row in estates)
    assert min(math.dist(at(one), at(other)) for one, other in combinations(estates, 2)) > 0.003


def at(row: UnitRow) -> tuple[float, float]:
    assert row.lon is not None
    assert row.lat is not None
    return row.lon, row.lat


def test_only_what_is_lived_in_has_a_company_and_governance() -> None:
    for row in district().of_level("estate"):
        assert bool(row.property_company) == (row.status == "delivered")
        assert (row.governance.party_branch_founded_on is not None) == (row.status == "delivered")
        assert row.households is not None
        assert row.developer
