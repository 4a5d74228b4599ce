"""A registry that exists is sound, and every unit in it knows its ancestors."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.contract import UNPLACED, Level, Path
from streams.estates.registry import Area, Estate, Registry

CITY = Area("c", Level.CITY, "长沙市")
AREAS = (
    CITY,
    Area("d1", Level.DISTRICT, "芙蓉区", "c"),
    Area("d2", Level.DISTRICT, "望城区", "c", aliases=("望城县",)),
    Area("s1", Level.STREET, "东湖街道", "d1"),
    Area("s2", Level.STREET, "人民路街道", "d1"),
    Area("s3", Level.STREET, "人民路街道", "d2"),
    Area("q1", Level.COMMUNITY, "火炬社区", "s1"),
    Area("q2", Level.COMMUNITY, "直属社区", "d2"),
)
ESTATES = (
    Estate("e1", "甲苑", "q1"),
    Estate("e2", "乙苑", "s1"),
    Estate("e3", "丙苑", "d2"),
    Estate("e4", "丁苑", "c"),
    Estate("e5", "戊苑", "q2"),
)
REGISTRY = Registry(ESTATES, AREAS)


@pytest.mark.parametrize(
    ("estate_id", "path"),
    [
        ("e1", Path("e1", "q1", "s1", "d1", "c")),
        ("e2", Path("e2", "", "s1", "d1", "c")),
        ("e3", Path("e3", "", "", "d2", "c")),
        ("e4", Path("e4", "", "", "", "c")),
        ("e5", Path("e5", "q2", "", "d2", "c")),
        (UNPLACED, Path(UNPLACED, city="c")),
    ],
)
def test_the_path_of_an_estate_skips_the_levels_that_it_does_not_have(estate_id: str, path: Path) -> None:
    assert REGISTRY.path(estate_id) == path


def test_an_unknown_estate_has_no_path() -> None:
    with pytest.raises(KeyError):
        REGISTRY.path("e99")


def test_the_path_of_an_area_is_empty_below_it() -> None:
    assert REGISTRY.area_path("s1") == Path("", "", "s1", "d1", "c")


def test_children_are_the_units_right_below() -> None:
    assert REGISTRY.children("c") == ("d1", "d2", "e4")
    assert REGISTRY.children("s1") == ("q1", "e2")
    assert REGISTRY.children("e1") == ()


def test_a_unit_is_found_by_its_id_whatever_its_level() -> None:
    assert REGISTRY.unit("e1").name == "甲苑"
    assert REGISTRY.unit("d1").level is Level.DISTRICT
    with pytest.raises(KeyError):
        REGISTRY.unit("nothing")


@pytest.mark.parametrize(
    ("named", "path"),
    [
        ({}, Path("?x", city="c")),
        ({"district": "芙蓉区"}, Path("?x", district="d1", city="c")),
        ({"district": "芙蓉"}, Path("?x", district="d1", city="c")),
        ({"district": "d1"}, Path("?x", district="d1", city="c")),
        ({"district": "望城县"}, Path("?x", district="d2", city="c")),
        ({"street": "东湖街道办事处"}, Path("?x", street="s1", district="d1", city="c")),
        ({"community": "火炬"}, Path("?x", "q1", "s1", "d1", "c")),
        ({"district": "火星区", "community": "火炬社区"}, Path("?x", "q1", "s1", "d1", "c")),
        ({"street": "人民路街道"}, Path("?x", city="c")),
        ({"district": "望城", "street": "人民路街道"}, Path("?x", street="s3", district="d2", city="c")),
        ({"district": "望城", "street": "东湖街道"}, Path("?x", district="d2", city="c")),
        ({"district": "s1"}, Path("?x", city="c")),
    ],
)
def test_a_candidate_hangs_at_the_finest_area_that_is_named_and_known(
    named: dict[str, str], path: Path
) -> None:
    assert REGISTRY.path_of_candidate("?x", **named) == path


@pytest.mark.parametrize(
    ("areas", "estates", "message"),
    [
        ((*AREAS, Area("e1", Level.STREET, "x", "d1")), ESTATES, "'e1' stands twice"),
        (AREAS, (*ESTATES, ESTATES[0]), "'e1' stands twice"),
        (AREAS, (Estate("", "无", "c"),), "empty or reserved"),
        (AREAS, (Estate(UNPLACED, "无", "c"),), "empty or reserved"),
        (AREAS, (Estate("?x", "无", "c"),), "empty or reserved"),
        (AREAS, (Estate("e9", "无", "d9"),), "has the parent 'd9'"),
        (AREAS, (Estate("e8", "无", "c"), Estate("e9", "无", "e8")), "has the parent 'e8'"),
        ((CITY, Area("a", Level.STREET, "x", "b"), Area("b", Level.STREET, "y", "a")), (), "hangs below"),
        ((CITY, Area("a", Level.STREET, "x", "b"), Area("b", Level.COMMUNITY, "y", "c")), (), "hangs below"),
        ((CITY, Area("c2", Level.CITY, "x")), (), "exactly one unit of level city"),
        ((), (), "exactly one unit of level city"),
        ((CITY, Area("d", Level.DISTRICT, "x")), (), "has the parent ''"),
    ],
)
def test_what_would_break_a_path_is_refused(
    areas: tuple[Area, ...], estates: tuple[Estate, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Registry(estates, areas)


@given(st.permutations(ESTATES), st.permutations(AREAS))
def test_the_version_does_not_depend_on_the_order(estates: list[Estate], areas: list[Area]) -> None:
    assert Registry(estates, areas).version == REGISTRY.version


@pytest.mark.parametrize(
    "estate",
    [
        dataclasses.replace(ESTATES[0], name="甲园"),
        dataclasses.replace(ESTATES[0], aliases=("甲",)),
        dataclasses.replace(ESTATES[0], parent="s1"),
        dataclasses.replace(ESTATES[0], lon=113.0, lat=28.0),
        dataclasses.replace(ESTATES[0], polygon={"type": "Polygon", "coordinates": []}),
    ],
)
def test_the_version_changes_with_the_content(estate: Estate) -> None:
    assert Registry((estate, *ESTATES[1:]), AREAS).version != REGISTRY.version
