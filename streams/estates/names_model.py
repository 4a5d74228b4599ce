"""How likely a string is the name of an estate, from the characters of a registry's names. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from streams.estates.variants import core

_UNSEEN: Final = 0.3
"""Count given to a character that no name has."""


class NamesModel:
    """Log-likelihood ratio of characters: in names of estates against in letters.

    Args:
        names: folded names of the registry.
        letters: how often a character stands in citizens' letters, per million.

    Attributes:
        ratios: the ratio of each character that either has, cut to -3..3; of any other it is 0.
    """

    def __init__(self, names: Iterable[str], letters: Mapping[str, float]) -> None:
        counts = Counter(char for name in names for char in core(name))
        total = sum(counts.values()) + 1
        rare = 1.0
        self._ratio = {
            char: math.log((counts.get(char, 0) + _UNSEEN) / total) - math.log(letters.get(char, rare) / 1e6)
            for char in counts.keys() | letters.keys()
        }
        self.ratios = {char: max(-3.0, min(3.0, ratio)) for char, ratio in self._ratio.items()}

    def likeness(self, name: str) -> tuple[float, float]:
        """Return the mean and the least log-likelihood ratio of a name's own characters, cut to -4..4."""
        own = core(name) or name
        ratios = [max(-4.0, min(4.0, self._ratio.get(char, 0.0))) for char in own]
        return sum(ratios) / len(ratios), min(ratios)
