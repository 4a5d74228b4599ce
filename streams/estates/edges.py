"""Says how surely a name may begin at each place of a text, for a whole batch at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from streams.estates.folding import Sheet
from streams.estates.names_model import NamesModel
from streams.estates.pairs import CHARACTERS, PairTable

Bytes = npt.NDArray[np.uint8]


class Edge(IntEnum):
    """How surely a name begins here."""

    SOFT = 0
    """Glued to other characters: it may be the end of another name."""
    WORD = 1
    """After a word that precedes names."""
    PLACE = 2
    """After a place of the city, a district, a road."""
    HARD = 3
    """After punctuation, or at the beginning."""


_PLACE_ENDS: Final = "区县市镇乡路街道号"
_FOREIGN: Final = -1.2
"""Log-likelihood ratio below which a character is taken for none of a name."""
_LONGER: Final = 4
"""Beside the edge of a pair: longer words end with it too."""


class EdgeFinder:
    """Finds the edges of texts by the words after which names begin; built once, never changed.

    Args:
        words: folded word -> the edge behind it.
        model: how names of the registry look.
    """

    def __init__(self, words: Mapping[str, Edge], model: NamesModel) -> None:
        self._after = _after_character(words)
        self._foreign = _foreign(model)
        longer = {word: int(edge) for word, edge in words.items() if len(word) > 1}
        pairs = {word[-2:]: 0 for word in longer}
        for word, edge in longer.items():
            pairs[word[-2:]] |= edge if len(word) == 2 else _LONGER
        self._pairs = PairTable(pairs)
        self._longer = {word: edge for word, edge in longer.items() if len(word) > 2}
        self._lengths: dict[str, set[int]] = {}
        """Last two characters -> lengths of the longer words that end so."""
        for word in self._longer:
            self._lengths.setdefault(word[-2:], set()).add(len(word))

    def mark(self, sheet: Sheet) -> None:
        """Set the edges of a sheet: by words alone, and by strange characters too."""
        units, edges = sheet.units, np.empty(len(sheet.units), dtype=np.uint8)
        edges[0] = Edge.HARD
        before = units[:-1]
        edges[1:] = self._after[before]
        latin = (before < 0x80) & (units[1:] >= 0x80)
        np.maximum(edges[1:], latin, out=edges[1:])
        self._raise_behind_words(edges, sheet)
        wide = edges.copy()
        np.maximum(wide[1:], self._foreign[before], out=wide[1:])
        sheet.edges, sheet.wide_edges = edges.tobytes(), wide.tobytes()

    def _raise_behind_words(self, edges: Bytes, sheet: Sheet) -> None:
        """Raise the edges behind words of two and more characters, found by the last two of them."""
        found, behind = self._pairs.look(sheet.units)[:-1], edges[2:]
        np.maximum(behind, found & 3, out=behind, casting="unsafe")
        for at in np.flatnonzero((found >= _LONGER) & (behind < Edge.PLACE)).tolist():
            behind[at] = max(behind[at], self._longest(sheet.text, at + 2))

    def _longest(self, text: str, end: int) -> int:
        """Return the edge behind the words of three and more characters that end here."""
        lengths = self._lengths[text[end - 2 : end]]
        return max([self._longer.get(text[end - length : end], 0) for length in lengths])


def _after_character(words: Mapping[str, Edge]) -> Bytes:
    soft, hard = int(Edge.SOFT), int(Edge.HARD)
    table = np.array([soft if chr(code).isalnum() else hard for code in range(CHARACTERS)], np.uint8)
    for word, edge in words.items():
        if len(word) == 1:
            table[ord(word)] = max(table[ord(word)], edge)
    for char in _PLACE_ENDS:
        table[ord(char)] = Edge.PLACE
    return table


def _foreign(model: NamesModel) -> Bytes:
    """Return for each character `Edge.WORD` where hardly any name has it."""
    table = np.zeros(CHARACTERS, dtype=np.uint8)
    for char, ratio in model.ratios.items():
        if ratio < _FOREIGN and ord(char) < CHARACTERS:
            table[ord(char)] = Edge.WORD
    return table
