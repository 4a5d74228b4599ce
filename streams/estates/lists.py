"""Estates that a text lists together: what holds of one of them holds of all. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streams.estates.candidates import Candidate

_MARKS: Final = frozenset(("、", ",", "和", "与", "及", "以及", "/", "或", "或者", "、和"))


def shared_in_lists(
    text: str, candidates: Sequence[Candidate], probabilities: Sequence[float]
) -> list[float]:
    """Return the probabilities, those of estates that stand in one list made equal to their mean.

    Args:
        text: the folded message.
        candidates: in order of their first mention.
        probabilities: of each.
    """
    shared = list(probabilities)
    start = 0
    for at in range(1, len(candidates) + 1):
        if at < len(candidates) and _follows(text, candidates[at - 1], candidates[at]):
            continue
        mean = sum(shared[start:at]) / max(1, at - start)
        shared[start:at] = [mean] * (at - start)
        start = at
    return shared


def _follows(text: str, one: Candidate, other: Candidate) -> bool:
    """Say whether some mention of one estate is followed at once by a mention of the other."""
    begins = {mention.start for mention in other.mentions}
    return any(
        mention.reach + width in begins and text[mention.reach : mention.reach + width] in _MARKS
        for mention in one.mentions
        for width in (1, 2)
    )
