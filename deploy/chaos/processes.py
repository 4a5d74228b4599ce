"""What Linux says of a process: its TCP ports and its memory. Reads /proc and nothing else."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

SOCKET: Final = re.compile(r"socket:\[(\d+)\]")
KILOBYTE: Final = 1024


def ports_of(pid: int) -> set[int]:
    """Return the local TCP ports of a process; none where it is gone."""
    try:
        table = Path(f"/proc/{pid}/net/tcp").read_text()
    except OSError:
        return set()
    inodes = _socket_inodes(pid)
    rows = (line.split() for line in table.splitlines()[1:])
    return {int(row[1].rpartition(":")[2], 16) for row in rows if row[9] in inodes}


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds, bytes; 0 where it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * KILOBYTE if found else 0


def directory_bytes(directory: Path) -> int:
    """Return the size of all files below a directory; those that vanish meanwhile are left out."""
    total = 0
    # Path.rglob ends with an error where a directory vanishes under it, as merged parts of ClickHouse do.
    for parent, _, names in os.walk(directory):
        for name in names:
            with suppress(OSError):
                total += Path(parent, name).stat().st_size
    return total


def _socket_inodes(pid: int) -> set[str]:
    inodes = set()
    for descriptor in _descriptors(pid):
        try:
            found = SOCKET.fullmatch(str(descriptor.readlink()))
        except OSError:
            continue  # closed since
        if found:
            inodes.add(found[1])
    return inodes


def _descriptors(pid: int) -> list[Path]:
    try:
        return [*Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return []
