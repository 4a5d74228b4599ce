"""Which rows of a listing mean one estate.

Two steps, each the cautious way: rows of one core name (`same_name`), then estates of kindred names at one
place (`kindred`). What cannot be decided is left apart and said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from streams.estates.listing.kindred import join_kindred
from streams.estates.listing.members import Cluster, Member, member_of, order
from streams.estates.listing.neighbours import vote
from streams.estates.listing.places import Places
from streams.estates.listing.rows import Row
from streams.estates.listing.same_name import Doubt, cluster_one_core


@dataclass(slots=True)
class Merged:
    """The estates of a listing, and the rows that fit several of them."""

    clusters: list[Cluster]
    doubts: list[Doubt] = field(default_factory=list)


def merge(rows: Iterable[Row], places: Places) -> Merged:
    """Find the estates of a listing's rows, positions in WGS-84. The order of the rows does not matter."""
    by_core: dict[str, list[Member]] = defaultdict(list)
    for member in sorted((member_of(row, places) for row in rows), key=order):
        by_core[member.core].append(member)
    regions = _regions([member for members in by_core.values() for member in members])
    merged = Merged([])
    for members in by_core.values():
        clusters, doubts = cluster_one_core(members, regions)
        merged.clusters += clusters
        merged.doubts += doubts
    merged.clusters = join_kindred(merged.clusters)
    at = {member.row.line: cluster for cluster in merged.clusters for member in cluster.members}
    merged.doubts = [doubt for doubt in merged.doubts if not _resolved(doubt, at)]
    vote(merged.clusters)
    return merged


def _resolved(doubt: Doubt, at: Mapping[int, Cluster]) -> bool:
    """Give a doubtful row to its estate where the ones that it fitted have become one."""
    member, fitted = doubt
    lines = {other.row.line for cluster in fitted for other in cluster.members} & at.keys()
    left = list({id(at[line]): at[line] for line in lines}.values())
    if len(left) == 1:
        left[0].members.append(member)
        left[0].why.append("same name, no other estate of this name")
    return len(left) == 1


def _regions(members: Iterable[Member]) -> dict[int, str]:
    """Return by line the district that a row states, or else its neighbours vote for."""
    alone = [Cluster([member], []) for member in members]
    vote(alone)
    return {cluster.members[0].row.line: cluster.district for cluster in alone}
