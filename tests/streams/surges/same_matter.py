"""Whether the requests of a window speak of one matter: by how much that speaks for a surge. Pure.

Not part of the detector: `ablation.py` measures what it would add (docs/surges.md). Both figures are log10 of
likelihood ratios, P(words | a surge) / P(words | chance), so they may be added to a score, which is the log10
of a recurrence interval. Requests that share nothing lower it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

GRAM = 2
"""Characters of a gram: a Chinese word."""
DIMENSIONS = 1 << 16
SHARED_IN_A_SURGE = 0.3
"""Part of a surge's other requests that are alike to its hub."""
ALIKE_BY_CHANCE = 0.01
"""Part of all pairs of requests that count as alike: the threshold of likeness is that quantile."""
ONE_CATEGORY = 0.6
"""Part of a surge's requests that are of its category whatever the city's usual."""
LIKELIEST = 2.0
"""No window gains or loses more: both ratios rest on assumptions."""


def sketches(texts: Sequence[str]) -> csr_matrix:
    """Return a row of unit length for each text: its character grams, the rarer the heavier."""
    grams = [{hash_of(text[at : at + GRAM]) for at in range(max(0, len(text) - GRAM + 1))} for text in texts]
    held = Counter(gram for found in grams for gram in found)
    columns = np.array([gram for found in grams for gram in sorted(found)], np.int64)
    rows = np.repeat(np.arange(len(texts)), [len(found) for found in grams])
    weights = np.array([math.log(len(texts) / held[int(gram)]) for gram in columns])
    matrix = csr_matrix((weights, (rows, columns)), (len(texts), DIMENSIONS))
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return csr_matrix(matrix.multiply(1 / np.maximum(length, 1e-9)[:, None]))


def hash_of(gram: str) -> int:
    """Return a gram's column; the same in every process."""
    return int.from_bytes(gram.encode("utf-32-le"), "little") % 65_521


def usual_likeness(texts: csr_matrix, seed: int, pairs: int = 20_000) -> float:
    """Return the likeness (cosine, 0..1) that ALIKE_BY_CHANCE of the city's pairs of requests exceed."""
    rng = np.random.default_rng(seed)
    one, other = rng.integers(texts.shape[0], size=(2, pairs))
    apart = one != other
    likeness = np.asarray(texts[one[apart]].multiply(texts[other[apart]]).sum(axis=1)).ravel()
    return float(np.quantile(likeness, 1 - ALIKE_BY_CHANCE))


def by_texts(window: csr_matrix, alike_from: float) -> float:
    """Return the log10 likelihood ratio of a window's texts; each of them may be the hub of the others."""
    count = window.shape[0]
    if count < 2:
        return 0.0
    alike = (window @ window.T).toarray() > alike_from
    others: NDArray[np.int64] = alike.sum(axis=1) - 1
    yes = math.log10(SHARED_IN_A_SURGE / ALIKE_BY_CHANCE)
    no = math.log10((1 - SHARED_IN_A_SURGE) / (1 - ALIKE_BY_CHANCE))
    return bounded(mean_of_ratios(others * yes + (count - 1 - others) * no))


def by_categories(categories: Iterable[str], usual: Mapping[str, float]) -> float:
    """Return the log10 likelihood ratio of a window's categories; any may be the surge's, as often as usual.

    Args:
        categories: of the requests; those not in `usual` say nothing.
        usual: part of the city's requests in each category; their sum is 1.
    """
    counts = Counter(each for each in categories if usual.get(each))
    total = sum(counts.values())
    if total < 2:
        return 0.0
    known = [name for name, part in usual.items() if part > 0]
    ratios = []
    for name in known:
        raised = math.log10((ONE_CATEGORY + (1 - ONE_CATEGORY) * usual[name]) / usual[name])
        rest = (total - counts[name]) * math.log10(1 - ONE_CATEGORY)
        ratios.append(counts[name] * raised + rest + math.log10(usual[name]))
    return bounded(mean_of_ratios(np.array(ratios)) + math.log10(len(known)))


def mean_of_ratios(logs: NDArray[np.float64]) -> float:
    """Return log10 of the mean of ratios that are given as log10."""
    most = float(logs.max())
    return most + math.log10(float(np.mean(10 ** (logs - most))))


def bounded(ratio: float) -> float:
    """Return a log ratio within LIKELIEST of 0."""
    return min(LIKELIEST, max(-LIKELIEST, ratio))
