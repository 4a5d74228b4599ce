"""What every process shows of itself: its metrics, with the build they come from."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Final

from prometheus_client import Info, start_http_server

BUILD: Final = Info("pulse_build", "What this process runs")


def serve_metrics(host: str, port: int, role: str) -> None:
    """Serve /metrics on this address; port 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    BUILD.info({"version": version("estate-pulse"), "role": role, "python": platform.python_version()})
    start_http_server(port, addr=host)
