"""Recognises names that are written a little wrong: sound, order of characters, one character off. Pure.

A near name is only believed where no second estate is as near, and where the part of the name that is its
own (without 小区, 花园 and the like) is long enough that one wrong character leaves no doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from pypinyin.pinyin_dict import pinyin_dict

from streams.estates.variants import Reading, Spelling, Spellings, core, is_generic, is_institution, own_name

HOMOPHONE: Final = "homophone"
WORD_ORDER: Final = "word_order"
TYPO: Final = "typo"
CLIP: Final = "clip"
_TONES: Final = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuuuuuunnnm")
_REMEMBERED: Final = 32_768
"""Names whose near names are kept, a megacity's: a city's letters name the same estates again and again."""
_MIN_SOUND: Final = 3
_MIN_TYPO: Final = 4
_TAILS: Final = frozenset("园苑院圆元源")
"""Taken for one another at the end of a name (融城园, 融城苑)."""


class _Sounds(dict[str, int]):
    """Character -> a number that stands for how it sounds, without tones; equal for equal sounds.

    The numbers are hashes, so that sums of them hardly ever agree by chance; the same in every process.
    """

    def __missing__(self, char: str) -> int:
        readings = pinyin_dict.get(ord(char))
        syllable = readings.split(",")[0].translate(_TONES) if readings else char
        self[char] = number = int.from_bytes(blake2b(syllable.encode(), digest_size=7).digest())
        return number


Index = dict[int, tuple[str, ...]]


class NearNames:
    """Finds the one estate whose name is nearly the given one; built once, never changed.

    A name's key is the sum of its sounds: equal for names that sound the same, and for those whose
    characters are in another order; with one sound taken off, for those that differ in one character. A
    dozen look-ups so tell most names that are near none; what they find is then compared by its characters.
    """

    def __init__(self, spellings: Spellings) -> None:
        self._spellings = spellings
        self._sounds = _Sounds()
        self._heads = {name[:_MIN_SOUND] for name in spellings if len(name) >= _MIN_SOUND}
        self._index: Index = {}
        for name, readings in spellings.items():
            if len(name) >= _MIN_SOUND:
                is_told = readings[0].spelling < Spelling.CLIPPED and not is_institution(name)
                self._add(name, is_told)
        self.find = lru_cache(maxsize=_REMEMBERED)(self._find)

    def _find(self, name: str, *, strict: bool = False) -> tuple[tuple[Reading, ...], str] | None:
        """Return what a name that the registry lacks may be a misspelling of, and how; None: of nothing.

        Args:
            name: folded.
            strict: believe a typo only where four other characters are right: nothing else says that
                a name stands here.
        """
        name = own_name(name)
        if len(name) < _MIN_SOUND:
            return None
        if (exact := self._spellings.get(name)) is not None:
            if strict or is_generic(name):
                return None
            return exact, CLIP if exact[0].spelling >= Spelling.CLIPPED else TYPO
        sounds = [self._sounds[char] for char in name]
        key, index = sum(sounds), self._index
        keys = [near for near in (key, *[key - sound for sound in sounds]) if near in index]
        for names, rule in self._candidates(name, key, keys) if keys else self._shortened(name):
            if strict and rule == TYPO and len(name) <= _MIN_TYPO:
                continue
            if names and (readings := self._one_estate(names)):
                return readings, rule
        return None

    def may_begin(self, text: str) -> bool:
        """Say whether a near name may begin with a text, whatever its length: no is sure, yes is not."""
        if text[:_MIN_SOUND] in self._heads or "(" in text:
            return True
        sounds, index = [self._sounds[char] for char in text], self._index
        key = sum(sounds[: _MIN_SOUND - 1])
        for size in range(_MIN_SOUND, len(sounds) + 1):
            key += sounds[size - 1]
            if key in index or any(key - sound in index for sound in sounds[:size]):
                return True
        return False

    def _add(self, name: str, is_told: bool) -> None:
        """Index a spelling: all keys that may lead to it, but itself only if it may be meant."""
        sounds = [self._sounds[char] for char in name]
        key, told = sum(sounds), (name,) if is_told else ()
        keys = {key}
        if is_told and len(name) >= _MIN_TYPO:
            keys.update(key - sound for sound in sounds)
        elif name[-1] in _TAILS:
            keys.add(key - sounds[-1])
        for near in keys:
            self._index[near] = self._index.get(near, ()) + told

    def _candidates(self, name: str, key: int, keys: Sequence[int]) -> Iterator[tuple[Iterable[str], str]]:
        if alike := [other for other in self._index.get(key, ()) if len(other) == len(name)]:
            yield [other for other in alike if self._is_homophone(name, other)], HOMOPHONE
            yield [other for other in alike if sorted(other) == sorted(name)], WORD_ORDER
        if name[-1] in _TAILS:
            yield {n for tail in _TAILS if (n := name[:-1] + tail) in self._spellings}, TYPO
        yield self._one_off(name, keys), TYPO
        yield from self._shortened(name)

    def _shortened(self, name: str) -> Iterator[tuple[Iterable[str], str]]:
        """Yield the name without its suffix, where the registry has it so: 魅力城家园 for 魅力城."""
        if (
            name[:_MIN_SOUND] in self._heads
            and len(own := core(name)) >= _MIN_SOUND
            and own in self._spellings
        ):
            yield (own,), TYPO

    def _is_homophone(self, name: str, other: str) -> bool:
        """Say whether two names sound the same, and some character is right: 请合里 is not 庆和里."""
        return all(
            self._sounds[one] == self._sounds[two] for one, two in zip(name, other, strict=True)
        ) and sum(one == two for one, two in zip(name, other, strict=True)) * 3 >= len(name)

    def _one_off(self, name: str, keys: Iterable[int]) -> set[str]:
        """Return the names that one insertion, deletion or substitution leads to."""
        nearby = {other for key in keys for other in self._index[key] if len(other) >= _MIN_TYPO}
        nearby.update(key for key in _deletions(name) if len(key) >= _MIN_TYPO and key in self._spellings)
        return {
            other
            for other in nearby
            if _distance_is_one(name, other)
            and len(core(other)) > 2
            and _same_kind(name, other)
            and not is_generic(other)
        }

    def _one_estate(self, names: Iterable[str]) -> tuple[Reading, ...]:
        """Return the readings of these names if they are names of one estate, else none."""
        names = sorted(names)
        readings = [reading for name in names for reading in self._spellings.get(name, ())]
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
