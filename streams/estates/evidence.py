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
    CLAUSE_END,
    HOUSING,
    SCHOOLING,
    TRAFFIC,
)
from streams.estates.matcher import Matcher
from streams.estates.mentions import Page, Rule
from streams.estates.names_model import NamesModel
from streams.estates.problems import WORDS
from streams.estates.surroundings import (
    SAYS_BUILDING,
    SAYS_CALLED_SO,
    SAYS_CLEAN,
    SAYS_LISTED,
    SAYS_LISTED_OWNERS,
    SAYS_NEAR_AFTER,
    SAYS_NEAR_BEFORE,
    SAYS_NUMBER,
    SAYS_OWNERS,
    SAYS_PHASE,
    SAYS_QUOTED,
    SAYS_RESIDES,
    SAYS_SCHOOL_AFTER,
    SAYS_SELF,
    SAYS_TAIL,
    SAYS_TOPIC,
    SAYS_USE,
    SAYS_USED,
    SAYS_USED_AT_END,
    SAYS_VILLAGE,
    signs,
)
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
_SENTENCE_MARKS: Final = "。!?;\n"
_SENTENCE_BEFORE, _SENTENCE_AFTER = 60, 60
"""Characters of a sentence that are read before and after a mention."""
_AREAS: Final = ("社区", "村", "镇", "街", "路")

_REMEMBERED: Final = 32_768
"""Names whose shapes are kept: more than a city of 15,000 estates has."""
_LOOKED_AT: Final = 4
"""Mentions of one estate whose surroundings are read."""

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
_AT_MOST: Final = 0.15
"""What the rules leave of a probability: less than anything is taken from (`primaries`)."""

_TITLE_WORDS: Final = (TRAFFIC, HOUSING, SCHOOLING, *WORDS.values())
_ABOUT_TRAFFIC, _ABOUT_SCHOOLS = 0, 2
_LISTED_WORDS: Final = sorted({word for words in _TITLE_WORDS for word in words})
_TITLE_MATCHER: Final = Matcher(_LISTED_WORDS)
_KINDS_OF_WORD: Final = [
    sum(1 << kind for kind, words in enumerate(_TITLE_WORDS) if word in words) for word in _LISTED_WORDS
]


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
        self._shape = lru_cache(maxsize=_REMEMBERED)(self._shape_of)

    def read(self, page: Page, candidates: Sequence[Candidate]) -> list[Pieces]:
        """Return the evidence for each candidate, one number for each of `NAMES`.

        Args:
            page: the message.
            candidates: all its estates that are weighed.
        """
        title = _title(page.text[: page.title_end])
        shown = [candidate.mentions[0].start < page.title_end for candidate in candidates]
        around = [[signs(page, m) for m in candidate.mentions[:_LOOKED_AT]] for candidate in candidates]
        residents = [any(bits & SAYS_RESIDES for bits in some) for some in around]
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
            unknown and some & SAYS_USED_AT_END > 0,
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
    beside = pieces[_NEAR_AFTER_ALL] or pieces[_NEAR_BEFORE_ALL]
    if pieces[_ELSEWHERE_ALL] or (pieces[_TITLE_TRAFFIC] and beside):
        return min(probability, _AT_MOST)
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
    resident = some & SAYS_RESIDES > 0
    return (
        some & SAYS_TAIL > 0,
        some & SAYS_PHASE > 0,
        some & SAYS_BUILDING > 0,
        some & SAYS_USED > 0,
        some & SAYS_USE > 0,
        some & SAYS_SELF > 0,
        some & SAYS_TOPIC > 0,
        some & SAYS_OWNERS > 0,
        some & SAYS_CALLED_SO > 0,
        some & SAYS_VILLAGE > 0,
        some & SAYS_QUOTED > 0,
        some & SAYS_NUMBER > 0,
        some & SAYS_LISTED > 0,
        some & SAYS_LISTED_OWNERS > 0,
        resident,
        resident and alone,
    )


def _beside(candidate: Candidate, some: int, every: int, in_title: bool, title: tuple[bool, ...]) -> Pieces:
    """Whether it only says where something is, or is part of another name."""
    elsewhere = [mention.elsewhere for mention in candidate.mentions]
    about_traffic = title[_ABOUT_TRAFFIC]
    return (
        every & SAYS_NEAR_AFTER > 0,
        some & SAYS_NEAR_AFTER > 0,
        every & SAYS_NEAR_BEFORE > 0,
        some & SAYS_NEAR_BEFORE > 0,
        all(elsewhere),
        any(elsewhere),
        some & SAYS_SCHOOL_AFTER > 0,
        some & SAYS_CLEAN > 0,
        about_traffic and some & (SAYS_NEAR_AFTER | SAYS_NEAR_BEFORE) > 0,
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
