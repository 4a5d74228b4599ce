"""`pulse console`: serves the operators' pages; `pulse console user` keeps their accounts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from deploy.commands.options import as_json_option
from deploy.console.accounts import AccountError, Accounts
from deploy.console.people import Grant, Role, Scope
from deploy.errors import OperationFailed
from deploy.serving import serve_metrics
from deploy.settings import Settings, load_settings
from streams.watchdog import Health


@click.group(invoke_without_command=True)
@click.option("--host", help="Address to listen on; default: the setting console.host (loopback).")
@click.option("--port", type=click.IntRange(0, 65535), help="TCP port; 0 takes a free one.")
@click.pass_context
def command(ctx: click.Context, host: str | None, port: int | None) -> None:
    """Serve the operators' console: live pages of what happens, and of what people do about it.

    People log in with accounts of `pulse console user add`, or a proxy that signs them in says who they are
    (settings console.proxy).
    """
    if ctx.invoked_subcommand is None:
        changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
        _serve(load_settings({"console": changes} if changes else None))


@command.group()
def user() -> None:
    """Add, list or remove local accounts; a console that runs knows of it at once."""


@user.command()
@click.argument("name")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), required=True, help="What the account may do."
)
@click.option(
    "--scope",
    default="",
    metavar="LEVEL:UNIT",
    help="One unit whose events it sees, with all below; else all.",
)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, not the terminal."
)
def add(name: str, role: str, scope: str, password_stdin: bool) -> None:
    """Add the account NAME, or change it; the password is asked for."""
    try:
        grant = Grant(Role(role), Scope.parse(scope))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--scope") from error
    with _one_line_errors():
        _accounts().put(name, grant, _password(from_stdin=password_stdin))
    click.echo(f"account {name}: {role}{f' for {scope}' if scope else ''}")


@user.command("list")
@as_json_option
def list_users(as_json: bool) -> None:
    """List the accounts."""
    with _one_line_errors():
        accounts = _accounts().all()
    if as_json:
        rows = {name: {"role": each.role, "scope": each.scope} for name, each in accounts.items()}
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("account", "role", "scope")
    for name, account in sorted(accounts.items()):
        table.add_row(name, account.role, account.scope or "all")
    Console().print(table)


@user.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove the account NAME and end its sessions."""
    with _one_line_errors():
        _accounts().remove(name)
    click.echo(f"account {name} is removed")


def _serve(settings: Settings) -> None:
    # The web server and the pages are loaded only to serve: `pulse console user` needs neither.
    from deploy.console.server import CannotListen, serve  # noqa: PLC0415

    def announce(url: str, health: Callable[[], Health]) -> None:
        # Only now: who waits for the metrics may take the pages for ready.
        serve_metrics(settings.deploy.metrics_host, settings.deploy.metrics_port, "console", health)
        click.echo(f"console: {url}", err=True)

    try:
        serve(settings.console, settings.sinks, announce)
    except CannotListen as error:
        raise OperationFailed(str(error)) from error


def _accounts() -> Accounts:
    return Accounts(Path(load_settings().console.accounts_file))


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except AccountError as error:
        raise OperationFailed(str(error)) from error
