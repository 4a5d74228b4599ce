"""Complaints and a small city for the tests of the tagger."""

from __future__ import annotations

import datetime as dt
from typing import Any

from producers.contract import ComplaintEvent, Kind
from streams.contract import Level
from streams.estates.registry import Area, Estate, Registry

AREAS = [
    Area("city", Level.CITY, "长沙市"),
    Area("yuelu", Level.DISTRICT, "岳麓区", "city"),
    Area("kaifu", Level.DISTRICT, "开福区", "city"),
    Area("yuhua", Level.DISTRICT, "雨花区", "city"),
    Area("furong", Level.DISTRICT, "芙蓉区", "city"),
    Area("yanghu", Level.STREET, "洋湖街道", "yuelu"),
]
NAMES = {
    "lifa": ("丽发新城", "yuhua", ()),
    "xincheng": ("新城小区", "kaifu", ()),
    "lugu": ("麓谷雅园", "yuelu", ("麓谷雅园小区",)),
    "yayuan": ("雅园小区", "kaifu", ()),
    "derun": ("德润园", "yuelu", ()),
    "lvdi": ("绿地海外滩", "kaifu", ()),
    "jingrong": ("景蓉花苑", "furong", ()),
    "mingsheng": ("明昇壹城", "yuhua", ()),
    "heneng": ("合能雨花公馆", "yuhua", ()),
    "xiangzhang": ("湘樟家园", "yuhua", ()),
    "meili": ("万科魅力之城", "yuhua", ("万科.魅力之城二期",)),
    "guoli": ("芙蓉国里", "furong", ()),
    "donyuan": ("楚天东苑", "furong", ()),
    "xiyuan": ("楚天西苑", "furong", ()),
    "qing1": ("青青家园", "yuelu", ()),
    "qing2": ("青青家园", "kaifu", ()),
    "bafang": ("八方小区", "yuelu", ("八方小区A区",)),
}


def small_city(**changes: Any) -> Registry:
    """A registry of near names and of one name in two districts; estates may be changed by id."""
    estates = [
        changes.get(key) or Estate(key, name, parent, aliases)
        for key, (name, parent, aliases) in NAMES.items()
    ]
    return Registry(estates, AREAS)


def complaint(title: str, text: str = "", *, source: str = "test", **fields: Any) -> ComplaintEvent:
    return ComplaintEvent(
        source=source,
        request_id="1",
        event_id="1",
        kind=Kind.OPENED,
        occurred_at=dt.datetime(2024, 5, 1, tzinfo=dt.UTC),
        title=title,
        text=text,
        **fields,
    )
