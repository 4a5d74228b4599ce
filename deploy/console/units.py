"""The registry as the console needs it: a unit by its id, what lies in it, and units by name. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from deploy.console.people import EVERYTHING, Scope
from deploy.console.rows import UnitRow, lies_in, unit_of
from streams.contract import Level

Key = tuple[str, str]
"""level, id"""
LEVELS: Final = tuple(Level)


class Units:
    """The units of the registry in force."""

    def __init__(self, rows: Iterable[UnitRow] = ()) -> None:
        self._units = {(row.level, row.id): row for row in rows}
        self._inside: dict[Key, list[UnitRow]] = defaultdict(list)
        for row in self._units.values():
            if above := self._right_above(row):
                self._inside[above].append(row)

    def __len__(self) -> int:
        return len(self._units)

    def find(self, level: str, unit: str, scope: Scope = EVERYTHING) -> UnitRow | None:
        """Return a unit; None where the registry lacks it, or it lies outside of the scope."""
        row = self._units.get((level, unit))
        return row if row is not None and lies_in(row, scope) else None

    def name(self, level: str, unit: str) -> str:
        """Return the name to show of a unit: its id where the registry lacks it."""
        row = self._units.get((level, unit))
        return row.name if row else unit.removeprefix("?")

    def above(self, row: UnitRow, scope: Scope = EVERYTHING) -> list[UnitRow]:
        """Return the units that one lies in and that the scope shows, the highest first."""
        higher = LEVELS[LEVELS.index(Level(row.level)) + 1 :]
        found = (self.find(level, unit_of(row, level), scope) for level in reversed(higher))
        return [each for each in found if each is not None]

    def inside(self, row: UnitRow) -> list[UnitRow]:
        """Return the units right below one."""
        return self._inside.get((row.level, row.id), [])

    def estates(self, scope: Scope) -> Iterator[UnitRow]:
        """Yield the estates within a scope."""
        return (row for row in self._units.values() if row.level == Level.ESTATE and lies_in(row, scope))

    def tops(self, scope: Scope) -> list[UnitRow]:
        """Return where a scope begins: its unit, or the cities."""
        if scope.level is not None:
            return [row for row in [self.find(scope.level, scope.unit)] if row is not None]
        return [row for row in self._units.values() if row.level == Level.CITY]

    def search(self, words: str, scope: Scope, limit: int) -> list[UnitRow]:
        """Return units whose id, name or alias has the words in it, the best first."""
        wanted = words.casefold().strip()
        ranked = [
            (rank, LEVELS.index(Level(row.level)), row.name, row)
            for row in self._units.values()
            if (rank := _rank(row, wanted)) is not None and lies_in(row, scope)
        ]
        return [row for *_, row in sorted(ranked, key=lambda each: each[:3])[:limit]]

    def called(self, words: str, scope: Scope) -> list[UnitRow]:
        """Return the estates within a scope that have just this id, name or alias."""
        wanted = words.casefold().strip()
        return [row for row in self.estates(scope) if _rank(row, wanted) == 0]

    def _right_above(self, row: UnitRow) -> Key | None:
        """Return the nearest unit above: a registry without communities puts estates right into streets."""
        for level in LEVELS[LEVELS.index(Level(row.level)) + 1 :]:
            if (key := (level.value, unit_of(row, level))) in self._units:
                return key
        return None


def _rank(row: UnitRow, wanted: str) -> int | None:
    """Return 0 for a match of the whole, 1 of a beginning, 2 of a part; None for none."""
    best: int | None = None
    for text in (row.id, row.name, *row.aliases):
        folded = text.casefold()
        rank = 0 if folded == wanted else 1 if folded.startswith(wanted) else 2 if wanted in folded else None
        if rank is not None and (best is None or rank < best):
            best = rank
    return best
