"""Gaps in what a partition brings: records that are still being written, or gone for good. Pure.

Apache Kafka shows nothing behind a record that is being written. The embedded broker does: a large record
that one producer sends is overtaken by small ones of another, and whoever reads on never comes back to it. So
what stands behind a gap is held back for a while; if the gap stays, whoever counts records takes it for lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from typing import Final

PATIENCE_SECONDS: Final = 10.0
"""A record of ten megabytes takes a fraction of a second, on a busy machine too."""


class Gaps:
    """Remembers since when each partition has had its gap.

    Args:
        patience_seconds: for so long a gap is taken for one that will be filled.
        clock: seconds, from anywhere on.
    """

    def __init__(
        self, patience_seconds: float = PATIENCE_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._patience = patience_seconds
        self._clock = clock
        self._since: dict[Hashable, tuple[int, float]] = {}
        """Partition -> the first offset that is missing, and when it was first missed."""

    def whole(self, partition: Hashable, offsets: Sequence[int], expected: int | None) -> int:
        """Return how many of the records may be taken now; to miss any of those behind, seek to the gap.

        Args:
            partition: whose records they are.
            offsets: of the records, ascending; at least one.
            expected: the offset behind the last record that was taken; None: not known.
        """
        first = offsets[0] if expected is None else expected
        if offsets[0] == first and offsets[-1] - first == len(offsets) - 1:
            return len(offsets)
        for number, offset in enumerate(offsets):
            if offset != first and self._may_be_filled(partition, first):
                return number
            first = offset + 1
        return len(offsets)

    def _may_be_filled(self, partition: Hashable, missing: int) -> bool:
        now = self._clock()
        known, since = self._since.get(partition, (-1, now))
        if known > missing:
            return False  # one before a gap that was waited for has been waited for
        if known != missing:
            since = now
            self._since[partition] = missing, now
        return now - since < self._patience
