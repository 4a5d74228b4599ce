"""The tails agree with the definition of the negative binomial."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from streams.surges.tails import central_90, surprise


@given(st.integers(1, 60), st.floats(0.001, 40), st.floats(0.2, 50))
def test_surprise_is_the_upper_tail(count: int, mean: float, size: float) -> None:
    exact = -nbinom.logsf(count - 1, size, size / (mean + size)) / np.log(10)
    assert float(surprise(count, mean, size)) == pytest.approx(float(exact), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("count", [0, -3])
def test_nothing_is_no_surprise(count: int) -> None:
    assert float(surprise(count, 2.0, 3.0)) == 0.0


def test_vectors_are_weighed_one_by_one() -> None:
    counts, mean, size = np.array([0, 3, 9]), np.array([1.0, 0.5, 4.0]), np.array([2.0, 4.0, 1.0])
    single = [float(surprise(int(k), float(m), float(r))) for k, m, r in zip(counts, mean, size, strict=True)]
    assert surprise(counts, mean, size).tolist() == pytest.approx(single)


@given(st.floats(0.01, 300), st.floats(0.3, 100))
def test_the_interval_holds_nine_tenths(mean: float, size: float) -> None:
    low, high = central_90(mean, size)
    p = size / (mean + size)
    assert nbinom.cdf(high, size, p) >= 0.95 - 1e-6
    assert low == 0 or nbinom.cdf(low - 1, size, p) < 0.05 + 1e-6
