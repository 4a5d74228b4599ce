"""Recognises names that are written a little wrong: sound, order of characters, one character off. Pure.

A near name is only believed where no second estate is as near, and where the part of the name that is its
own (without 小区, 花园 and the like) is long enough that one wrong character leaves no doubt.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from pypinyin.pinyin_dict import pinyin_dict

from streams.estates.variants import Reading, Spelling, Spellings, core, is_institution, own_name

HOMOPHONE: Final = "homophone"
WORD_ORDER: Final = "word_order"
TYPO: Final = "typo"
_TONES: Final = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuuuuuunnnm")
_REMEMBERED: Final = 65_536
_MIN_SOUND: Final = 3
_MIN_TYPO: Final = 4
_TAILS: Final = frozenset("园苑院圆元源")
"""Taken for one another at the end of a name (融城园, 融城苑)."""


@lru_cache(maxsize=32768)
def syllable(char: str) -> str:
    """Return the first reading of a character without its tone; the character itself where it has none."""
    readings = pinyin_dict.get(ord(char))
    return readings.split(",")[0].translate(_TONES) if readings else char


def sound(name: str) -> str:
    """Return how a name sounds, without tones."""
    return " ".join(map(syllable, name))


class NearNames:
    """Finds the one estate whose name is nearly the given one; built once, never changed."""

    def __init__(self, spellings: Spellings) -> None:
        self._spellings = spellings
        self._by_sound: dict[str, set[str]] = {}
        self._by_characters: dict[str, set[str]] = {}
        self._by_deletion: dict[str, set[str]] = {}
        # Letters name the same estates, and say the same words, again and again.
        self._found = lru_cache(maxsize=_REMEMBERED)(self._find)
        for name, readings in spellings.items():
            told = readings[0].spelling < Spelling.CLIPPED and not is_institution(name)
            if told and len(name) >= _MIN_SOUND:
                self._index(name)

    def find(self, name: str, *, strict: bool = False) -> tuple[tuple[Reading, ...], str] | None:
        """Return what a name that the registry lacks may be a misspelling of, and how; None: of nothing.

        Args:
            name: folded.
            strict: believe a typo only where four other characters are right: nothing else says that
                a name stands here.
        """
        return self._found(name, strict)

    def _find(self, name: str, strict: bool) -> tuple[tuple[Reading, ...], str] | None:
        name = own_name(name)
        if len(name) < _MIN_SOUND:
            return None
        if (exact := self._spellings.get(name)) is not None:
            clipped = exact[0].spelling >= Spelling.CLIPPED
            return None if strict or clipped else (exact, TYPO)
        for names, rule in self._candidates(name):
            if strict and rule == TYPO and len(name) <= _MIN_TYPO:
                continue
            if names and (readings := self._one_estate(names)):
                return readings, rule
        return None

    def _index(self, name: str) -> None:
        self._by_sound.setdefault(sound(name), set()).add(name)
        self._by_characters.setdefault("".join(sorted(name)), set()).add(name)
        if len(name) >= _MIN_TYPO:
            for key in _deletions(name):
                self._by_deletion.setdefault(key, set()).add(name)

    def _candidates(self, name: str) -> Iterator[tuple[set[str], str]]:
        yield self._by_sound.get(sound(name), set()), HOMOPHONE
        yield self._by_characters.get("".join(sorted(name)), set()), WORD_ORDER
        if name[-1] in _TAILS:
            yield {n for tail in _TAILS if (n := name[:-1] + tail) in self._spellings}, TYPO
        if len(name) >= _MIN_TYPO - 1:
            yield set(self._one_off(name)), TYPO
        if len(own := core(name)) >= _MIN_SOUND and own in self._spellings:
            yield {own}, TYPO

    def _one_off(self, name: str) -> Iterator[str]:
        """Yield the names that one insertion, deletion or substitution leads to."""
        nearby = set(self._by_deletion.get(name, ()))
        for key in _deletions(name):
            nearby |= self._by_deletion.get(key, set())
            if key in self._spellings and len(key) >= _MIN_TYPO:
                nearby.add(key)
        for other in nearby:
            if (
                _distance_is_one(name, other)
                and len(core(other)) > 2
                and core(other)[:1]
                and _same_kind(name, other)
            ):
                yield other

    def _one_estate(self, names: set[str]) -> tuple[Reading, ...]:
        """Return the readings of these names if they are names of one estate, else none."""
        readings = [reading for name in sorted(names) for reading in self._spellings.get(name, ())]
        same = len({reading.estate_id for reading in readings}) == 1 or len(names) == 1
        return tuple(readings) if same else ()


_DISTINCT: Final = frozenset("一二三四五六七八九十0123456789东南西北中上下左右前后新老大小abcdefgh")
"""Characters that tell neighbours apart: 东苑 is not 西苑."""


def _same_kind(name: str, other: str) -> bool:
    """Say that the difference is no number or direction."""
    return not (set(name) ^ set(other)) <= _DISTINCT


def _deletions(name: str) -> Iterator[str]:
    return (name[:i] + name[i + 1 :] for i in range(len(name)))


def _distance_is_one(a: str, b: str) -> bool:
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and short in set(_deletions(long))
