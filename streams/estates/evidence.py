"""What speaks for and against an estate being what a message is about, as numbers. Pure.

All evidence stands in the title or no later than the end of the sentence of a mention, so that text added
behind changes nothing before it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
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
_LIST_MARKS: Final = "、和与及"
_AREAS: Final = ("社区", "村", "镇", "街", "路")

_LOOKED_AT: Final = 4
"""Mentions of one estate whose surroundings are read."""
_ABOUT: Final = [re.compile("|".join(map(re.escape, words))) for words in WORDS.values()]

_STANDING: Final = (
    "in_title", "starts_title", "first_at", "late", "mentions", "mentions_2", "mentions_4", "others_2",
    "others_3", "others_5", "other_in_title", "other_longer_lead", "title_empty", "only_body",
)  # fmt: skip
_NAMED: Final = (
    "length", "short", "rule_variant", "rule_clip", "rule_homophone", "rule_word_order", "rule_typo",
    "generic", "likeness", "placeish", "commerce", "dwelling", "community", "edge_hard", "edge_soft",
    "unknown", "unknown_used", "unknown_likeness", "unknown_least", "unknown_repeated", "unknown_dwelling",
)  # fmt: skip
_SAID: Final = (
    "tail", "phase", "building", "use_after", "use_before", "self_before", "topic_before", "owner_near",
    "quoted", "number_follows", "list", "list_owned", "resident", "resident_alone",
)  # fmt: skip
_BESIDE: Final = (
    "near_after_all", "near_after_any", "near_before_all", "near_before_any", "elsewhere_all",
    "elsewhere_any", "school_after", "clean_title", "traffic_near", "traffic_in_title", "school_not_in_title",
)  # fmt: skip
_TITLE: Final = ("title_traffic", "title_housing", "title_school", *(f"about_{problem}" for problem in WORDS))
NAMES: Final = (*_STANDING, *_NAMED, *_SAID, *_BESIDE, *_TITLE)
"""The pieces of evidence, in order."""

_AT: Final = {name: place for place, name in enumerate(NAMES)}
_ELSEWHERE_AT_MOST: Final = 0.2
_BESIDE_AT_MOST: Final = 0.4


@dataclass(frozen=True, slots=True)
class Scene:
    """A message as its candidates are seen in it."""

    text: str
    """The folded message, title first."""
    title_end: int
    everyone: Sequence[Candidate]
    """All candidates of the message that are weighed."""
    title: tuple[float, ...]
    """What the title is about: one number for each of the last names."""

    @classmethod
    def of(cls, text: str, title_end: int, everyone: Sequence[Candidate]) -> Scene:
        """Read the title once for all candidates."""
        title = text[:title_end]
        words = (_TRAFFIC, HOUSING, _SCHOOLING, *_ABOUT)
        return cls(text, title_end, everyone, tuple(float(word.search(title) is not None) for word in words))

    @property
    def is_about_traffic(self) -> bool:
        """Whether the title speaks of traffic."""
        return self.title[0] > 0

    @property
    def is_about_schools(self) -> bool:
        """Whether the title speaks of schools."""
        return self.title[2] > 0

    def others(self, candidate: Candidate) -> list[Candidate]:
        """Return the other estates that the message surely names."""
        return [c for c in self.everyone if c is not candidate and (c.is_known or self.in_title(c))]

    def in_title(self, candidate: Candidate) -> bool:
        """Say whether the title names an estate."""
        return candidate.mentions[0].start < self.title_end


def ruled(probability: float, pieces: Sequence[float]) -> float:
    """Return a learned probability within what two rules allow, whatever the labels say.

    德润园小学 is a school wherever it stands; who asks for a bus stop beside an estate does not complain
    of the estate.
    """
    if pieces[_AT["elsewhere_all"]]:
        return min(probability, _ELSEWHERE_AT_MOST)
    beside = pieces[_AT["near_after_all"]] or pieces[_AT["near_before_all"]]
    if beside and pieces[_AT["title_traffic"]]:
        return min(probability, _BESIDE_AT_MOST)
    return probability


def evidence(scene: Scene, candidate: Candidate, model: NamesModel) -> list[float]:
    """Return the evidence for one candidate, one number for each of `NAMES`.

    Args:
        scene: the message.
        candidate: the estate.
        model: how names of this registry look.
    """
    alone = not scene.in_title(candidate) and not scene.others(candidate)
    pieces = [
        *_standing(scene, candidate, alone),
        *_named(scene.text, candidate, model),
        *_said(scene.text, candidate, alone),
        *_beside(scene, candidate),
        *scene.title,
    ]
    return [float(piece) for piece in pieces]


def _standing(scene: Scene, candidate: Candidate, alone: bool) -> tuple[float, ...]:
    """Where the message names it, how often, and what else it names."""
    first, count = candidate.mentions[0].start, len(candidate.mentions)
    in_title = scene.in_title(candidate)
    others = scene.others(candidate)
    offset = max(0, first - scene.title_end)
    return (
        in_title,
        in_title and first < 12,
        0.0 if in_title else min(3.0, math.log1p(offset / 40)),
        offset > 360,
        math.log(count),
        count > 1,
        count > 3,
        len(others) > 0,
        len(others) > 1,
        len(others) > 3,
        any(map(scene.in_title, others)),
        any(len(other.mentions) > count for other in others),
        alone,
        not in_title and any(map(scene.in_title, scene.everyone)),
    )


def _named(text: str, candidate: Candidate, model: NamesModel) -> tuple[float, ...]:
    """How it is named, and how much of a name that is."""
    best = candidate.best
    name, unknown = best.text, not candidate.is_known
    mentions = candidate.mentions[:_LOOKED_AT]
    mean, least = model.likeness(name)
    dwelling = _DWELLING.search(name) is not None
    left = max(mention.left for mention in mentions)
    return (
        min(len(name), 8) / 4 - 1,
        len(name) < 4,
        *(
            best.rule is rule
            for rule in (Rule.VARIANT, Rule.CLIP, Rule.HOMOPHONE, Rule.WORD_ORDER, Rule.TYPO)
        ),
        best.rule in (Rule.NAME, Rule.VARIANT) and len(core(name)) < 2,
        0.0 if unknown else mean,
        _PLACEISH.search(name) is not None,
        _COMMERCE.search(name) is not None,
        dwelling,
        name.endswith(_AREAS) and not any(mention.reach > mention.end for mention in mentions),
        left is Edge.HARD,
        left is Edge.SOFT,
        unknown,
        unknown and any(USE_AFTER.match(text, mention.end) for mention in mentions),
        mean if unknown else 0.0,
        least if unknown else 0.0,
        unknown and len(candidate.mentions) > 1,
        unknown and dwelling,
    )


def _said(text: str, candidate: Candidate, alone: bool) -> tuple[float, ...]:
    """What stands right before and after it."""
    mentions = candidate.mentions[:_LOOKED_AT]
    speaks = [_SELF.search(text, max(0, m.start - 20), m.start) is not None for m in mentions]
    lives = [_RESIDENT.match(text, m.reach) is not None for m in mentions]
    resident = any(map(all, zip(speaks, lives, strict=True)))
    return (
        any("小区" in text[m.end : m.reach] or m.text.endswith("小区") for m in mentions),
        any("期" in text[m.end : m.reach] for m in mentions),
        any(BUILDING.match(text, m.reach) for m in mentions),
        any(USE_AFTER.match(text, m.reach) for m in mentions),
        any(USE_BEFORE.search(text, max(0, m.start - 24), m.start) for m in mentions),
        any(speaks),
        any(_TOPIC.search(text, max(0, m.start - 20), m.start) for m in mentions),
        any(_OWNER.search(text, m.end, m.reach + 14) for m in mentions),
        any(text[m.start - 1] in '“"' for m in mentions if m.start),
        any(text[m.reach : m.reach + 1].isdigit() for m in mentions),
        any(_listed(text, m) for m in mentions),
        any(_LIST_OWNED.match(text, m.reach) for m in mentions),
        resident,
        resident and alone,
    )


def _beside(scene: Scene, candidate: Candidate) -> tuple[float, ...]:
    """Whether it only says where something is, or is part of another name."""
    text, mentions = scene.text, candidate.mentions[:_LOOKED_AT]
    after = [NEAR_AFTER.match(text, m.reach) is not None for m in mentions]
    before = [NEAR_BEFORE.search(text, max(0, m.start - 8), m.start) is not None for m in mentions]
    clean = [
        m.start < scene.title_end and not (m.elsewhere or a or b)
        for m, a, b in zip(mentions, after, before, strict=True)
    ]
    in_title = scene.in_title(candidate)
    return (
        all(after),
        any(after),
        all(before),
        any(before),
        all(m.elsewhere for m in candidate.mentions),
        any(m.elsewhere for m in candidate.mentions),
        any(_SCHOOL.match(text, m.reach) for m in mentions),
        any(clean),
        scene.is_about_traffic and (any(after) or any(before)),
        scene.is_about_traffic and in_title,
        scene.is_about_schools and not in_title,
    )


def _listed(text: str, mention: Mention) -> bool:
    """Say whether a mention stands in a list."""
    before = text[mention.start - 1 : mention.start]
    after = text[mention.reach : mention.reach + 1]
    return (before != "" and before in _LIST_MARKS) or (after != "" and after in _LIST_MARKS)
