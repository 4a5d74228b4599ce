"""What the streams ask of whoever keeps the facts, to rebuild their state; implemented in sinks/facts.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from producers.contract import Kind
from streams.contract import Progress
from streams.counting import Countable
from streams.surges.arrival import Arrival

__all__ = ["Arrival", "Countable", "FactStore", "Kind"]


class FactStore(Protocol):
    """Blocking calls, for a worker thread; each raises `ConnectionError` while the store is away."""

    def stored_up_to(self, epoch: int, part: int) -> int:
        """Return the offset below which all of this part has been stored; 0 where nothing has."""
        ...

    def progress_at(self, epoch: int, part: int, next_at_most: int) -> Progress | None:
        """Return the part's last progress at or below this offset, of this epoch or else of an older one."""
        ...

    def counted_facts(self, epoch: int, part: int, below: int, since_s: int) -> Iterator[Countable]:
        """Yield a part's countable events below an offset (older epochs: all) since a moment, once each."""
        ...

    def arrivals(self, epoch: int, below: Mapping[int, int]) -> Iterator[Arrival]:
        """Yield opened requests below each part's offset, once each, ordered by minute weighed."""
        ...
