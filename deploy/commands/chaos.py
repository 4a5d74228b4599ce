"""`pulse chaos`: options and output; deploy/chaos breaks the platform and holds it to account."""

from __future__ import annotations

import json
import logging
import signal
from pathlib import Path
from typing import Final

import click

from deploy.chaos.report import Summary, as_tree, line_of, run_lines, write_page
from deploy.chaos.series import Series
from deploy.chaos.source import letters
from deploy.commands.options import broker_option
from deploy.local.stack import Broker

NOT_EXACT = 1
NOISY: Final = ("clickhouse_driver", "kafka", "sinks")
"""What they would report is what this command brings about."""


@click.command()
@click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True, help="Runs that count.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other faults.")
@broker_option
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for data and logs, which stay; without it only those of platforms that failed do.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the results into this page, in place of the former ones on the same broker.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout; the rest on stderr.")
def command(
    runs: int, seed: int, broker: Broker, keep: Path | None, report: Path | None, as_json: bool
) -> None:
    """Break a platform of its own in seeded ways, and count what is lost, doubled or wrong.

    Each run publishes the same input while processes are killed and frozen, links cut, disks filled, and
    poison, repeats and late events come in. Then every table is held against the pure code over the same log.
    Exit code 1 where anything is lost, doubled or wrong. The last line says so in a form for machines.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # both end it in the same clean way
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    summary = Summary(broker, seed)
    for result in Series(seed, broker, keep, lambda text: click.echo(text, err=True)).runs(runs):
        summary.add(result)
        for line in run_lines(result):
            click.echo(line, err=as_json)
    if report is not None:
        write_page(report, summary, len(letters()))
    if as_json:
        click.echo(json.dumps(as_tree(summary), ensure_ascii=False))
    click.echo(line_of(summary), err=as_json)
    raise click.exceptions.Exit(0 if summary.is_exact else NOT_EXACT)
