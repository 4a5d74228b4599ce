"""Compiles a registry into the spellings by which its estates are named in messages. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from streams.estates.folding import fold
from streams.estates.lexicon import GENERIC_TAILS, PHASE, PHASE_LAST, SUFFIXES
from streams.estates.registry import Estate, Registry


class Spelling(IntEnum):
    """How a spelling came from a registry name; the lower, the nearer."""

    NAME = 0
    """The name or an alias as it stands."""
    BARE = 1
    """Without what stands in brackets, or with the brackets taken off."""
    PHASELESS = 2
    """Without phase or block: 万国城三期, 八方小区A区."""
    RENUMBERED = 3
    """Other digits: 湘江1号 for 湘江一号."""
    TAILLESS = 4
    """Without 小区 and the like."""
    UNBRANDED = 5
    """Without its developer or city in front."""
    DAMAGED = 6
    """As a source's replacements of single characters leave it: 楚樟家园 for 湘樟家园."""
    CLIPPED = 7
    """The end of a long name: 圣爵菲斯 of 金鹰城圣爵菲斯."""
    HEAD = 8
    """The beginning of a long name: 水木天成 of 水木天成颐和源."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One estate that a spelling may mean."""

    estate_id: str
    name: str
    """The registry's name or alias, as the registry writes it."""
    spelling: Spelling
    key: str = ""
    """The whole estate's folded name, without phase and 小区: equal for all its phases."""
    whole: bool = True
    """Whether the name is that of the whole estate, not of a phase."""


Spellings = Mapping[str, tuple[Reading, ...]]
"""Folded spelling -> the estates that it may mean, nearest first."""

_BRACKETS: Final = re.compile(r"\([^()]*\)?")
_TAILS: Final = frozenset(GENERIC_TAILS)
_SUFFIXES: Final = frozenset(SUFFIXES)
_LONGEST_ENDING: Final = max(map(len, _TAILS | _SUFFIXES))
_PHASE_END: Final = re.compile(f"(?:{PHASE.pattern})\\Z")
_NUMERALS: Final = dict(zip("一二三四五六七八九", "123456789", strict=True))
_NUMBERED: Final = re.compile(r"(?<![0-9一二三四五六七八九十])([1-9]|[一二三四五六七八九])(?=号|期|区|村|栋)")
_INSTITUTION: Final = re.compile(
    r"宿舍|单位房|公司|医院|学院|大学|研究|设计院|银行|[局厂部队校所]|[0-9]号|住宅楼"
)
"""Names of who owns the houses: a part of one is the owner, not the houses."""
_INSTITUTION_END: Final = re.compile(
    r"(?:[局厂所校]|医院|学院|研究院|设计院|法院|检察院|政府|中学|小学|大学|公司|银行|公园|街道|[路街巷镇乡]|大道)\Z"
)
_COMMON: Final = re.compile(
    r"商贸|农贸|保障|廉租|公租|经适|安置|居民|住房|住宅|建材|汽配|水果|服装|家具|学院|学生|公司|青年|单身|教师|教工|职工|员工|专家|人才|银行|医院|机关|干部|市民|居民"
    r"|政府|区委|市委|县委|省委|人民|国际|城市|中心|时代|商业|购物|文化|艺术|科技|教育|第[一二三四五六七八九十]|[0-9一二三四五六七八九十]"
    r"|[东南西北中新老大小]|星级|豪华|高级|精品|广场|大厦|市场|花园|家园|公寓|宿舍|小区|社区|新村|新城"
)
_OWNERS: Final = frozenset("院厂局所校队站市区县省社")
"""Who owns the houses, in one character: 院宿舍 is any institute's."""
_MIN_CLIP: Final = 4
_MIN_LONG: Final = 6
_MAX_SHARED: Final = 3
"""A clip of more names than this means none of them."""


def core(name: str) -> str:
    """Return what of a folded name is its own: without phase, 小区 and the suffix that many names share."""
    name = _without(_TAILS, _without_phase(name)) or name
    return _without(_SUFFIXES, name)


def _without_phase(name: str) -> str:
    return _PHASE_END.sub("", name) if name[-1:] in PHASE_LAST else name


def _without(endings: frozenset[str], name: str) -> str:
    """Return a name without the longest of these endings that it has."""
    for length in range(min(_LONGEST_ENDING, len(name)), 0, -1):
        if name[-length:] in endings:
            return name[:-length]
    return name


def is_generic(name: str) -> bool:
    """Say whether a folded name says only what kind of houses they are: 商贸城, 教师公寓."""
    own = core(name)
    return own in _OWNERS or len(_COMMON.sub("", own)) < min(2, len(own))


def is_institution(name: str) -> bool:
    """Say whether a folded name is one of an institution, a road or an area as well."""
    return _INSTITUTION_END.search(name) is not None


def base(name: str) -> str:
    """Return a folded name without brackets and phase."""
    bare = _BRACKETS.sub("", name) if "(" in name else name
    return _without_phase(bare) or bare


def own_name(folded: str) -> str:
    """Return a folded name without brackets, phase and 小区, where something is left."""
    name = base(folded)
    bare = name.removesuffix("小区").removesuffix("安置")
    return bare if len(bare) > 1 else name


def compile_spellings(registry: Registry, damage: Mapping[str, str] | None = None) -> Spellings:
    """Return every spelling of every estate.

    Args:
        registry: the estates.
        damage: single characters that a source has replaced, as `{written: meant}`.
    """
    names = [(estate, name) for estate in _ordered(registry) for name in (estate.name, *estate.aliases)]
    brands = brands_of(registry)
    found: dict[str, dict[tuple[str, str], Reading]] = {}
    for estate, name in names:
        key, whole = own_name(fold(name)), base(fold(name)) == fold(name)
        for text, spelling in _with_damage(_spellings(fold(name), brands), damage or {}):
            if len(text) > 1:
                reading = Reading(estate.id, name, spelling, key, whole)
                found.setdefault(text, {}).setdefault((estate.id, name), reading)
    return {text: kept for text, readings in found.items() if (kept := _nearest(readings.values()))}


def _ordered(registry: Registry) -> list[Estate]:
    return [registry.estates[estate_id] for estate_id in sorted(registry.estates)]


def _nearest(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Order by nearness; of clips keep none where they are shared too widely or a nearer reading exists."""
    ordered = sorted(readings, key=lambda reading: (reading.spelling, reading.estate_id, reading.name))
    nearest = ordered[0].spelling
    if nearest < Spelling.CLIPPED:
        return tuple(reading for reading in ordered if reading.spelling < Spelling.CLIPPED)
    shared = {base(fold(reading.name)) for reading in ordered}
    return tuple(ordered) if len(shared) <= _MAX_SHARED else ()


def _spellings(full: str, brands: frozenset[str]) -> Iterator[tuple[str, Spelling]]:
    """Yield the spellings of one folded name, nearest first."""
    yield full, Spelling.NAME
    bare = _BRACKETS.sub("", full)
    if bare != full:
        yield bare, Spelling.BARE
        yield full.replace("(", "").replace(")", ""), Spelling.BARE
    short = _without_phase(bare)
    if short != bare and len(short) > 2:
        yield short, Spelling.PHASELESS
    else:
        short = bare
    yield from ((text, Spelling.RENUMBERED) for text in _renumbered(bare))
    tailless = _without(_TAILS, short)
    if (
        tailless != short
        and len(tailless) > 1
        and not short.endswith("社区")
        and not _INSTITUTION.search(short)
    ):
        yield tailless, Spelling.TAILLESS
    yield from ((rest, Spelling.UNBRANDED) for rest in _unbranded(short, brands))
    yield from _clips(short)


def _renumbered(name: str) -> Iterator[str]:
    for match in _NUMBERED.finditer(name):
        numeral = match[1]
        other = _NUMERALS.get(numeral) or next(key for key, digit in _NUMERALS.items() if digit == numeral)
        yield name[: match.start()] + other + name[match.end() :]


def _unbranded(name: str, brands: frozenset[str]) -> Iterator[str]:
    for length in (2, 3, 4):
        rest = name[length:]
        if name[:length] in brands and len(rest) > 2 and not is_generic(rest):
            yield rest


def _clips(name: str) -> Iterator[tuple[str, Spelling]]:
    """Yield ends and beginnings of a long name that still say which it is."""
    if _INSTITUTION.search(name):
        return
    if len(name) == _MIN_LONG - 1 and len(core(name[2:])) > 1 and not is_generic(name[2:]):
        yield name[2:], Spelling.CLIPPED
    if len(name) < _MIN_LONG:
        return
    for length in (2, 3, 4):
        if len(name) - length >= _MIN_CLIP:
            if len(core(name[length:])) > 1 and not is_generic(name[length:]):
                yield name[length:], Spelling.CLIPPED
            if len(core(name[:-length])) > 2 or (
                name[-length:] in SUFFIXES and len(core(name[:-length])) > 1
            ):
                yield name[:-length], Spelling.HEAD


def brands_of(registry: Registry) -> frozenset[str]:
    """Return what names begin with and is not theirs: developers of several estates, and the city."""
    bases = [base(fold(name)) for e in registry.estates.values() for name in (e.name, *e.aliases)]
    heads = Counter(name[:length] for name in set(bases) for length in (2, 3, 4) if len(name) > length + 2)
    developers = Counter(
        head
        for estate in registry.estates.values()
        for length in (2, 3, 4)
        if (head := fold(estate.name)[:length]) and head in fold(estate.developer)
    )
    city = fold(registry.areas[registry.city_id].name).removesuffix("市")
    return frozenset({head for head, count in heads.items() if count >= 3 and developers[head] >= 2} | {city})


def _with_damage(
    spellings: Iterator[tuple[str, Spelling]], damage: Mapping[str, str]
) -> Iterator[tuple[str, Spelling]]:
    table = str.maketrans(
        {meant: written for written, meant in damage.items() if len(written) == len(meant) == 1}
    )
    for text, spelling in spellings:
        yield text, spelling
        damaged = text.translate(table)
        if damaged != text:
            yield damaged, max(spelling, Spelling.DAMAGED)
