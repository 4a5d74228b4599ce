"""The local stack's state file: what other commands need to know of a stack that runs.

`stack.json` says which process supervises the stack and holds settings (addresses) in the shape of
`pulse.toml`; `secrets.json` beside it, readable by its owner alone, holds those that are secret. A file whose
supervisor is dead is stale and counts for nothing.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from deploy.sources import Tree, read_json

STATE_FILE: Final = "stack.json"
SECRETS_FILE: Final = "secrets.json"


@dataclass(frozen=True)
class StackState:
    """A stack that was started from this directory."""

    supervisor_pid: int
    started_ticks: int
    """The supervisor's start time in clock ticks since boot: a pid alone may be another process by now."""
    socket: str
    """Where the supervisor answers."""
    broker: str
    """`tansu` or `kafka`."""
    settings: Tree = field(default_factory=dict)
    """Addresses, in the shape of pulse.toml."""
    clickhouse_http: str = ""
    """Address of ClickHouse's HTTP side; /play there is a page to try queries in."""
    metrics: dict[str, str] = field(default_factory=dict)
    """The address of each worker's metrics, by program."""

    def is_alive(self) -> bool:
        """Return whether the supervisor that wrote this still runs."""
        return start_ticks(self.supervisor_pid) == self.started_ticks


def start_ticks(pid: int) -> int | None:
    """Return when a process started, in clock ticks since boot; None where there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The command name stands in parentheses and may hold blanks: count the fields from its end.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def write_state(directory: Path, state: StackState, secrets: Tree) -> None:
    """Write both files; the one with secrets is never readable by others, not even for a moment."""
    _write(directory / SECRETS_FILE, secrets, mode=0o600)
    _write(directory / STATE_FILE, asdict(state), mode=0o644)


def read_state(directory: Path) -> StackState | None:
    """Return the stack that the directory speaks of, dead or alive; None where it speaks of none."""
    tree = read_json(directory / STATE_FILE)
    return StackState(**tree) if tree else None


def forget_state(directory: Path) -> None:
    """Remove both files."""
    for name in (STATE_FILE, SECRETS_FILE):
        (directory / name).unlink(missing_ok=True)


def running_stack_settings(directory: Path) -> Tree:
    """Return the settings of the stack that runs in the directory, with secrets; empty where none runs."""
    state = read_state(directory)
    if state is None or not state.is_alive():
        return {}
    return merge(state.settings, read_json(directory / SECRETS_FILE))


def merge(under: Tree, over: Tree) -> Tree:
    """Return both trees as one; where both have a value, `over` wins."""
    merged: dict[str, Any] = dict(under)
    for name, value in over.items():
        below = merged.get(name)
        merged[name] = merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _write(file: Path, tree: Tree, mode: int) -> None:
    """Replace a file whole, so that a reader never sees half of it."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as out:
        json.dump(tree, out, indent=2)
    fresh.replace(file)
