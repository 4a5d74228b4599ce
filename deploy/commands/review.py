"""`pulse review`: puts into effect what people decided on the console's page of reviews."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from deploy.commands.options import as_json_option
from deploy.database_errors import as_failures
from deploy.errors import OperationFailed
from deploy.horizons import horizons
from deploy.migration import patient
from deploy.registry_activation import put_in_force
from deploy.settings import Settings, load_settings
from sinks.reviews import Corrected, Correction, Reviews
from streams.estates.draft import RegistryFileError
from streams.estates.registry_files import read_registry, write_registry
from streams.estates.reviews import Applied, Outcome, accept_decided


@click.command()
@click.option(
    "--registry",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The registry that names are written into: .csv or .geojson.",
)
@as_json_option
def command(registry: Path, as_json: bool) -> None:
    """Put into effect what was decided in reviews: names into the registry, complaints to their estates.

    Names that were accepted are written into the registry file, which is then loaded as `pulse registry load`
    does. Complaints that were tied to another estate, or to none, are counted there; those of the last days
    wait until the streams have let go of these. Running it again changes nothing. Exit code 1 where a
    decision no longer fits the registry.
    """
    settings = load_settings()
    reviews = Reviews(patient(settings.sinks))
    try:
        names = _accept_names(reviews, registry, settings)
        with as_failures():
            corrected = reviews.correct(horizons(reviews.positions(), settings.streams))
    finally:
        reviews.close()
    if as_json:
        click.echo(json.dumps(as_tree(names, corrected), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(names, corrected)) or "nothing was decided that is not in effect")
    if corrected.refused or any(each.outcome is Outcome.REFUSED for each in names):
        raise OperationFailed("some decisions do not fit the registry; take them back, or decide anew")


def as_tree(names: Sequence[Applied], corrected: Corrected) -> dict[str, object]:
    """Return what was done as JSON can hold it."""
    return {
        "names": [each._asdict() for each in names],
        **{
            what: [_complaint(each) for each in corrections]
            for what, corrections in corrected._asdict().items()
        },
    }


def _accept_names(reviews: Reviews, path: Path, settings: Settings) -> list[Applied]:
    """Write the decided names into the registry file and put it in force, where that changes anything."""
    with as_failures():
        decided = reviews.names()
    try:
        before = read_registry(path)
        after, names = accept_decided(before, decided)
        if after.version != before.version:
            write_registry(after, path)
    except (RegistryFileError, OSError) as error:
        raise OperationFailed(str(error)) from error
    # Also where an earlier run wrote the file and did not come to load it.
    with as_failures():
        is_in_force = reviews.registry_version() == after.version
    if decided and not is_in_force:
        put_in_force(after, path, settings)
    return names


def _complaint(correction: Correction) -> dict[str, str]:
    return {
        "source": correction.source,
        "request_id": correction.request_id,
        "from": correction.counts_at,
        "to": correction.estate_id,
    }


def _lines(names: Sequence[Applied], corrected: Corrected) -> Iterable[str]:
    for name in names:
        if name.outcome is Outcome.ACCEPTED:
            yield f"{name.name}: {name.estate_id} in the registry"
        elif name.outcome is Outcome.REFUSED:
            yield f"{name.name}: refused, {name.why}"
    for what, corrections in (
        ("counts there now", corrected.moved),
        ("waits until its day is over for the streams", corrected.waiting),
        ("refused, the registry has no such estate", corrected.refused),
    ):
        for each in corrections:
            yield f"{each.source}/{each.request_id}: {each.counts_at} -> {each.estate_id}, {what}"
