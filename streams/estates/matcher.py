"""Finds spellings of names, and words that point to names, in a folded text, in one pass. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind


class Hit(NamedTuple):
    """A pattern found at a half-open span of the folded text."""

    start: int
    end: int
    pattern: str


class Matcher:
    """An automaton over two sets of patterns; built once, never changed, safe to share among threads.

    Args:
        names: spellings of estates.
        cues: words that end or follow the names of estates.
    """

    def __init__(self, names: Iterable[str], cues: Iterable[str] = ()) -> None:
        spellings = sorted(set(names))
        self._names = len(spellings)
        self._patterns = spellings + sorted(set(cues))
        # Overlapping hits need the Standard kind: what a name hides inside another is evidence too.
        self._automaton = AhoCorasick(
            self._patterns, matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )

    def find(self, folded: str) -> tuple[list[Hit], list[Hit]]:
        """Return all hits of names and all hits of cues, in order of their ends."""
        names: list[Hit] = []
        cues: list[Hit] = []
        patterns, count = self._patterns, self._names
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            (names if index < count else cues).append(Hit(start, end, patterns[index]))
        return names, cues
