"""What speaks for and against an estate being what a message is about, as numbers. Pure.

All evidence stands in the title or no later than the end of the sentence of a mention, so that text added
behind changes nothing before it. A pattern is only tried where its first character stands: most are not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache, reduce
from operator import and_, or_
from typing import Final, NamedTuple

from streams.estates.candidates import Candidate
from streams.estates.edges import Edge
from streams.estates.lexicon import (
    BUILDING,
    BUILDING_FIRST,
    CLAUSE_END,
    HOUSING,
    LEAD,
    NEAR_AFTER,
    NEAR_AFTER_FIRST,
    NEAR_BEFORE,
    SCHOOLING,
    SPEAKS_OF,
    TRAFFIC,
    USE_AFTER,
    USE_AFTER_FIRST,
)
from streams.estates.matcher import Matcher
from streams.estates.mentions import Mention, Page, Rule
from streams.estates.names_model import NamesModel
from streams.estates.problems import WORDS
from streams.estates.variants import base, core

_PLACEISH: Final = re.compile(
    r"(?:[路街巷村镇乡桥站塘冲坡垅岭湖山河]|社区|广场|大厦|市场|商城|中心|公司|[局厂院所校])\Z"
)
_COMMERCE: Final = re.compile(r"(?:广场|大厦|市场|商城|中心|写字楼|酒店|银座)\Z")
_DWELLING: Final = re.compile(
    r"(?:苑|园|府|郡|庭|居|邸|墅|寓|公馆|小区|家园|花园|新村|世家|人家|宿舍|里|湾|城|国际|小镇|山庄)\Z"
)
_PUBLIC: Final = re.compile(
    r"公园|工业园|产业园|物流园|科技园|园区|大学|学院|学生|学校|中学|小学|医院|养老|体育|图书馆|博物馆|文化馆|机场|车站|地铁"
    r"|新区|片区|开发区|景区|市场|工地|公司|管理局|水世界|乐园|广场\Z|中心\Z"
)
"""Said of what is open to all, or of an area."""
_CALLED: Final = (
    "商品房",
    "安置房",
    "楼盘",
    "小区",
    "项目",
    "房产",
    "住宅",
    "开发的",
    "购买的",
    "名为",
    "名称是:",
)
"""Said right before an estate's name: 定向商品房伊景园."""
_CALLED_LAST: Final = frozenset(word[-1] for word in _CALLED)
_RURAL_AFTER: Final = 6
_RURAL_BEFORE: Final = frozenset("镇乡")
_OWNER: Final = re.compile(r"业主|住户|居民|物业|业委会|交房|精装|楼盘|开发商|住宅")
_RESIDENT: Final = re.compile(r"[^,。;!?\n]{0,10}(?:业主|住户|居民|购房者|房子|商品房|的一套|一套)")
_LIST_OWNED: Final = re.compile(
    r"(?:[、,和与及][^,。;!?、\n]{2,9}){0,12}(?:等[^,。\n]{0,6})?(?:的|全体|小区)*(?:业主|居民|住户)"
)
_WRITES: Final = re.compile(r"(?:我是|我们是|本人是|我们)[^。;!?\n]*\Z")
_LIST_BEFORE: Final = 90
"""Characters of a list of estates that are read back to who writes: 我们是A、B、C的业主."""
_LIST_OWNED_FIRST: Final = frozenset("、,和与及等的全小业居住")
_SCHOOL: Final = re.compile(r"小学|中学|幼儿园|学校|医院|公园")
_SCHOOL_FIRST: Final = frozenset("小中幼学医公")
_CLAUSE_MARKS: Final = ",。;!?\n"
_SENTENCE_MARKS: Final = "。!?;\n"
_SENTENCE_BEFORE, _SENTENCE_AFTER = 60, 60
"""Characters of a sentence that are read before and after a mention."""
_LIST_MARKS: Final = frozenset("、和与及")
_AREAS: Final = ("社区", "村", "镇", "街", "路")

_LOOKED_AT: Final = 4
"""Mentions of one estate whose surroundings are read."""
_LEAD_BEFORE: Final = 24
_LEAD_NEAR: Final = 14
"""Characters between a word that leads up to an estate and the estate."""
_LEAD_FAR: Final = 18

_STANDING: Final = (
    "in_title", "starts_title", "first_at", "late", "mentions", "mentions_2", "mentions_4", "others_2",
    "others_3", "others_5", "other_in_title", "other_longer_lead", "title_empty", "only_body",
)  # fmt: skip
_NAMED: Final = (
    "length", "short", "rule_variant", "rule_clip", "rule_homophone", "rule_word_order", "rule_typo",
    "generic", "likeness", "placeish", "commerce", "dwelling", "community", "edge_hard", "edge_soft",
    "public", "brand", "usual_ending",
    "unknown", "unknown_used", "unknown_likeness", "unknown_least", "unknown_repeated", "unknown_dwelling",
)  # fmt: skip
_SAID: Final = (
    "tail", "phase", "building", "use_after", "use_before", "self_before", "topic_before", "owner_near",
    "called", "rural", "quoted", "number_follows", "list", "list_owned", "resident", "resident_alone",
)  # fmt: skip
_BESIDE: Final = (
    "near_after_all", "near_after_any", "near_before_all", "near_before_any", "elsewhere_all",
    "elsewhere_any", "school_after", "clean_title", "traffic_near", "traffic_in_title", "school_not_in_title",
)  # fmt: skip
_NEIGHBOURS: Final = ("other_glued_after", "other_glued_before", "other_before_in_title", "other_resident")
_TITLE: Final = ("title_traffic", "title_housing", "title_school", *(f"about_{problem}" for problem in WORDS))
_SENTENCE: Final = (
    "sentence_traffic", "sentence_housing", "sentence_school", *(f"sentence_{problem}" for problem in WORDS),
)  # fmt: skip
NAMES: Final = (*_STANDING, *_NAMED, *_SAID, *_BESIDE, *_NEIGHBOURS, *_TITLE, *_SENTENCE)
"""The pieces of evidence, in order."""
Pieces = tuple[float, ...]

_AT: Final = {name: place for place, name in enumerate(NAMES)}
_ELSEWHERE_ALL: Final = _AT["elsewhere_all"]
_NEAR_AFTER_ALL: Final = _AT["near_after_all"]
_NEAR_BEFORE_ALL: Final = _AT["near_before_all"]
_TITLE_TRAFFIC: Final = _AT["title_traffic"]
_ELSEWHERE_AT_MOST: Final = 0.2
_BESIDE_AT_MOST: Final = 0.4

_TITLE_WORDS: Final = (TRAFFIC, HOUSING, SCHOOLING, *WORDS.values())
_ABOUT_TRAFFIC, _ABOUT_SCHOOLS = 0, 2
_LISTED_WORDS: Final = sorted({word for words in _TITLE_WORDS for word in words})
_TITLE_MATCHER: Final = Matcher(_LISTED_WORDS)
_KINDS_OF_WORD: Final = [
    sum(1 << kind for kind, words in enumerate(_TITLE_WORDS) if word in words) for word in _LISTED_WORDS
]

# What stands around one mention, as bits: of several mentions some are asked whether any, some whether all.
_BUILDING, _USED, _NEAR_AFTER, _SCHOOL_AFTER, _LISTED_OWNERS, _NEAR_BEFORE = (1 << bit for bit in range(6))
_SELF, _TOPIC, _USE, _OWNERS, _QUOTED, _NUMBER, _LISTED = (1 << bit for bit in range(6, 13))
_TAIL, _PHASE, _USED_AT_END, _RESIDES, _CLEAN, _ELSEWHERE = (1 << bit for bit in range(13, 19))
_CALLED_SO, _VILLAGE = 1 << 19, 1 << 20
_FOLLOWING: Final = (
    (_BUILDING, BUILDING, BUILDING_FIRST),
    (_USED, USE_AFTER, USE_AFTER_FIRST),
    (_NEAR_AFTER, NEAR_AFTER, NEAR_AFTER_FIRST),
    (_SCHOOL_AFTER, _SCHOOL, _SCHOOL_FIRST),
    (_LISTED_OWNERS, _LIST_OWNED, _LIST_OWNED_FIRST),
)
_MAY_FOLLOW: Final = {
    char: tuple((bit, pattern) for bit, pattern, first in _FOLLOWING if char in first)
    for _, _, firsts in _FOLLOWING
    for char in firsts
}
"""First character -> the patterns that may match there."""
_NEAR_LAST: Final = frozenset(word[-1] for word in NEAR_BEFORE)
_NEAR_LENGTHS: Final = range(1, 1 + max(map(len, NEAR_BEFORE)))
_LEADS: Final = {
    word: (speaks * _SELF | asks * _TOPIC, _USE if uses else 0)
    for word, (speaks, asks, uses) in SPEAKS_OF.items()
}
"""Word that leads up to an estate -> what it says near, and what it says farther off too."""


class Shape(NamedTuple):
    """What a name says by itself."""

    length: float
    is_short: bool
    is_generic: bool
    mean: float
    least: float
    placeish: bool
    commerce: bool
    dwelling: bool
    public: bool
    brand: bool
    usual: bool
    as_area: bool


class EvidenceReader:
    """Reads the evidence for the candidates of a message.

    Args:
        model: how names of the registry look.
        brands: what names of the registry begin with and is not theirs.
        endings: how names of the registry often end.
    """

    def __init__(self, model: NamesModel, brands: frozenset[str], endings: frozenset[str]) -> None:
        self._model = model
        self._brands = brands
        self._endings = endings
        self._shape = lru_cache(maxsize=8192)(self._shape_of)

    def read(self, page: Page, candidates: Sequence[Candidate]) -> list[Pieces]:
        """Return the evidence for each candidate, one number for each of `NAMES`.

        Args:
            page: the message.
            candidates: all its estates that are weighed.
        """
        title = _title(page.text[: page.title_end])
        shown = [candidate.mentions[0].start < page.title_end for candidate in candidates]
        around = [[_around(page, m) for m in candidate.mentions[:_LOOKED_AT]] for candidate in candidates]
        residents = [any(bits & _RESIDES for bits in some) for some in around]
        return [
            self._of(page, candidate, candidates, shown, title, bits, residents)
            for candidate, bits in zip(candidates, around, strict=True)
        ]

    def _of(
        self,
        page: Page,
        candidate: Candidate,
        everyone: Sequence[Candidate],
        shown: Sequence[bool],
        title: tuple[bool, ...],
        around: Sequence[int],
        residents: Sequence[bool],
    ) -> Pieces:
        in_title = candidate.mentions[0].start < page.title_end
        others = [
            (other, is_shown)
            for other, is_shown in zip(everyone, shown, strict=True)
            if other is not candidate and (other.is_known or is_shown)
        ]
        alone = not in_title and not others
        some, every = reduce(or_, around), reduce(and_, around)
        return (
            *_standing(page, candidate, others, in_title),
            alone,
            not in_title and any(shown),
            *self._named(candidate, some),
            *_said(some, alone),
            *_beside(candidate, some, every, in_title, title),
            *_neighbours(page, candidate, everyone, residents),
            *title,
            *(_answers(0) if in_title else _sentence(page, candidate)),
        )

    def _named(self, candidate: Candidate, some: int) -> Pieces:
        """How it is named, and how much of a name that is."""
        best, unknown = candidate.best, not candidate.is_known
        rule, shape = best.rule, self._shape(best.text)
        mentions = candidate.mentions[:_LOOKED_AT]
        left = max([mention.left for mention in mentions])
        return (
            shape.length,
            shape.is_short,
            rule is Rule.VARIANT,
            rule is Rule.CLIP,
            rule is Rule.HOMOPHONE,
            rule is Rule.WORD_ORDER,
            rule is Rule.TYPO,
            shape.is_generic and rule in (Rule.NAME, Rule.VARIANT),
            0.0 if unknown else shape.mean,
            shape.placeish,
            shape.commerce,
            shape.dwelling,
            shape.as_area and all(mention.reach == mention.end for mention in mentions),
            left == Edge.HARD,
            left == Edge.SOFT,
            shape.public,
            shape.brand,
            shape.usual,
            unknown,
            unknown and some & _USED_AT_END > 0,
            shape.mean if unknown else 0.0,
            shape.least if unknown else 0.0,
            unknown and len(candidate.mentions) > 1,
            unknown and shape.dwelling,
        )

    def _shape_of(self, name: str) -> Shape:
        mean, least = self._model.likeness(name)
        return Shape(
            length=min(len(name), 8) / 4 - 1,
            is_short=len(name) < 4,
            is_generic=len(core(name)) < 2,
            mean=mean,
            least=least,
            placeish=_PLACEISH.search(name) is not None,
            commerce=_COMMERCE.search(name) is not None,
            dwelling=_DWELLING.search(name) is not None,
            public=_PUBLIC.search(name) is not None,
            brand=any(name[:size] in self._brands for size in (2, 3, 4)),
            usual=base(name)[-2:] in self._endings,
            as_area=name.endswith(_AREAS),
        )


def ruled(probability: float, pieces: Pieces) -> float:
    """Return a learned probability within what two rules allow, whatever the labels say.

    德润园小学 is a school wherever it stands; who asks for a bus stop beside an estate does not complain
    of the estate.
    """
    if pieces[_ELSEWHERE_ALL]:
        return min(probability, _ELSEWHERE_AT_MOST)
    if pieces[_TITLE_TRAFFIC] and (pieces[_NEAR_AFTER_ALL] or pieces[_NEAR_BEFORE_ALL]):
        return min(probability, _BESIDE_AT_MOST)
    return probability


def _title(title: str) -> tuple[bool, ...]:
    """Return what a title is about: one answer for each of the last names."""
    kinds = 0
    for number, _, _ in _TITLE_MATCHER.find(title):
        kinds |= _KINDS_OF_WORD[number]
    return _answers(kinds)


@lru_cache(maxsize=1024)
def _answers(kinds: int) -> tuple[bool, ...]:
    return tuple(kinds >> kind & 1 > 0 for kind in range(len(_TITLE_WORDS)))


def _standing(
    page: Page, candidate: Candidate, others: Sequence[tuple[Candidate, bool]], in_title: bool
) -> Pieces:
    """Where the message names it, how often, and what else it names."""
    first, count = candidate.mentions[0].start, len(candidate.mentions)
    offset = max(0, first - page.title_end)
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
        any(is_shown for _, is_shown in others),
        any(len(other.mentions) > count for other, _ in others),
    )


def _said(some: int, alone: bool) -> Pieces:
    """What stands right before and after it."""
    resident = some & _RESIDES > 0
    return (
        some & _TAIL > 0,
        some & _PHASE > 0,
        some & _BUILDING > 0,
        some & _USED > 0,
        some & _USE > 0,
        some & _SELF > 0,
        some & _TOPIC > 0,
        some & _OWNERS > 0,
        some & _CALLED_SO > 0,
        some & _VILLAGE > 0,
        some & _QUOTED > 0,
        some & _NUMBER > 0,
        some & _LISTED > 0,
        some & _LISTED_OWNERS > 0,
        resident,
        resident and alone,
    )


def _beside(candidate: Candidate, some: int, every: int, in_title: bool, title: tuple[bool, ...]) -> Pieces:
    """Whether it only says where something is, or is part of another name."""
    elsewhere = [mention.elsewhere for mention in candidate.mentions]
    about_traffic = title[_ABOUT_TRAFFIC]
    return (
        every & _NEAR_AFTER > 0,
        some & _NEAR_AFTER > 0,
        every & _NEAR_BEFORE > 0,
        some & _NEAR_BEFORE > 0,
        all(elsewhere),
        any(elsewhere),
        some & _SCHOOL_AFTER > 0,
        some & _CLEAN > 0,
        about_traffic and some & (_NEAR_AFTER | _NEAR_BEFORE) > 0,
        about_traffic and in_title,
        title[_ABOUT_SCHOOLS] and not in_title,
    )


def _neighbours(
    page: Page, candidate: Candidate, everyone: Sequence[Candidate], residents: Sequence[bool]
) -> Pieces:
    """Which other estates are named right beside it, or before it."""
    if len(everyone) == 1:
        return (False, False, False, False)
    others = [other for other in everyone if other is not candidate]
    starts = {mention.start for other in others for mention in other.mentions}
    ends = {mention.reach for other in others for mention in other.mentions}
    first = candidate.mentions[0].start
    return (
        any(mention.reach in starts for mention in candidate.mentions),
        any(mention.start in ends for mention in candidate.mentions),
        any(other.mentions[0].start < min(first, page.title_end) for other in others),
        any(lives for other, lives in zip(everyone, residents, strict=True) if other is not candidate),
    )


def _sentence(page: Page, candidate: Candidate) -> tuple[bool, ...]:
    """Return what the sentence is about that first names it."""
    text, mention = page.text, candidate.mentions[0]
    begin = max([text.rfind(mark, page.title_end, mention.start) for mark in _SENTENCE_MARKS])
    stop = CLAUSE_END.search(text, mention.reach)
    begin = max(page.title_end, begin, mention.start - _SENTENCE_BEFORE)
    end = min(stop.start() if stop else len(text), mention.reach + _SENTENCE_AFTER)
    return _title(text[begin:end])


def _around(page: Page, mention: Mention) -> int:
    """Return what stands around a mention, as bits."""
    text, start, end, reach = page.text, mention.start, mention.end, mention.reach
    after = text[reach : reach + 1]
    found = _before(text, start)
    for bit, pattern in _MAY_FOLLOW.get(after, ()):
        if pattern.match(text, reach):
            found |= bit
    if after in _LIST_MARKS:
        found |= _LISTED
    if after.isdigit():
        found |= _NUMBER
    lives = found & _SELF and _RESIDENT.match(text, reach)
    if lives or (found & _LISTED_OWNERS and _WRITES.search(text, max(0, start - _LIST_BEFORE), start)):
        found |= _RESIDES
    if _OWNER.search(text, end, reach + 14):
        found |= _OWNERS
    if reach > end:
        said = text[end:reach]
        found |= ("小区" in said) * _TAIL | ("期" in said) * _PHASE
    if mention.text.endswith("小区"):
        found |= _TAIL
    behind = text[reach : reach + _RURAL_AFTER]
    if text[start - 1 : start] in _RURAL_BEFORE or "组" in behind or "村" in behind:
        found |= _VILLAGE
    if not mention.readings and USE_AFTER.match(text, end):
        found |= _USED_AT_END
    if start < page.title_end and not (mention.elsewhere or found & (_NEAR_AFTER | _NEAR_BEFORE)):
        found |= _CLEAN
    return found


def _before(text: str, start: int) -> int:
    """Return what leads up to a mention, as bits."""
    if not start:
        return 0
    found = 0
    last = text[start - 1]
    if last in _LIST_MARKS:
        found |= _LISTED
    elif last in '“"':
        found |= _QUOTED
    if last in _CALLED_LAST and text.endswith(_CALLED, 0, start):
        found |= _CALLED_SO
    if last in _NEAR_LAST and any(text[start - size : start] in NEAR_BEFORE for size in _NEAR_LENGTHS):
        found |= _NEAR_BEFORE
    begin, furthest = 0, max(0, start - _LEAD_BEFORE)
    for lead in LEAD.finditer(text, furthest, start):
        begin = begin or 1 + max([text.rfind(mark, furthest, start) for mark in _CLAUSE_MARKS])
        gap = start - lead.end()
        if lead.start() >= begin:
            near, far = _LEADS[lead[0]]
            found |= (gap <= _LEAD_NEAR) * near | (gap <= _LEAD_FAR) * far
    return found
