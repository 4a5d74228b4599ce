"""Options that several commands take."""

from __future__ import annotations

import click

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
broker_option = click.option(
    "--broker",
    type=click.Choice(["tansu", "kafka"]),
    default="tansu",
    show_default=True,
    help="tansu: embedded, in memory. kafka: Apache Kafka, on disk; needs Java 17 and, once, Maven.",
)
