"""A running stack as a test or a fault sees it: its tables, its processes, how far it has weighed."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import Any

from deploy.demo.settling import WATERMARK, read_metric
from deploy.local.stack import Stack
from deploy.settings import Settings
from sinks.clickhouse import ClickHouse


class NotRunning(Exception):
    """There is no such process at this moment."""


@dataclass(frozen=True)
class Platform:
    """A running stack."""

    stack: Stack
    settings: Settings

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask ClickHouse as the writer."""
        server = ClickHouse(self.settings.sinks.clickhouse)
        try:
            return server.execute(query)
        finally:
            server.close()

    def pid(self, name: str) -> int:
        """Return the process id of a part.

        Raises:
            NotRunning: it does not run now.
        """
        for part in self.stack.status():
            if part.name == name and part.pid:
                return part.pid
        raise NotRunning(name)

    def signal(self, name: str, number: signal.Signals) -> int:
        """Send a signal to a part; return its process id.

        Raises:
            NotRunning: it does not run now.
        """
        pid = self.pid(name)
        try:
            os.kill(pid, number)
        except ProcessLookupError as gone:
            raise NotRunning(name) from gone
        return pid

    def kill(self, name: str) -> None:
        """SIGKILL a part; the supervisor starts another.

        Raises:
            NotRunning: it does not run now.
        """
        self.signal(name, signal.SIGKILL)

    def watermark(self, timeout_seconds: float = 5.0) -> float:
        """Return the moment up to which the weigher has weighed, s since 1970; 0 while it does not answer."""
        return read_metric(self.stack.state.metrics["weigher"], WATERMARK, timeout_seconds)
