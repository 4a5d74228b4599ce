"""What people decided in reviews, about names that the registry lacks and about complaints. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from msgspec.structs import astuple, replace

from streams.contract import CANDIDATE_PREFIX, UNPLACED, Level, Path, Tag, Tagged
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
BY_REVIEW: Final = "review"
"""Rule of the tags that people decided."""


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


class TagDecision(NamedTuple):
    """Where the events of a request are to count."""

    event_id: str
    """The event that was decided about."""
    estate_id: str
    """Registry id, `?` and a name, or `unplaced`."""


def as_decided(event: Tagged, decisions: Sequence[TagDecision], registry: Registry) -> Tagged:
    """Return an event with the tag that people decided.

    Args:
        event: as the tagger has it.
        decisions: those about its request, the last decided last. Its own holds, else the last.
        registry: the one in force. Where it no longer has the estate, the tagger's tag stays.
    """
    own = [each for each in decisions if each.event_id == event.event_id]
    for decision in (own or decisions)[-1:]:
        path = _decided_path(decision.estate_id, registry)
        if path is not None and path.estate != event.path.estate:
            name = registry.estates[path.estate].name if path.estate in registry.estates else ""
            surface, evidence = (event.tag.surface, event.tag.evidence) if event.tag else ("", "")
            tag = Tag(
                estate_id=path.estate,
                name=name,
                surface=surface,
                rule=BY_REVIEW,
                evidence=evidence,
                confidence=1.0,
            )
            return replace(event, path=path, tag=tag)
    return event


def _decided_path(estate_id: str, registry: Registry) -> Path | None:
    if estate_id.startswith(CANDIDATE_PREFIX):
        return Path(estate_id, city=registry.city_id)
    is_known = estate_id == UNPLACED or estate_id in registry.estates
    return registry.path(estate_id) if is_known else None


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
