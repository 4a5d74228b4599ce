"""`pulse migrate`: the schema and the topics of this version. It reports; deploy/migration.py does it."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from deploy.commands.options import as_json_option
from deploy.migration import migrate
from deploy.settings import load_settings


@click.command()
@as_json_option
@click.option("--break-lock", is_flag=True, help="First remove the lock of a migration that died.")
@click.option("--without-topics", is_flag=True, help="Change ClickHouse only; create no Kafka topics.")
@click.option(
    "--replication", default=1, show_default=True, type=click.IntRange(1), help="Copies of each new topic."
)
def command(as_json: bool, break_lock: bool, without_topics: bool, replication: int) -> None:
    """Bring ClickHouse to the schema of this version, and create the Kafka topics that are missing.

    Safe to repeat: what is there already stays as it is. Only one migration runs at a time.
    """
    done = migrate(
        load_settings(), break_lock=break_lock, with_topics=not without_topics, replication=replication
    )
    if as_json:
        click.echo(json.dumps(asdict(done)))
        return
    click.echo("\n  ".join([f"{len(done.applied)} migrations applied", *done.applied]))
    if done.epoch is not None:
        click.echo(f"the topics are there, epoch {done.epoch}")
