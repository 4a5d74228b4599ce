"""`pulse produce http`: serves the intake until it is told to stop."""

from __future__ import annotations

import socket

import click
import uvicorn

from deploy.commands.produce import warn_of_demo_key
from deploy.errors import OperationFailed, SettingsError
from deploy.settings import load_settings
from producers.intake.app import Intake
from producers.settings import ProducersSettings


@click.command()
@click.option("--host", help="Address to listen on; default: the setting producers.intake.host (loopback).")
@click.option("--port", type=click.IntRange(0, 65535), help="TCP port; 0 takes a free one.")
def command(host: str | None, port: int | None) -> None:
    r"""Serve the intake: POST /v1/events takes one event or an array of events in JSON.

    202 is answered only when Kafka has acknowledged; 207 and 400 give the reason for each event that was
    refused. Each source has a bearer token (`pulse produce token SOURCE`). /openapi.json describes it all,
    /healthz says whether Kafka takes events, /metrics has the metrics.

    \b
    curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8480/v1/events -d '{
      "request_id": "R1", "kind": "opened", "occurred_at": "2022-05-01T08:00:00+08:00",
      "title": "No parking spaces", "estate": "Jingji Yujing"}'
    """
    settings = load_settings().producers
    if not settings.intake.tokens:
        raise SettingsError(
            "PULSE_PRODUCERS__INTAKE__TOKENS: nobody may post yet; `pulse produce token SOURCE` draws a token"
        )
    warn_of_demo_key(settings, lambda text: click.secho(text, fg="red", bold=True, err=True))
    _serve(settings, host or settings.intake.host, settings.intake.port if port is None else port)


def _serve(settings: ProducersSettings, host: str, port: int) -> None:
    # uvicorn's access log would name callers; the metrics say what is needed.
    config = uvicorn.Config(
        Intake(settings).app, host=host, port=port, log_level="warning", access_log=False, server_header=False
    )
    try:
        listening = config.bind_socket()
    except SystemExit as error:  # uvicorn logs the reason and exits by itself
        raise OperationFailed(f"cannot listen on {host}:{port}; is another intake running?") from error
    _Server(config).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Says where it listens once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        click.echo(f"intake listens on http://{host}:{port}", err=True)
