"""What people decided about names comes into the registry, where it belongs, or is refused with a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from producers.contract import Kind
from streams.contract import Level, Path, Tag, Tagged
from streams.estates.registry import Area, Estate, Registry
from streams.estates.reviews import (
    Applied,
    NameDecision,
    Outcome,
    TagDecision,
    accept_decided,
    as_decided,
    shared_area,
)
from tests.streams.records import NOON

AREAS = [
    Area("city", Level.CITY, "长沙市"),
    Area("d1", Level.DISTRICT, "岳麓区", "city"),
    Area("d2", Level.DISTRICT, "雨花区", "city"),
    Area("s1", Level.STREET, "望岳街道", "d1"),
    Area("c1", Level.COMMUNITY, "谷丰社区", "s1"),
]
REGISTRY = Registry([Estate("e1", "八方小区", "c1"), Estate("e2", "御景花园", "s1")], AREAS)
NEW = NameDecision("星河园", "estate", "", spellings=("星河，那个", "星河苑", "星河园"))
ALIAS = NameDecision("八方新村", "alias", "e1")


def test_decided_names_come_in_as_alias_and_as_estate_and_again_change_nothing() -> None:
    after, done = accept_decided(REGISTRY, [ALIAS, NEW])
    new = done[1].estate_id
    assert done == [
        Applied("八方新村", Outcome.ACCEPTED, "e1"),
        Applied("星河园", Outcome.ACCEPTED, new),
    ]
    assert after.estates["e1"].aliases == ("八方新村",)
    assert after.estates[new].name == "星河苑"  # as most messages write it, of spellings that mean it
    again, known = accept_decided(after, [ALIAS, NEW])
    assert again.version == after.version
    assert [(each.outcome, each.estate_id) for each in known] == [
        (Outcome.KNOWN, "e1"),
        (Outcome.KNOWN, new),
    ]


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        ({}, "city"),
        ({"districts": ("d1",)}, "d1"),
        ({"districts": ("d1",), "streets": ("s1",), "communities": ("c1",)}, "c1"),
        ({"streets": ("s1",)}, "s1"),
        ({"districts": ("d1", "d2"), "streets": ("s1",)}, "city"),
        ({"districts": ("d2",), "streets": ("s1",)}, "d2"),
        ({"districts": ("gone",), "streets": ("s1",)}, "s1"),
    ],
)
def test_a_new_estate_lies_where_all_its_complaints_do(
    areas: dict[str, tuple[str, ...]], expected: str
) -> None:
    decision = NameDecision("星河园", "estate", "", **areas)
    assert shared_area(REGISTRY, decision) == expected
    after, [done] = accept_decided(REGISTRY, [decision])
    assert after.estates[done.estate_id].parent == expected


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        (ALIAS._replace(estate_id="gone"), "'gone'"),
        (NameDecision("御景花园", "alias", "e1"), "'e2' already"),
    ],
)
def test_what_no_longer_fits_is_refused_and_the_others_are_not(decision: NameDecision, why: str) -> None:
    after, [refused, accepted] = accept_decided(REGISTRY, [decision, NEW])
    assert (refused.outcome, refused.estate_id, accepted.outcome) == (Outcome.REFUSED, "", Outcome.ACCEPTED)
    assert why in refused.why
    assert {*after.estates} == {"e1", "e2", accepted.estate_id}


def test_a_name_of_several_estates_is_no_new_one() -> None:
    namesakes = [replace(estate, aliases=("新城",)) for estate in REGISTRY.estates.values()]
    registry = Registry(namesakes, AREAS)
    after, [done] = accept_decided(registry, [NameDecision("新城", "estate", "")])
    assert (after.version, done.outcome) == (registry.version, Outcome.REFUSED)


@pytest.mark.parametrize(
    ("decided", "path"),
    [
        ([], Path("e1", "c1", "s1", "d1", "city")),
        ([("v1", "e2")], Path("e2", "", "s1", "d1", "city")),
        ([("v1", "unplaced")], Path("unplaced", city="city")),
        ([("v1", "?星河园")], Path("?星河园", city="city")),
        ([("v1", "gone")], Path("e1", "c1", "s1", "d1", "city")),  # the registry no longer has it
        ([("v0", "unplaced"), ("v2", "e2")], Path("e2", "", "s1", "d1", "city")),  # the last of its request
        ([("v1", "e2"), ("v2", "unplaced")], Path("e2", "", "s1", "d1", "city")),  # its own
    ],
)
def test_what_was_decided_goes_before_the_tagger(decided: list[tuple[str, str]], path: Path) -> None:
    event = Tagged(
        source="12345",
        request_id="r1",
        event_id="v1",
        kind=Kind.OPENED,
        occurred_at=NOON,
        weighed_at=NOON,
        path=REGISTRY.path("e1"),
        tag=Tag(estate_id="e1", name="八方小区", surface="八方", rule="name", confidence=0.6),
        problem_type="noise",
        epoch=1,
        part=0,
        offset=0,
    )
    found = as_decided(event, [TagDecision(*each) for each in decided], REGISTRY)
    assert found.path == path
    assert found.tag is not None
    is_same = path == event.path
    assert (found.tag.estate_id, found.tag.rule) == (path.estate, "name" if is_same else "review")
    assert found.tag.surface == "八方"
