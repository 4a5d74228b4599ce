"""`pulse relay`: serves the relay between Alertmanager and chat robots until it is told to stop."""

from __future__ import annotations

import click
import uvicorn

from deploy.errors import SettingsError
from deploy.settings import load_settings
from sinks.alerts.relay import Relay
from sinks.alerts.robots import Robot


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=9120, show_default=True, help="TCP port.")
def command(host: str, port: int) -> None:
    """Pass Alertmanager's notifications on to the robots of DingTalk, WeCom and Feishu.

    A webhook's path is the name of a robot in the setting sinks.alerts.robots; /healthz and /metrics are for
    probes and Prometheus.
    """
    robots = load_settings().sinks.alerts.robots
    if not robots:
        raise SettingsError(
            "PULSE_SINKS__ALERTS__ROBOTS: there is no robot yet, e.g."
            ' {"duty": "dingtalk+https://oapi.dingtalk.com/robot/send?access_token=...#SEC..."}'
        )
    relay = Relay({name: Robot.parse(address.get_secret_value()) for name, address in robots.items()})
    # uvicorn's own access log would name callers; the metrics say what is needed.
    uvicorn.run(relay.app, host=host, port=port, log_level="warning", access_log=False, server_header=False)
