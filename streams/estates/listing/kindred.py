"""Estates of kindred names at one place are one: 福晟钱隆世家 and 钱隆世家, 150 m apart.

A kindred name is no evidence by itself: 阳光花园 and 金色阳光花园 stand all over a city. The place decides:
the same to within the error of the sites' positions, or near with something else in common.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from scipy.spatial import cKDTree

from streams.estates.coordinates import metres_between
from streams.estates.listing.kinship import Kin, kinship
from streams.estates.listing.members import Cluster
from streams.estates.listing.neighbours import plane

SAME_PLACE_METRES: Final = {Kin.BRAND: 200.0, Kin.KIND: 300.0, Kin.SOUND: 300.0, Kin.ABRIDGED: 100.0}
"""Nearer than this, kindred names need nothing else in common."""
NEAR_METRES: Final = 600.0
"""Up to here they need a house number, developer or property company in common."""
HOUSE_METRES: Final = 2_000.0
"""Up to here a common house number is enough."""
ABRIDGED_LENGTH: Final = 5
"""A shorter name that leaves characters out says too little: 武警宿舍 for 武警消防宿舍."""
COMMON_ENDING: Final = 8
"""A name with which so many others end (新城小区) is no brand's: its namesakes must share a house number."""

Link = tuple[float, int, int, str]


def join_kindred(clusters: Sequence[Cluster]) -> list[Cluster]:
    """Return the clusters with those joined that are one estate under kindred names."""
    joined = list(clusters)
    of = list(range(len(clusters)))
    for _, a, b, why in sorted(_links(clusters)):
        kept, gone = of[a], of[b]
        if kept != gone and not _apart(joined[kept], joined[gone]):
            joined[kept].members += joined[gone].members
            joined[kept].why += [*joined[gone].why, why]
            of = [kept if index == gone else index for index in of]
    return [joined[index] for index in dict.fromkeys(of)]


def _links(clusters: Sequence[Cluster]) -> Iterator[Link]:
    endings = _endings(clusters)
    cores = [cluster.core for cluster in clusters]
    for a, b in sorted(_pairs(clusters)):
        kin = kinship(cores[a], cores[b])
        if kin is None:
            continue
        shorter = min(cores[a], cores[b], key=len)
        common = endings[shorter] >= COMMON_ENDING
        metres = _metres(clusters[a], clusters[b])
        why = _evidence(clusters[a], clusters[b], kin, metres, common, len(shorter))
        if why:
            names = f"{cores[a]} / {cores[b]}"
            yield (metres if metres is not None else HOUSE_METRES, a, b, f"{names}: {kin}, {why}")


def _evidence(
    one: Cluster, other: Cluster, kin: Kin, metres: float | None, common: bool, shorter: int
) -> str:
    """Return what shows two clusters of kindred names to be one estate; empty where nothing does."""
    distance = "" if metres is None else f", {metres:.0f} m apart"
    if _houses(one) & _houses(other) and (metres or 0) <= HOUSE_METRES:
        return f"same house number{distance}"
    if metres is None or common or (kin is Kin.ABRIDGED and shorter < ABRIDGED_LENGTH):
        return ""
    if metres <= SAME_PLACE_METRES[kin]:
        return f"same place{distance}"
    if metres <= NEAR_METRES and _companies(one) & _companies(other) and kin is not Kin.ABRIDGED:
        return f"same company{distance}"
    return ""


def _pairs(clusters: Sequence[Cluster]) -> set[tuple[int, int]]:
    """Return the pairs that lie near each other or share a house number."""
    placed = [index for index, cluster in enumerate(clusters) if cluster.position]
    points = plane([at for index in placed if (at := clusters[index].position)])
    pairs = {(placed[a], placed[b]) for a, b in cKDTree(points).query_pairs(NEAR_METRES)} if placed else set()
    at_house: dict[str, list[int]] = defaultdict(list)
    for index, cluster in enumerate(clusters):
        for house in sorted(_houses(cluster)):
            at_house[house].append(index)
    return pairs.union(pair for indexes in at_house.values() for pair in combinations(indexes, 2))


def _endings(clusters: Sequence[Cluster]) -> Counter[str]:
    """Count for every ending of three characters or more with how many different cores it ends."""
    cores = {cluster.core for cluster in clusters}
    return Counter(name[start:] for name in cores for start in range(1, len(name) - 2))


def _apart(one: Cluster, other: Cluster) -> bool:
    metres = _metres(one, other)
    return metres is not None and metres > HOUSE_METRES


def _metres(one: Cluster, other: Cluster) -> float | None:
    here, there = one.position, other.position
    return metres_between(*here, *there) if here and there else None


def _houses(cluster: Cluster) -> set[str]:
    return {member.house for member in cluster.members if member.house}


def _companies(cluster: Cluster) -> set[str]:
    rows = [member.row for member in cluster.members]
    return {name for row in rows for name in (row.property_company, row.developer) if len(name) >= 4}
