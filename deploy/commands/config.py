"""`pulse config`: the settings in force. It only shows; `deploy/settings.py` decides."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from deploy.commands.options import as_json_option
from deploy.example import example_toml
from deploy.settings import Setting, describe, load_settings
from deploy.sources import variable_name


@click.command()
@as_json_option
@click.option("--example", is_flag=True, help="Print a pulse.toml with every default and what it means.")
def command(as_json: bool, example: bool) -> None:
    """Print every setting in force, its environment variable, and where its value came from.

    Secrets are masked. The order of precedence: environment, pulse.toml (or the file that PULSE_CONFIG
    names), the running local stack, default.
    """
    if example:
        click.echo(example_toml(), nl=False)
        return
    found = list(describe(load_settings()))
    if as_json:
        click.echo(json.dumps({variable_name(each.path): _as_json(each) for each in found}, indent=2))
    else:
        Console().print(_table(found))


def _as_json(setting: Setting) -> dict[str, object]:
    return {"value": json.loads(json.dumps(setting.value, default=str)), "source": setting.source}


def _table(found: list[Setting]) -> Table:
    table = Table("variable", "value", "from", title="Settings in force")
    for each in found:
        table.add_row(variable_name(each.path), str(each.value), each.source)
    return table
