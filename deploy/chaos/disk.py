"""A disk that can be filled under ClickHouse: a small file system of its own where we may mount one.

It is filled below what the embedded server keeps free, not to the last byte: what is being written then still
finds room, because that engine takes a write that found none for done (ADR 12).

Mounting takes a right that root has and others have not. Without it, ClickHouse is told to refuse inserts
while less is free than no disk has: the same answer to the writer, but nothing breaks inside the server.
"""

from __future__ import annotations

import ctypes
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Final

from sinks.clickhouse import ClickHouse, DatabaseAway
from sinks.settings import SinksSettings
from sinks.statements import resolve, split

SMALL_BYTES: Final = 1024**3
TRIES: Final = 10
SPARED_BYTES: Final = 32 * 1024**2
"""Half of what the server keeps free (deploy/local/clickhouse_config.xml)."""
CLONE_NEWNS: Final = 0x00020000
MS_PRIVATE_BELOW: Final = 1 << 18 | 1 << 14
MNT_DETACH: Final = 2
BALLAST: Final = "ballast"


class Disk(ABC):
    """The disk that ClickHouse's data lie on."""

    how: str
    """How it is filled, for the report."""

    @abstractmethod
    def fill(self) -> bool:
        """Leave no room; return whether that could be done."""

    @abstractmethod
    def empty(self) -> bool:
        """Make room again; return whether that could be done now."""


class SmallDisk(Disk):
    """A file system of its own, which a file fills."""

    how = "a small file system filled below what ClickHouse keeps free"

    def __init__(self, directory: Path) -> None:
        self._ballast = directory / BALLAST

    def fill(self) -> bool:
        """Write a file over what is free but for what is spared."""
        for _ in range(TRIES):
            room = os.statvfs(self._ballast.parent)
            free = room.f_bavail * room.f_frsize - SPARED_BYTES
            if free <= 0:
                return True
            with suppress(OSError), self._ballast.open("wb") as ballast:  # the server took some meanwhile
                os.posix_fallocate(ballast.fileno(), 0, free)
        return False

    def empty(self) -> bool:
        """Remove the file."""
        self._ballast.unlink(missing_ok=True)
        return True


class RefusingServer(Disk):
    """A ClickHouse that keeps more free than there is."""

    how = "ClickHouse told to keep more free than there is, for want of the right to mount a small disk"

    def __init__(self, settings: SinksSettings) -> None:
        migrator = settings.clickhouse.model_copy(
            update={
                "user": settings.clickhouse.migrator_user,
                "password": settings.clickhouse.migrator_password,
                "patience_seconds": 0.0,
                "connect_seconds": 1.0,
                "reply_seconds": 5.0,
            }
        )
        self._server = ClickHouse(migrator)
        self._settings = settings

    def fill(self) -> bool:
        """Set the limit on every table."""
        return self._run("disk_full.sql")

    def empty(self) -> bool:
        """Take it away."""
        return self._run("disk_free.sql")

    def _run(self, name: str) -> bool:
        text = resolve(files("deploy.chaos").joinpath(name).read_text(), self._settings)
        try:
            for statement in split(text):
                self._server.execute(statement)
        except DatabaseAway:
            return False
        return True


@contextmanager
def small_disk(directory: Path) -> Iterator[bool]:
    """Mount a small file system on a directory for this process, its children, and nobody else.

    It is seen in a mount namespace of the calling thread and of what that starts later, so it cannot outlive
    them, however they end.

    Yields:
        Whether it is there: not where the right to mount is missing.
    """
    directory.mkdir(parents=True, exist_ok=True)
    libc = ctypes.CDLL(None, use_errno=True)
    is_there = (
        libc.unshare(CLONE_NEWNS) == 0
        and libc.mount(None, b"/", None, MS_PRIVATE_BELOW, None) == 0
        and libc.mount(b"tmpfs", os.fsencode(directory), b"tmpfs", 0, f"size={SMALL_BYTES}".encode()) == 0
    )
    try:
        yield is_there
    finally:
        if is_there:
            libc.umount2(os.fsencode(directory), MNT_DETACH)
