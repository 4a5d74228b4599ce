"""Options that several commands take."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click


class ZoneParameter(click.ParamType):
    """The IANA name of a time zone."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> ZoneInfo:
        """Return the zone of this name; bad usage where there is none."""
        try:
            return value if isinstance(value, ZoneInfo) else ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            self.fail(f"{value!r} is no time zone; write an IANA name such as Asia/Shanghai", param, ctx)


as_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
broker_option = click.option(
    "--broker",
    type=click.Choice(["tansu", "kafka"]),
    default="tansu",
    show_default=True,
    help="tansu: embedded, in memory. kafka: Apache Kafka, on disk; needs Java 17 and, once, Maven.",
)
zone_option = click.option(
    "--zone", type=ZoneParameter(), default="UTC", show_default=True, help="Zone of times without one."
)
