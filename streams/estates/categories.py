"""Says what kind of problem a complaint is about. Pure: no I/O, deterministic, safe to share among threads.

A linear model over character n-grams and over the words of `problems.WORDS`, learned from messages labelled
by reading (tests/streams/estates/fit_categories.py). Where a source sorts its requests itself, its category
decides if one of `problems.SOURCE_WORDS` stands in it.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from producers.contract import ComplaintEvent
from streams.estates.folding import Folder
from streams.estates.pairs import CHARACTERS, PairTable, Units
from streams.estates.problems import PROBLEM_TYPES, SOURCE_WORDS
from streams.estates.replacements import DECLARED

__all__ = ["PROBLEM_TYPES", "Categoriser", "Model", "Reader", "load_model"]

BODY: Final = 160
"""Characters of the body that are read: what a letter is about stands at its beginning."""
LONGEST_TITLE: Final = 200
_SOURCE_CONFIDENCE: Final = 0.9
_BATCH: Final = 128
"""Events that are read together: what is noted of them stays in a core's cache."""


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


Places = npt.NDArray[np.intp]


class Reader:
    """Finds the terms of messages: which stand in a title, which anywhere.

    The terms are a tree of characters; all places of all texts go down it together, and after two
    characters few are left.

    Args:
        terms: what to look for, folded; terms may lie inside one another.
    """

    def __init__(self, terms: Sequence[str]) -> None:
        self.count = len(terms)
        self._folders = {source: Folder(words) for source, words in DECLARED.items()}
        self._plain = Folder()
        beginnings = sorted({term[:size] for term in terms for size in range(1, len(term) + 1)})
        nodes = {beginning: number for number, beginning in enumerate(beginnings, 1)}
        self._term_of = np.full(len(nodes) + 1, -1, dtype=np.intp)
        self._term_of[[nodes[term] for term in terms]] = np.arange(len(terms))
        self._singles = np.zeros(CHARACTERS, dtype=np.intp)
        for beginning, number in nodes.items():
            if len(beginning) == 1:
                self._singles[ord(beginning)] = number
        self._pairs = PairTable({text: number for text, number in nodes.items() if len(text) == 2})
        longer = {
            nodes[text[:-1]] * CHARACTERS + ord(text[-1]): number
            for text, number in nodes.items()
            if len(text) > 2
        }
        self._steps = np.array(sorted(longer), dtype=np.intp)
        self._after_step = np.array([longer[step] for step in sorted(longer)], dtype=np.intp)
        self._parents = np.zeros(len(nodes) + 1, dtype=np.bool_)
        self._parents[[step // CHARACTERS for step in longer]] = True

    def terms(self, events: Sequence[ComplaintEvent]) -> tuple[csr_matrix, csr_matrix]:
        """Return the terms in the titles, and those in title or text: a row an event, 1 where one stands."""
        in_title, anywhere = (np.zeros((len(events), self.count), dtype=np.bool_) for _ in range(2))
        for folder, numbers in self._by_folder(events).items():
            texts = [(events[n].title[:LONGEST_TITLE], events[n].text[:BODY]) for n in numbers]
            sheet = folder.fold_all(texts)
            ends, terms = self._find(sheet.units)
            begins, titles, _ = np.array(sheet.spans).T
            message = np.searchsorted(begins, ends) - 1
            rows = np.array(numbers)[message]
            anywhere[rows, terms] = True
            shown = ends <= titles[message]
            in_title[rows[shown], terms[shown]] = True
        return _sparse(in_title), _sparse(anywhere)

    def _by_folder(self, events: Sequence[ComplaintEvent]) -> dict[Folder, list[int]]:
        found: dict[Folder, list[int]] = {}
        for number, event in enumerate(events):
            found.setdefault(self._folders.get(event.source, self._plain), []).append(number)
        return found

    def _find(self, units: Units) -> tuple[Places, Places]:
        """Return where terms end in a text, and which ones they are."""
        singles, pairs = self._singles[units], self._pairs.look(units).astype(np.intp)
        ends, nodes = [np.arange(1, len(units) + 1), np.arange(2, len(units) + 1)], [singles, pairs]
        at = np.flatnonzero(self._parents[pairs])
        node, size = pairs[at], 2
        while len(at := at[inside := at + size < len(units)]):
            step = node[inside] * CHARACTERS + units[at + size]
            place = np.minimum(np.searchsorted(self._steps, step), len(self._steps) - 1)
            taken = self._steps[place] == step
            at, node, size = at[taken], self._after_step[place[taken]], size + 1
            ends.append(at + size)
            nodes.append(node)
        terms = self._term_of[np.concatenate(nodes)]
        found = terms >= 0
        return np.concatenate(ends)[found], terms[found]


def _sparse(flags: npt.NDArray[np.bool_]) -> csr_matrix:
    rows, columns = flags.shape
    places = np.flatnonzero(flags)
    begins = np.searchsorted(places, np.arange(rows + 1) * columns)
    terms = places - np.repeat(np.arange(rows) * columns, np.diff(begins))
    return csr_matrix((np.ones(len(terms)), terms, begins), shape=flags.shape)


class Categoriser:
    """Names the problem types of complaints."""

    def __init__(self, model: Model | None = None) -> None:
        model = model or load_model()
        self._reader = Reader(model.terms)
        self._title = np.asarray(model.title, dtype=np.float64) / 1000
        self._anywhere = np.asarray(model.anywhere, dtype=np.float64) / 1000
        self._bias = np.asarray(model.bias, dtype=np.float64) / 1000

    def categorise(self, event: ComplaintEvent) -> tuple[str, float]:
        """Return the problem type and the probability that it is right."""
        return self.categorise_all([event])[0]

    def categorise_all(self, events: Sequence[ComplaintEvent]) -> list[tuple[str, float]]:
        """Return the same for each of many events: a batch costs a fraction of its events one by one."""
        found = [(_said_by_source(event.category), _SOURCE_CONFIDENCE) for event in events]
        silent = [number for number, (said, _) in enumerate(found) if not said]
        for begin in range(0, len(silent), _BATCH):
            numbers = silent[begin : begin + _BATCH]
            probabilities = self.probabilities([events[number] for number in numbers])
            best = probabilities.argmax(axis=1).tolist()
            for number, column, row in zip(numbers, best, probabilities.max(axis=1).tolist(), strict=True):
                found[number] = PROBLEM_TYPES[column], round(row, 4)
        return found

    def probabilities(self, events: Sequence[ComplaintEvent]) -> npt.NDArray[np.float64]:
        """Return the probability of each of PROBLEM_TYPES, a row an event."""
        in_title, anywhere = self._reader.terms(events)
        scores = self._bias + _scaled(in_title, self._title) + _scaled(anywhere, self._anywhere)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float64)


def _scaled(terms: csr_matrix, weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the sums of the terms' weights, the same for long and for short texts."""
    counts = np.maximum(np.diff(terms.indptr), 1)
    return np.asarray((terms @ weights) / np.sqrt(counts)[:, None], dtype=np.float64)


@lru_cache(maxsize=4096)
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
