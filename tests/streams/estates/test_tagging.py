from __future__ import annotations

from typing import Any

import pytest

from producers.contract import Crs
from streams.contract import UNPLACED, Role, Tag
from streams.estates.candidates import candidate_id
from streams.estates.registry import Estate
from streams.estates.tagging import Tagger
from tests.streams.estates.complaints import complaint, small_city

TAGGER = Tagger(small_city())


def primary(title: str, text: str = "", **fields: Any) -> Tag | None:
    return TAGGER.tag(complaint(title, text, **fields)).primary


@pytest.mark.parametrize(
    ("title", "text", "estate"),
    [
        ("雨花区丽发新城小区噪音扰民", "我是丽发新城小区的业主，夜间施工太吵", "lifa"),  # not 新城小区
        ("岳麓区麓谷雅园小区物业乱收费", "我是麓谷雅园小区业主", "lugu"),  # not 雅园小区
        ("开福区新城小区停水三天", "新城小区居民用水困难", "xincheng"),
        ("反映八方小区A区3栋漏水", "我住八方小区A区", "bafang"),  # block
        ("投诉万科·魅力 之城二期油烟扰民", "魅力之城业主反映楼下餐馆", "meili"),  # dots, spaces, phase
        ("雨花區明昇壹城小區業主反映電梯問題", "明昇壹城電梯經常壞", "mingsheng"),  # traditional
        ("开福区地绿海外滩小区业主维权", "我是地绿海外滩小区的业主", "lvdi"),  # swapped
        ("芙蓉区景蓉华苑小区停车难", "景蓉华苑小区业主", "jingrong"),  # homophone
        ("雨花区名升壹城小区业主维权", "我是名升壹城小区业主", "mingsheng"),  # homophone
    ],
)
def test_the_estate_that_a_person_would_read(title: str, text: str, estate: str) -> None:
    tag = primary(title, text)
    assert tag is not None
    assert tag.estate_id == estate
    assert tag.surface in f"{title}\n{text}"
    assert tag.confidence > 0.5


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("德润园小学门口交通拥堵", "德润园小学上学放学时堵车"),
        ("请问什么时候发工资", "公司拖欠工资半年"),
        ("", ""),
        ("小区楼顶渗漏", "诉求人称:作为小区的住户,小区管道井渗水"),  # 作为 is no name
    ],
)
def test_no_estate_where_a_person_would_read_none(title: str, text: str) -> None:
    assert primary(title, text) is None
    assert TAGGER.tag(complaint(title, text)).path.estate == UNPLACED


def test_neighbours_told_apart_by_a_direction_are_not_taken_for_one_another() -> None:
    tag = primary("芙蓉区楚天北苑小区电梯坏了", "我是楚天北苑小区业主")
    assert tag is None or tag.estate_id not in {"donyuan", "xiyuan"}


@pytest.mark.parametrize(
    ("title", "estate"),
    [
        ("A5区合能A5区公馆业主反映交房问题", "heneng"),
        ("A5区楚樟家园小区停水", "xiangzhang"),
        ("A1区国里小区停水", "guoli"),
    ],
)
def test_sees_through_what_a_source_declared_to_have_replaced(title: str, estate: str) -> None:
    tag = primary(title, "我是小区业主", source="tipdm2020c")
    assert tag is not None
    assert tag.estate_id == estate
    assert tag.surface in title


def test_replacements_are_an_argument_too() -> None:
    tag = Tagger(small_city(), {"Q7": "丽发"}).tag(complaint("Q7新城小区停水", "Q7新城小区业主")).primary
    assert tag is not None
    assert (tag.estate_id, tag.surface) == ("lifa", "Q7新城")


@pytest.mark.parametrize(("district", "estate"), [("岳麓区", "qing1"), ("开福区", "qing2")])
def test_one_name_in_two_districts_goes_where_the_text_says(district: str, estate: str) -> None:
    tag = primary(f"{district}青青家园小区停水", "我是青青家园小区业主")
    assert tag is not None
    assert (tag.estate_id, tag.evidence) == (estate, district)


def test_one_name_in_two_districts_goes_where_the_field_says() -> None:
    tag = primary("青青家园小区停水", "我是青青家园小区业主", district="开福区")
    assert tag is not None
    assert tag.estate_id == "qing2"


def test_one_name_without_evidence_goes_to_none_and_lists_the_candidates() -> None:
    tag = primary("青青家园小区停水", "我是青青家园小区业主")
    assert tag is not None
    assert tag.estate_id == "?青青家园"
    assert tag.name == "青青家园"
    assert "qing1" in tag.evidence
    assert "qing2" in tag.evidence
    assert tag.confidence < 0.65  # for review


def test_an_estate_beside_the_matter_is_a_landmark() -> None:
    tagging = TAGGER.tag(complaint("建议在八方小区附近增设公交站", "八方小区附近没有公交站，出行不便"))
    assert tagging.primary is None
    assert [(tag.estate_id, tag.role) for tag in tagging.others] == [("bafang", Role.LANDMARK)]


def test_a_letter_of_several_estates_has_several_primaries() -> None:
    title = "丽发新城、八方小区业主强烈反对建变电站"
    tagging = TAGGER.tag(complaint(title, "我们是丽发新城、八方小区的业主，变电站距离小区太近"))
    assert tagging.primary is not None
    found = {tag.estate_id for tag in (tagging.primary, *tagging.others) if tag.role is Role.PRIMARY}
    assert found == {"lifa", "bafang"}


def test_an_estate_that_the_registry_lacks_is_found_and_hangs_below_its_district() -> None:
    tagging = TAGGER.tag(complaint("岳麓区伊景园·滨河苑小区捆绑销售车位", "我是伊景园·滨河苑小区的业主"))
    assert tagging.primary is not None
    assert tagging.primary.estate_id == candidate_id("伊景园滨河苑")
    assert tagging.primary.name == ""
    assert tagging.path.estate == tagging.primary.estate_id
    assert tagging.path.district == "yuelu"


def test_spellings_of_an_unknown_estate_fall_together() -> None:
    spellings = ["伊景园滨河苑", "伊景园·滨河苑", "伊景园滨河院", "伊景园 滨河苑小区", "伊景园滨河苑二期"]
    assert {candidate_id(spelling) for spelling in spellings} == {"?伊景园滨河园"}


@pytest.mark.parametrize(
    "title",
    [
        "投诉小区电梯质量差",
        "投诉本小区电梯质量差",
        "反映本小区物业管理混乱",
        "本小区12栋电梯长期停用",
        "晚上3点回到小区",
    ],
)
def test_words_that_lead_up_to_an_estate_are_none_and_the_address_decides(title: str) -> None:
    tag = primary(title, f"您好，我是本小区的业主。{title}。", address="岳麓区某路47号八方小区3栋")
    assert tag is not None
    assert (tag.estate_id, tag.rule) == ("bafang", "address")


def test_the_sources_own_estate_field_decides() -> None:
    tag = primary("停水", "丽发新城小区旁边", estate="八方小区")
    assert tag is not None
    assert (tag.estate_id, tag.rule, tag.surface) == ("bafang", "source_field", "")


def test_an_unknown_name_in_the_estate_field_is_a_candidate() -> None:
    tag = primary("停水", estate="滨河新苑")
    assert tag is not None
    assert tag.estate_id == candidate_id("滨河新苑")


def test_the_address_decides_where_the_text_is_silent() -> None:
    tag = primary("Noise", "Loud music", address="雨花区劳动东路丽发新城小区5栋")
    assert tag is not None
    assert (tag.estate_id, tag.rule) == ("lifa", "address")


SQUARE = {
    "type": "Polygon",
    "coordinates": [[[112.9, 28.2], [112.91, 28.2], [112.91, 28.21], [112.9, 28.21]]],
}


def test_a_position_inside_an_outline_decides_where_nothing_is_named() -> None:
    tagger = Tagger(small_city(bafang=Estate("bafang", "八方小区", "yuelu", polygon=SQUARE)))
    inside = tagger.tag(complaint("停水", lon=112.905, lat=28.205)).primary
    assert inside is not None
    assert (inside.estate_id, inside.rule) == ("bafang", "outline")
    assert tagger.tag(complaint("停水", lon=112.92, lat=28.205)).primary is None


def test_a_position_of_another_system_is_converted() -> None:
    tagger = Tagger(small_city(bafang=Estate("bafang", "八方小区", "yuelu", lon=112.9, lat=28.2)))
    # GCJ-02 lies some 500 m off: the same figures name another place.
    assert tagger.tag(complaint("停水", lon=112.9, lat=28.2)).primary is not None
    assert tagger.tag(complaint("停水", lon=112.9, lat=28.2, crs=Crs.GCJ02)).primary is None


def test_a_position_tells_estates_of_one_name_apart() -> None:
    tagger = Tagger(
        small_city(
            qing1=Estate("qing1", "青青家园", "yuelu", lon=112.9, lat=28.2),
            qing2=Estate("qing2", "青青家园", "kaifu", lon=113.0, lat=28.25),
        )
    )
    tag = tagger.tag(complaint("青青家园小区停水", "我是青青家园业主", lon=113.001, lat=28.25)).primary
    assert tag is not None
    assert tag.estate_id == "qing2"
