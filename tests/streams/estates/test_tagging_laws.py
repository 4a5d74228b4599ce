"""What must hold for every text."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.estates.folding import Folder, fold
from streams.estates.tagging import Tagger, Tagging
from tests.streams.estates.complaints import NAMES, complaint, small_city

REGISTRY = small_city()
TAGGER = Tagger(REGISTRY)
WORDS = [
    *(name for name, _, _ in NAMES.values()),
    *("伊景园·滨河苑", "地绿海外滩", "小区", "业主", "附近", "物业", "一期", "3栋", "小学"),
    *("我是", "岳麓区", "停水", "噪音", "A5区", "楚樟家园", "的"),
    *("，", "。", "\n", "、", " ", "\ud800", "\U0001f600", "\x00", "(", "x"),
]
TEXTS = st.lists(st.sampled_from(WORDS) | st.characters(), max_size=25).map("".join)
UNRELATED = st.sampled_from(["今天天气很好。", "谢谢您的关注！", "此致敬礼", "祝工作顺利，身体健康。"])


def tags(tagging: Tagging) -> list[object]:
    return [tagging.primary, *tagging.others]


@given(TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_a_surface_stands_in_the_text(title: str, text: str) -> None:
    tagging = TAGGER.tag(complaint(title, text, source="tipdm2020c"))
    for tag in filter(None, (tagging.primary, *tagging.others)):
        assert tag.surface
        assert tag.surface in f"{title}\n{text}"
        assert 0 <= tag.confidence <= 1


@given(TEXTS, TEXTS, UNRELATED)
@settings(max_examples=150, deadline=None)
def test_an_unrelated_sentence_behind_changes_nothing(title: str, text: str, more: str) -> None:
    before = TAGGER.tag(complaint(title, f"{text}。"))
    after = TAGGER.tag(complaint(title, f"{text}。{more}"))
    assert tags(after) == tags(before)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
@settings(max_examples=50, deadline=None)
def test_tagging_depends_on_the_message_alone(messages: list[tuple[str, str]]) -> None:
    events = [complaint(title, text) for title, text in messages]
    once = [tags(TAGGER.tag(event)) for event in events]
    again = [tags(TAGGER.tag(event)) for event in reversed(events)][::-1]
    assert once == again


def test_the_order_of_the_registry_does_not_matter() -> None:
    estates = list(REGISTRY.estates.values())
    random.Random(7).shuffle(estates)  # noqa: S311 - a fixed order, no secret
    shuffled = Tagger(type(REGISTRY)(estates, REGISTRY.areas.values()))
    for title in [
        "雨花区丽发新城小区停水",
        "青青家园停水",
        "地绿海外滩小区业主维权",
        "岳麓区滨河新苑小区停水",
    ]:
        assert tags(shuffled.tag(complaint(title))) == tags(TAGGER.tag(complaint(title)))


@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded


@given(TEXTS)
def test_places_lead_back_through_replacements(text: str) -> None:
    folder = Folder({"A5区": "雨花", "停水": "水"})
    undone = text.replace("A5区", "雨花").replace("停水", "水")
    for at, character in enumerate(undone):
        start, end = folder.span(text, at)
        assert text[start:end] == character or text[start:end] in ("A5区", "停水")


HOSTILE = {
    "one name again and again": "丽发新城小区" * 170_000,
    "one character": "苑" * 1_000_000,
    "cues without names": "小区业主" * 250_000,
    "near names": "地绿海外滩" * 200_000,
    "control characters": "\x00\x1b" * 500_000,
    "lone surrogates": "\ud800\udfff" * 500_000,
    "digits": "1" * 1_000_000,
    "brackets": "(" * 1_000_000,
    "lists": "、".join(["八方小区"] * 200_000),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("where", ["title", "text"])
def test_a_hostile_megabyte_takes_no_longer_than_a_long_letter(text: str, where: str) -> None:
    fields = {"title": "停水", "text": "停水"} | {where: text}
    started = time.process_time()
    TAGGER.tag(complaint(fields["title"], fields["text"]))
    assert (
        time.process_time() - started < 10
    )  # 20,000 characters are read: some 2 s where every one is a name
