"""Upper tails of the negative binomial, which is what counts with an uncertain rate follow. Pure arithmetic.

NB(mean m, size r): a Poisson count whose rate is Gamma distributed with mean m and relative variance 1/r.
"""

from __future__ import annotations

import math

from scipy.special import nbdtrik

LOG10 = math.log(10.0)
SMALLEST_TERM = 1e-9
"""Relative size at which the sum of a tail ends."""


def log_tail(k: int, mean: float, size: float) -> float:
    """Return ln P(N >= k) for N ~ NB(mean, size), for k above the mean; 0.0 (p = 1) for k at or below it.

    Sums the terms from k upwards: their ratio falls below one beyond the mean, so the sum is short, and no
    digit is lost however small the tail is.
    """
    if k <= mean or k <= 0:
        return 0.0
    odds = mean / (mean + size)
    first = (
        math.lgamma(k + size)
        - math.lgamma(size)
        - math.lgamma(k + 1)
        + k * math.log(odds)
        - size * math.log1p(mean / size)
    )
    total = term = 1.0
    x = k
    while term > SMALLEST_TERM * total:
        term *= (x + size) / (x + 1) * odds
        total += term
        x += 1
    return min(0.0, first + math.log(total))


def central_90(mean: float, size: float) -> tuple[float, float]:
    """Return the 5% and the 95% quantile of NB(mean, size)."""
    p = size / (mean + size)
    low, high = (max(0.0, math.ceil(float(nbdtrik(q, size, p)))) for q in (0.05, 0.95))
    return low, high
