"""What was known of each unit when each of the last days began. Pure.

A window is compared with what was known before it began, so that a surge in progress does not raise what is
expected of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

DAYS_KEPT = 32
"""More than the longest window may span."""


class HistoryState(msgspec.Struct, frozen=True):
    """A history as plain data; a column for each unit."""

    rows: NDArray[np.float64]
    least: NDArray[np.float64]
    latest: int


class History:
    """Some figures of every unit for each of the last days; units by their index, days local ordinals."""

    def __init__(self, figures: int, days_reached: int = DAYS_KEPT) -> None:
        """Take how many figures a unit has, and how many days, today's included, `least` looks back on."""
        self._reached = np.arange(min(days_reached, DAYS_KEPT))
        self._rows = np.zeros((DAYS_KEPT, 64, figures))
        self._least = np.zeros((64, figures))
        self._latest = 0

    def state(self, units: int) -> HistoryState:
        """Return what is known of the first units."""
        return HistoryState(self._rows[:, :units].copy(), self._least[:units].copy(), self._latest)

    def restore(self, state: HistoryState) -> None:
        """Know this, and nothing else."""
        units = len(state.least)
        while self._rows.shape[1] < units:
            self._grow()
        self._rows[:, :units] = state.rows
        self._least[:units] = state.least
        self._latest = state.latest

    def enroll(self, index: int, figures: Sequence[float]) -> None:
        """Let a new unit have these figures on all days before it was seen."""
        if index >= self._rows.shape[1]:
            self._grow()
        self._rows[:, index] = figures
        self._least[index] = figures

    def keep(self, day: int, figures: NDArray[np.float64]) -> None:
        """Keep what is known as day `day` begins: a row for each unit enrolled so far."""
        self._latest = day % DAYS_KEPT
        self._rows[self._latest] = self._rows[self._latest - 1]
        self._rows[self._latest, : len(figures)] = figures
        self._rows[(day - self._reached) % DAYS_KEPT].min(axis=0, out=self._least)

    def at(self, days: NDArray[np.int64], index: int) -> NDArray[np.float64]:
        """Return a unit's figures as they were known when these days began: a row for each day."""
        rows: NDArray[np.float64] = self._rows[days % DAYS_KEPT, index]
        return rows

    def add(self, index: int, figure: int, values: NDArray[np.float64]) -> None:
        """Add to one figure of a unit on all days, as `of` has them; the least stays a bound from below."""
        self._rows[:, index, figure] += values

    def of(self, index: int, figure: int) -> NDArray[np.float64]:
        """Return one figure of a unit on all days, in the order in which they are held."""
        column: NDArray[np.float64] = self._rows[:, index, figure]
        return column

    def latest(self, index: int, figure: int) -> float:
        """Return one figure of a unit as it is known now."""
        return float(self._rows[self._latest, index, figure])

    def least(self, indices: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the least that each figure of these units was on the days reached: a row for each unit."""
        return self._least[indices]

    def all_latest(self, indices: NDArray[np.int64], figure: int) -> NDArray[np.float64]:
        """Return one figure of these units as it is known now."""
        rows: NDArray[np.float64] = self._rows[self._latest, indices, figure]
        return rows

    def _grow(self) -> None:
        self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)], axis=1)
        self._least = np.concatenate([self._least, np.zeros_like(self._least)])
