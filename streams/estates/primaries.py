"""Which of a message's candidates it is about, decided for all of them together. Pure.

A message is about one estate as a rule: the likeliest is taken from a lower probability on than any beside
it. Held each against one threshold alone, a message of one doubtful candidate lost it, and one of three
half-likely ones had three.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streams.estates.candidates import Candidate

FIRST_FROM: Final = 0.35
"""Probability from which the likeliest candidate is what the message is about."""
FIRST_UNKNOWN_FROM: Final = 0.2
"""The same of a name that the registry lacks: to find it is worth some false ones."""
FURTHER_FROM: Final = 0.6
"""Probability from which another is as well."""


def primaries_of(candidates: Sequence[Candidate], probabilities: Sequence[float]) -> frozenset[int]:
    """Return the places of the candidates that the message is about.

    Args:
        candidates: all that are weighed, in order of the text.
        probabilities: of each that the message is about it; of equal ones the first goes before.
    """
    likely = [
        place
        for place, (candidate, probability) in enumerate(zip(candidates, probabilities, strict=True))
        if probability >= (FIRST_FROM if candidate.is_known else FIRST_UNKNOWN_FROM)
    ]
    if len(likely) < 2:
        return frozenset(likely)
    first = max(likely, key=lambda place: (probabilities[place], -place))
    return frozenset(place for place in likely if place == first or probabilities[place] >= FURTHER_FROM)
