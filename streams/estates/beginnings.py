"""Says where a name may begin that ends at a given place, for many places at once. Pure.

Characters that names of this registry are made of speak for going on to the left, others against it; a place
where names begin is worth some characters, and costs as much to pass over.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from streams.estates.lexicon import NEVER_FIRST, NEVER_NAMES
from streams.estates.names_model import NamesModel
from streams.estates.pairs import CHARACTERS, Units

LONGEST_UNKNOWN: Final = 10
_FUNCTION: Final = (
    "的了是在有们我你他她它这那该被把给让将但就也都或而因由从向对"
    "没未曾不很太最更已还又再才只并且若则所着么吗呢吧啊请问说到"
)
"""Characters of grammar: hardly any estate's name has one."""
_POINTING: Final = (
    "本",
    "该",
    "贵",
    "某",
    "各",
    "每",
    "我们",
    "你们",
    "他们",
    "这个",
    "那个",
    "整个",
    "同一",
)
"""What stands before 小区 in place of a name, whatever stands before it: 投诉本小区."""
_EDGE_WORTH: Final = np.array((0.0, 2.5, 6.0, 6.0))
"""What each `Edge` is worth, in log-likelihood: chosen on the tuning half."""
_LEAST: Final = 0.0
_TRIED: Final = 3


class Beginnings:
    """Finds beginnings of names by one registry's characters; built once, never changed.

    Args:
        model: how names of the registry look.
    """

    def __init__(self, model: NamesModel) -> None:
        self._ratios = np.zeros(CHARACTERS)
        for char, ratio in model.ratios.items():
            if ord(char) < CHARACTERS:
                self._ratios[ord(char)] = ratio
        self._is_open = np.array([chr(code).isalnum() for code in range(CHARACTERS)])
        self._is_open[[ord(char) for char in _FUNCTION]] = False

    def find(
        self, text: str, units: Units, edges: bytes, spans: Sequence[tuple[int, int]]
    ) -> list[list[int]]:
        """Return for each span where a name may begin that ends with it, the likeliest first.

        Args:
            text: of all messages.
            units: the same as numbers.
            edges: how surely a name begins at each character.
            spans: where the name's own part ends, and where the name ends: after 小区 they differ.
        """
        if not spans:
            return []
        stops, ends = np.array(spans, dtype=np.intp).T
        shortest = np.where(stops == ends, 2, 3)
        worths = np.frombuffer(edges, dtype=np.uint8)
        alive, likeness = np.arange(len(stops)), np.zeros(len(stops))
        found: list[list[tuple[float, int]]] = [[] for _ in spans]
        for size in range(1, LONGEST_UNKNOWN):
            starts = stops[alive] - size
            is_open = self._is_open[units[starts]]
            alive, starts = alive[is_open], starts[is_open]
            edge = _EDGE_WORTH[worths[starts]]
            likeness[alive] += self._ratios[units[starts]]
            worth = likeness[alive] + edge
            likeness[alive] -= edge
            likely = (worth > _LEAST) & (ends[alive] - starts >= shortest[alive])
            for number, start, value in zip(
                alive[likely].tolist(), starts[likely].tolist(), worth[likely].tolist(), strict=True
            ):
                if text[start] not in NEVER_FIRST or not is_never(text[start : spans[number][0]]):
                    found[number].append((-value, -start))
        return [
            [-start for _, start in sorted(likely_)[:_TRIED]]
            if likely_ and not text.endswith(_POINTING, 0, stop)
            else []
            for likely_, (stop, _) in zip(found, spans, strict=True)
        ]


@lru_cache(maxsize=4096)
def is_never(text: str) -> bool:
    """Say whether a text is made of words alone that stand before 小区 without being a name."""
    stops = {len(text)}
    for start in range(len(text) - 1, -1, -1):
        if any(text[start:stop] in NEVER_NAMES for stop in stops):
            stops.add(start)
    return 0 in stops
