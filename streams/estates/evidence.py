"""What speaks for and against an estate being what a message is about, as numbers. Pure.

All evidence stands in the title or no later than the end of the sentence of a mention, so that text added
behind changes nothing before it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

from streams.estates.candidates import Candidate
from streams.estates.lexicon import (
    BUILDING,
    HOUSING,
    NEAR_AFTER,
    NEAR_BEFORE,
    USE_AFTER,
    USE_BEFORE,
)
from streams.estates.mentions import Edge, Mention, Rule
from streams.estates.names_model import NamesModel
from streams.estates.problems import WORDS
from streams.estates.variants import core

_TRAFFIC: Final = re.compile(
    r"公交|地铁|路口|红绿灯|信号灯|拥堵|堵车|交通|线路|站点|站|车站|斑马线|天桥|隧道|高架|断头路|拉通|道路|通车|高速|铁路|高铁|城铁|轻轨|客运|车次|班次"
)
_PLACEISH: Final = re.compile(
    r"(?:[路街巷村镇乡桥站塘冲坡垅岭湖山河]|社区|广场|大厦|市场|商城|中心|公司|[局厂院所校])\Z"
)
_COMMERCE: Final = re.compile(r"(?:广场|大厦|市场|商城|中心|写字楼|酒店|银座)\Z")
_DWELLING: Final = re.compile(
    r"(?:苑|园|府|郡|庭|居|邸|墅|寓|公馆|小区|家园|花园|新村|世家|人家|宿舍|里|湾|城|国际|小镇|山庄)\Z"
)
_OWNER: Final = re.compile(r"业主|住户|居民|物业|业委会|交房|精装|楼盘|开发商|住宅")
_SELF: Final = re.compile(
    r"(?:我是|我们是|本人是|住在?|家住|居住在?|入住|购买了?|购置了?|买了?)[^,。;!?\n]{0,14}\Z"
)
_TOPIC: Final = re.compile(
    r"(?:投诉|举报|反映|反应|关于|请问|咨询|解决|请求|恳请|质疑|希望|建议)[^,。;!?\n]{0,14}\Z"
)
_SCHOOLING: Final = re.compile(r"小学|中学|幼儿园|学区|招生|入学|就读|学校|学位|教育|补课|老师|培训")
_RESIDENT: Final = re.compile(r"[^,。;!?\n]{0,10}(?:业主|住户|居民|购房者|房子|商品房|的一套|一套)")
_LIST_OWNED: Final = re.compile(
    r"(?:[、,和与及][^,。;!?、\n]{2,9}){0,12}(?:等[^,。\n]{0,6})?(?:的|全体|小区)*(?:业主|居民|住户)"
)
_SCHOOL: Final = re.compile(r"小学|中学|幼儿园|学校|医院|公园")

_LOOKED_AT: Final = 4
"""Mentions of one estate whose surroundings are read."""

NAMES: Final = (
    "bias", "in_title", "starts_title", "first_at", "late", "mentions", "mentions_2", "mentions_4",
    "length", "short", "rule_variant", "rule_clip", "rule_homophone", "rule_word_order", "rule_typo",
    "unknown", "unknown_use", "unknown_names", "unknown_least", "unknown_length", "unknown_repeated",
    "unknown_suffix", "edge_hard", "edge_soft", "tail", "phase", "building", "use_after", "use_before",
    "self_before", "topic_before", "near_after_all", "near_after_any", "near_before_all",
    "near_before_any", "list", "others_2", "others_3", "others_5", "elsewhere_all", "elsewhere_any",
    "placeish", "commerce", "dwelling", "title_traffic", "title_traffic_in_title", "title_housing",
    "title_empty", "other_in_title", "other_longer_lead", "owner_near", "quoted", "school_after",
    "brand_new_line", "names_model", "clean_title", "resident", "resident_alone", "title_school",
    "title_school_not_in", "list_owned", "community", "traffic_near", "number_follows", "only_body",
)  # fmt: skip


_ABOUT: Final = [re.compile("|".join(map(re.escape, words))) for words in WORDS.values()]
_AT: Final = {name: place for place, name in enumerate(NAMES)}
_ELSEWHERE_AT_MOST: Final = 0.2
_BESIDE_AT_MOST: Final = 0.4


def ruled(probability: float, pieces: Sequence[float]) -> float:
    """Return a learned probability within what two rules allow, whatever the labels say.

    德润园小学 is a school wherever it stands; who asks for a bus stop beside an estate does not complain
    of the estate.
    """
    if pieces[_AT["elsewhere_all"]]:
        return min(probability, _ELSEWHERE_AT_MOST
    *(f"about_{problem}" for problem in WORDS),
)
    beside = pieces[_AT["near_after_all"]] or pieces[_AT["near_before_all"]]
    if beside and pieces[_AT["title_traffic"]]:
        return min(probability, _BESIDE_AT_MOST)
    return probability


def about(title: str) -> list[float]:
    """Return for each problem type whether a folded title has a word of it."""
    return [float(pattern.search(title) is not None) for pattern in _ABOUT]


def evidence(
    text: str, title_end: int, candidate: Candidate, everyone: Sequence[Candidate], model: NamesModel,
    topics: Sequence[float],
) -> list[float]:
    """Return the evidence for one candidate, one number for each of `NAMES`.

    Args:
        text: the folded message, title first.
        title_end: where the title ends.
        candidate: the estate.
        everyone: all candidates of the message that are weighed.
        model: how names of this registry look.
        topics: what the title is about (`about`).
    """
    mentions, best = candidate.mentions[:_LOOKED_AT], candidate.best
    count = len(candidate.mentions)
    first = mentions[0].start
    in_title = first < title_end
    solid = [c for c in everyone if c is not candidate and (c.is_known or c.mentions[0].start < title_end)]
    after = [text[m.end : m.reach + 14] for m in mentions]
    near_after = [NEAR_AFTER.match(text, m.reach) is not None for m in mentions]
    near_before = [NEAR_BEFORE.search(text, max(0, m.start - 8), m.start) is not None for m in mentions]
    name = best.text
    unknown = not candidate.is_known
    title = text[:title_end]
    traffic = _TRAFFIC.search(title) is not None
    offset = max(0, first - title_end)
    likeness = model.likeness(name)
    clean = any(
        m.start < title_end and not m.elsewhere and not near_after[i] and not near_before[i]
        for i, m in enumerate(mentions)
    )
    resident = any(
        _SELF.search(text, max(0, m.start - 20), m.start) and _RESIDENT.match(text, m.reach) for m in mentions
    )
    return [
        1.0,
        in_title,
        in_title and first < 12,
        0.0 if in_title else min(3.0, math.log1p(offset / 40)),
        offset > 360,
        math.log(count),
        count > 1,
        count > 3,
        min(len(name), 8) / 4 - 1,
        len(name) < 4,
        best.rule is Rule.VARIANT,
        best.rule is Rule.CLIP,
        best.rule is Rule.HOMOPHONE,
        best.rule is Rule.WORD_ORDER,
        best.rule is Rule.TYPO,
        unknown,
        unknown and any(USE_AFTER.match(text, m.end) for m in mentions),
        likeness[0] if unknown else 0.0,
        likeness[1] if unknown else 0.0,
        (min(len(name), 8) / 4 - 1) if unknown else 0.0,
        unknown and count > 1,
        unknown and _DWELLING.search(name) is not None,
        max(m.left for m in mentions) is Edge.HARD,
        max(m.left for m in mentions) is Edge.SOFT,
        any("小区" in text[m.end : m.reach] or m.text.endswith("小区") for m in mentions),
        any("期" in text[m.end : m.reach] for m in mentions),
        any(BUILDING.match(text, m.reach) for m in mentions),
        any(USE_AFTER.match(text, m.reach) for m in mentions),
        any(USE_BEFORE.search(text, max(0, m.start - 24), m.start) for m in mentions),
        any(_SELF.search(text, max(0, m.start - 20), m.start) for m in mentions),
        any(_TOPIC.search(text, max(0, m.start - 20), m.start) for m in mentions),
        all(near_after),
        any(near_after),
        all(near_before),
        any(near_before),
        any(_listed(text, m) for m in mentions),
        len(solid) > 0,
        len(solid) > 1,
        len(solid) > 3,
        all(m.elsewhere for m in mentions),
        any(m.elsewhere for m in mentions),
        _PLACEISH.search(name) is not None,
        _COMMERCE.search(name) is not None,
        _DWELLING.search(name) is not None,
        traffic,
        traffic and in_title,
        HOUSING.search(title) is not None,
        not in_title and not solid,
        any(c.mentions[0].start < title_end for c in solid),
        any(len(c.mentions) > count for c in solid),
        any(_OWNER.search(piece) for piece in after),
        any(text[m.start - 1 : m.start] in "“\"" for m in mentions if m.start),
        any(_SCHOOL.match(text, m.reach) for m in mentions),
        best.rule in (Rule.NAME, Rule.VARIANT) and len(core(name)) < 2,
        0.0 if unknown else likeness[0],
        clean,
        resident,
        resident and not in_title and not solid,
        _SCHOOLING.search(title) is not None,
        _SCHOOLING.search(title) is not None and not in_title,
        any(_LIST_OWNED.match(text, m.reach) for m in mentions),
        name.endswith(("社区", "村", "镇", "街", "路")) and not any(m.reach > m.end for m in mentions),
        traffic and (any(near_after) or any(near_before)),
        any(text[m.reach : m.reach + 1].isdigit() for m in mentions),
        not in_title and any(c.mentions[0].start < title_end for c in everyone),
        *topics,
    ]  # fmt: skip


def _listed(text: str, mention: Mention) -> bool:
    """Say whether a mention stands in a list."""
    before = text[mention.start - 1 : mention.start]
    return text[mention.reach : mention.reach + 1] in ("、", "和", "与", "及") or (
        before != "" and before in "、和与及"
    )
