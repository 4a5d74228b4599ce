"""Compiles a registry into the spellings by which its estates are named in messages. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from streams.estates.folding import fold
from streams.estates.registry import Estate, Registry


class Spelling(StrEnum):
    """How a spelling came from a registry name."""

    NAME = "name"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class Reading:
    """One estate that a spelling may mean."""

    estate_id: str
    name: str
    """The registry's name or alias, as the registry writes it."""
    spelling: Spelling


Spellings = Mapping[str, tuple[Reading, ...]]
"""Folded spelling -> the estates that it may mean, in order of id."""


def compile_spellings(registry: Registry) -> Spellings:
    """Return every spelling of every estate."""
    found: dict[str, dict[str, Reading]] = {}
    for estate_id in sorted(registry.estates):
        for text, reading in _spellings(registry.estates[estate_id]):
            found.setdefault(text, {}).setdefault(reading.estate_id, reading)
    return {text: tuple(readings.values()) for text, readings in found.items()}


def _spellings(estate: Estate) -> Iterator[tuple[str, Reading]]:
    yield fold(estate.name), Reading(estate.id, estate.name, Spelling.NAME)
    for alias in estate.aliases:
        yield fold(alias), Reading(estate.id, alias, Spelling.ALIAS)
