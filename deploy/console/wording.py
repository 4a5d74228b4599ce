"""Words that set the complaints of a surge apart from others. Pure.

Chinese has no spaces, so pieces of two to eight characters are compared: how many of the surge's texts have
one, against how many others do, by the log-likelihood ratio G2 (Dunning 1993, "Accurate methods for the
statistics of surprise and coincidence"). A piece counts as a word where what stands on either side of it
differs; of pieces that stand in the same texts the longest is kept.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

LENGTHS: Final = range(2, 9)
EDGE: Final = frozenset("<>")
"""Stands for the end of a run of characters: any word may begin or end there."""
LEAST_TEXTS: Final = 2
LEAST_SHARE: Final = 0.15
"""Of the surge's texts: what fewer have does not tell what it is about."""
LEAST_G2: Final = 10.83
"""The 0.1% point of a chi-squared distribution with one degree of freedom."""
SAME_SHARE: Final = 0.75
"""A piece is part of a longer one where so many of its texts have that one too."""

_RUN: Final = re.compile(r"[\u4e00-\u9fff]{2,}")
_LATIN: Final = re.compile(r"[A-Za-z]{4,}")


def distinctive(texts: Sequence[str], others: Sequence[str], names: Collection[str], most: int) -> list[str]:
    """Return the pieces of text that set some texts apart, the most telling first.

    Args:
        texts: those of the surge.
        others: texts of other complaints, for what is usual.
        names: of the unit: that its own complaints name it says nothing.
        most: how many to return.
    """
    bare = [_without(text, names) for text in texts]
    counts = Counter(piece for text in bare for piece in set(_pieces(text)))
    least = max(LEAST_TEXTS, LEAST_SHARE * len(bare))
    frequent = {piece: count for piece, count in counts.items() if count >= least}
    told = {
        piece: score
        for piece in _words(bare, frequent)
        if (score := _score(piece, frequent[piece], len(bare), others)) >= LEAST_G2
    }
    ranked = sorted(_whole(told, frequent), key=lambda piece: (-told[piece], -len(piece), piece))
    return [*_apart(ranked)][:most]


def _without(text: str, names: Iterable[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ") if name else text
    return text


def _pieces(text: str) -> Iterator[str]:
    for run in _RUN.findall(text):
        yield from (run[start:end] for start, end in _places(run))
    yield from _LATIN.findall(text)


def _places(run: str) -> Iterator[tuple[int, int]]:
    """Yield where the pieces of a run of characters begin and end; the whole of it is one."""
    for length in LENGTHS:
        yield from ((start, start + length) for start in range(len(run) - length + 1))
    if len(run) > max(LENGTHS):
        yield 0, len(run)


def _words(texts: Iterable[str], pieces: Collection[str]) -> Iterator[str]:
    """Yield the pieces that begin and end as words do: what stands before and behind them differs."""
    before: dict[str, set[str]] = defaultdict(set)
    behind: dict[str, set[str]] = defaultdict(set)
    for run in (run for text in texts for run in _RUN.findall(text)):
        for start, end in _places(run):
            piece = run[start:end]
            if piece in pieces:
                before[piece] |= {run[start - 1]} if start else EDGE
                behind[piece] |= {run[end]} if end < len(run) else EDGE
    for piece in pieces:
        is_free = len(before[piece]) > 1 and len(behind[piece]) > 1
        if is_free or _LATIN.fullmatch(piece):
            yield piece


def _score(piece: str, count: int, total: int, others: Sequence[str]) -> float:
    return _g2(count, total, sum(piece in other for other in others), len(others))


def _g2(count: int, total: int, other: int, other_total: int) -> float:
    """Return the log-likelihood ratio of two shares being the same; 0 where the first is not the larger."""
    if not other_total or count / total <= other / other_total:
        return 0.0
    share = (count + other) / (total + other_total)
    observed = ((count, total), (other, other_total))
    return 2 * sum(
        _term(number, among * share) + _term(among - number, among * (1 - share))
        for number, among in observed
    )


def _term(observed: int, expected: float) -> float:
    return observed * math.log(observed / expected) if observed else 0.0


def _whole(told: Collection[str], counts: dict[str, int]) -> Iterator[str]:
    """Yield the pieces that are not mostly part of a longer one."""
    for piece in told:
        longer = (other for other in told if len(other) > len(piece) and piece in other)
        if not any(counts[other] >= SAME_SHARE * counts[piece] for other in longer):
            yield piece


def _apart(ranked: Iterable[str]) -> Iterator[str]:
    """Yield pieces, but none that shares two characters in a row with a better one."""
    taken: set[str] = set()
    for piece in ranked:
        pairs = {piece[at : at + 2] for at in range(len(piece) - 1)}
        if not pairs & taken:
            taken |= pairs
            yield piece
