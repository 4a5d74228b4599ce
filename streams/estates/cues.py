"""What ends a name, and what follows one: the words by which names are sought, and how far they reach. Pure.

All texts and words are folded; places are offsets in the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from streams.estates.lexicon import (
    BUILDING,
    BUILDING_FIRST,
    BUILDING_LAST,
    GENERIC_TAILS,
    NAMED_AFTER,
    NAMED_AFTER_FIRST,
    NEAR_AFTER,
    NUMERALS,
    PHASE,
    PHASE_FIRST,
    PHASE_LAST,
    SUFFIXES,
    USE_AFTER,
)

_TAIL: Final = re.compile("|".join(sorted(GENERIC_TAILS, key=len, reverse=True)))
_OWN_TAIL: Final = re.compile("(?:住宅|安置|家属|回迁)?小区|安置区")
_REACH_FIRST: Final = PHASE_FIRST | {tail[0] for tail in GENERIC_TAILS}
_OPEN_RIGHT: Final = frozenset(
    "的是在有和与及等这为因将未不就也还已被从到至上下内里前后周附旁对东南西北第一二三四五六七八九十"
)
_PHASE_CUES: Final = ("一期", "二期", "三期", "四期", "五期", "1期", "2期", "3期", "4期")
_BUILDING_CUES: Final = tuple(f"{digit}栋" for digit in "0123456789")
_USE_CUES: Final = ("业主", "楼盘", "住户", "写字楼", "苑", "郡", "墅", *_PHASE_CUES, *_BUILDING_CUES)
_WEAK_CUES: Final = frozenset("城园湾府庭居里台座轩阁岸都汇")
"""They end many other words too: only believed where a phase, a building, 小区 or owners follow."""
_WEAK_ENDINGS: Final = ("市场", "商贸城", "厂", "院", "街区")
_WEAK_NEXT: Final = (
    "项目", "工地", "精装", "交房", "购房", "开发商", "车位", "房产证", "房屋", "房子",
    "小区", "业主", "的业主", "住户", "居民", "物业", "楼盘", "安置",
    *"0123456789abcdefgh", *(f"{n}{what}" for n in "一二三四五六七八九" for what in "期栋号座区"),
)  # fmt: skip
CUES: Final[Mapping[str, int]] = {
    **{cue: len(cue) for cue in (*SUFFIXES, *GENERIC_TAILS, *_USE_CUES)},
    **{f"{cue}{after}": len(cue) for cue in (*_WEAK_CUES, *_WEAK_ENDINGS) for after in _WEAK_NEXT},
}
"""Pattern -> how many of its characters are the cue."""
_OUTSIDE: Final = frozenset((*GENERIC_TAILS, "业主", "楼盘", "住户", "写字楼", *_PHASE_CUES, *_BUILDING_CUES))
"""Cues that are not part of the name before them."""
_PHASE_BEFORE: Final = re.compile(
    rf"(?:{PHASE.pattern}|{BUILDING.pattern}|[0-9一二三四五六七八九十]+[位名户个]?|(?<![a-z])[a-z])+\Z"
)
_PHASE_BEFORE_LAST: Final = (
    PHASE_LAST | BUILDING_LAST | NUMERALS | frozenset("位名户个abcdefghijklmnopqrstuvwxyz")
)
_OWNERS: Final = ("业主", "的业主", "住户", "的住户", "居民", "全体业主", "楼盘", "宿舍", "物业")
_OWNERS_ALONE: Final = ("业主", "的业主", "全体业主", "楼盘", "宿舍")
_AREA_LAST: Final = frozenset("镇乡区村街")
HOUSING_CUES: Final = frozenset((*GENERIC_TAILS, "业主", "楼盘", "住户", *_PHASE_CUES))
_FILLERS: Final = re.compile(r"(?:的|全体|广大|众多?|部分|所有|各位|高层|洋房|准|新|老)+\Z")
_FILLERS_LAST: Final = frozenset("的体大众多分有位层房准新老")


def name_end(text: str, cue: int, cue_end: int) -> tuple[int, int, int]:
    """Return where the own part of a name ends that a cue speaks of, where the name ends, and its reach."""
    if text[cue:cue_end] not in _OUTSIDE:
        return cue, cue_end, max(reach_of(text, cue_end), cue_end)
    stop = cue
    if text[stop - 1 : stop] in _FILLERS_LAST:
        filler = _FILLERS.search(text, max(0, cue - 6), cue)
        stop = filler.start() if filler else stop
    if text[stop - 1 : stop] in _PHASE_BEFORE_LAST:
        phase = _PHASE_BEFORE.search(text, max(0, stop - 8), stop)
        stop = phase.start() if phase else stop
    return stop, stop, max(reach_of(text, stop), cue_end if stop == cue else stop)


def is_glued(text: str, start: int, end: int) -> bool:
    """Say whether letters of the alphabet stand right beside: LINCOLN is not LINCOLN PLACE.

    Folding takes blanks away, so a name in Latin letters is only believed where it stands alone.
    """
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return any(char.isascii() and char.isalnum() for char in (before, after) if char)


def own_end(text: str, end: int) -> int:
    """Return the end of an unknown name: 小区 belongs to it."""
    match = _OWN_TAIL.match(text, end)
    return match.end() if match else end


def reach_of(text: str, end: int) -> int:
    """Return the end of what belongs to a name: phases, blocks, 小区."""
    for _ in range(3):
        if text[end : end + 1] not in _REACH_FIRST:
            return end
        match = PHASE.match(text, end) or _TAIL.match(text, end)
        if match is None:
            return end
        end = match.end()
    return end


def is_used(text: str, end: int, reach: int) -> bool:
    """Say whether what follows is said of estates alone; towns and villages have inhabitants too."""
    owners = _OWNERS_ALONE if text[end - 1 : end] in _AREA_LAST else _OWNERS
    return reach > end or text.startswith(owners, end) or is_building(text, end)


def is_building(text: str, end: int) -> bool:
    """Say whether a number of a building follows: 9栋."""
    return text[end : end + 1] in BUILDING_FIRST and BUILDING.match(text, end) is not None


def is_named_after(text: str, end: int) -> bool:
    """Say whether what follows makes the name that of another thing."""
    return text[end : end + 1] in NAMED_AFTER_FIRST and NAMED_AFTER.match(text, end) is not None


def ends_well(text: str, end: int, reach: int) -> bool:
    """Say whether what follows leaves a weak name whole."""
    if reach > end or end == len(text) or not text[end].isalnum() or text[end] in _OPEN_RIGHT:
        return True
    return USE_AFTER.match(text, end) is not None or NEAR_AFTER.match(text, end) is not None
