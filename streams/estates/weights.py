"""What was learned from messages labelled by reading: how evidence adds up to a probability.

`weights.json` is made by tests/streams/estates/fit_tagging.py from the labels beside it; docs/tagging.md says
how. It holds numbers alone, no text of a message.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final

import msgspec
import numpy as np

_DEPTH: Final = 3


class Trees(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Boosted trees of depth 3, each as a full binary tree: node n has the children 2n+1 and 2n+2."""

    bias: float
    features: list[list[int]]
    """Of each tree the piece of evidence that each of its 7 nodes looks at."""
    thresholds: list[list[float]]
    """Above it, a node goes to its second child."""
    leaves: list[list[float]]
    """Of each tree what each of its 8 leaves adds to the log odds."""


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The learned numbers of the tagger."""

    evidence: list[str]
    """Names of the pieces of evidence, in order."""
    known: Trees
    """For an estate of the registry."""
    unknown: Trees
    """For a name that the registry lacks."""
    letters: dict[str, float]
    """How often a character stands in citizens' letters, per million."""


class Forest:
    """Turns evidence into a probability (Friedman 2001, gradient boosting with logistic loss)."""

    def __init__(self, trees: Trees) -> None:
        self._bias = trees.bias
        self._features = np.asarray(trees.features, dtype=np.intp)
        self._thresholds = np.asarray(trees.thresholds, dtype=np.float32)
        self._leaves = np.asarray(trees.leaves, dtype=np.float64)
        self._trees = np.arange(len(trees.features))

    def probabilities(self, pieces: Sequence[Sequence[float]]) -> list[float]:
        """Return for each row of evidence the probability that its estate is what the message is about."""
        values = np.asarray(pieces, dtype=np.float32)
        above = values[:, self._features] > self._thresholds
        rows = np.arange(len(values))[:, None]
        node = above[:, :, 0] + 1
        for _ in range(_DEPTH - 1):
            node = 2 * node + 1 + above[rows, self._trees, node]
        odds = self._bias + self._leaves[self._trees, node - (2**_DEPTH - 1)].sum(axis=1)
        return [float(value) for value in 1 / (1 + np.exp(-odds))]


@cache
def load_weights() -> Weights:
    """Return the weights that come with this version."""
    content = resources.files(__package__).joinpath("weights.json").read_bytes()
    return msgspec.json.decode(content, type=Weights)
