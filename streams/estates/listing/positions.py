"""Where a listing's rows lie: in which coordinate system each site gives positions, and which cannot be true.

Sites do not say. But they list the same estates, so their systems can be compared: a site is tried in each
system, and the one in which most of its estates come to lie where the reference site puts them is taken. The
reference (the site with most positions) has to be known; Chinese property sites mostly use Baidu's map, hence
BD-09 unless the user says otherwise. Counting near hits, not averaging, keeps wrong geocodes out of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from producers.contract import Crs
from streams.estates.coordinates import is_possible, metres_between, to_wgs84
from streams.estates.listing.rows import Row
from streams.estates.names import normalise

DEFAULT_CRS: Final = Crs.BD09
NEAR_METRES: Final = 250.0
"""Half the least shift between two of the systems (500 m from WGS-84 to GCJ-02)."""
CITY_METRES: Final = 150_000.0
"""Farther from the middle of all rows than this is outside the city; Changsha reaches 110 km."""
_MIN_PAIRS: Final = 10
_TRIED: Final = 400
"""Pairs that are looked at; more change nothing and cost time."""

Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SiteCrs:
    """The system of a site and what speaks for it."""

    site: str
    crs: Crs
    why: str


def find_crs(rows: Iterable[Row], said: Mapping[str, Crs] | None = None) -> dict[str, SiteCrs]:
    """Return the system of each site that gives positions.

    Args:
        rows: the listing.
        said: what the user says, by site; `*` stands for every site that is not named.
    """
    said = said or {}
    places = _places_by_site(rows)
    found: dict[str, SiteCrs] = {
        site: SiteCrs(site, said.get(site, said.get("*", DEFAULT_CRS)), "said")
        for site in places
        if site in said or "*" in said
    }
    for site in sorted(places, key=lambda site: (site not in found, -len(places[site]), site)):
        if not found:
            found[site] = SiteCrs(site, DEFAULT_CRS, "the reference, taken to be so")
        elif site not in found:
            found[site] = _compare(site, places, next(iter(found.values())))
    return found


def convert(rows: Iterable[Row], systems: Mapping[str, SiteCrs]) -> list[Row]:
    """Return the rows with positions in WGS-84; an impossible one becomes none."""
    converted: list[Row] = []
    for row in rows:
        if row.lon is None or row.lat is None:
            converted.append(row)
        elif is_possible(row.lon, row.lat):
            lon, lat = to_wgs84(row.lon, row.lat, systems[row.site].crs)
            converted.append(replace(row, lon=lon, lat=lat))
        else:
            converted.append(replace(row, lon=None, lat=None))
    return converted


def drop_astray(rows: Sequence[Row]) -> tuple[list[Row], int]:
    """Return the rows without positions that are not in the city, and how many these were.

    A geocoder that knows no such name answers with a namesake in another province.
    """
    placed = [(row.lon, row.lat) for row in rows if row.lon is not None and row.lat is not None]
    if not placed:
        return list(rows), 0
    lon, lat = median(lon for lon, _ in placed), median(lat for _, lat in placed)
    kept = [
        replace(row, lon=None, lat=None)
        if row.lon is not None
        and row.lat is not None
        and metres_between(lon, lat, row.lon, row.lat) > CITY_METRES
        else row
        for row in rows
    ]
    return kept, sum(before is not after for before, after in zip(rows, kept, strict=True))


def _places_by_site(rows: Iterable[Row]) -> dict[str, dict[str, Position]]:
    """Return the position of each name that a site lists once: of two nobody knows which is which."""
    listed: dict[str, dict[str, list[Position]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.lon is not None and row.lat is not None:
            listed[row.site][normalise(row.name)].append((row.lon, row.lat))
    return {
        site: {name: positions[0] for name, positions in names.items() if len(positions) == 1}
        for site, names in listed.items()
    }


def _compare(site: str, places: Mapping[str, Mapping[str, Position]], reference: SiteCrs) -> SiteCrs:
    shared = sorted(places[site].keys() & places[reference.site].keys())[:_TRIED]
    if len(shared) < _MIN_PAIRS:
        return SiteCrs(site, reference.crs, f"as {reference.site}, only {len(shared)} estates to compare")
    hits: Counter[Crs] = Counter({reference.crs: 0})
    for name in shared:
        lon, lat = to_wgs84(*places[reference.site][name], reference.crs)
        for crs in Crs:
            hits[crs] += metres_between(lon, lat, *to_wgs84(*places[site][name], crs)) < NEAR_METRES
    best = max(hits, key=lambda crs: (hits[crs], crs is reference.crs))
    counts = ", ".join(f"{crs} {hits[crs]}" for crs in Crs)
    return SiteCrs(site, best, f"of {len(shared)} estates near those of {reference.site}: {counts}")
