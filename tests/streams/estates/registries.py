"""Registries for Hypothesis: of any shape that is sound, with every kind of value."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from streams.contract import Level
from streams.estates.registry import Area, Estate, EstateStatus, Governance, Registry

TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=8
) | st.sampled_from(["八方小区", 'a"b', "x,y", "a|b", "|", "万科·城", "a\\|b c"])
TRUTH = st.none() | st.booleans()
GOVERNANCE = st.builds(
    Governance,
    party_branch_founded_on=st.none() | st.dates(dt.date(1950, 1, 1), dt.date(2030, 1, 1)),
    branch_secretary_is_owner=TRUTH,
    branch_has_premises=TRUTH,
    may_elect_committee=TRUTH,
    committee=st.sampled_from(["", "elected", "preparing", "not_started"]),
    committee_party_share=st.none() | st.floats(0, 1),
    chair_is_party_member=TRUTH,
    chair_is_branch_secretary=TRUTH,
    company_has_party_branch=TRUTH,
)
SQUARE = {"type": "Polygon", "coordinates": [[[113.0, 28.0], [113.1, 28.0], [113.1, 28.1], [113.0, 28.0]]]}


@st.composite
def registries(draw: st.DrawFn) -> Registry:
    """A city, an area of each level below it, and estates anywhere."""
    areas = [Area("c", Level.CITY, draw(TEXT), aliases=tuple(draw(st.lists(TEXT, max_size=2))))]
    for level in (Level.DISTRICT, Level.STREET, Level.COMMUNITY):
        parent = draw(st.sampled_from(areas)).id
        areas.append(Area(level.value, level, draw(TEXT), parent))
    estates = [draw(_estate(number, areas)) for number in range(draw(st.integers(0, 4)))]
    return Registry(estates, areas)


@st.composite
def _estate(draw: st.DrawFn, number: int, areas: list[Area]) -> Estate:
    has_position, has_outline = draw(st.tuples(st.booleans(), st.booleans()))
    placed: dict[str, Any] = {}
    if has_position:
        placed = {"lon": draw(st.floats(-180, 180)), "lat": draw(st.floats(-90, 90))}
    if has_position and has_outline:
        placed["polygon"] = SQUARE
    return Estate(
        f"e{number}",
        draw(TEXT),
        draw(st.sampled_from(areas)).id,
        aliases=tuple(draw(st.lists(TEXT, max_size=3))),
        address=draw(st.just("") | TEXT),
        households=draw(st.none() | st.integers(0, 10**6)),
        property_company=draw(st.just("") | TEXT),
        developer=draw(st.just("") | TEXT),
        status=draw(st.sampled_from(EstateStatus)),
        governance=draw(GOVERNANCE),
        **placed,
    )
