"""`pulse stack up|down|status`: the local stack from the command line. What it is stands in deploy/local/."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from deploy.commands.options import as_json_option, broker_option
from deploy.errors import OperationFailed
from deploy.local.prepare import keep_registry, prepare_platform
from deploy.local.stack import Broker, Stack, clear_stale, find_stack, plan_stack, start_stack
from deploy.sources import state_directory


@click.group()
def command() -> None:
    """Start, stop or look at the local stack: a broker, ClickHouse and the workers on this machine.

    They listen on free loopback ports, keep data and logs in .pulse (or PULSE_STATE_DIR), and are started
    again when they die. Other commands find a running stack by themselves.
    """


@command.command()
@broker_option
@click.option(
    "--registry",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Registry of estates (CSV or GeoJSON) to load at this start and at later ones.",
)
@as_json_option
def up(broker: Broker, registry: Path | None, as_json: bool) -> None:
    """Start the stack and return when all of it serves."""
    directory = state_directory()
    _say_if_stale(directory)
    if registry is not None:
        keep_registry(directory, registry)
    stack = start_stack(plan_stack(directory, broker), prepare_platform, _report, tied=False)
    _show(stack, as_json=as_json)


@command.command()
@as_json_option
def down(as_json: bool) -> None:
    """Stop the workers, then the servers. Data stays, but for topics of the embedded broker."""
    directory = state_directory()
    _say_if_stale(directory)
    stack = find_stack(directory)
    if stack is not None:
        stack.down()
    if as_json:
        click.echo(json.dumps({"directory": str(directory), "stopped": stack is not None}))
    else:
        click.echo("stopped" if stack is not None else f"no stack runs in {directory}")


@command.command()
@as_json_option
def status(as_json: bool) -> None:
    """Say how each part is; exit code 1 where no stack runs or a part does not."""
    directory = state_directory()
    _say_if_stale(directory)
    stack = find_stack(directory)
    if stack is None:
        raise OperationFailed(f"no stack runs in {directory}")
    _show(stack, as_json=as_json)
    if any(part.state != "RUNNING" for part in stack.status()):
        raise click.exceptions.Exit(1)


def _say_if_stale(directory: Path) -> None:
    if clear_stale(directory):
        click.echo(f"the former stack in {directory} died; what it left is cleared", err=True)


def _report(step: str) -> None:
    click.echo(f"starting: {step}", err=True)


def _show(stack: Stack, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_as_json(stack), indent=2))
        return
    table = Table("part", "state", "pid", "up, s", "metrics", title=f"Stack in {stack.directory}")
    for part in stack.status():
        metrics = stack.state.metrics.get(part.name, "")
        table.add_row(part.name, part.state, str(part.pid or ""), str(part.up_seconds), metrics)
    console = Console()
    console.print(table)
    clickhouse = stack.state.settings["sinks"]["clickhouse"]
    console.print(f"Kafka ({stack.state.broker}): {stack.state.settings['brokers']}", highlight=False)
    native, http = f"{clickhouse['host']}:{clickhouse['port']}", stack.state.clickhouse_http
    console.print(f"ClickHouse: {native} (native), {http}/play", highlight=False)
    page = stack.state.settings["console"]
    console.print(
        f"Console: http://{page['host']}:{page['port']} (`pulse console user add`)", highlight=False
    )
    console.print(f"Logs: {stack.logs}", highlight=False)


def _as_json(stack: Stack) -> dict[str, Any]:
    return {
        "directory": str(stack.directory),
        "broker": stack.state.broker,
        "supervisor_pid": stack.state.supervisor_pid,
        "settings": stack.state.settings,
        "clickhouse_http": stack.state.clickhouse_http,
        "metrics": stack.state.metrics,
        "parts": [asdict(part) for part in stack.status()],
    }
