"""A running supervisord: start it, start and stop the programs it was given, ask how they are, end it.

It speaks supervisord's XML-RPC over a Unix socket that only its owner can open.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from deploy.errors import OperationFailed, PartUnavailable
from deploy.local.program import PROBE_SECONDS, Program
from deploy.local.state import start_ticks
from deploy.local.supervisor_config import Supervision, supervisor_config
from deploy.local.tether import tethered

START_SECONDS: Final = 10.0
END_SECONDS: Final = 90.0
GIVE_UP_SECONDS: Final = 15.0
ALIVE: Final = frozenset({"STARTING", "RUNNING", "BACKOFF", "STOPPING"})
NOT_RUNNING: Final = 70  # supervisor.xmlrpc.Faults.NOT_RUNNING


@dataclass(frozen=True)
class ProgramStatus:
    """How one program is."""

    name: str
    state: str
    """supervisord's word: RUNNING, BACKOFF (waits before a retry), FATAL (gave up), STOPPED, ..."""
    pid: int
    up_seconds: int


class Supervisor:
    """A supervisord that can be reached by its socket."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket

    @property
    def _rpc(self) -> Any:
        # Made anew for each call: after a refused one the transport keeps a connection that stays broken.
        # The host in the address is not used; the transport opens the Unix socket.
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        return ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def is_up(self) -> bool:
        """Return whether it answers."""
        try:
            return bool(self._rpc.getState()["statename"] == "RUNNING")
        except (OSError, Fault):
            return False

    def pid(self) -> int:
        """Return its process id."""
        return int(self._rpc.getPID())

    def start(self, name: str) -> None:
        """Start a program without waiting for it."""
        self._rpc.startProcess(name, False)

    def stop(self, name: str, *, wait: bool = True) -> None:
        """Stop a program, and wait until it has ended unless told not to; one that does not run stays so."""
        try:
            self._rpc.stopProcess(name, wait)
        except Fault as fault:
            if fault.faultCode != NOT_RUNNING:
                raise

    def status(self) -> list[ProgramStatus]:
        """Return how each program is, in the order of their start."""
        return [
            ProgramStatus(
                name=info["name"],
                state=info["statename"],
                pid=info["pid"],
                up_seconds=max(0, info["now"] - info["start"]) if info["pid"] else 0,
            )
            for info in self._rpc.getAllProcessInfo()
        ]

    def shut_down(self) -> None:
        """Stop all programs, the last started first, and return when supervisord itself has ended.

        Raises:
            OperationFailed: it still runs after a minute and a half.
        """
        pid = self.pid()
        self._rpc.shutdown()
        deadline = time.monotonic() + END_SECONDS
        while start_ticks(pid) is not None:
            if time.monotonic() > deadline:
                raise OperationFailed(f"supervisord (process {pid}) does not end")
            time.sleep(PROBE_SECONDS)


def launch_supervisor(where: Supervision, programs: Sequence[Program], *, tied: bool) -> Supervisor:
    """Start supervisord over these programs; none of them is started yet.

    Args:
        where: its directory, socket and log sizes.
        programs: in the order of their start.
        tied: it ends with this process; otherwise it stays when this process ends.

    Raises:
        PartUnavailable: it did not come up.
    """
    for directory in (where.logs, *(program.directory for program in programs)):
        directory.mkdir(parents=True, exist_ok=True)
    where.config.write_text(supervisor_config(where, programs))
    where.config.chmod(0o600)  # the environment of the programs may hold secrets
    process = _spawn(where, tied=tied)
    supervisor = Supervisor(where.socket)
    deadline = time.monotonic() + START_SECONDS
    while not supervisor.is_up():
        if process.poll() is not None or time.monotonic() > deadline:
            raise PartUnavailable(f"supervisord did not start; see {where.logs}")
        time.sleep(PROBE_SECONDS)
    return supervisor


def wait_ready(supervisor: Supervisor, program: Program, logs: Path) -> None:
    """Return once a started program serves.

    Raises:
        PartUnavailable: it keeps ending, or does not serve in time.
    """
    deadline = time.monotonic() + program.ready_seconds
    while not program.is_ready():
        [status] = [each for each in supervisor.status() if each.name == program.name]
        if status.state == "BACKOFF":
            # It ended at once: the same will happen again, but for a server that was slow to come up.
            deadline = min(deadline, time.monotonic() + GIVE_UP_SECONDS)
        if status.state not in ALIVE or time.monotonic() > deadline:
            log = logs / f"{program.name}.log"
            raise PartUnavailable(f"{program.name} is {status.state} and does not serve; see {log}")
        time.sleep(PROBE_SECONDS)


def _spawn(where: Supervision, *, tied: bool) -> subprocess.Popen[bytes]:
    command = (sys.executable, "-m", "supervisor.supervisord", "-c", str(where.config))
    with (where.logs / "supervisor.out").open("ab") as out:
        return subprocess.Popen(
            tethered(command, os.getpid()) if tied else command,
            cwd=where.directory,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal is for the command, which then stops the parts in their order.
            start_new_session=True,
        )
