"""Words of a surge: what its complaints share and others do not, whole, and not the unit's own name."""

from __future__ import annotations

import random

from deploy.console.wording import distinctive

USUAL = (
    "物业服务态度差",
    "小区停车位不足",
    "电梯经常故障",
    "楼下施工噪音扰民",
    "业委会选举问题",
    "垃圾清运不及时",
)


def others(number: int) -> list[str]:
    chance = random.Random(1)  # noqa: S311 - a repeatable draw, no secret
    return [f"您好，{chance.choice(USUAL)}，希望尽快处理，小区居民意见很大。" for _ in range(number)]


def surge(number: int) -> list[str]:
    chance = random.Random(2)  # noqa: S311 - a repeatable draw, no secret
    begin = ("昨晚", "今天", "我家", "整栋楼")
    end = ("发臭", "又坏了", "没人清洗", "漏水")
    return [
        f"翠景豪庭小区{chance.choice(begin)}二次供水水箱{chance.choice(end)}，希望尽快处理。"
        for _ in range(number)
    ]


def test_what_the_complaints_share_is_found_whole() -> None:
    found = distinctive(surge(18), others(200), ["翠景豪庭"], 5)
    assert found[0] == "二次供水水箱"
    assert not any(word in piece for piece in found for word in ("景豪", "希望", "尽快"))
    assert [piece for piece in found if "水箱" in piece] == found[:1]


def test_what_is_usual_sets_nothing_apart() -> None:
    everything = others(400)
    assert distinctive(everything[:30], everything[30:], [], 5) == []


def test_of_few_texts_or_with_nothing_to_compare_nothing_is_said() -> None:
    assert distinctive(surge(1), others(200), [], 5) == []
    assert distinctive(surge(10), [], [], 5) == []
    assert distinctive([], others(3), [], 5) == []


def test_a_sentence_that_all_repeat_is_one_piece() -> None:
    assert distinctive(["水管爆裂淹了地下车库"] * 5, others(100), [], 3) == ["水管爆裂淹了地下车库"]


def test_latin_words_count_as_they_stand() -> None:
    found = distinctive(["WIFI broken again"] * 6, others(100), [], 3)
    assert set(found) == {"WIFI", "broken", "again"}
