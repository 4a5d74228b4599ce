"""The moment a request is opened: where, about what, by whom. All else of a request follows from it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Final

from producers.sources.synthetic.chance import Chance
from producers.sources.synthetic.units import UnitRow

POOL_PER_SHARE: Final = 9000
"""People who would ever complain, per share of the district's complaints: an estate with 2% has 180."""
SMALLEST_POOL: Final = 30


@dataclass(frozen=True, slots=True)
class Opening:
    """A request at its beginning."""

    estate: UnitRow | None
    """None: the complaint is about no estate."""
    problem: str
    """A type of complaints.toml; empty where there is no estate."""
    reporter: str
    opened_at: dt.datetime
    cause: str = ""
    """Id of the planted surge or repeat that it belongs to; empty: an ordinary complaint."""
    is_again: bool = False
    """Whether its reporter wrote about the same thing before."""


def reporter_hash(name: str) -> str:
    """Return what stands for a made-up complainer, in the form of a keyed hash."""
    return hashlib.blake2b(name.encode(), digest_size=16, key=b"synthetic district").hexdigest()


class Crowd:
    """The people of each estate who may complain."""

    def __init__(self, shares: dict[str, float], chance: Chance) -> None:
        self._pools = {
            unit: max(SMALLEST_POOL, round(share * POOL_PER_SHARE)) for unit, share in shares.items()
        }
        self._chance = chance
        self._strangers = 0

    def anyone(self, unit: str) -> str:
        """Return one of those who complain at times."""
        return reporter_hash(f"{unit}/{self._chance.randrange(self._pools[unit])}")

    def stranger(self, unit: str) -> str:
        """Return somebody who never complained before: a surge brings them out."""
        self._strangers += 1
        return reporter_hash(f"{unit}/stranger/{self._strangers}")
