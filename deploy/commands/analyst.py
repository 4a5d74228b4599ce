"""`pulse analyst`: prints a ClickHouse user who sees one unit alone."""

from __future__ import annotations

import click

from deploy.analysts import password_variable, users_file
from deploy.settings import load_settings
from streams.contract import Level


@click.command()
@click.argument("name")
@click.option("--scope", required=True, metavar="LEVEL:UNIT", help="E.g. street:440310001.")
def command(name: str, scope: str) -> None:
    """Print the users.d file of NAME, an analyst who reads the views for BI as far as they lie in one unit.

    Put it beside the project's own files in users.d, and the SHA-256 of a password into the server's
    environment; stderr says under which name.
    """
    level, _, unit = scope.partition(":")
    try:
        text = users_file(name, Level(level), unit, load_settings().sinks.clickhouse.bi_database)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo(text, nl=False)
    click.echo(f"its password's SHA-256 comes from {password_variable(name)}", err=True)
