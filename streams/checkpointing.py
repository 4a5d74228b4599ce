"""The weigher's checkpoints: when one is taken, and which one a start may go on from.

A checkpoint is a shortcut: without any, all facts are replayed. So nothing here stops the weigher: what
cannot be written is tried again when the next is due, what cannot be read is passed over; both are said and
counted. A schema without the table does stop it, as any that lacks a table does.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from streams.metrics import (
    CHECKPOINT_BYTES,
    CHECKPOINT_HOLD_SECONDS,
    CHECKPOINT_MOMENT,
    CHECKPOINTS,
)
from streams.store import CheckpointHead, CheckpointStore, DamagedCheckpoint
from streams.surges.detector import Detector
from streams.surges.detector_state import LAYOUT, DetectorCopy, UnreadableState, pack, unpack

log = logging.getLogger(__name__)


class Checkpointing:
    """Takes, keeps and loads checkpoints of one weigher.

    Args:
        epoch: incarnation of the raw topic: what was seen of an older one may never have been stored.
        zone: of the detector, an IANA name.
        seconds: between two checkpoints.
        store: keeps them.
        new_detector: makes one that has weighed nothing.
    """

    def __init__(
        self,
        epoch: int,
        zone: str,
        seconds: float,
        store: CheckpointStore,
        new_detector: Callable[[], Detector],
    ) -> None:
        self._epoch = epoch
        self._seconds = seconds
        self._store = store
        self.new_detector = new_detector
        self._version = f"{LAYOUT}/{new_detector().version}/{zone}"
        self._writing: asyncio.Task[None] | None = None
        self._due_at = time.monotonic() + seconds
        self._kept_until = 0

    # --- at the start ---

    def load(self) -> tuple[Detector, int]:
        """Return a detector, and the moment (s since 1970 UTC) before which all minutes are in it.

        That of the newest checkpoint that can be used; where there is none a new one, and 0.
        """
        for head in sorted(self._heads(), key=lambda head: head.weighed_until, reverse=True):
            refusal = self._refusal(head)
            if refusal is None:
                try:
                    return self._load(head), head.weighed_until
                except (DamagedCheckpoint, UnreadableState, ConnectionError) as exc:
                    refusal = str(exc)
            CHECKPOINTS.labels("refused").inc()
            log.warning("checkpoint %s is passed over: %s", head.digest[:8], refusal)
        CHECKPOINTS.labels("none").inc()
        log.info("no checkpoint to start from: all facts are replayed")
        return self.new_detector(), 0

    def _heads(self) -> list[CheckpointHead]:
        try:
            return self._store.heads()
        except ConnectionError as exc:
            log.warning("the checkpoints cannot be read: %s", exc)
            return []

    def _refusal(self, head: CheckpointHead) -> str | None:
        """Return why a checkpoint is of no use, by what is known of it without its state."""
        if head.epoch != self._epoch:
            return f"it is of epoch {head.epoch}, this is {self._epoch}"
        if head.version != self._version:
            return f"it is of a weigher {head.version}, this is {self._version}"
        return None

    def _load(self, head: CheckpointHead) -> Detector:
        started = time.monotonic()
        detector = self.new_detector()
        detector.restore(unpack(self._store.state(head)))
        CHECKPOINTS.labels("loaded").inc()
        log.info("checkpoint %s loaded, %.1f s", head.digest[:8], time.monotonic() - started)
        return detector

    # --- while it goes on ---

    @property
    def is_due(self) -> bool:
        """Whether another is due, and none is on its way."""
        return self._writing is None and time.monotonic() >= self._due_at

    def hasten(self) -> None:
        """Let the next be due at once."""
        self._due_at = 0.0

    async def take(self, detector: Detector, weighed_until: int) -> None:
        """Copy the detector while the flow is held, and let the copy be kept in the background.

        All that the detector found must have been acknowledged by the broker before.

        Args:
            detector: to copy; not used by anyone until this returns.
            weighed_until: all minutes before are in it, none of the later ones; s since 1970 UTC.
        """
        await self.settle()
        self._due_at = time.monotonic() + self._seconds
        if weighed_until <= self._kept_until:
            return  # nothing has been weighed since
        started = time.monotonic()
        copied = await asyncio.to_thread(detector.copy)
        CHECKPOINT_HOLD_SECONDS.observe(time.monotonic() - started)
        if copied is not None:
            self._writing = asyncio.create_task(self._keep(copied, weighed_until))

    async def settle(self) -> None:
        """Wait until the one on its way is kept, or has failed."""
        if self._writing is not None:
            await self._writing

    async def _keep(self, copied: DetectorCopy, weighed_until: int) -> None:
        started = time.monotonic()
        try:
            size = await asyncio.to_thread(self._write, copied, weighed_until)
        except Exception as exc:  # noqa: BLE001  (whatever it is, the weigher does not need it to go on)
            CHECKPOINTS.labels("failed").inc()
            log.warning("no checkpoint was kept (%s): %s", type(exc).__name__, exc)
        else:
            self._kept_until = weighed_until
            CHECKPOINTS.labels("kept").inc()
            CHECKPOINT_BYTES.set(size)
            CHECKPOINT_MOMENT.set(weighed_until)
            log.info("checkpoint kept: %.1f MB, %.1f s", size / 1e6, time.monotonic() - started)
        finally:
            self._writing = None

    def _write(self, copied: DetectorCopy, weighed_until: int) -> int:
        state = b"".join(pack(copied.state()))
        self._store.keep(self._epoch, self._version, weighed_until, state)
        return len(state)
