"""Which part of an estate's requests usually comes from people who never wrote about it before. Pure.

A surge is carried by new voices, everyday complaining partly by known ones. How much so is learnt: where
everyone is always new (or nobody's name is known), new voices prove nothing and change no score.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec
import numpy as np
from numpy.typing import NDArray

from streams.surges.history import DAYS_KEPT, History, HistoryState

HALF_LIFE_DAYS = 60.0
PRIOR_REQUESTS = 20.0
"""Requests at the city's own part that each estate starts from."""


class VoicesState(msgspec.Struct, frozen=True):
    """The counts as plain data."""

    counts: NDArray[np.float64]
    today: list[tuple[int, bool]]
    known: HistoryState


class Voices:
    """Decayed counts of requests, and of newcomers' among them; estates by their index, days local."""

    def __init__(self, days_reached: int = DAYS_KEPT) -> None:
        """Take how many days, today's included, a window may reach."""
        self._keep = 0.5 ** (1 / HALF_LIFE_DAYS)
        self._counts = np.zeros((64, 2))
        self._today: list[tuple[int, bool]] = []
        self._known = History(1, days_reached)

    def state(self, estates: int) -> VoicesState:
        """Return what is known of so many estates."""
        return VoicesState(self._counts.copy(), self._today[:], self._known.state(estates))

    def restore(self, state: VoicesState) -> None:
        """Know this, and nothing else."""
        self._counts, self._today = state.counts.copy(), list(state.today)
        self._known.restore(state.known)

    def add(self, estate: int, *, is_new: bool) -> None:
        """Count a request of the day that is not yet closed."""
        self._today.append((estate, is_new))

    def enroll(self, estate: int) -> None:
        """Let a new estate have newcomers alone, until more is known of it."""
        self._known.enroll(estate, (1.0,))

    def newcomers_part(self, estate: int, days: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the usual part of newcomers, 0..1, as it was known when these local days began."""
        return self._known.at(days, estate)[:, 0]

    def least_part(self, estates: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the least part of newcomers that the estates had on any day that a window reaches."""
        return self._known.least(estates)[:, 0]

    def close_day(self, today: int, estates: int, surging: Collection[int]) -> None:
        """Learn from the day that ended, except from estates that had a surge open."""
        while len(self._counts) < estates:
            self._counts = np.concatenate([self._counts, np.zeros_like(self._counts)])
        self._counts *= self._keep
        taught = np.array([day for day in self._today if day[0] not in surging], np.int64).reshape(-1, 2)
        np.add.at(self._counts[:, 0], taught[:, 0], 1)
        np.add.at(self._counts[:, 1], taught[:, 0], taught[:, 1])
        self._today = []
        requests, new = self._counts[:estates].T
        usual = (new.sum() + PRIOR_REQUESTS) / (requests.sum() + PRIOR_REQUESTS)
        part = (new + PRIOR_REQUESTS * usual) / (requests + PRIOR_REQUESTS)
        self._known.keep(today, part[:, None])
