"""Upper tails of the negative binomial, which is what counts with an uncertain rate follow. Pure arithmetic.

NB(mean m, size r): a Poisson count whose rate is Gamma distributed with mean m and relative variance 1/r.
"""

from __future__ import annotations

import math
from typing import overload

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaln, nbdtrik, xlogy

Floats = NDArray[np.float64]

LEAST_P = 1e-300
LN10 = math.log(10)


@overload
def surprise(counts: float, mean: float, size: float) -> float: ...
@overload
def surprise(counts: NDArray[np.int64], mean: Floats, size: Floats) -> Floats: ...
def surprise(counts: float | NDArray[np.int64], mean: float | Floats, size: float | Floats) -> float | Floats:
    """Return -log10 P(N >= counts) for N ~ NB(mean, size); 0 for counts of 0 or less.

    P(N >= k) is the regularised incomplete beta function I(mean / (mean + size); k, size), which keeps its
    relative precision however small it is.
    """
    p = betainc(np.maximum(counts, LEAST_P), size, mean / (mean + size))
    found: Floats = -np.log10(np.maximum(p, LEAST_P)) * (np.asarray(counts) > 0)
    return np.abs(found)


def central_90(mean: float, size: float) -> tuple[float, float]:
    """Return the 5% and the 95% quantile of NB(mean, size)."""
    p = size / (mean + size)
    low, high = (max(0.0, math.ceil(float(nbdtrik(q, size, p)))) for q in (0.05, 0.95))
    return low, high


def most_surprise(counts: NDArray[np.int64], mean: Floats, size: Floats) -> Floats:
    """Return -log10 P(N = counts): one term of the tail, so an upper bound of `surprise`, and quicker."""
    log_p = xlogy(counts, mean) + size * np.log(size) - (counts + size) * np.log(mean + size)
    return (betaln(size, counts + 1) + np.log(counts + size) - log_p) / LN10
