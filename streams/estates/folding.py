"""How texts are folded before names are sought in them, and how places lead back to the original.

Folding makes spellings of one name equal: full width and half width, traditional and simplified
characters, capitals, 壹 and 一, spaces and dots inside a name. It is the same for registry names and for
messages, so that a name found in the folded message is the name as the registry folds it. Knows nothing
of registries; `names` holds the coarser key by which the registry's own rows are compared.

A table look-up by numpy folds 220 characters in 5 µs, where `str.translate` with a table takes 34.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
from opencc import OpenCC

JOINERS: Final = " \t\r\v\f\u00a0\u2002\u2003\u3000\u200b\u200c\u200d\ufeff.·•・‧∙⋅．●"
"""Dropped wherever they stand: people put them into names and leave them out (万科.魅力之城)."""
_CJK: Final = range(0x3400, 0xA000)
_SURROGATES: Final = slice(0xD800, 0xE000)
_UNKNOWN: Final = "\ufffd"
_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")

Units = npt.NDArray[np.uint16]
Offsets = npt.NDArray[np.intp]


def _folding() -> Units:
    """Return for each character of the basic plane what it folds to; 0: dropped."""
    table = np.arange(0x10000, dtype=np.uint16)
    for code in range(0x21, 0x10000):
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        if len(plain) == 1 and ord(plain) < 0x10000:
            table[code] = ord(plain)
    chinese = [chr(code) for code in _CJK]
    simple = OpenCC("t2s").convert("\n".join(chinese)).split("\n")
    for char, other in zip(chinese, simple, strict=True):
        if len(other) == 1 and ord(other) < 0x10000:
            table[ord(char)] = ord(other)
    table[ord("壹")] = ord("一")
    table[_SURROGATES] = ord(_UNKNOWN)  # the automaton takes no lone surrogates
    dropped = {*range(0x20), *map(ord, JOINERS)} - {ord("\n")}
    table[list(dropped)] = 0
    return table


_TABLE: Final = _folding()


def _units(text: str) -> Units:
    """Return the characters of a text as numbers; characters beyond the basic plane as one unknown each."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    if len(units) == len(text):
        return units
    return np.frombuffer(_ASTRAL.sub(_UNKNOWN, text).encode("utf-16-le", "surrogatepass"), dtype=np.uint16)


def _fold_units(units: Units) -> str:
    folded = _TABLE[units]
    return str(folded[folded != 0].tobytes(), "utf-16-le")


def fold(text: str) -> str:
    """Return the text with all spellings that mean the same made equal. Idempotent."""
    return _fold_units(_units(text))


class Folder:
    """Folds messages of a source, seeing through what the source has replaced in them.

    Args:
        replacements: what the source wrote in place of words, e.g. `{"A5区": "雨花"}` of an anonymised
            source: word found -> word meant. Single characters are left to the registry compiler, which
            adds the damaged spelling of each name: replacing them here would damage other words.
    """

    def __init__(self, replacements: Mapping[str, str] | None = None) -> None:
        words = {found: meant for found, meant in (replacements or {}).items() if len(found) > 1}
        self._words = words
        longest_first = sorted(words, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if words else None

    def fold(self, text: str) -> str:
        """Return the folded text, replacements undone."""
        return fold(self._replaced(text))

    def origins(self, text: str) -> tuple[Offsets, Offsets]:
        """Return for each character of `fold(text)` where it begins and ends in `text`."""
        kept = np.flatnonzero(_TABLE[_units(self._replaced(text))])
        starts, ends = self._offsets(text)
        return starts[kept], ends[kept]

    def _replaced(self, text: str) -> str:
        return text if self._pattern is None else self._pattern.sub(self._meant, text)

    def _meant(self, match: re.Match[str]) -> str:
        return self._words[match[0]]

    def _offsets(self, text: str) -> tuple[Offsets, Offsets]:
        """Return for each character of the text with replacements undone its span in the text."""
        starts: list[Offsets] = []
        ends: list[Offsets] = []
        at = 0
        for match in self._pattern.finditer(text) if self._pattern is not None else ():
            starts.append(np.arange(at, match.start()))
            ends.append(np.arange(at + 1, match.start() + 1))
            length = len(self._words[match[0]])
            starts.append(np.full(length, match.start()))
            ends.append(np.full(length, match.end()))
            at = match.end()
        starts.append(np.arange(at, len(text)))
        ends.append(np.arange(at + 1, len(text) + 1))
        return np.concatenate(starts), np.concatenate(ends)
