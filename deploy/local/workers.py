"""The workers of a local stack as programs: `pulse worker ROLE`, pointed at the stack whatever else is set.

The stack's addresses go into their environment, which wins over pulse.toml: a stack for trials must never
write to the real broker or database that a settings file names.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from deploy.local.ports import LOOPBACK, is_listening
from deploy.local.program import Program
from deploy.settings import DeploySettings
from deploy.sources import FILE_VARIABLE, STATE_VARIABLE, Tree, as_variables, config_file

READY_SECONDS: Final = 180.0
"""Loading a worker's libraries takes seconds, on a machine that is busy much longer."""
CONSOLE: Final = "console"
STOP_SECONDS: Final = 30
"""A worker may have to finish a batch, and the writer an insert."""


@dataclass(frozen=True)
class Role:
    """One worker process of the stack."""

    name: str
    arguments: tuple[str, ...]
    """Of the `pulse` command."""
    serves_itself: bool = False
    """Whether it is an HTTP service, whose own port has the metrics too."""

    def port_setting(self, port: int) -> dict[str, Any]:
        """Return the setting that gives it its port, in the shape of pulse.toml."""
        if self.serves_itself:
            return {"producers": {"intake": {"host": LOOPBACK, "port": port}}}
        return {"deploy": {"metrics_host": LOOPBACK, "metrics_port": port}}


def roles(settings: DeploySettings) -> Iterator[Role]:
    """Yield the workers in the order of their start.

    Readers start before those who write for them; stops go the other way, so that what was published last
    is still tagged and stored.
    """
    yield Role("writer", ("worker", "writer"))
    if settings.alerter:
        yield Role("alerter", ("worker", "alerter"))
    yield Role("weigher", ("worker", "weigher"))
    for number in range(1, settings.intake_workers + 1):
        yield Role(f"intake-{number}", ("worker", "intake"))
    if settings.http_intake:
        yield Role("http", ("produce", "http"), serves_itself=True)
    if settings.console:
        yield Role(CONSOLE, ("console",))


def worker_programs(directory: Path, forced: Tree, ports: Mapping[Role, int]) -> list[Program]:
    """Return the workers as programs.

    Args:
        directory: of the stack.
        forced: the stack's addresses and secrets, in the shape of pulse.toml.
        ports: each worker with the port that it shows its metrics on.
    """
    variables = as_variables(forced) | {STATE_VARIABLE: str(directory)}
    if config_file().exists():
        variables[FILE_VARIABLE] = str(config_file().absolute())
    return [
        Program(
            name=role.name,
            command=(sys.executable, "-m", "deploy.cli", *role.arguments),
            directory=directory,
            environment=variables | as_variables(role.port_setting(port)),
            is_ready=partial(is_listening, LOOPBACK, port),
            ready_seconds=READY_SECONDS,
            stop_seconds=STOP_SECONDS,
        )
        for role, port in ports.items()
    ]
