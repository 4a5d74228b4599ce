"""What people decided about names that the registry lacks, put into the registry. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from msgspec.structs import astuple

from streams.contract import CANDIDATE_PREFIX, Level
from streams.estates.candidates import candidate_id
from streams.estates.registry import Registry
from streams.estates.suggestions import (
    NameTaken,
    UnknownCandidate,
    UnknownUnit,
    accept_as,
    accept_new,
    candidates_of,
)

AN_ALIAS: Final = "alias"


class NameDecision(NamedTuple):
    """A name that is to come into the registry."""

    name: str
    """As the candidate's id has it."""
    verdict: str
    """`alias` of the estate, or `estate`: a new one."""
    estate_id: str
    """Of an alias: whose."""
    spellings: tuple[str, ...] = ()
    """How messages write it, the most used first."""
    communities: tuple[str, ...] = ()
    """Ids of the communities that the complaints which name it lie in; likewise the coarser areas."""
    streets: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()


class Outcome(StrEnum):
    """What became of a decision."""

    ACCEPTED = "accepted"
    KNOWN = "known"
    """The registry has the name at that estate already."""
    REFUSED = "refused"
    """It no longer fits the registry; a person must look at it."""


class Applied(NamedTuple):
    """A decision, and what became of it."""

    name: str
    outcome: Outcome
    estate_id: str
    """The estate that bears the name now; empty where refused."""
    why: str = ""
    """Why it was refused."""


def accept_decided(registry: Registry, decisions: Iterable[NameDecision]) -> tuple[Registry, list[Applied]]:
    """Return the registry with the names decided about, and what became of each decision.

    Applying the same decisions again changes nothing.
    """
    done = []
    for decision in decisions:
        registry, applied = _accept(registry, decision)
        done.append(applied)
    return registry, done


def shared_area(registry: Registry, decision: NameDecision) -> str:
    """Return the finest area that all complaints with the name lie in, as far as they name any.

    From the city down it ends where they disagree, and where the registry does not know an area.
    """
    area = registry.city_id
    for level, ids in (
        (Level.DISTRICT, decision.districts),
        (Level.STREET, decision.streets),
        (Level.COMMUNITY, decision.communities),
    ):
        if len(ids) > 1:
            break
        for named in ids:
            known = registry.areas.get(named)
            if known is not None and known.level is level and area in astuple(registry.area_path(named)):
                area = named
    return area


def _accept(registry: Registry, decision: NameDecision) -> tuple[Registry, Applied]:
    candidate, name = CANDIDATE_PREFIX + decision.name, decision.name
    known = candidates_of(registry).get(candidate)
    if known is not None and decision.verdict == AN_ALIAS and known != decision.estate_id:
        return registry, Applied(name, Outcome.REFUSED, "", f"it is the estate {known!r} already")
    if known is not None:
        return registry, Applied(name, Outcome.KNOWN, known)
    spelling = next((each for each in decision.spellings if candidate_id(each) == candidate), "")
    try:
        if decision.verdict == AN_ALIAS:
            changed = accept_as(registry, candidate, decision.estate_id, spelling)
        else:
            changed = accept_new(registry, candidate, spelling, shared_area(registry, decision))
    except (UnknownCandidate, UnknownUnit, NameTaken) as error:
        return registry, Applied(name, Outcome.REFUSED, "", str(error))
    estate_id = candidates_of(changed).get(candidate)
    if estate_id is None:
        return registry, Applied(name, Outcome.REFUSED, "", "several estates of the registry bear it")
    return changed, Applied(name, Outcome.ACCEPTED, estate_id)
