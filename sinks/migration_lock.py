"""The lock that keeps two migrators apart. ClickHouse has none, but it creates a table of a name only once.

Whoever succeeds in creating the table `schema_lock` holds the lock; dropping it lets go. The lock is as wide
as the server that all migrators speak to: on a cluster, point them at the same one. It does not run out by
itself: a lease could end in the middle of a long ALTER, and two migrators would be worse than a question to
the operator, who is told who holds it since when, and who may break it (`pulse migrate --break-lock`).
"""

from __future__ import annotations

import time
import uuid
from types import TracebackType
from typing import Final

from sinks.clickhouse import ClickHouse, DatabaseRefused
from sinks.settings import SinksSettings
from sinks.statements import query

PAUSE_SECONDS: Final = 0.5


class MigrationLockHeld(Exception):
    """Another migrator is at work, or died at it; the message says which and since when."""


class MigrationLock:
    """A context manager that holds the lock."""

    def __init__(
        self, server: ClickHouse, settings: SinksSettings, holder: str, patience_seconds: float = 60.0
    ) -> None:
        """Take the server that all migrators use, who is asking, and how long to wait for another."""
        self._server = server
        self._settings = settings
        self._holder = f"{holder} {uuid.uuid4().hex[:8]}"
        self._patience_seconds = patience_seconds

    def __enter__(self) -> None:
        """Wait for the lock.

        Raises:
            MigrationLockHeld: another holds it for longer than the patience.
        """
        self._server.execute(query("create_database", self._settings))
        deadline = time.monotonic() + self._patience_seconds
        while not self._try():
            if time.monotonic() > deadline:
                raise MigrationLockHeld(
                    f"another migration holds the lock ({self.current_holder() or 'just now'}); "
                    "if that process is gone, run `pulse migrate --break-lock`"
                )
            time.sleep(PAUSE_SECONDS)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go."""
        self.remove()

    def remove(self) -> None:
        """Remove the lock, whoever holds it."""
        self._server.execute(query("drop_lock", self._settings))

    def current_holder(self) -> str:
        """Return who holds the lock since when, or nothing where nobody does."""
        [(exists,)] = self._server.execute(query("lock_exists", self._settings))
        if not exists:
            return ""
        rows = self._server.execute(query("read_lock", self._settings))
        return str(rows[0][0]) if rows else "a migrator that died at once"

    def _try(self) -> bool:
        try:
            self._server.execute(query("create_lock", self._settings), {"holder": self._holder})
        except DatabaseRefused:
            # Taken by another; or by ourselves, where the reply to a first try was lost.
            holder = self.current_holder()
            if not holder:
                raise
            return holder.startswith(self._holder)
        return True
