"""What a process shows of itself to probes and to Prometheus, over real HTTP."""

from __future__ import annotations

import httpx

from deploy.local.ports import LOOPBACK, free_ports
from deploy.serving import serve_metrics
from streams.watchdog import Health


def test_a_probe_is_told_the_health_of_the_moment_and_prometheus_the_metrics() -> None:
    [port] = free_ports(1)
    told = [Health(True, "gets on")]
    serve_metrics(LOOPBACK, port, "test", lambda: told[-1])
    address = f"http://{LOOPBACK}:{port}"
    well = httpx.get(f"{address}/healthz")
    assert (well.status_code, well.text) == (200, "gets on")
    told.append(Health(False, "complaints.raw/0 goes up to 7, but was read up to 3 only, for 120 s"))
    unwell = httpx.get(f"{address}/healthz")
    assert (unwell.status_code, unwell.text) == (503, told[-1].text)
    assert "pulse_build_info{" in httpx.get(f"{address}/metrics").text
