"""What every process shows of itself: /metrics, with the build they come from, and /healthz for probes."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final

from prometheus_client import Info, start_http_server

from streams.watchdog import Health

BUILD: Final = Info("pulse_build", "What this process runs")
HEALTH_PATH: Final = "/healthz"


def serve_metrics(host: str, port: int, role: str, health: Callable[[], Health]) -> None:
    """Serve /metrics and /healthz on this address, from a thread; port 0 takes a free one.

    Args:
        host: address to listen on.
        port: TCP port.
        role: what the process is, for its metrics.
        health: asked at each request; unwell is answered with 503.

    Raises:
        OSError: the port is taken.
    """
    BUILD.info({"version": version("estate-pulse"), "role": role, "python": platform.python_version()})
    server, _ = start_http_server(port, addr=host)
    metrics: Any = server.get_app()

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != HEALTH_PATH:
            return metrics(environ, start_response)  # type: ignore[no-any-return]
        well, text = health()
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        start_response(f"{status.value} {status.phrase}", [("Content-Type", "text/plain; charset=utf-8")])
        return [text.encode()]

    server.set_app(answer)
