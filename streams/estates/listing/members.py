"""Rows with what their text says, and clusters of rows that mean one estate."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from streams.estates.coordinates import metres_between
from streams.estates.listing.kinship import core, in_brackets
from streams.estates.listing.places import Places, Stated
from streams.estates.listing.rows import Row
from streams.estates.names import normalise

Position = tuple[float, float]

_HOUSE: Final = re.compile(
    r"([\u4e00-\u9fff]{1,7}?(?:大道|路|街|巷|道)(?:[东南西北中]|[一二三四五六七八九十]+段)*)(\d+)号"
)
_MIN_NAME: Final = 4
"""A name keeps its city or district where less would be left: 长沙印象, 雨花家园."""


@dataclass(slots=True)
class Member:
    """A row with what its text says."""

    row: Row
    key: str
    core: str
    stated: Stated
    house: str
    """Road and house number, 金泰路199号; empty where none is given."""

    @property
    def position(self) -> Position | None:
        """WGS-84 (lon, lat)."""
        return None if self.row.lon is None or self.row.lat is None else (self.row.lon, self.row.lat)


@dataclass(slots=True)
class Cluster:
    """Rows that mean one estate."""

    members: list[Member]
    why: list[str]
    """What joined its rows, one reason for each join."""
    voted: str = ""
    """The district in which its neighbours lie, where it states none itself."""

    @property
    def core(self) -> str:
        """The core that most of its rows bear, the shortest of several."""
        cores = Counter(member.core for member in self.members)
        return min(cores, key=lambda name: (-cores[name], len(name), name))

    @property
    def stated(self) -> str:
        """The district that most of its rows state; empty where none does."""
        named = Counter(member.stated.district for member in self.members if member.stated.district)
        return min(named, key=lambda name: (-named[name], name), default="")

    @property
    def district(self) -> str:
        """The district it states, else that of its neighbours."""
        return self.stated or self.voted

    @property
    def position(self) -> Position | None:
        """The position of its row that lies nearest to all the others (one wrong one does not move it)."""
        placed = sorted({at for member in self.members if (at := member.position)})
        return min(placed, key=lambda at: _spread(at, placed), default=None)


def member_of(row: Row, places: Places) -> Member:
    """Read what the text of a row says."""
    stated = places.stated(row.address)
    district, rest = places.without_district(core(row.name))
    short = rest if len(rest) >= _MIN_NAME else core(row.name)
    named = next((found for inner in in_brackets(row.name) if (found := places.stated(inner).district)), "")
    if not stated.district:
        stated = Stated(
            named or (district if len(rest) >= _MIN_NAME else ""), stated.street, stated.community
        )
    return Member(row, normalise(row.name), short, stated, _house(row.address, places))


def _house(address: str, places: Places) -> str:
    text = address.rsplit(")", 1)[-1].rsplit("-", 1)[-1]
    for _ in range(3):
        _, text = places.without_district(text)
    match = _HOUSE.search(text)
    return match[1] + match[2] if match else ""


def order(member: Member) -> tuple[object, ...]:
    """Return what members are sorted by, so that the order of the rows does not matter."""
    row = member.row
    return (
        member.core,
        member.key,
        row.lon or 0.0,
        row.lat or 0.0,
        row.site,
        row.address,
        row.name,
        row.line,
    )


def _spread(at: Position, placed: Sequence[Position]) -> float:
    return sum(metres_between(at[0], at[1], lon, lat) for lon, lat in placed)
