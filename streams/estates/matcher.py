"""Finds spellings of names, and words that point to names, in a folded text, in one pass. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        cues: words that end or follow the names of estates; how many of the characters are reported.
    """

    def __init__(self, names: Iterable[str], cues: Mapping[str, int] | None = None) -> None:
        spellings = sorted(set(names))
        self._names = len(spellings)
        self._patterns = spellings + sorted(cues or {})
        self._cut = [len(cue) - length for cue, length in sorted((cues or {}).items())]
        # Overlapping hits need the Standard kind: what a name hides inside another is evidence too.
        self._automaton = AhoCorasick(
            self._patterns, matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )

    def find(self, folded: str) -> tuple[list[Hit], list[Hit]]:
        """Return all hits of names and all hits of cues, in order of their ends."""
        names: list[Hit] = []
        cues: list[Hit] = []
        patterns, count, cut = self._patterns, self._names, self._cut
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if index < count:
                names.append(Hit(start, end, patterns[index]))
            else:
                cues.append(Hit(start, end - cut[index - count], patterns[index]))
        return names, cues
