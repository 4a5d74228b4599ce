"""Which faults a run meets, and when: drawn from a seed. Pure.

Kinds are dealt from a shuffled deck, so that a few runs meet all of them and chance still decides which of
them meet each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from producers.sources.synthetic.chance import Chance, chance_of

FAULTS_A_RUN: Final = 4
STRAYS_A_RUN: Final = 2
FIRST_SECOND: Final = 1.0
LAST_SECOND: Final = 11.0


@dataclass(frozen=True)
class Planned:
    """A fault that is to happen."""

    kind: str
    at_seconds: float
    """After the first record of the run was published."""
    seed: int
    """Of all that the fault itself draws."""

    def chance(self) -> Chance:
        """Return the fault's own draws."""
        return chance_of(self.seed, self.kind)


class Deck:
    """Deals kinds; each comes once before any comes again."""

    def __init__(self, kinds: Sequence[str], chance: Chance) -> None:
        """Take the kinds; they are shuffled here and whenever all were dealt."""
        self._kinds = kinds
        self._chance = chance
        self._left: list[str] = []

    def deal(self, count: int) -> Iterator[str]:
        """Yield so many kinds."""
        for _ in range(count):
            if not self._left:
                self._left = self._chance.sample(self._kinds, len(self._kinds))
            yield self._left.pop()


class Schedule:
    """The runs of one seed, one after another.

    Args:
        seed: the same one and the same kinds give the same runs.
        faults: kinds that befall the platform.
        strays: kinds that come in with the input.
    """

    def __init__(self, seed: int, faults: Sequence[str], strays: Sequence[str]) -> None:
        self._seed = seed
        self._faults = Deck(faults, chance_of(seed, "faults"))
        self._strays = Deck(strays, chance_of(seed, "strays"))
        self._number = 0

    def next_run(self) -> list[Planned]:
        """Return the faults of the next run, in order of time."""
        self._number += 1
        chance = chance_of(self._seed, f"run {self._number}")
        kinds = [*self._faults.deal(FAULTS_A_RUN), *self._strays.deal(STRAYS_A_RUN)]
        planned = [
            Planned(kind, round(chance.uniform(FIRST_SECOND, LAST_SECOND), 2), chance.getrandbits(32))
            for kind in kinds
        ]
        return sorted(planned, key=lambda each: each.at_seconds)
