"""The registry as rows: `units` and the dictionary over it. Blocking.

A load writes every unit of the registry under one moment; readers take the newest load only, so a unit that
the registry has dropped disappears with the next load, and a load that broke off is never half seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from sinks.clickhouse import ClickHouse, DatabaseRefused
from sinks.contract import UNITS
from sinks.rows import Columns
from sinks.settings import SinksSettings
from sinks.statements import query
from streams.contract import Level, Path, milliseconds
from streams.estates.registry import Area, Estate, Governance, Registry
from streams.estates.suggestions import candidates_of

UNIT_COLUMNS: Final = (
    *("level", "id", "name", "parent", "community_id", "street_id", "district_id", "city_id", "aliases"),
    "candidates",
    *("address", "lon", "lat", "households", "property_company", "developer", "status"),
    *("party_branch_founded_on", "branch_secretary_is_owner", "branch_has_premises", "may_elect_committee"),
    *("committee", "committee_party_share", "chair_is_party_member", "chair_is_branch_secretary"),
    *("company_has_party_branch", "registry_version", "loaded_at"),
)
Row = tuple[object, ...]
NOT_AN_ESTATE: Final = Estate(id="", name="", parent="")


def store_units(registry: Registry, settings: SinksSettings, loaded_at: dt.datetime | None = None) -> int:
    """Store a registry as the one in force, reload the dictionary, and return how many units it has.

    Loading the same version twice stores the same units once more under a later moment: harmless.

    Args:
        registry: all of it.
        settings: where ClickHouse is.
        loaded_at: moment of the load, aware; now unless given. The latest load is in force.

    Raises:
        DatabaseAway: the server cannot be reached.
        DatabaseRefused: it refuses a unit, or the schema was not migrated.
    """
    server = ClickHouse(settings.clickhouse)
    moment = loaded_at or dt.datetime.now(dt.UTC)
    rows = unit_rows(registry, milliseconds(moment))
    try:
        refused = server.insert(UNITS, UNIT_COLUMNS, _columns(rows))
        if refused:
            raise DatabaseRefused(f"unit {rows[refused[0].index][1]!r} cannot be stored: {refused[0].reason}")
        # At once: a dictionary's lifetime alone may miss the change (hazard 33).
        server.execute(query("reload_units", settings))
        server.execute(query("reload_candidates", settings))
        server.execute(query("reload_estates_now", settings))
    finally:
        server.close()
    return len(rows)


def unit_rows(registry: Registry, loaded_ms: int) -> list[Row]:
    """Return one row, in the order of UNIT_COLUMNS, for each unit of a registry."""
    candidates: dict[str, list[str]] = {}
    for candidate, estate_id in sorted(candidates_of(registry).items()):
        candidates.setdefault(estate_id, []).append(candidate)
    estates = [
        _row(estate, registry.path(estate.id), estate, candidates.get(estate.id, ()))
        for estate in registry.estates.values()
    ]
    areas = [_row(area, registry.area_path(area.id), NOT_AN_ESTATE, ()) for area in registry.areas.values()]
    return [(*row, registry.version, loaded_ms) for row in (*areas, *estates)]


def _row(unit: Estate | Area, path: Path, estate: Estate, candidates: Sequence[str]) -> Row:
    return (
        *(unit.level.value, unit.id, unit.name, unit.parent),
        *(path.community, path.street, path.district, path.city),
        unit.aliases,
        candidates,
        *(estate.address, estate.lon, estate.lat, estate.households),
        *(estate.property_company, estate.developer),
        estate.status.value if unit.level is Level.ESTATE else "",
        *_governance(estate.governance),
    )


def _governance(governance: Governance) -> Row:
    return (
        governance.party_branch_founded_on,
        governance.branch_secretary_is_owner,
        governance.branch_has_premises,
        governance.may_elect_committee,
        governance.committee,
        governance.committee_party_share,
        governance.chair_is_party_member,
        governance.chair_is_branch_secretary,
        governance.company_has_party_branch,
    )


def _columns(rows: Sequence[Row]) -> Columns:
    return [list(column) for column in zip(*rows, strict=True)]
