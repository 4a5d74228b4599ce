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


class Trees(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Boosted trees of depth 3, each as a full binary tree: node n has the children 2n+1 and 2n+2."""

    bias: float
    features: list[list[int]]
    """Of each tree the piece of evidence that each of its 7 nodes looks at."""
    thresholds: list[list[float]]
    """Above it, a node goes to its second child."""
    leaves: list[list[float]]
    """Of each tree what each of its 8 leaves adds to the log odds."""
    calibration: tuple[float, float, float]
    """a, b, c: what the trees call p is right in so many cases as 1 / (1 + exp(-(a ln p - b ln(1 - p) + c)))
    says (beta calibration, Kull et al. 2017)."""


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
    """Turns evidence into a probability (Friedman 2001, gradient boosting with logistic loss).

    All rows are compared with all thresholds at once, a threshold that several nodes share only once: 300
    trees cost 3 µs a row where there are a hundred rows.
    """

    def __init__(self, trees: Trees) -> None:
        self._bias = trees.bias
        features, thresholds = np.asarray(trees.features), np.asarray(trees.thresholds, dtype=np.float32)
        asked = np.stack([features.ravel().astype(np.float32), thresholds.ravel()])
        questions, self._question_of = np.unique(asked, axis=1, return_inverse=True)
        self._features, self._thresholds = questions[0].astype(np.intp), questions[1][:, None]
        self._shape = (*features.shape, -1)
        self._leaves = np.asarray(trees.leaves, dtype=np.float64)
        self._calibration = trees.calibration

    def probabilities(self, pieces: Sequence[Sequence[float]]) -> list[float]:
        """Return for each row of evidence the probability that its estate is what the message is about."""
        if not pieces:
            return []
        values = np.asarray(pieces, dtype=np.float32).T
        answers = values[self._features] > self._thresholds
        above = answers[self._question_of].reshape(self._shape)
        first = above[:, 0]
        second = np.where(first, above[:, 2], above[:, 1])
        third = np.where(
            first, np.where(second, above[:, 6], above[:, 5]), np.where(second, above[:, 4], above[:, 3])
        )
        leaf = first * np.int8(4) + second * np.int8(2) + third
        odds = self._bias + np.take_along_axis(self._leaves, leaf.astype(np.intp), axis=1).sum(axis=0)
        a, b, c = self._calibration
        # ln p = -ln(1 + exp(-odds)), and ln(1 - p) = -ln(1 + exp(odds))
        odds = b * np.logaddexp(0, odds) - a * np.logaddexp(0, -odds) + c
        calibrated: list[float] = (1 / (1 + np.exp(-odds))).tolist()
        return calibrated


@cache
def load_weights() -> Weights:
    """Return the weights that come with this version."""
    content = resources.files(__package__).joinpath("weights.json").read_bytes()
    return msgspec.json.decode(content, type=Weights)
