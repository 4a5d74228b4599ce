"""The district of estates that state none: that of their neighbours, where these agree."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from streams.estates.listing.members import Cluster, Position

NEIGHBOURS: Final = 7
VOTES: Final = 6
"""Of the seven nearest that state a district, so many must state the same."""
REACH_METRES: Final = 1_500.0
METRES_PER_DEGREE: Final = 111_195.0


def plane(positions: Sequence[Position]) -> npt.NDArray[np.float64]:
    """Return positions as metres east and north of a point among them, exact to 1% within a city."""
    degrees = np.asarray(positions, dtype=np.float64).reshape(-1, 2)
    scale = math.cos(math.radians(float(np.median(degrees[:, 1])))) if len(degrees) else 1.0
    metres: npt.NDArray[np.float64] = degrees * (METRES_PER_DEGREE * scale, METRES_PER_DEGREE)
    return metres


def vote(clusters: Sequence[Cluster]) -> None:
    """Set `voted` of each cluster that has a position and states no district."""
    placed = [(cluster, at) for cluster in clusters if (at := cluster.position)]
    points = plane([at for _, at in placed])
    voters = [index for index, (cluster, _) in enumerate(placed) if cluster.stated]
    asking = [index for index, (cluster, _) in enumerate(placed) if not cluster.stated]
    if len(voters) < NEIGHBOURS or not asking:
        return
    distances, nearest = cKDTree(points[voters]).query(points[asking], k=NEIGHBOURS)
    for asker, reach, found in zip(asking, np.asarray(distances), np.asarray(nearest), strict=True):
        votes = Counter(
            placed[voters[index]][0].stated
            for index, metres in zip(found, reach, strict=True)
            if metres <= REACH_METRES
        )
        district, count = max(votes.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        placed[asker][0].voted = district if count >= VOTES else ""
