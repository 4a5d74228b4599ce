"""Finds the spellings of a registry in a folded text, in one pass. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind


@dataclass(frozen=True, slots=True)
class Hit:
    """A spelling found at a half-open span of the folded text."""

    start: int
    end: int
    spelling: str


class Matcher:
    """An automaton over spellings; built once, never changed, safe to share among threads."""

    def __init__(self, spellings: Iterable[str]) -> None:
        self._spellings = sorted(set(filter(None, spellings)))
        self._automaton = AhoCorasick(
            self._spellings, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )

    def find(self, folded: str) -> list[Hit]:
        """Return the leftmost-longest hits in order; linear in the length of the text."""
        found = self._automaton.find_matches_as_indexes(folded)
        return [Hit(start, end, self._spellings[index]) for index, start, end in found]
