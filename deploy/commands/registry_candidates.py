"""`pulse registry suggest` and `accept`: estates that messages name and the registry lacks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from deploy.commands.options import as_json_option
from deploy.commands.tag import guess_source
from deploy.database_errors import as_failures
from deploy.errors import OperationFailed
from deploy.messages import open_registry, read_messages
from deploy.settings import load_settings
from sinks.candidates import read_candidates
from sinks.clickhouse import ClickHouse
from streams.contract import CANDIDATE_PREFIX
from streams.estates.draft import RegistryFileError
from streams.estates.registry import Registry
from streams.estates.registry_files import read_registry, write_registry
from streams.estates.suggestions import (
    Named,
    NameTaken,
    Suggestion,
    UnknownCandidate,
    UnknownUnit,
    accept_as,
    accept_new,
    suggest,
)
from streams.estates.tagging import Tagger

NEW: Final = "new"
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_REGISTRY: Final = click.option(
    "--registry", required=True, type=_FILE, help="The registry: .csv or .geojson."
)


@click.command("suggest")
@_REGISTRY
@click.option(
    "--in", "messages", type=_FILE, help="Messages to tag (see `pulse tag`); left out: what ClickHouse holds."
)
@click.option("--mapping", default="", help="Of the messages' columns (see `pulse produce file`).")
@click.option("--source", default="", help="The request system the messages come from.")
@click.option(
    "--at-least", type=click.IntRange(1), default=2, show_default=True, help="Messages of a candidate."
)
@click.option("--json", "as_json", is_flag=True, help="Print the candidates as a JSON array.")
def suggest_candidates(
    registry: Path, messages: Path | None, mapping: str, source: str, at_least: int, as_json: bool
) -> None:
    """List estates that messages name and the registry lacks, those with the most messages first.

    With each: how it is written, ids of messages to read, and estates of the registry with a name like it.
    """
    opened = open_registry(registry)
    named = _stored() if messages is None else _tagged(messages, opened, mapping, source)
    found = suggest(named, opened, at_least)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo("\n".join(_lines(one)))
    if not found:
        click.echo("no candidates")


@click.command("accept")
@click.argument("candidate")
@click.option(
    "--as", "target", required=True, metavar="ESTATE|new", help="Id of the estate that it is, or `new`."
)
@_REGISTRY
@click.option("--name", default="", help="How to write it; left out: as the candidate's id does.")
@click.option(
    "--parent", default="", metavar="AREA", help="Of a new estate: the area it lies in, else the city."
)
@as_json_option
def accept_candidate(
    candidate: str, target: str, registry: Path, name: str, parent: str, as_json: bool
) -> None:
    """Write CANDIDATE, an id that `suggest` lists, into the registry: as an alias, or as a new estate.

    It takes effect, for what comes and for what was counted already, with `pulse registry load`.
    """
    if parent and target != NEW:
        raise click.UsageError("--parent is of a new estate")
    try:
        before = read_registry(registry)
        changed = (
            accept_new(before, candidate, name, parent)
            if target == NEW
            else accept_as(before, candidate, target, name)
        )
        write_registry(changed, registry)
    except (UnknownCandidate, UnknownUnit, NameTaken, RegistryFileError, OSError) as error:
        raise OperationFailed(str(error)) from error
    estate_id = target if target != NEW else next(iter(changed.estates.keys() - before.estates.keys()))
    done = {
        "candidate": candidate,
        "estate": estate_id,
        "version": changed.version,
        "registry": str(registry),
    }
    if as_json:
        click.echo(json.dumps(done, ensure_ascii=False))
    else:
        click.echo(f"{candidate} is {estate_id} now; `pulse registry load {registry}` puts it in force")


def _tagged(messages: Path, registry: Registry, mapping: str, source: str) -> Iterable[Named]:
    """Return the candidates that a file's messages count at."""
    events = list(read_messages(messages, mapping, source or guess_source(messages, mapping)))
    primaries = [tagging.primary for tagging in Tagger(registry).tag_all(events)]
    return [
        _named(tag.estate_id, tag.surface, event.request_id)
        for event, tag in zip(events, primaries, strict=True)
        if tag is not None and tag.estate_id.startswith(CANDIDATE_PREFIX)
    ]


def _stored() -> list[Named]:
    """Return the candidates that the stored complaints count at."""
    settings = load_settings().sinks
    server = ClickHouse(settings.clickhouse)
    try:
        with as_failures():
            rows = read_candidates(server, settings)
    finally:
        server.close()
    return [_named(*row) for row in rows]


def _named(candidate: str, surface: str, message: str) -> Named:
    """Return a message's candidate; of one whose spelling is not known, its id says how it is written."""
    return Named(candidate, surface or candidate.removeprefix(CANDIDATE_PREFIX), message)


def _lines(one: Suggestion) -> Iterable[str]:
    yield f"{one.candidate}  {one.messages} messages"
    yield f"  written   {', '.join(one.spellings)}"
    yield f"  examples  {', '.join(one.examples)}"
    if one.like:
        yield f"  like      {', '.join(f'{name} ({estate_id})' for estate_id, name in one.like)}"
