"""`pulse registry load`: hands a registry to ClickHouse and to the running workers."""

from __future__ import annotations

import json
from pathlib import Path

import click

from deploy.commands.options import as_json_option
from deploy.errors import OperationFailed
from deploy.registry_activation import put_in_force
from deploy.settings import load_settings
from streams.estates.draft import RegistryFileError
from streams.estates.registry import Registry
from streams.estates.registry_files import read_registry


@click.command("load")
@click.argument("registry", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
def command(registry: Path, as_json: bool) -> None:
    """Let a registry take effect, without a restart and without losing an event.

    Events that are published after it are tagged by the new registry; those before it by the one before.
    Loading the same again changes nothing.
    """
    loaded = _read(registry)
    version = put_in_force(loaded, registry, load_settings())
    done = {"version": version, "estates": len(loaded.estates), "areas": len(loaded.areas)}
    if as_json:
        click.echo(json.dumps(done))
    else:
        click.echo(f"registry {version} is in force: {done['estates']} estates, {done['areas']} areas")


def _read(path: Path) -> Registry:
    try:
        return read_registry(path)
    except RegistryFileError as error:
        raise OperationFailed(str(error)) from error
