"""When two names may be one estate's. Names alone never decide: `merge` asks for nearness besides.

The core of a name is what is left without phase, zone and bracket: 国际花都六期 and 国际花都(二期) are phases
of 国际花都. Beyond the core, these differences are known:

    brand      福晟钱隆世家 / 钱隆世家           one begins with more: a developer, a village
    kind       阳光丽城 / 阳光丽城小区           one ends with more, which only says that it is an estate
    sound      珠江郦城 / 珠江俪城               written differently, read alike
    abridged   湖南省机床厂宿舍 / 机床厂宿舍      one leaves characters out

湘江世纪城 and 湘江世纪城融江苑 are not kin: what 融江苑 adds is a name.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from pypinyin import lazy_pinyin

from streams.estates.names import normalise

_BRACKETED: Final = re.compile(r"\(([^()]*)\)?|\[[^\[\]]*\]?|【[^【】]*】?")
_COUNT: Final = "[一二三四五六七八九十\\d]"
_PART: Final = rf"(?:第?(?:{_COUNT}{{1,3}}[、,]?){{1,4}}期|[a-z]\d?[区栋座]|[东南西北中]区|{_COUNT}{{1,2}}区)"
_PARTS_AT_END: Final = re.compile(rf"(?<=...)(?:{_PART})+$")
_KIND: Final = (
    "(?:住宅|安置|商住|还建|廉租|经济适用|职工|单位|集体|家属|教师|老)?"
    "(?:小区|社区|区|房|楼|楼盘|楼栋|花园|花苑|公寓|大厦|宿舍|宿舍区|宿舍楼|家园|别墅|院|大院|住宅|商铺)"
)
_KINDS_AT_END: Final = re.compile(rf"(?:{_PART}|{_KIND}|[a-z]{{2,6}})+")
_TELLS_APART: Final = re.compile(r"[东南西北中上下前后新老大小内外甲乙丙丁一二三四五六七八九十\da-z]")
_NUMERALS: Final = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
_ARABIC: Final = dict(zip("一二三四五六七八九", "123456789", strict=True))
_MIN_CORE: Final = 3
_LONGEST_BRAND: Final = 6


class Kin(StrEnum):
    """In what two cores differ."""

    BRAND = "brand"
    KIND = "kind"
    SOUND = "sound"
    ABRIDGED = "abridged"


def in_brackets(name: str) -> tuple[str, ...]:
    """Return what stands in brackets in a name: 岳麓 of 青青家园(岳麓)."""
    return tuple(inner for inner in _BRACKETED.findall(normalise(name)) if inner)


def core(name: str) -> str:
    """Return the name without brackets, phase and zone, numerals written one way; never empty."""
    whole = normalise(name).translate(_NUMERALS)
    bare = _BRACKETED.sub("", whole) or whole
    bare = re.sub("([一二三四五六七八九])(?=号)", lambda numeral: _ARABIC[numeral[1]], bare)
    return _PARTS_AT_END.sub("", bare) or bare


def kinship(one: str, other: str) -> Kin | None:
    """Return in what two different cores differ, if they can be one estate's; None where they cannot."""
    short, long = sorted((one, other), key=len)
    if len(short) < _MIN_CORE or short == long:
        return None
    if len(short) == len(long):
        return Kin.SOUND if _read_alike(short, long) else None
    if long.startswith(short):
        return Kin.KIND if _KINDS_AT_END.fullmatch(long, len(short)) else None
    if long.endswith(short):
        brand = long[: -len(short)]
        told_apart = len(brand) == 1 and _TELLS_APART.match(brand)
        return Kin.BRAND if len(brand) <= _LONGEST_BRAND and not told_apart else None
    return Kin.ABRIDGED if _is_abridged(short, long) else None


def _read_alike(one: str, other: str) -> bool:
    if sum(a != b for a, b in zip(one, other, strict=True)) > 2:
        return False
    return not _only_differ_in_marks(one, other) and _reading(one) == _reading(other)


def _only_differ_in_marks(one: str, other: str) -> bool:
    """Return whether a difference tells parts apart: 东苑 and 西苑, A and B."""
    pairs = ((a, b) for a, b in zip(one, other, strict=True) if a != b)
    return any(_TELLS_APART.match(a) and _TELLS_APART.match(b) for a, b in pairs)


@lru_cache(maxsize=65536)
def _reading(text: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(text))


def _is_abridged(short: str, long: str) -> bool:
    """Return whether the short name leaves out characters of the long one, none of which tell parts apart."""
    if len(short) < 4 or short[-1] != long[-1]:
        return False
    left_out: list[str] = []
    wanted = iter(short)
    want = next(wanted, "")
    for char in long:
        if char == want:
            want = next(wanted, "")
        else:
            left_out.append(char)
    return not want and len(left_out) <= 3 and not any(_TELLS_APART.match(char) for char in left_out)
