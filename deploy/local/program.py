"""A part of the local stack as data, and the way to run one for as long as a `with` block lasts.

The supervisor of `pulse stack` runs the same programs from the same data; this module is for tests and
trials that need a single part. It knows nothing of what the parts are.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from deploy.errors import PartUnavailable
from deploy.local.tether import tethered

PROBE_SECONDS: Final = 0.05


@dataclass(frozen=True)
class Program:
    """One child process: what to run, where, and how to know that it serves."""

    name: str
    command: tuple[str, ...]
    directory: Path
    """Its working directory; `running` writes its log `NAME.log` there too."""
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Added to the environment of the parent."""
    is_ready: Callable[[], bool] = lambda: True
    """Answers by a real request whether it serves; never raises."""
    ready_seconds: float = 60.0
    stop_seconds: int = 10
    """How long it may take to end after SIGTERM; then it is killed."""
    restarts: bool = True
    """Whether a supervisor starts it again when it dies; not where it would come back without its data."""


class RunningProgram:
    """A started program: its process, and how to end it gently or not."""

    def __init__(self, program: Program) -> None:
        program.directory.mkdir(parents=True, exist_ok=True)
        self.program = program
        self.log = program.directory / f"{program.name}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                tethered(program.command, os.getpid()),
                cwd=program.directory,
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_ready(self) -> None:
        """Return once it serves.

        Raises:
            PartUnavailable: it ended, or did not serve in time; the message carries the end of its log.
        """
        deadline = time.monotonic() + self.program.ready_seconds
        while not self.program.is_ready():
            if self.process.poll() is not None:
                raise self._unavailable(f"ended with {self.process.returncode}")
            if time.monotonic() > deadline:
                raise self._unavailable(f"does not answer after {self.program.ready_seconds:.0f} s")
            time.sleep(PROBE_SECONDS)

    def stop(self) -> None:
        """End it with SIGTERM, and with SIGKILL where it does not go in time."""
        self.process.terminate()
        try:
            self.process.wait(self.program.stop_seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        self.process.kill()
        self.process.wait()

    def _unavailable(self, what: str) -> PartUnavailable:
        lines = self.log.read_text(errors="replace").splitlines()
        return PartUnavailable(f"{self.program.name} {what}: {' | '.join(lines[-5:]) or 'its log is empty'}")


@contextmanager
def running(program: Program) -> Iterator[RunningProgram]:
    """Run a program until the block ends; the block begins when it serves.

    Raises:
        PartUnavailable: it did not come up.
    """
    part = RunningProgram(program)
    try:
        part.wait_ready()
        yield part
    finally:
        part.stop()
