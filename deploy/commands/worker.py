"""`pulse worker ROLE`: one worker process in the foreground; what it does stands in deploy/worker.py."""

from __future__ import annotations

import click

from deploy.settings import load_settings
from deploy.worker import ROLES, run_worker


@click.command()
@click.argument("role", type=click.Choice([*ROLES]))
def command(role: str) -> None:
    r"""Run one worker until it is stopped; a failure ends it with a code other than 0.

    \b
    intake   validates, tags and counts events; as many as there are partitions share the work
    weigher  finds surges; one works, others stand by
    writer   stores in ClickHouse; several share the work
    alerter  tells Alertmanager of surges; one works, others stand by

    Whoever supervises it (the local stack, systemd, Kubernetes) starts it again.
    """
    run_worker(role, load_settings())
