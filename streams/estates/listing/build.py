"""From clusters of rows to a registry: names and aliases, areas, ids, and what a person should look over."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from streams.contract import Level
from streams.estates.listing.kinship import core
from streams.estates.listing.members import Cluster, Member
from streams.estates.listing.merge import Merged
from streams.estates.listing.places import Places
from streams.estates.names import normalise
from streams.estates.registry import Area, Estate, Registry

REPORT_COLUMNS: Final = ("estate_id", "estate", "district", "line", "site", "name", "address", "why")
ReportRow = tuple[str, str, str, int, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of the rows; `rows` = `estates` + `joined` + `ambiguous`."""

    rows: int
    estates: int
    joined: int
    """Rows that were joined to another row's estate."""
    ambiguous: int
    """Rows without a place whose name several estates bear already: they add nothing to any."""
    with_several_names: int
    with_position: int
    with_district: int
    with_street: int


@dataclass(frozen=True, slots=True)
class Built:
    """A registry made from a listing."""

    registry: Registry
    summary: Summary
    report: tuple[ReportRow, ...]
    """Every row that was joined to others, and every ambiguous one, with the reason; see REPORT_COLUMNS."""


def build(merged: Merged, places: Places) -> Built:
    """Make the registry. Ids depend on name, district and position alone, not on the order of the rows.

    Raises:
        ValueError: the city's name is neither given nor found in the addresses.
    """
    if not places.city:
        raise ValueError("the addresses do not say which city this is: give its name")
    areas = {"": Area(f"{Level.CITY}:{places.city}", Level.CITY, places.city)}
    estates: dict[str, tuple[Estate, Cluster]] = {}
    for cluster in merged.clusters:
        estate = _estate(cluster, _parent(cluster, areas, places), estates)
        estates[estate.id] = (estate, cluster)
    ordered = sorted(estates.values(), key=lambda pair: (pair[0].parent, pair[0].name, pair[0].id))
    registry = Registry((estate for estate, _ in ordered), areas.values())
    report = (*_joined(ordered), *_doubtful(merged, ordered))
    return Built(registry, _summarise(merged, registry), report)


def _estate(cluster: Cluster, parent: Area, taken: Iterable[str]) -> Estate:
    rows = [member.row for member in cluster.members]
    name, *aliases = _names(cluster.members)
    lon, lat = cluster.position or (None, None)
    return Estate(
        _id(name, cluster.district, lon, lat, set(taken)),
        name,
        parent.id,
        aliases=tuple(aliases),
        address=min((row.address for row in rows if row.address), key=_plainness, default=""),
        lon=lon,
        lat=lat,
        households=max((row.households for row in rows if row.households), default=None),
        property_company=_most_said(row.property_company for row in rows),
        developer=_most_said(row.developer for row in rows),
    )


def _names(members: Sequence[Member]) -> list[str]:
    """Return every name verbatim: first the estate's own, which most rows bear, without phase or bracket."""
    counts = Counter(member.row.name for member in members)

    def rank(name: str) -> tuple[bool, int, int, str]:
        return core(name) != normalise(name), -counts[name], len(name), name

    first = min(counts, key=rank)
    return [first, *sorted(name for name in counts if name != first)]


def _id(name: str, district: str, lon: float | None, lat: float | None, taken: set[str]) -> str:
    place = "" if lon is None or lat is None else f"{lon:.3f},{lat:.3f}"
    for attempt in range(1000):
        text = "|".join((name, district, place, *([str(attempt)] if attempt else [])))
        found = "e" + hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
        if found not in taken:
            return found
    raise AssertionError("a thousand estates of one name, district and place")


def _parent(cluster: Cluster, areas: dict[str, Area], places: Places) -> Area:
    """Return the finest area that the cluster's rows state, made where it is new."""
    above = areas[""]
    if not cluster.district:
        return above
    above = _area(areas, above, Level.DISTRICT, cluster.district, places.variants[cluster.district])
    stated = [m.stated for m in cluster.members if m.stated.street and m.stated.district == cluster.district]
    street = _most_said(place.street for place in stated)
    if street:
        above = _area(areas, above, Level.STREET, street)
    community = _most_said(place.community for place in stated if place.street == street)
    return _area(areas, above, Level.COMMUNITY, community) if community else above


def _area(
    areas: dict[str, Area], above: Area, level: Level, name: str, aliases: tuple[str, ...] = ()
) -> Area:
    path = name if above.level is Level.CITY else f"{above.id.split(':', 1)[1]}/{name}"
    return areas.setdefault(path, Area(f"{level}:{path}", level, name, above.id, aliases))


def _most_said(texts: Iterable[str]) -> str:
    counts = Counter(text for text in texts if text)
    return min(counts, key=lambda text: (-counts[text], text), default="")


def _plainness(address: str) -> tuple[bool, int, str]:
    """Rank addresses: with a house number first, then the shortest."""
    return not any(char.isdigit() for char in address), len(address), address


def _joined(ordered: Sequence[tuple[Estate, Cluster]]) -> Iterator[ReportRow]:
    for estate, cluster in ordered:
        if len(cluster.members) > 1:
            why = "; ".join(sorted(set(cluster.why)))
            for member in cluster.members:
                yield _report_row(estate, cluster.district, member, why)


def _doubtful(merged: Merged, ordered: Sequence[tuple[Estate, Cluster]]) -> Iterator[ReportRow]:
    of_member = {member.row.line: estate for estate, cluster in ordered for member in cluster.members}
    for member, clusters in merged.doubts:
        fitting = sorted({of_member[cluster.members[0].row.line].id for cluster in clusters})
        row = member.row
        why = f"ambiguous: the name of {', '.join(fitting)}"
        yield "", "", "", row.line, row.site, row.name, row.address, why


def _report_row(estate: Estate, district: str, member: Member, why: str) -> ReportRow:
    row = member.row
    return estate.id, estate.name, district, row.line, row.site, row.name, row.address, why


def _summarise(merged: Merged, registry: Registry) -> Summary:
    estates = list(registry.estates.values())
    paths = [registry.path(estate.id) for estate in estates]
    held = sum(len(cluster.members) for cluster in merged.clusters)
    return Summary(
        rows=held + len(merged.doubts),
        estates=len(estates),
        joined=held - len(estates),
        ambiguous=len(merged.doubts),
        with_several_names=sum(bool(estate.aliases) for estate in estates),
        with_position=sum(estate.lon is not None for estate in estates),
        with_district=sum(bool(path.district) for path in paths),
        with_street=sum(bool(path.street) for path in paths),
    )
