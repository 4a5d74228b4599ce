"""Stops the worker when most records are rejected: then the fault is ours, not the senders'. Pure."""

from __future__ import annotations

from collections import deque


class TooManyRejected(Exception):
    """The share of rejected records among the latest ones is above the limit."""


class RejectLimit:
    """Judges the share of rejected records over the latest `records` ones, in batches."""

    def __init__(self, share: float, records: int) -> None:
        self._share = share
        self._records = records
        self._batches: deque[tuple[int, int]] = deque()
        self._taken = self._rejected = 0

    def note(self, taken: int, rejected: int) -> None:
        """Count one batch.

        Raises:
            TooManyRejected: the share is above the limit, over at least as many records as it is judged by.
        """
        self._batches.append((taken, rejected))
        self._taken += taken
        self._rejected += rejected
        while self._batches and self._total() - sum(self._batches[0]) >= self._records:
            old_taken, old_rejected = self._batches.popleft()
            self._taken -= old_taken
            self._rejected -= old_rejected
        if self._total() >= self._records and self._rejected > self._share * self._total():
            raise TooManyRejected(
                f"{self._rejected} of the last {self._total()} records were rejected: see "
                "`pulse rejected list`; "
                "raise PULSE_STREAMS__REJECT_LIMIT_SHARE if the senders are at fault"
            )

    def _total(self) -> int:
        return self._taken + self._rejected
