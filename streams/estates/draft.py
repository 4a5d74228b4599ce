"""Units as a file gives them: not yet a registry, so that all that is wrong can be said at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from streams.estates.registry import Area, Estate, Registry, Unit

_SHOWN = 20


class RegistryFileError(ValueError):
    """A registry file that cannot be read.

    Attributes:
        problems: one sentence each, with file, row, column and what to do.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        more = len(self.problems) - _SHOWN
        tail = (f"and {more} more",) if more > 0 else ()
        super().__init__("; ".join((*self.problems[:_SHOWN], *tail)))


@dataclass(frozen=True, slots=True)
class Draft:
    """The units of one file, in its order."""

    source: str
    """The file's name, for messages."""
    rows: tuple[tuple[int, Unit], ...]
    """Each unit with where it stands: the line of a CSV file, the number of a GeoJSON feature, from 1."""

    def registry(self) -> Registry:
        """Build the registry.

        Raises:
            RegistryFileError: the units do not make a sound registry; `pulse registry check` lists all of it.
        """
        estates = [unit for _, unit in self.rows if isinstance(unit, Estate)]
        areas = [unit for _, unit in self.rows if isinstance(unit, Area)]
        try:
            return Registry(estates, areas)
        except ValueError as error:
            problem = f"{self.source}: {error}; run `pulse registry check` for all"
            raise RegistryFileError([problem]) from error
