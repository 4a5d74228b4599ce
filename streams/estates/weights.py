"""What was learned from messages labelled by reading: how evidence adds up to a probability.

`weights.json` is made by tests/streams/estates/fit_tagging.py from the labels beside it; docs/tagging.md says
how. It holds numbers alone, no text of a message.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

import msgspec
import numpy as np
import numpy.typing as npt


class Trees(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Boosted trees of one depth, each as a full binary tree: node n has the children 2n+1 and 2n+2."""

    bias: float
    features: list[list[int]]
    """Of each tree the piece of evidence that each of its nodes looks at."""
    thresholds: list[list[float]]
    """Above it, a node goes to its second child."""
    leaves: list[list[float]]
    """Of each tree what each of its leaves, one more than nodes, adds to the log odds."""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How log odds of the trees become those of estates that the trees never saw (Platt 1999)."""

    stretch: float = 1.0
    move: float = 0.0


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The learned numbers of the tagger."""

    evidence: list[str]
    """Names of the pieces of evidence, in order."""
    trees: Trees
    known: Line
    """For an estate of the registry."""
    unknown: Line
    """For a name that the registry lacks: the piece `unknown` says so."""
    letters: dict[str, float]
    """How often a character stands in citizens' letters, per million."""


class Forest:
    """Turns evidence into a probability (Friedman 2001, gradient boosting with logistic loss).

    All rows are compared with all thresholds at once, a threshold that several nodes share only once: 150
    trees of depth 4 cost 3 µs a row where there are a hundred rows.
    """

    def __init__(self, weights: Weights) -> None:
        trees = weights.trees
        self._bias = trees.bias
        features, thresholds = np.asarray(trees.features), np.asarray(trees.thresholds, dtype=np.float32)
        asked = np.stack([features.ravel().astype(np.float32), thresholds.ravel()])
        questions, self._question_of = np.unique(asked, axis=1, return_inverse=True)
        self._features, self._thresholds = questions[0].astype(np.intp), questions[1][:, None]
        self._shape = (*features.shape, -1)
        self._leaves = np.asarray(trees.leaves, dtype=np.float64)
        self._unknown = weights.evidence.index("unknown")
        self._lines = np.array([(line.stretch, line.move) for line in (weights.known, weights.unknown)])

    def probabilities(self, pieces: Sequence[Sequence[float]]) -> list[float]:
        """Return for each row of evidence the probability that its estate is what the message is about."""
        if not pieces:
            return []
        values = np.asarray(pieces, dtype=np.float32).T
        answers = values[self._features] > self._thresholds
        leaf = _leaf(answers[self._question_of].reshape(self._shape), 0, self._leaves.shape[1])
        odds = self._bias + np.take_along_axis(self._leaves, leaf.astype(np.intp), axis=1).sum(axis=0)
        stretch, move = self._lines[(values[self._unknown] > 0).astype(np.intp)].T
        return [float(value) for value in 1 / (1 + np.exp(-(odds * stretch + move)))]


def _leaf(above: npt.NDArray[np.bool_], node: int, count: int) -> npt.NDArray[np.int8]:
    """Return which of the leaves below a node each tree and row comes to.

    Args:
        above: of each tree, node and row whether it goes to the second child.
        node: where to begin.
        count: of leaves below it.
    """
    if count == 2:
        return above[:, node].view(np.int8)
    half = count // 2
    first, second = (_leaf(above, 2 * node + child, half) for child in (1, 2))
    return np.where(above[:, node], second + np.int8(half), first)


@cache
def load_weights() -> Weights:
    """Return the weights that come with this version."""
    content = resources.files(__package__).joinpath("weights.json").read_bytes()
    return msgspec.json.decode(content, type=Weights)
