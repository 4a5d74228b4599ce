"""What is said of facts once they are stored: of many batches at once, since an insert costs as much for one.

Each insert that a batch of its own makes takes ClickHouse as much time as the facts of a small batch do, and
makes them visible later.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from sinks.records import TaggedBatch
from streams.contract import Progress

NEVER: Final = float("-inf")


@dataclass(slots=True)
class Lot:
    """What is to be said of the facts of some batches."""

    request_ids: set[str] = field(default_factory=set)
    """Requests that have new facts."""
    months: set[int] = field(default_factory=set)
    """Months of these facts, YYYYMM in UTC, as the partitions of `complaints` are called."""
    marks: list[Progress] = field(default_factory=list)
    """How far facts are stored."""

    @classmethod
    def of(cls, batch: TaggedBatch) -> Lot:
        """Return what is to be said of a batch; the batch itself, megabytes of texts, need not be held."""
        return cls(
            {fact.request_id for fact in batch.facts},
            {fact.occurred_at.year * 100 + fact.occurred_at.month for fact in batch.facts},
            batch.marks,
        )

    def add(self, other: Lot) -> None:
        """Add what another lot says."""
        self.request_ids |= other.request_ids
        self.months |= other.months
        self.marks += other.marks

    def __bool__(self) -> bool:
        return bool(self.request_ids or self.marks)


class Settling:
    """Says of batches that they are stored: of the first at once, then of all that came in so many seconds.

    Args:
        settle: stores what a lot says; called for one after another.
        seconds: from the beginning of one lot to that of the next, at least.
    """

    def __init__(self, settle: Callable[[Lot], Awaitable[None]], seconds: float) -> None:
        self._settle = settle
        self._seconds = seconds
        self._lot = Lot()
        self._settled: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._began_at = NEVER

    async def settled(self, said: Lot) -> None:
        """Return when it is said of a batch, whose facts are stored; raise what `settle` raises."""
        self._lot.add(said)
        if self._settled is None:
            self._settled = asyncio.create_task(self._settle_lot())
        # Others wait for the same lot: who is cancelled does not take it from them.
        await asyncio.shield(self._settled)

    async def _settle_lot(self) -> None:
        await asyncio.sleep(self._began_at + self._seconds - time.monotonic())
        async with self._turn:
            lot, self._lot, self._settled = self._lot, Lot(), None
            self._began_at = time.monotonic()
            await self._settle(lot)
