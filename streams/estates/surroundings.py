"""What stands right around one mention of an estate, as bits. Pure.

A pattern is only tried where its first character stands: most are not.
"""

from __future__ import annotations

import re
from typing import Final

from streams.estates.lexicon import (
    BUILDING,
    BUILDING_FIRST,
    LEAD,
    NEAR_AFTER,
    NEAR_AFTER_FIRST,
    NEAR_BEFORE,
    SPEAKS_OF,
    USE_AFTER,
    USE_AFTER_FIRST,
)
from streams.estates.mentions import Mention, Page

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
_LIST_MARKS: Final = frozenset("、和与及")
_LEAD_BEFORE: Final = 24
_LEAD_NEAR: Final = 14
"""Characters between a word that leads up to an estate and the estate."""
_LEAD_FAR: Final = 18

# Of several mentions of one estate some bits are asked whether any says so, some whether all do.
SAYS_BUILDING: Final = 1 << 0
SAYS_USED: Final = 1 << 1
SAYS_NEAR_AFTER: Final = 1 << 2
SAYS_SCHOOL_AFTER: Final = 1 << 3
SAYS_LISTED_OWNERS: Final = 1 << 4
SAYS_NEAR_BEFORE: Final = 1 << 5
SAYS_SELF: Final = 1 << 6
SAYS_TOPIC: Final = 1 << 7
SAYS_USE: Final = 1 << 8
SAYS_OWNERS: Final = 1 << 9
SAYS_QUOTED: Final = 1 << 10
SAYS_NUMBER: Final = 1 << 11
SAYS_LISTED: Final = 1 << 12
SAYS_TAIL: Final = 1 << 13
SAYS_PHASE: Final = 1 << 14
SAYS_USED_AT_END: Final = 1 << 15
SAYS_RESIDES: Final = 1 << 16
SAYS_CLEAN: Final = 1 << 17
SAYS_CALLED_SO: Final = 1 << 18
SAYS_VILLAGE: Final = 1 << 19
_FOLLOWING: Final = (
    (SAYS_BUILDING, BUILDING, BUILDING_FIRST),
    (SAYS_USED, USE_AFTER, USE_AFTER_FIRST),
    (SAYS_NEAR_AFTER, NEAR_AFTER, NEAR_AFTER_FIRST),
    (SAYS_SCHOOL_AFTER, _SCHOOL, _SCHOOL_FIRST),
    (SAYS_LISTED_OWNERS, _LIST_OWNED, _LIST_OWNED_FIRST),
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
    word: (speaks * SAYS_SELF | asks * SAYS_TOPIC, SAYS_USE if uses else 0)
    for word, (speaks, asks, uses) in SPEAKS_OF.items()
}
"""Word that leads up to an estate -> what it says near, and what it says farther off too."""


def signs(page: Page, mention: Mention) -> int:
    """Return what stands around a mention, as bits."""
    text, start, end, reach = page.text, mention.start, mention.end, mention.reach
    after = text[reach : reach + 1]
    found = _before(text, start)
    for bit, pattern in _MAY_FOLLOW.get(after, ()):
        if pattern.match(text, reach):
            found |= bit
    if after in _LIST_MARKS:
        found |= SAYS_LISTED
    if after.isdigit():
        found |= SAYS_NUMBER
    lives = found & SAYS_SELF and _RESIDENT.match(text, reach)
    if lives or (found & SAYS_LISTED_OWNERS and _WRITES.search(text, max(0, start - _LIST_BEFORE), start)):
        found |= SAYS_RESIDES
    if _OWNER.search(text, end, reach + 14):
        found |= SAYS_OWNERS
    if reach > end:
        said = text[end:reach]
        found |= ("小区" in said) * SAYS_TAIL | ("期" in said) * SAYS_PHASE
    if mention.text.endswith("小区"):
        found |= SAYS_TAIL
    behind = text[reach : reach + _RURAL_AFTER]
    if text[start - 1 : start] in _RURAL_BEFORE or "组" in behind or "村" in behind:
        found |= SAYS_VILLAGE
    if not mention.readings and USE_AFTER.match(text, end):
        found |= SAYS_USED_AT_END
    if start < page.title_end and not (mention.elsewhere or found & (SAYS_NEAR_AFTER | SAYS_NEAR_BEFORE)):
        found |= SAYS_CLEAN
    return found


def _before(text: str, start: int) -> int:
    """Return what leads up to a mention, as bits."""
    if not start:
        return 0
    found = 0
    last = text[start - 1]
    if last in _LIST_MARKS:
        found |= SAYS_LISTED
    elif last in '“"':
        found |= SAYS_QUOTED
    if last in _CALLED_LAST and text.endswith(_CALLED, 0, start):
        found |= SAYS_CALLED_SO
    if last in _NEAR_LAST and any(text[start - size : start] in NEAR_BEFORE for size in _NEAR_LENGTHS):
        found |= SAYS_NEAR_BEFORE
    begin, furthest = 0, max(0, start - _LEAD_BEFORE)
    for lead in LEAD.finditer(text, furthest, start):
        begin = begin or 1 + max([text.rfind(mark, furthest, start) for mark in _CLAUSE_MARKS])
        gap = start - lead.end()
        if lead.start() >= begin:
            near, far = _LEADS[lead[0]]
            found |= (gap <= _LEAD_NEAR) * near | (gap <= _LEAD_FAR) * far
    return found
