"""Finds many patterns in a folded text in one pass. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

Hit = tuple[int, int, int]
"""Number of the pattern, and the half-open span of the text where it stands."""


class Matcher:
    """An automaton over patterns; built once, never changed, safe to share among threads.

    Args:
        patterns: folded; a hit bears the number of its pattern in this order.

    Attributes:
        patterns: the same.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = tuple(patterns)
        # Overlapping hits need the Standard kind: what a name hides inside another is evidence too.
        self._automaton = AhoCorasick(
            self.patterns, matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )

    def find(self, folded: str) -> list[Hit]:
        """Return all hits, those that overlap too, in order of their ends."""
        hits: list[Hit] = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        return hits
