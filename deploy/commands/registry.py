"""`pulse registry`: make a registry from a listing, and check one before it is used."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from deploy.commands.registry_candidates import accept_candidate, suggest_candidates
from deploy.commands.registry_load import command as load
from deploy.errors import OperationFailed
from producers.contract import Crs
from streams.contract import Level
from streams.estates.draft import RegistryFileError
from streams.estates.listing.build import REPORT_COLUMNS, Built, build
from streams.estates.listing.merge import merge
from streams.estates.listing.places import Places
from streams.estates.listing.positions import SiteCrs, convert, drop_astray, find_crs
from streams.estates.listing.rows import parse_listing
from streams.estates.registry_check import Finding, Severity, check
from streams.estates.registry_columns import ALL
from streams.estates.registry_files import (
    GEOJSON_ENDINGS,
    read_draft,
    read_text,
    write_registry,
)
from streams.estates.registry_geojson import PropertyMapping

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT: Final = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group("registry")
def command() -> None:
    """Import, check or load the registry of estates, and add to it what messages name."""


@command.command("import")
@click.argument("listing", type=_FILE)
@click.option("--out", required=True, type=_OUT, help="The registry to write: .csv or .geojson.")
@click.option("--city", default="", help="The city's full name; found in the addresses where left out.")
@click.option(
    "--crs",
    multiple=True,
    metavar="[SITE=]CRS",
    help="Coordinate system of a site's positions, or of all: WGS-84, GCJ-02, BD-09. Found by comparing "
    "sites where left out.",
)
@click.option(
    "--property",
    "properties",
    multiple=True,
    metavar="COLUMN=PROPERTY",
    help="For a GeoJSON listing: which property holds a registry column, or the name of an area "
    "(district, street, community).",
)
@click.option("--report", type=_OUT, help="A CSV of every row that was joined to others, and why.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def import_listing(
    listing: Path,
    out: Path,
    city: str,
    crs: tuple[str, ...],
    properties: tuple[str, ...],
    report: Path | None,
    as_json: bool,
) -> None:
    """Make a registry from LISTING: rows of several listing sites (CSV), or outlines (GeoJSON).

    Rows that mean one estate become one estate with all their names as aliases.
    """
    if listing.suffix.lower() in GEOJSON_ENDINGS:
        with _one_line():
            registry = read_draft(listing, _mapping(city, properties)).registry()
            write_registry(registry, out)
        _say({"features": len(registry.estates), "estates": len(registry.estates), "out": str(out)}, as_json)
        return
    said = _said_crs(crs)
    with _one_line():
        built, facts = _import_rows(read_text(listing), listing.name, city, said)
        write_registry(built.registry, out)
        if report is not None:
            _write_report(built, report)
    _say({**facts, "out": str(out)}, as_json)


@command.command("check")
@click.argument("registry", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as a JSON array.")
def check_registry(registry: Path, as_json: bool) -> None:
    """Say what is wrong or doubtful in REGISTRY. Exit code 1 where there is an error."""
    with _one_line():
        findings = check(read_draft(registry))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        _print_findings(findings, registry)
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if errors:
        raise OperationFailed(f"{registry.name}: {errors} errors, the registry cannot be used")


def _import_rows(
    text: str, source: str, city: str, said: Mapping[str, Crs]
) -> tuple[Built, dict[str, object]]:
    rows = parse_listing(text, source)
    systems = find_crs(rows, said)
    placed, astray = drop_astray(convert(rows, systems))
    places = Places((row.address for row in placed), city)
    built = build(merge(placed, places), places)
    facts = {
        **asdict(built.summary),
        "positions_outside_the_city": astray,
        "crs": {site: _system(found) for site, found in systems.items()},
        "version": built.registry.version,
    }
    return built, facts


def _system(found: SiteCrs) -> str:
    return f"{found.crs} ({found.why})"


def _said_crs(options: Sequence[str]) -> dict[str, Crs]:
    """Read `--crs`: `SITE=CRS` for a site, `CRS` for all others."""
    said: dict[str, Crs] = {}
    for option in options:
        site, _, name = option.rpartition("=")
        try:
            said[site or "*"] = Crs(name.upper())
        except ValueError as error:
            raise click.UsageError(f"--crs {option}: {name!r} is not one of {', '.join(Crs)}") from error
    return said


def _mapping(city: str, options: Sequence[str]) -> PropertyMapping | None:
    """Read `--property`; without any, the file is one of our own."""
    if not options:
        return None
    pairs = dict(option.partition("=")[::2] for option in options)
    areas = {Level(name): pairs.pop(name) for name in ("district", "street", "community") if name in pairs}
    unknown = [name for name in pairs if name not in ALL or not pairs[name]]
    if unknown or not {"id", "name"} <= pairs.keys() or not city:
        raise click.UsageError(
            "a GeoJSON listing needs --city NAME, --property id=PROPERTY, --property name=PROPERTY; further "
            f"columns are {', '.join(ALL)} and district, street, community"
        )
    return PropertyMapping(city, pairs, areas)


def _write_report(built: Built, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(REPORT_COLUMNS)
        writer.writerows(built.report)


def _say(facts: Mapping[str, object], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        lines = [f"{key}: {text}" for key, text in value.items()] if isinstance(value, dict) else [str(value)]
        click.echo("\n".join(f"{name.replace('_', ' '):28}{line}" for line in lines))


def _print_findings(findings: Sequence[Finding], path: Path) -> None:
    for finding in findings:
        place = f"{path.name}:{finding.line}" if finding.line else path.name
        click.echo(f"{place}: {finding.severity}: {finding.unit or '-'}: {finding.message} [{finding.rule}]")
    if not findings:
        click.echo(f"{path.name}: no findings")


@contextmanager
def _one_line() -> Iterator[None]:
    """Turn what can go wrong with files into one line and exit code 1."""
    try:
        yield
    except (RegistryFileError, ValueError, OSError) as error:
        raise OperationFailed(str(error)) from error


command.add_command(load)
command.add_command(suggest_candidates)
command.add_command(accept_candidate)
