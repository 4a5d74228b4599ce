"""Which names may be one estate's, and which never."""

from __future__ import annotations

import pytest

from streams.estates.listing.kinship import Kin, core, kinship


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("新城国际花都六期", "新城国际花都"),
        ("国际花都（二期）", "国际花都"),
        ("钰龙天下一二期", "钰龙天下"),
        ("北辰三角洲C3区", "北辰三角洲"),
        ("万科城二期北区", "万科城"),
        ("金科时代中心(商住楼)", "金科时代中心"),
        ("湘江壹号", "湘江1号"),
        ("湘江一号", "湘江1号"),
        ("旭辉·御府", "旭辉御府"),
        ("一期", "一期"),
        ("(岳麓)", "(岳麓)"),
        ("东区", "东区"),
    ],
)
def test_the_core_is_left_without_phase_zone_and_bracket(name: str, bare: str) -> None:
    assert core(name) == bare


@pytest.mark.parametrize(
    ("one", "other", "kin"),
    [
        ("钱隆世家", "福晟钱隆世家", Kin.BRAND),
        ("世纪城融江苑", "湘江世纪城融江苑", Kin.BRAND),
        ("沁园小区", "新桥村沁园小区", Kin.BRAND),
        ("润芳园", "润芳园小区", Kin.KIND),
        ("早谷塘", "早谷塘二期安置小区", Kin.KIND),
        ("万国城", "万国城moma", Kin.KIND),
        ("珠江郦城", "珠江俪城", Kin.SOUND),
        ("湘樟家园", "香樟家园", Kin.SOUND),
        ("机床厂职工宿舍", "湖南省机床厂职工宿舍", Kin.BRAND),
        ("湖南机床厂宿舍", "湖南省机床厂宿舍", Kin.ABRIDGED),
        # an estate and a named part of it, parts of one whole, mere likeness
        ("湘江世纪城", "湘江世纪城融江苑", None),
        ("湘江世纪城融江苑", "湘江世纪城瑞江苑", None),
        ("金色家园东苑", "金色家园西苑", None),
        ("阳光一村", "阳光二村", None),
        ("金色家园", "新金色家园", None),
        ("青青家园", "青青花园", None),
        ("小区", "八方小区", None),
        ("同名", "同名", None),
    ],
)
def test_names_are_kin_or_not(one: str, other: str, kin: Kin | None) -> None:
    assert kinship(one, other) is kin
    assert kinship(other, one) is kin
