"""Rates of units of very different size, shrunk to the mean of the others, with credible intervals. Pure.

A small unit's raw rate is mostly chance: one complaint at ten households is not a thousand at ten thousand.
The remedy is a hierarchical model, in which what is known of the others is the prior of each (Efron &
Morris, "Stein's paradox in statistics", Scientific American 236, 1977). For counts it is gamma-Poisson
(Clayton & Kaldor, "Empirical Bayes estimates of age-standardized relative risks", Biometrics 43, 1987), for
shares beta-binomial.

The prior of a unit is learnt from the **others** alone, over a grid of prior means and spreads that are
weighed by how well they explain these. Two things follow, which estimates from all units would not give:

- the posterior of a unit rises with its own count, always: prior and reference do not depend on it, and the
  Poisson and binomial families have a monotone likelihood ratio;
- intervals hold what is not known of the prior too. Those of a plug-in estimate are too short, down to
  nothing where the units happen to look alike (Morris, JASA 78, 1983; Christiansen & Morris, JASA 92, 1997).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Numbers = NDArray[np.float64]

LEVEL: Final = 0.84
"""Probability in an interval. Where two such intervals do not overlap, chance alone makes such a difference
in about 5% of the cases (Goldstein & Healy, J. R. Stat. Soc. A 158, 1995); 95% intervals would mean 0.6%."""
SPREADS: Final = 20
MEANS: Final = 41
WIDEST_SPREAD: Final = 2.0
"""Largest coefficient of variation between units; smaller ones are equally likely before the data are seen
(Gelman, "Prior distributions for variance parameters in hierarchical models", Bayesian Analysis 1, 2006)."""
FURTHEST_MEAN: Final = 3.0
"""The prior mean lies within this factor of the others' pooled rate."""
NEGLIGIBLE: Final = 1e-7
"""Weight of a point of the grid that no interval would show."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known of one unit's rate."""

    mean: float
    """Posterior mean: the rate, shrunk."""
    low: float
    """Low end of the central interval that holds the rate with probability LEVEL."""
    high: float
    """High end of that interval."""
    reference: float
    """Mean of the others, towards which it is shrunk."""


def shrink_counts(counts: Numbers, exposures: Numbers, dispersions: Numbers) -> list[Estimate]:
    """Return the rate of each unit: its count per unit of exposure.

    Args:
        counts: what happened at each unit, 0 or more.
        exposures: how much could have happened, e.g. household-years; more than 0.
        dispersions: variance of a count over its mean, given the rate. 1: plain events. Events that weigh
            several points: sum of squares over sum of points, by which they have the mean and the variance
            of a scaled Poisson (Fay & Feuer, Statistics in Medicine 16, 1997). It must not depend on the
            unit's own count.

    Raises:
        ValueError: there is but one unit, so nothing to learn from.
    """
    _refuse_single(counts)
    return [_count_estimate(index, counts, exposures, dispersions[index]) for index in range(len(counts))]


def shrink_shares(successes: Numbers, trials: Numbers) -> list[Estimate]:
    """Return the share of successes of each unit, 0 to 1; a unit without trials has the others' prior.

    Raises:
        ValueError: there is but one unit, so nothing to learn from.
    """
    _refuse_single(successes)
    return [_share_estimate(index, successes, trials) for index in range(len(successes))]


def _refuse_single(values: Numbers) -> None:
    if len(values) == 1:
        raise ValueError("one unit alone has nothing to be compared with")


def _count_estimate(index: int, counts: Numbers, exposures: Numbers, dispersion: float) -> Estimate:
    effective, room = counts / dispersion, exposures / dispersion
    others = np.arange(len(counts)) != index
    pooled = (effective[others].sum() + 0.5) / room[others].sum()
    spreads = (np.arange(SPREADS) + 0.5) / SPREADS * WIDEST_SPREAD
    means = pooled * np.geomspace(1 / FURTHEST_MEAN, FURTHEST_MEAN, MEANS)
    shape = (1 / spreads**2)[:, None]
    fits = _negative_binomial(effective[:, None, None], room[:, None, None] * means, shape)
    prior = _weights(fits[others].sum(axis=0))
    weights = _weights(fits[others].sum(axis=0) + fits[index])
    shapes = np.broadcast_to(shape + effective[index], weights.shape)
    rates = shape / means + room[index]
    mean = float((weights * shapes / rates).sum())
    low, high = _interval(
        weights,
        lambda value, kept: special.gammainc(shapes[kept], rates[kept] * value),
        upper=float((shapes / rates).max() * 20 + 20 / rates.min()),
    )
    return Estimate(mean, low, high, float((prior * means).sum()))


def _negative_binomial(count: Numbers, mean: Numbers, shape: Numbers) -> Numbers:
    """Return the log-likelihood of gamma-mixed counts, up to what does not depend on the prior."""
    total: Numbers = (
        special.gammaln(count + shape)
        - special.gammaln(shape)
        + shape * np.log(shape / (shape + mean))
        + count * np.log(mean / (shape + mean))
    )
    return total


def _share_estimate(index: int, successes: Numbers, trials: Numbers) -> Estimate:
    others = np.arange(len(successes)) != index
    means = (np.arange(MEANS) + 0.5) / MEANS
    # Correlation of two answers at one unit, uniform on 0 to 1; its odds are those of the beta's two numbers.
    correlation = ((np.arange(SPREADS) + 0.5) / SPREADS) ** 2
    size = (1 / correlation - 1)[:, None]
    first, second = means * size, (1 - means) * size
    failures = trials - successes
    fits = special.betaln(
        first + successes[:, None, None], second + failures[:, None, None]
    ) - special.betaln(first, second)
    slope = np.log(np.sqrt(correlation))[:, None]  # the grid is finer near 0; this weighs it uniformly again
    prior = _weights(fits[others].sum(axis=0) + slope)
    weights = _weights(fits[others].sum(axis=0) + fits[index] + slope)
    first, second = first + successes[index], second + failures[index]
    mean = float((weights * first / (first + second)).sum())
    low, high = _interval(
        weights, lambda value, kept: special.betainc(first[kept], second[kept], value), upper=1.0
    )
    return Estimate(mean, low, high, float((prior * means).sum()))


def _weights(fits: Numbers) -> Numbers:
    likelihood = np.exp(fits - fits.max())
    weights: Numbers = likelihood / likelihood.sum()
    return weights


def _interval(
    weights: Numbers, below: Callable[[float, NDArray[np.bool_]], Numbers], upper: float
) -> tuple[float, float]:
    """Return the two ends at which a mixture's distribution function is (1 - LEVEL) / 2 off 0 and 1."""
    kept = weights > NEGLIGIBLE
    weight = weights[kept] / weights[kept].sum()

    def end(probability: float) -> float:
        off = optimize.brentq(lambda value: float(weight @ below(value, kept)) - probability, 0.0, upper)
        return float(off)

    tail = (1 - LEVEL) / 2
    return end(tail), end(1 - tail)
