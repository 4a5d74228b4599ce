"""Rows of one estate become one, namesakes stay apart, and the order of the rows changes nothing."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.contract import Level
from streams.estates.listing.build import Built, build
from streams.estates.listing.merge import merge
from streams.estates.listing.places import Places
from streams.estates.listing.positions import convert, drop_astray, find_crs
from streams.estates.listing.rows import Row, parse_listing
from streams.estates.names import normalise
from streams.estates.registry_csv import format_csv, parse_csv

LISTING = Path(__file__).parents[5] / "shared/data/estates/changsha.csv"
ADDRESSES = ["长沙市岳麓区桐梓坡路1号", "岳麓岳麓区枫林路2号", "开福区湘江北路3号", "开福金马路26号"] * 5
PLACES = Places(ADDRESSES)
LINES = count(2)
KM = 1 / 111.195  # degrees of latitude


def at(name: str, north_km: float | None = None, address: str = "", **more: str) -> Row:
    """A row so many km north of a fixed point; without a number, a row without a position."""
    placed = {} if north_km is None else {"lon": 113.0, "lat": 28.0 + north_km * KM}
    return Row(next(LINES), name, address=address, **placed, **more)  # type: ignore[arg-type]


def estates(*rows: Row) -> list[set[str]]:
    """The estates of the rows, each as its names with their addresses."""
    merged = merge(rows, PLACES)
    found = [{m.row.name + m.row.address for m in cluster.members} for cluster in merged.clusters]
    return sorted(found, key=sorted)


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        # one name
        ([at("青青家园", 0), at("青青家园", 0.7)], 1),
        ([at("青青家园", 0), at("青青家园", 2)], 2),
        ([at("青青家园", 0, "岳麓区甲路"), at("青青家园", 2, "岳麓区乙路")], 1),
        ([at("青青家园", 0, "岳麓区甲路"), at("青青家园", 9, "岳麓区乙路")], 1),
        ([at("青青家园", 0, "岳麓区甲路"), at("青青家园", 20, "岳麓区乙路")], 2),
        ([at("青青家园", 0, "岳麓区甲路"), at("青青家园", 0.7, "开福区乙路")], 2),
        ([at("青青家园", 0, "岳麓区甲路"), at("青青家园", 0.3, "开福区乙路")], 1),
        ([at("青青家园", 0, "麓山路12号"), at("青青家园", 5, "长沙市麓山路12号")], 1),
        ([at("国际花都一期", 0), at("国际花都(二期)", 0.5), at("国际花都", 0.2)], 1),
        ([at("国际花都一期", 0, "岳麓区甲路"), at("国际花都二期", 2, "岳麓区乙路")], 2),
        ([at("青青家园(岳麓)"), at("青青家园(开福)")], 2),
        # without a position
        ([at("青青家园", 0), at("青青家园")], 1),
        (
            [
                at("青青家园", 0, "岳麓区甲路"),
                at("青青家园", 9, "开福区乙路"),
                at("青青家园", None, "开福区"),
            ],
            2,
        ),
        ([at("青青家园"), at("青青家园")], 1),
        # kindred names
        ([at("福晟钱隆世家", 0), at("钱隆世家", 0.15)], 1),
        ([at("福晟钱隆世家", 0), at("钱隆世家", 0.5)], 2),
        ([at("福晟钱隆世家", 0, "兴联路9号"), at("钱隆世家", 0.5, "开福区兴联路9号")], 1),
        ([at("福晟钱隆世家", 0, developer="福晟集团"), at("钱隆世家", 0.5, developer="福晟集团")], 1),
        ([at("丽发新城小区", 0), at("新城小区", 3)], 2),
        ([at("湘江世纪城", 0, "金泰路199号"), at("湘江世纪城融江苑", 0.1, "金泰路199号")], 2),
        ([at("福晟钱隆世家"), at("钱隆世家")], 2),
    ],
)
def test_so_many_estates(rows: Sequence[Row], number: int) -> None:
    assert len(estates(*rows)) == number


def test_a_row_that_fits_several_estates_is_left_apart() -> None:
    rows = [at("青青家园", 0, "岳麓区甲路"), at("青青家园", 9, "开福区乙路"), at("青青家园")]
    merged = merge(rows, PLACES)
    assert [member.row.line for member, _ in merged.doubts] == [rows[2].line]
    built = build(merged, PLACES)
    assert built.summary.ambiguous == 1
    assert "ambiguous" in built.report[-1][-1]


SOME = [
    *(at(name, 0) for name in ("青青家园", "福晟钱隆世家", "钱隆世家")),
    *(at(name, 0.1, "岳麓区甲路") for name in ("青青家园", "福晟钱隆世家", "钱隆世家")),
    *(at(name, km, "开福区丙路8号") for name in ("国际花都", "国际花都二期") for km in (4, 4.2)),
    *(at(name) for name in ("青青家园", "无处", "国际花都(三期)")),
]  # fmt: skip


@given(st.permutations(SOME))
def test_the_order_of_the_rows_changes_nothing(rows: list[Row]) -> None:
    built, usual = (build(merge(given_rows, PLACES), PLACES) for given_rows in (rows, SOME))
    assert built.registry.version == usual.registry.version
    assert built.summary == usual.summary


def test_ids_stay_when_rows_of_other_estates_come() -> None:
    before = build(merge(SOME, PLACES), PLACES).registry
    after = build(merge([*SOME, at("另一家园", 7, "开福区丁路")], PLACES), PLACES).registry
    assert before.estates.keys() < after.estates.keys()


def test_areas_are_made_of_what_addresses_state() -> None:
    rows = [at("甲苑", 0, "岳麓区望岳街道谷丰社区"), at("乙苑", 1, "韶山路")]
    registry = build(merge(rows, PLACES), PLACES).registry
    levels = {estate.name: registry.unit(estate.parent).level for estate in registry.estates.values()}
    assert levels == {"甲苑": Level.COMMUNITY, "乙苑": Level.CITY}


def test_an_estate_takes_the_district_in_which_all_its_neighbours_are() -> None:
    neighbours = [at(f"邻居{name}", 0.1 * n, "岳麓区") for n, name in enumerate("甲乙丙丁戊己庚")]
    registry = build(merge([*neighbours, at("孤苑", 0.35), at("远苑", 30)], PLACES), PLACES).registry
    districts = {estate.name: registry.path(estate.id).district for estate in registry.estates.values()}
    assert districts["孤苑"] == "district:岳麓区"
    assert districts["远苑"] == ""


@pytest.fixture(scope="module")
def changsha() -> tuple[list[Row], Built]:
    if not LISTING.exists():
        pytest.skip("the shared data are not beside the checkout")
    rows = parse_listing(LISTING.read_text(encoding="utf-8"))
    placed, _ = drop_astray(convert(rows, find_crs(rows)))
    places = Places(row.address for row in placed)
    return rows, build(merge(placed, places), places)


def test_every_row_of_a_real_listing_is_accounted_for(changsha: tuple[list[Row], Built]) -> None:
    rows, built = changsha
    summary = built.summary
    assert summary.rows == len(rows) == summary.estates + summary.joined + summary.ambiguous
    assert summary.ambiguous < 0.02 * len(rows)
    assert summary.with_district > 0.8 * summary.estates


def test_every_name_of_a_real_listing_is_kept_verbatim(changsha: tuple[list[Row], Built]) -> None:
    rows, built = changsha
    kept = {name for estate in built.registry.estates.values() for name in (estate.name, *estate.aliases)}
    with LISTING.open(encoding="utf-8", newline="") as file:
        assert {row["name"].strip() for row in csv.DictReader(file)} == kept
    assert parse_csv(format_csv(built.registry)).registry().version == built.registry.version
    assert len(rows) == 14_709


@pytest.mark.parametrize(
    "together",
    [
        {"福晟钱隆世家", "钱隆世家"},
        {"湘江世纪城融江苑", "世纪城融江苑"},
        {"万科金域蓝湾", "万科金域蓝湾二期"},
        {"辉煌国际城", "辉煌国际城二期"},
        {"阳光丽城", "纳爱斯阳光丽城", "纳爱斯·阳光丽城"},
        {"恒大华府", "岳麓恒大华府"},
    ],
)
def test_names_of_one_real_estate_are_together(changsha: tuple[list[Row], Built], together: set[str]) -> None:
    _, built = changsha
    holding = [{e.name, *e.aliases} for e in built.registry.estates.values()]
    assert any(together <= names for names in holding)


def test_real_namesakes_stay_apart(changsha: tuple[list[Row], Built]) -> None:
    _, built = changsha
    districts = {
        built.registry.path(estate.id).district
        for estate in built.registry.estates.values()
        if normalise("青青家园") in {normalise(estate.name), *map(normalise, estate.aliases)}
    }
    assert districts == {"district:岳麓区", "district:开福区"}
