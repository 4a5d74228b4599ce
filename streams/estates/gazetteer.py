"""What a registry says of its city beside its estates: the areas and places that its addresses name. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from streams.estates.folding import fold
from streams.estates.lexicon import PLACE_WORDS
from streams.estates.registry import Registry
from streams.estates.variants import base

_ADDRESS_PARTS: Final = re.compile(r"\(([^()]{2,12})\)|^([^\-()0-9]{2,6})-([^\-()0-9]{2,8})-")
_ROAD: Final = re.compile(r"([一-鿿]{2,5}?(?:路|大道|街|巷))")
_AREA_SUFFIX: Final = re.compile(r"(?<=..)(?:街道|社区|新区|[区县市镇乡村])\Z")
_MIN_SEEN: Final = 2
_MIN_SUFFIX: Final = 6
_PLAIN: Final = re.compile(r"[一-鿿]*(?<![一二三四五六七八九十号期区楼路街巷局所司院厂校店场目房舍段])")


def short(area_name: str) -> str:
    """Return an area's name without 区, 街道 and the like: 雨花 for 雨花区."""
    return _AREA_SUFFIX.sub("", area_name)


def areas(registry: Registry) -> dict[str, tuple[str, ...]]:
    """Return for each folded name of an area, whole and short, the ids of the areas that bear it."""
    found: dict[str, set[str]] = {}
    for area in registry.areas.values():
        for name in map(fold, (area.name, *area.aliases)):
            for form in {name, short(name)}:
                if len(form) > 1:
                    found.setdefault(form, set()).add(area.id)
    return {name: tuple(sorted(ids)) for name, ids in found.items()}


def places(registry: Registry) -> frozenset[str]:
    """Return the folded names of areas and of the neighbourhoods that estates' addresses begin with."""
    known = set(areas(registry))
    seen: Counter[str] = Counter()
    for estate in registry.estates.values():
        seen.update(set(_neighbourhoods(fold(estate.address), known)))
    return frozenset(known | {place for place, count in seen.items() if count >= _MIN_SEEN})


def suffixes(registry: Registry) -> frozenset[str]:
    """Return what the names of this registry often end with."""
    names = {base(fold(estate.name)) for estate in registry.estates.values()}
    seen = Counter(name[-2:] for name in names if len(name) > 3)
    return frozenset(
        end for end, count in seen.items() if count >= _MIN_SUFFIX and _PLAIN.fullmatch(end)
    ) - set(PLACE_WORDS)


def roads(address: str) -> frozenset[str]:
    """Return the roads that a folded address names."""
    return frozenset(_ROAD.findall(address))


def _neighbourhoods(address: str, known: set[str]) -> Iterator[str]:
    for match in _ADDRESS_PARTS.finditer(address):
        for part in filter(None, match.groups()):
            yield part
            yield from (
                part[len(area) :] for area in known if part.startswith(area) and len(part) > len(area) + 1
            )
