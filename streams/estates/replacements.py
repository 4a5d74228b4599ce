"""What sources have written in place of words, by name of the source.

A source that anonymises its texts damages the names of estates in them. Here it declares what it wrote for
what: words (A5区 for 雨花) are put back before names are sought; single characters (楚 for 湘) are not, since
they also stand for themselves: the registry compiler adds the damaged spelling of each name instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Replacements = Mapping[str, str]
"""Written -> meant."""

TIPDM2020C: Final[Replacements] = {
    "A市": "长沙市",
    "A1区": "芙蓉",
    "A2区": "天心",
    "A3区": "岳麓",
    "A4区": "开福",
    "A5区": "雨花",
    "A6区": "望城",
    "A7县": "长沙县",
    "A8县": "宁乡",
    "A9市": "浏阳",
    "C5市": "韶山",
    "E8县": "洞口",
    "K4县": "东安",
    "K9县": "蓝山",
    "M9县": "凤凰",
    "西地省": "湖南",
    "楚": "湘",
}
"""The messages of the 2020 TipDM cup. The suffix 区 goes with the number, since it was swallowed inside names
(A1区国里 is 芙蓉国里); where a district was meant, its short name says so too."""

DECLARED: Final[Mapping[str, Replacements]] = {"tipdm2020c": TIPDM2020C}
