"""Says what kind of problem a complaint is about. Pure: no I/O, deterministic, safe to share among threads.

A linear model over character n-grams and over the words of `problems.WORDS`, learned from messages labelled
by reading (tests/streams/estates/fit_categories.py). Where a source sorts its requests itself, its category
decides if one of `problems.SOURCE_WORDS` stands in it.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from producers.contract import ComplaintEvent
from streams.estates.folding import Folder
from streams.estates.problems import PROBLEM_TYPES, SOURCE_WORDS
from streams.estates.replacements import DECLARED

__all__ = ["PROBLEM_TYPES", "Categoriser", "Model", "Reader", "load_model"]

BODY: Final = 160
"""Characters of the body that are read: what a letter is about stands at its beginning."""
LONGEST_TITLE: Final = 200
_SOURCE_CONFIDENCE: Final = 0.9
_LONGEST_WORD: Final = max(map(len, SOURCE_WORDS))


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The learned numbers: a row a term, a column a problem type, in thousandths."""

    terms: list[str]
    title: list[list[int]]
    """Weights of a term in the title."""
    anywhere: list[list[int]]
    """Weights of a term in title or body."""
    bias: list[int]


@cache
def load_model() -> Model:
    """Return the model that comes with this version."""
    content = resources.files(__package__).joinpath("categories.json.gz").read_bytes()
    return msgspec.json.decode(gzip.decompress(content), type=Model)


class Reader:
    """Finds the terms of a message: which stand in its title, which anywhere.

    Args:
        terms: what to look for, folded; terms may lie inside one another.
    """

    def __init__(self, terms: Sequence[str]) -> None:
        self._automaton = AhoCorasick(
            terms, matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )
        self._folders = {source: Folder(words) for source, words in DECLARED.items()}
        self._plain = Folder()

    def terms(self, event: ComplaintEvent) -> tuple[list[int], list[int]]:
        """Return the indexes of the terms in the title, and of those in title or body; each once."""
        folder = self._folders.get(event.source, self._plain)
        title = folder.fold(event.title[:LONGEST_TITLE])
        text = f"{title}\n{folder.fold(event.text[:BODY])}"
        hits = self._automaton.find_matches_as_indexes(text, overlapping=True)
        in_title = {index for index, _, end in hits if end <= len(title)}
        return sorted(in_title), sorted({index for index, _, _ in hits})


class Categoriser:
    """Names the problem type of a complaint."""

    def __init__(self, model: Model | None = None) -> None:
        model = model or load_model()
        self._reader = Reader(model.terms)
        self._title = np.asarray(model.title, dtype=np.float64) / 1000
        self._anywhere = np.asarray(model.anywhere, dtype=np.float64) / 1000
        self._bias = np.asarray(model.bias, dtype=np.float64) / 1000

    def categorise(self, event: ComplaintEvent) -> tuple[str, float]:
        """Return the problem type and the probability that it is right."""
        if event.category and (said := _said_by_source(event.category)):
            return said, _SOURCE_CONFIDENCE
        probabilities = self.probabilities(event)
        best = int(probabilities.argmax())
        return PROBLEM_TYPES[best], round(float(probabilities[best]), 4)

    def probabilities(self, event: ComplaintEvent) -> npt.NDArray[np.float64]:
        """Return the probability of each of PROBLEM_TYPES."""
        in_title, anywhere = self._reader.terms(event)
        scores = self._bias + _scaled(self._title, in_title) + _scaled(self._anywhere, anywhere)
        odds = np.exp(scores - scores.max())
        return np.asarray(odds / odds.sum(), dtype=np.float64)


def _scaled(weights: npt.NDArray[np.float64], terms: Sequence[int]) -> npt.NDArray[np.float64]:
    """Return the sum of the terms' weights, the same for long and for short texts."""
    if not terms:
        return np.zeros(len(PROBLEM_TYPES), dtype=np.float64)
    return np.asarray(weights[list(terms)].sum(axis=0) / np.sqrt(len(terms)), dtype=np.float64)


def _said_by_source(category: str) -> str:
    """Return the problem type that a source's own category names; empty: none."""
    lower = category.lower()
    found = [word for word in SOURCE_WORDS if word in lower]
    return SOURCE_WORDS[max(found, key=len)] if found else ""


def vocabulary(texts: Iterable[str], sizes: Iterable[int]) -> set[str]:
    """Return the runs of letters and digits of these sizes in folded texts."""
    return {
        text[at : at + size]
        for text in texts
        for size in sizes
        for at in range(len(text) - size + 1)
        if text[at : at + size].isalnum()
    }
