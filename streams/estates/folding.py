"""How texts are folded before names are sought in them, and how places lead back to the original.

Folding makes spellings of one name equal: full width and half width, traditional and simplified
characters, capitals, 壹 and 一, spaces and dots inside a name. It is the same for registry names and for
messages, so that a name found in the folded message is the name as the registry folds it. Knows nothing
of registries; `names` holds the coarser key by which the registry's own rows are compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from opencc import OpenCC

JOINERS: Final = " \t\r\v\f\u00a0\u2002\u2003\u3000\u200b\u200c\u200d\ufeff.·•・‧∙⋅．●"
"""Dropped wherever they stand: people put them into names and leave them out (万科.魅力之城)."""
_CJK: Final = range(0x3400, 0xA000)
_SURROGATES: Final = range(0xD800, 0xE000)


def _folding() -> dict[int, str | None]:
    """Return the character table of `str.translate`: one to one, or dropped."""
    table: dict[int, str | None] = {}
    for code in range(0x21, 0x10000):
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        if len(plain) == 1 and plain != chr(code):
            table[code] = plain
    chinese = [chr(code) for code in _CJK]
    simple = OpenCC("t2s").convert("\n".join(chinese)).split("\n")
    table.update({ord(a): b for a, b in zip(chinese, simple, strict=True) if a != b and len(b) == 1})
    table[ord("壹")] = "一"
    table.update(dict.fromkeys(_SURROGATES, "\ufffd"))  # the automaton takes no lone surrogates
    table.update({code: None for code in range(0x20) if code != 0x0A})
    table.update({ord(char): None for char in JOINERS})
    return table


_TABLE: Final = _folding()


def fold(text: str) -> str:
    """Return the text with all spellings that mean the same made equal. Idempotent."""
    return text.translate(_TABLE)


class Folder:
    """Folds messages of a source, seeing through what the source has replaced in them.

    Args:
        replacements: what the source wrote in place of words, e.g. `{"A5区": "雨花区"}` of an anonymised
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
        if self._pattern is not None:
            text = self._pattern.sub(self._meant, text)
        return text.translate(_TABLE)

    def origins(self, text: str) -> list[tuple[int, int]]:
        """Return for each character of `fold(text)` the half-open span of `text` that it comes from."""
        origins: list[tuple[int, int]] = []
        for start, end, piece in self._pieces(text):
            for offset, char in enumerate(piece):
                if char.translate(_TABLE):
                    origins.append((start, end) if end >= 0 else (start + offset, start + offset + 1))
        return origins

    def _meant(self, match: re.Match[str]) -> str:
        return self._words[match[0]]

    def _pieces(self, text: str) -> list[tuple[int, int, str]]:
        """Cut the text into kept pieces (end -1: one to one) and replaced words (the whole span)."""
        pieces: list[tuple[int, int, str]] = []
        at = 0
        for match in self._pattern.finditer(text) if self._pattern is not None else ():
            pieces.append((at, -1, text[at : match.start()]))
            pieces.append((match.start(), match.end(), self._words[match[0]]))
            at = match.end()
        pieces.append((at, -1, text[at:]))
        return pieces
