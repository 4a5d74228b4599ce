"""The producer of a run: `pulse produce file` as a process of its own, which can be killed and started again.

It keeps a state file, as a person would have it do: started again it goes on near where it was, and what it
publishes twice has the same ids.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.errors import OperationFailed
from deploy.local.tether import tethered

STOP_SECONDS: Final = 10.0
TRIES: Final = 5


class FileProducer:
    """Publishes one file.

    Args:
        file: JSON Lines of events.
        rate: records a second.
        environment: of the process; says where the broker is.
    """

    def __init__(self, file: Path, rate: float, environment: Mapping[str, str]) -> None:
        self._command = (
            *(sys.executable, "-m", "deploy.cli", "produce", "file", str(file), "--order", "file"),
            *("--rate", f"{rate:g}", "--state", str(file.with_suffix(".state")), "--json"),
        )
        self._environment = dict(environment)
        self._log = file.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def start(self) -> None:
        """Start it, or start it again.

        Raises:
            OperationFailed: it failed too often.
        """
        self.starts += 1
        if self.starts > TRIES:
            raise OperationFailed(f"the producer ended {TRIES} times before its file did; see {self._log}")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                tethered(self._command),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._log.parent,
            )

    def kill(self) -> bool:
        """SIGKILL it; return whether it still ran."""
        if self._process is None or self._process.poll() is not None:
            return False
        self._process.kill()
        self._process.wait()
        return True

    def is_done(self) -> bool:
        """Return whether all of the file is acknowledged; one that failed is started again.

        Raises:
            OperationFailed: it failed too often.
        """
        code = None if self._process is None else self._process.poll()
        if code is not None and code != 0:
            self.start()
        return code == 0

    def stop(self) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
