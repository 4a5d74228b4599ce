"""Seeded chance: one independent stream for each concern, so that a new draw in one moves no other.

`random.Random` and not numpy: its streams have stayed the same over Python versions, and the example district
is compared byte for byte.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import accumulate

Chance = random.Random


def chance_of(seed: int, concern: str) -> Chance:
    """Return the stream of draws of one concern under one seed."""
    return random.Random(f"{seed}/{concern}")  # noqa: S311  (made-up data, no secrets)


class Weighted:
    """Draws indices in proportion to fixed weights; cumulated once, since a district draws thousands."""

    def __init__(self, weights: Sequence[float]) -> None:
        self._indices = range(len(weights))
        self._cumulated = list(accumulate(weights))

    def draw(self, chance: Chance, count: int) -> list[int]:
        """Return `count` indices, with repetition."""
        return chance.choices(self._indices, cum_weights=self._cumulated, k=count)
