"""Rows of one core name: how many estates are they?

青青家园 in two districts are two, phases of 国际花都 side by side are one. Rows with positions are compared
with each other; rows without are given to the only estate of the name that fits; where several fit, to none.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

from streams.estates.coordinates import metres_between
from streams.estates.listing.members import Cluster, Member, order

NEAR_METRES: Final = 800.0
"""Of pairs of sites' rows of one name in Changsha, 82% lie nearer than this, 93% nearer than 3 km."""
DISTRICT_METRES: Final = 3_000.0
FAR_METRES: Final = 15_000.0
"""Up to here one name in one stated district is one estate, one position being a wrong geocode: estates of
one district hardly ever share a name, for it is registered there."""
CONFLICT_METRES: Final = 500.0
"""Beyond this, rows that state different districts are different estates."""

Doubt = tuple[Member, list[Cluster]]


def cluster_one_core(members: Sequence[Member], regions: dict[int, str]) -> tuple[list[Cluster], list[Doubt]]:
    """Cluster the rows of one core name.

    Args:
        members: the rows.
        regions: by line, the district that a row states or its neighbours vote for.

    Returns:
        The clusters, and the rows that fit several of them and add nothing to either.
    """
    placed = [member for member in members if member.position]
    clusters = _cluster_placed(placed, regions)
    doubts: list[Doubt] = []
    unplaced = (member for member in members if not member.position)
    for member in sorted(unplaced, key=lambda member: (not member.stated.district, *order(member))):
        fitting, why = _fitting(member, clusters)
        if len(fitting) == 1:
            fitting[0].members.append(member)
            fitting[0].why.append(why)
        elif fitting and any(member.key == other.key for cluster in fitting for other in cluster.members):
            doubts.append((member, fitting))
        else:
            clusters.append(Cluster([member], []))
    return clusters, doubts


def _cluster_placed(placed: Sequence[Member], regions: dict[int, str]) -> list[Cluster]:
    clusters = [Cluster([member], []) for member in placed]
    of = list(range(len(placed)))
    pairs = sorted(
        (_metres(placed[a], placed[b]), a, b) for a, b in combinations(range(len(placed)), 2)
    )  # nearest first: a row joins its own before a doubtful link could join two estates
    for metres, a, b in pairs:
        if of[a] == of[b]:
            continue
        why = _same(placed[a], placed[b], metres, regions)
        if why and not _conflict(clusters[of[a]], clusters[of[b]], metres):
            kept, gone = of[a], of[b]
            clusters[kept].members += clusters[gone].members
            clusters[kept].why += [*clusters[gone].why, why]
            of = [kept if index == gone else index for index in of]
    return [clusters[index] for index in dict.fromkeys(of)]


def _same(one: Member, other: Member, metres: float, regions: dict[int, str]) -> str:
    """Return why two rows of one core name are one estate; empty where they are not."""
    label = "same name" if one.key == other.key else "same name but for phase or bracket"
    stated, region = one.stated.district, regions.get(one.row.line, "")
    if metres <= NEAR_METRES:
        return f"{label}, {metres:.0f} m apart"
    if one.house and one.house == other.house and metres <= FAR_METRES:
        return f"{label}, same house number"
    if one.key != other.key:
        return ""
    if metres <= DISTRICT_METRES and region and region == regions.get(other.row.line, ""):
        return f"{label}, {metres:.0f} m apart in one district"
    if metres <= FAR_METRES and stated and stated == other.stated.district:
        return f"{label} in one stated district, {metres:.0f} m apart"
    return ""


def _conflict(one: Cluster, other: Cluster, metres: float) -> bool:
    return bool(one.stated and other.stated and one.stated != other.stated and metres > CONFLICT_METRES)


def _fitting(member: Member, clusters: Sequence[Cluster]) -> tuple[list[Cluster], str]:
    """Return the clusters that a row without position may belong to, and by what."""
    district = member.stated.district
    at_house = [c for c in clusters if member.house and any(m.house == member.house for m in c.members)]
    if len(at_house) == 1:
        return at_house, "same name, same house number"
    if district:
        inside = [cluster for cluster in clusters if cluster.district == district]
        unknown = [cluster for cluster in clusters if not cluster.district]
        return inside or (unknown if len(clusters) == 1 else []), "same name, same district"
    exact = [cluster for cluster in clusters if any(m.key == member.key for m in cluster.members)]
    return exact or list(clusters), "same name, no other estate of this name"


def _metres(one: Member, other: Member) -> float:
    assert one.position and other.position  # noqa: S101 (only rows with positions come here)
    return metres_between(*one.position, *other.position)
