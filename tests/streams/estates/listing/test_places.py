"""Districts are learnt from addresses, of any city; roads that bear a district's name do not fool them."""

from __future__ import annotations

import pytest

from streams.estates.listing.places import Places, Stated

CHANGSHA = Places(
    [
        *["长沙市芙蓉区车站北路1号", "芙蓉区荷花路2号", "芙蓉火炬中路362号"] * 5,
        *["开福区湘江北路3号", "开福开福区金马路26号", "(开福月湖)匍园路278号"] * 5,
        *["长沙县星沙镇开元路1号", "长沙县-泉塘-漓湘东路"] * 5,
        *["望城县黄金乡香桥村", "望城区普瑞大道", "望城郭亮路1号"] * 5,
        *["某某小区旁", "经济开发区", "高新区麓谷大道1号"] * 9,
    ]
)
SHENZHEN = Places(
    ["坪山新区坑梓人民西路33号", "坪山区坪山大道", "坪山-坪山-竹坳路3号", "深圳市龙岗区龙翔大道"] * 5
)


def test_districts_are_those_that_are_named_in_full_and_begin_addresses() -> None:
    assert CHANGSHA.city == "长沙市"
    assert CHANGSHA.districts == {"芙蓉": "芙蓉区", "开福": "开福区", "长沙": "长沙县", "望城": "望城区"} or (
        CHANGSHA.districts["望城"] == "望城县"
    )
    assert sorted(SHENZHEN.districts) == ["坪山", "龙岗"]


@pytest.mark.parametrize(
    ("address", "district"),
    [
        ("开福区湘江北路三段1200号", "开福区"),
        ("湖南省长沙市开福区金泰路199号", "开福区"),
        ("(开福湘江世纪城)金泰路199号", "开福区"),
        ("（开福月湖）匍园路278号", "开福区"),
        ("开福-湘江世纪城-金马路", "开福区"),
        ("芙蓉车站南路桂花村", "芙蓉区"),
        ("芙蓉开福区德雅路", "开福区"),
        ("芙蓉北路开福区政府旁", "开福区"),
        ("长沙县-泉塘-漓湘东路", "长沙县"),
        ("芙蓉中路二段359号", ""),
        ("芙蓉路与城南路交汇处", ""),
        ("开福寺路与毛家桥路交汇处", ""),
        ("长沙大道与万家丽路交汇处", ""),
        ("芙蓉区与开福区交界处", ""),
        ("韶山南路239号", ""),
        ("", ""),
    ],
)
def test_the_district_is_what_the_address_states(address: str, district: str) -> None:
    assert CHANGSHA.stated(address).district == district


@pytest.mark.parametrize(
    ("address", "stated"),
    [
        ("芙蓉区马王堆街道火炬社区", Stated("芙蓉区", "马王堆街道", "火炬社区")),
        ("(长沙县星沙)泉塘街道漓湘路1号", Stated("长沙县", "泉塘街道")),
        ("长沙县星沙镇开元路1号", Stated("长沙县", "星沙镇")),
        ("芙蓉区火星镇纬二路", Stated("芙蓉区")),  # in a 区, a 镇 may be the mere name of a place
        ("芙蓉区车站路街道口", Stated("芙蓉区")),
    ],
)
def test_street_and_community_are_taken_where_they_are_stated(address: str, stated: Stated) -> None:
    assert CHANGSHA.stated(address) == stated


def test_the_rarer_full_name_of_a_district_is_the_same_district() -> None:
    full = CHANGSHA.districts["望城"]
    assert CHANGSHA.stated("望城县黄金乡").district == full
    assert CHANGSHA.stated("望城区普瑞大道").district == full
