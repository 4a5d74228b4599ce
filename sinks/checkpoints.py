"""Keeps the weigher's checkpoints in ClickHouse: the last two, each in pieces.

Implements `streams.store.CheckpointStore`. Blocking: for worker threads.
"""

from __future__ import annotations

import hashlib
from typing import Final

from sinks.clickhouse import ClickHouse
from sinks.contract import WEIGHER_CHECKPOINTS
from sinks.settings import SinksSettings
from sinks.statements import query
from streams.store import CheckpointHead, DamagedCheckpoint

PIECE_BYTES: Final = 4 * 1024 * 1024
PIECES_AT_ONCE: Final = 8
LONGEST_REPLY_SECONDS: Final = 30.0
COLUMNS: Final = ("slot", "piece", "pieces", "digest", "epoch", "version", "weighed_until", "state")
SLOTS: Final = 2


class Checkpoints:
    """Reads as patiently as all else, and writes with one try: another checkpoint comes soon.

    Every method raises:
        DatabaseAway: (a ConnectionError) the server is away.
        DatabaseRefused: it refuses the query, e.g. the schema was not migrated.
    """

    def __init__(self, settings: SinksSettings) -> None:
        """Take where the server is."""
        patience = settings.clickhouse
        once = {
            "patience_seconds": 0.0,
            "reply_seconds": min(patience.reply_seconds, LONGEST_REPLY_SECONDS),
        }
        self._reads = ClickHouse(patience)
        self._writes = ClickHouse(patience.model_copy(update=once))
        self._heads = query("checkpoints", settings)
        self._state = query("checkpoint_state", settings)

    def heads(self) -> list[CheckpointHead]:
        """Return the checkpoints of which all pieces are there, the newest first."""
        return [head for _, head in self._slots(self._reads)]

    def state(self, head: CheckpointHead) -> bytes:
        """Return the state of a checkpoint.

        Raises:
            DamagedCheckpoint: it is not there as it was written.
        """
        rows = self._reads.stream(self._state, {"digest": head.digest}, as_bytes=True)
        state = b"".join(piece for (piece,) in rows)
        if digest_of(state) != head.digest:
            raise DamagedCheckpoint(f"the state of {head.digest} has another digest")
        return state

    def keep(self, epoch: int, version: str, weighed_until: int, state: bytes) -> None:
        """Keep a checkpoint in the slot where the newest whole one is not."""
        newest = next((slot for slot, _ in self._slots(self._writes)), SLOTS - 1)
        pieces = [state[at : at + PIECE_BYTES] for at in range(0, len(state), PIECE_BYTES)]
        shared = (len(pieces), digest_of(state), epoch, version, weighed_until)
        for at in range(0, len(pieces), PIECES_AT_ONCE):
            some = pieces[at : at + PIECES_AT_ONCE]
            rows = [((newest + 1) % SLOTS, at + number, *shared, piece) for number, piece in enumerate(some)]
            self._writes.insert(
                WEIGHER_CHECKPOINTS, COLUMNS, [[*column] for column in zip(*rows, strict=True)]
            )

    def _slots(self, server: ClickHouse) -> list[tuple[int, CheckpointHead]]:
        return [
            (slot, CheckpointHead(epoch, version, weighed_until, digest))
            for slot, digest, epoch, version, weighed_until in server.execute(self._heads)
        ]


def digest_of(state: bytes) -> str:
    """Return what names a state: BLAKE2b of 16 bytes, hexadecimal."""
    return hashlib.blake2b(state, digest_size=16).hexdigest()
