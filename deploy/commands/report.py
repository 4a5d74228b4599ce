"""`pulse report`: the district's report of a period, with the red and black list."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any, Final

import click

from deploy.console.texts import Language
from deploy.database_errors import as_failures
from deploy.errors import OperationFailed
from deploy.migration import patient
from deploy.report.document import compose
from deploy.report.formats import as_csv, as_html, as_xlsx
from deploy.report.pdf import as_pdf
from deploy.report.words import Words
from deploy.settings import load_settings
from sinks.clickhouse import ClickHouse
from sinks.report.contents import Report
from sinks.report.period import FORMS, Period, UnreadablePeriod, parse_period
from sinks.report.reading import NothingToReport, read_report
from sinks.settings import SinksSettings

WRITERS: Final = {"html": as_html, "csv": as_csv, "xlsx": as_xlsx, "pdf": as_pdf}
BINARY: Final = ("xlsx", "pdf")


class PeriodParameter(click.ParamType):
    """A span of local days."""

    name = "period"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        """Return the period of this text; bad usage where it is none."""
        try:
            return value if isinstance(value, Period) else parse_period(value)
        except UnreadablePeriod as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.option("--period", required=True, type=PeriodParameter(), help=f"Its days: {FORMS}.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*WRITERS]),
    default="html",
    show_default=True,
    help="How it is written.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; without it, it goes to stdout.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last local day of which anything is taken as known; without it, all is.",
)
@click.option("--district", default="", help="Id or name of the district; needed where there are several.")
@click.option(
    "--lang",
    type=click.Choice([each.key for each in Language]),
    default=Language.CHINESE.key,
    show_default=True,
    help="Language of the report.",
)
def command(
    period: Period, form: str, out: Path | None, as_of: dt.datetime | None, district: str, lang: str
) -> None:
    """Write a district's report of a period: figures, three rates, red and black list, committees.

    docs/report.md says what stands in it and how its lists are to be read.
    """
    if form in BINARY and out is None and sys.stdout.isatty():
        raise click.UsageError(f"{form} is no text for a terminal; name a file with --out")
    settings = patient(load_settings().sinks)
    report = read(settings, period, district, as_of and as_of.date())
    language = next(each for each in Language if each.key == lang)
    content = WRITERS[form](compose(report, Words(language), settings.zone))
    if out is None:
        click.get_binary_stream("stdout").write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise OperationFailed(f"{out}: {error.strerror}") from error


def read(settings: SinksSettings, period: Period, district: str, as_of: dt.date | None) -> Report:
    """Return the report.

    Raises:
        PartUnavailable: ClickHouse does not answer.
        OperationFailed: there is nothing to report, or no schema.
    """
    server = ClickHouse(settings.clickhouse)
    try:
        with as_failures(NothingToReport):
            return read_report(server, settings, period, district, as_of)
    finally:
        server.close()
