"""A window of a unit and what was expected of it; what scan and episodes tell each other. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Expectation(NamedTuple):
    """What a window would hold without a surge: NB(mean, size)."""

    mean: float
    size: float


class Window(NamedTuple):
    """A stretch of a unit's time with what it holds and what was expected."""

    start: float
    end: float
    observed: int
    expected: Expectation
    score: float
