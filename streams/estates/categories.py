"""Says what kind of problem a complaint is about. Pure: no I/O, deterministic."""

from __future__ import annotations

from typing import Final

from producers.contract import ComplaintEvent

PROBLEM_TYPES: Final = (
    "property_service",
    "parking",
    "noise",
    "construction_quality",
    "title_deed_or_delivery",
    "facilities",
    "environment",
    "safety_fire_elevator",
    "owners_committee",
    "traffic",
    "demolition",
    "other_housing",
    "not_housing",
)
"""The closed set of problem types."""

_WORDS: Final = {
    "property_service": ("物业",),
    "parking": ("车位", "停车"),
    "noise": ("噪音", "噪声", "扰民"),
    "construction_quality": ("质量", "漏水", "渗水", "精装", "开裂"),
    "title_deed_or_delivery": ("交房", "房产证", "办证", "不动产", "退房"),
    "facilities": ("学校", "幼儿园", "公园", "供水", "停水", "停电", "燃气"),
    "environment": ("油烟", "垃圾", "污染", "异味", "臭"),
    "safety_fire_elevator": ("消防", "电梯", "安全隐患"),
    "owners_committee": ("业委会", "业主委员会"),
    "traffic": ("公交", "地铁", "红绿灯", "拥堵", "路口"),
    "demolition": ("拆迁", "征收", "棚改"),
}


class Categoriser:
    """Names the problem type of a complaint."""

    def categorise(self, event: ComplaintEvent) -> tuple[str, float]:
        """Return the problem type and the probability that it is right."""
        scores = {name: _score(words, event) for name, words in _WORDS.items()}
        best = max(scores, key=lambda name: scores[name])
        if scores[best]:
            return best, 0.6
        return ("other_housing", 0.4) if "小区" in event.text else ("not_housing", 0.5)


def _score(words: tuple[str, ...], event: ComplaintEvent) -> int:
    return sum(3 * event.title.count(word) + event.text.count(word) for word in words)
