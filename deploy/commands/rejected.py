"""`pulse rejected list|show|retry`: the records that could not be taken. It only asks and prints."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from deploy.database_errors import as_failures
from deploy.migration import patient
from deploy.sending_back import send_back
from deploy.settings import Settings, load_settings
from sinks.rejected import AlreadySentBack, NoSuchRecord, RejectedRecords, StoredRejection
from streams.contract import Reason

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
source_option = click.option("--source", default="", help="Only records of this request system.")
reason_option = click.option(
    "--reason",
    type=click.Choice([reason.value for reason in Reason]),
    help="Only records rejected for this reason.",
)


class Place(click.ParamType):
    """Where a rejected record stood in the raw topic."""

    name = "EPOCH/PART/OFFSET"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int, int]:
        """Read `1/0/42`."""
        if isinstance(value, tuple):
            return value
        pieces = str(value).split("/")
        if len(pieces) != 3 or not all(piece.isdecimal() for piece in pieces):
            self.fail(f"{value!r} is not EPOCH/PART/OFFSET, such as 1/0/42", param, ctx)
        epoch, part, offset = (int(piece) for piece in pieces)
        return epoch, part, offset


place_argument = click.argument("place", type=Place(), metavar="EPOCH/PART/OFFSET")


@click.group()
def command() -> None:
    """List, show or send back the records that were rejected. Nothing that was published is ever dropped."""


@command.command("list")
@source_option
@reason_option
@click.option("--each", is_flag=True, help="List records, not how many there are of each reason.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Most records to list.")
@as_json_option
def list_rejected(source: str, reason: str | None, each: bool, limit: int, as_json: bool) -> None:
    """Show how many records were rejected, by source and reason, or the latest of them."""
    with as_failures(NoSuchRecord, AlreadySentBack):
        store = RejectedRecords(patient(load_settings().sinks))
        if each:
            _print_records(store.latest(source, reason or "", limit), as_json)
        else:
            _print_groups(store, source, reason or "", as_json)


@command.command()
@place_argument
@as_json_option
def show(place: tuple[int, int, int], as_json: bool) -> None:
    """Show one rejected record whole, as it was sent.

    It may name residents: it is what the source sent.
    """
    with as_failures(NoSuchRecord, AlreadySentBack):
        rejection = RejectedRecords(patient(load_settings().sinks)).at(*place)
    if as_json:
        click.echo(json.dumps(_tree(rejection), default=str, ensure_ascii=False))
        return
    record = rejection.record
    click.echo(f"{rejection.place} of {record.source}, {record.reason}: {record.detail}")
    click.echo(
        f"rejected {rejection.rejected_at:%Y-%m-%d %H:%M:%S} UTC, sent back {rejection.revision} times"
    )
    click.echo(f"key: {_readable(record.key)}")
    for name, value in record.headers:
        click.echo(f"{name}: {_readable(value)}")
    click.echo("")
    click.echo(_readable(record.value))


@command.command()
@place_argument
@click.option(
    "--value",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Send the repaired body in this file; its key and headers are made from it.",
)
@click.option("--again", is_flag=True, help="Send it although it was sent back before.")
@as_json_option
def retry(place: tuple[int, int, int], file: Path | None, again: bool, as_json: bool) -> None:
    """Send a rejected record back to be taken, as it was or repaired. Once, unless --again says otherwise."""
    settings = load_settings()
    with as_failures(NoSuchRecord, AlreadySentBack):
        store = RejectedRecords(patient(settings.sinks))
        rejection = store.at(*place)
        _send_back(rejection, store, settings, file, again)
    if as_json:
        click.echo(json.dumps({"place": rejection.place, "sent_back": True, "repaired": file is not None}))
    else:
        click.echo(f"{rejection.place} was sent back" + (f" with the body of {file}" if file else ""))


def _send_back(
    rejection: StoredRejection, store: RejectedRecords, settings: Settings, file: Path | None, again: bool
) -> None:
    send_back(rejection, store, settings, repaired=file.read_bytes() if file else None, again=again)


def _print_groups(store: RejectedRecords, source: str, reason: str, as_json: bool) -> None:
    groups = store.groups(source, reason)
    if as_json:
        click.echo(json.dumps([asdict(group) for group in groups], default=str, ensure_ascii=False))
        return
    table = Table("source", "reason", "records", "sent back", "latest (UTC)", "for example", "detail")
    for group in groups:
        latest = f"{group.latest:%Y-%m-%d %H:%M}"
        numbers = (f"{group.records:,}", f"{group.sent_back:,}")
        table.add_row(group.source, group.reason, *numbers, latest, group.example, group.detail)
    _print_table(table, "no record was rejected", is_empty=not groups)


def _print_records(rejections: list[StoredRejection], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([_tree(each) for each in rejections], default=str, ensure_ascii=False))
        return
    table = Table("place", "source", "reason", "sent back", "detail")
    for each in rejections:
        record = each.record
        table.add_row(each.place, record.source, record.reason.value, str(each.revision), record.detail)
    _print_table(table, "no record was rejected", is_empty=not rejections)


def _print_table(table: Table, otherwise: str, *, is_empty: bool) -> None:
    console = Console()
    console.print(otherwise if is_empty else table)


def _tree(rejection: StoredRejection) -> dict[str, Any]:
    """Return a rejection as JSON can hold it; bytes as text where they are, else as base64."""
    record = rejection.record
    return {
        "place": rejection.place,
        "source": record.source,
        "reason": record.reason.value,
        "detail": record.detail,
        "rejected_at": rejection.rejected_at,
        "sent_back": rejection.revision,
        **_bytes_tree("key", record.key),
        **_bytes_tree("value", record.value),
        "headers": [{"name": name, **_bytes_tree("value", value)} for name, value in record.headers],
    }


def _bytes_tree(name: str, value: bytes) -> dict[str, str]:
    try:
        return {name: value.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(value).decode()}


def _readable(value: bytes) -> str:
    return value.decode(errors="backslashreplace")
