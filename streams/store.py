"""What the streams ask of whoever keeps the facts, to rebuild their state.

Implemented in sinks/facts.py and sinks/checkpoints.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

import msgspec

from producers.contract import Kind
from streams.contract import Progress
from streams.counting import Countable
from streams.surges.arrival import Arrival

__all__ = [
    "Arrival",
    "CheckpointHead",
    "CheckpointStore",
    "Countable",
    "DamagedCheckpoint",
    "FactStore",
    "Kind",
    "Since",
]


class Since(NamedTuple):
    """From where on arrivals are asked for; ms since 1970 UTC."""

    weighed_ms: int
    occurred_ms: int
    """What occurred before is of no use to who asks."""


class CheckpointHead(msgspec.Struct, frozen=True):
    """What is known of a checkpoint without its state."""

    epoch: int
    """Incarnation of the raw topic."""
    version: str
    """Of the weigher that made it: only one of the same can use it."""
    weighed_until: int
    """All arrivals of minutes before are in the state, none of later ones; s since 1970 UTC."""
    digest: str
    """Of the state; names the checkpoint."""


class DamagedCheckpoint(Exception):
    """The state that is stored is not the one that was written."""


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

    def arrivals(self, epoch: int, below: Mapping[int, int], since: Since | None = None) -> Iterator[Arrival]:
        """Yield opened requests below each part's offset, once each, ordered by minute weighed.

        With `since`, only those weighed then or later; later deliveries of what was weighed before may be
        among them.
        """
        ...


class CheckpointStore(Protocol):
    """Keeps the last checkpoints of the weigher; calls block, and raise `ConnectionError` as above."""

    def heads(self) -> list[CheckpointHead]:
        """Return the checkpoints that are there, the newest first."""
        ...

    def state(self, head: CheckpointHead) -> bytes:
        """Return the state of a checkpoint.

        Raises:
            DamagedCheckpoint: it is not there as it was written.
        """
        ...

    def keep(self, epoch: int, version: str, weighed_until: int, state: bytes) -> None:
        """Keep a checkpoint, and the newest that is there already."""
        ...
