"""Candidates for the registry: estates that messages name and the registry lacks. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from streams.contract import CANDIDATE_PREFIX
from streams.estates.candidates import candidate_id
from streams.estates.folding import fold
from streams.estates.registry import Estate, Registry
from streams.estates.variants import base, core

EXAMPLES: Final = 5
"""Messages that are shown for a candidate."""
SPELLINGS: Final = 5
_LIKE: Final = 3
_ALIKE_FROM: Final = 0.4
"""Dice coefficient of pairs of characters from which a registry name is worth a look."""
_NEW_ID_BYTES: Final = 5


class Named(NamedTuple):
    """One message that counts at a candidate."""

    candidate: str
    """Unit: `?` and a name."""
    surface: str
    """How the message writes it."""
    message: str
    """Id of the message."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One candidate."""

    candidate: str
    messages: int
    spellings: tuple[str, ...]
    """As messages write it, the commonest first."""
    examples: tuple[str, ...]
    """Ids of messages."""
    like: tuple[tuple[str, str], ...]
    """Estates of the registry with a name like it: id, name."""


class UnknownCandidate(LookupError):
    """What is to be accepted is no candidate's id."""


class UnknownUnit(LookupError):
    """The registry has no such estate or area."""


class NameTaken(ValueError):
    """The registry knows the name already."""


def suggest(named: Iterable[Named], registry: Registry, at_least: int = 1) -> list[Suggestion]:
    """Return the candidates of messages, those with the most messages first.

    Args:
        named: one for each message.
        registry: in which to look for names like theirs. Candidates that it knows by now are left out.
        at_least: messages that a candidate must have.
    """
    known = candidates_of(registry)
    surfaces: dict[str, Counter[str]] = {}
    messages: dict[str, list[str]] = {}
    for candidate, surface, message in named:
        if candidate not in known:
            surfaces.setdefault(candidate, Counter())[surface] += 1
            messages.setdefault(candidate, []).append(message)
    often = [candidate for candidate, ids in messages.items() if len(ids) >= at_least]
    pairs = _pairs_of(registry) if often else []
    return [
        Suggestion(
            candidate=candidate,
            messages=len(messages[candidate]),
            spellings=tuple(_commonest(surfaces[candidate])),
            examples=tuple(sorted(messages[candidate])[:EXAMPLES]),
            like=_like(candidate, pairs),
        )
        for candidate in sorted(often, key=lambda candidate: (-len(messages[candidate]), candidate))
    ]


def candidates_of(registry: Registry) -> dict[str, str]:
    """Return which candidate units are estates of the registry: candidate -> estate.

    An event was counted at `?伊景园滨河园` while the registry lacked it; once an estate bears that name or
    alias, the candidate is that estate. A name of several estates says nothing.
    """
    meant: dict[str, set[str]] = {}
    for estate in registry.estates.values():
        for name in (estate.name, *estate.aliases):
            meant.setdefault(candidate_id(name), set()).add(estate.id)
    return {candidate: ids.pop() for candidate, ids in meant.items() if len(ids) == 1}


def accept_as(registry: Registry, candidate: str, estate_id: str, name: str = "") -> Registry:
    """Return the registry with a candidate's name as an alias of an estate.

    Args:
        registry: which lacks it.
        candidate: its unit.
        estate_id: whose alias it becomes.
        name: how to write it; left out: as the candidate's id does.

    Raises:
        UnknownCandidate: no candidate has this id, or the name is another's.
        UnknownUnit: the registry has no such estate.
        NameTaken: the candidate is known already.
    """
    alias = _checked(registry, candidate, name)
    estate = registry.estates.get(estate_id)
    if estate is None:
        raise UnknownUnit(f"the registry has no estate {estate_id!r}")
    changed = replace(estate, aliases=(*estate.aliases, alias))
    return _with(registry, changed)


def accept_new(registry: Registry, candidate: str, name: str = "", parent: str = "") -> Registry:
    """Return the registry with a candidate as an estate of its own; its id depends on the name alone.

    Args:
        registry: which lacks it.
        candidate: its unit.
        name: how to write it; left out: as the candidate's id does.
        parent: the area that it lies in; left out: the city.

    Raises:
        UnknownCandidate: no candidate has this id, or the name is another's.
        UnknownUnit: the registry has no such area.
        NameTaken: the candidate is known already.
    """
    name = _checked(registry, candidate, name)
    parent = parent or registry.city_id
    if parent not in registry.areas:
        raise UnknownUnit(f"the registry has no area {parent!r}")
    digest = hashlib.blake2b(candidate.encode("utf-8", "surrogatepass"), digest_size=_NEW_ID_BYTES)
    return _with(registry, Estate(f"c{digest.hexdigest()}", name, parent))


def _checked(registry: Registry, candidate: str, name: str) -> str:
    """Return the name to write for a candidate that the registry lacks."""
    name = name or candidate.removeprefix(CANDIDATE_PREFIX)
    if not candidate.startswith(CANDIDATE_PREFIX) or candidate_id(name) != candidate:
        raise UnknownCandidate(
            f"{candidate!r} is not the candidate that {name!r} counts at ({candidate_id(name)!r})"
        )
    if (known := candidates_of(registry).get(candidate)) is not None:
        raise NameTaken(f"{candidate!r} is the estate {known!r} already")
    return name


def _with(registry: Registry, estate: Estate) -> Registry:
    estates = {**registry.estates, estate.id: estate}
    return Registry(estates.values(), registry.areas.values())


def _commonest(surfaces: Counter[str]) -> list[str]:
    return sorted(surfaces, key=lambda surface: (-surfaces[surface], surface))[:SPELLINGS]


Pairs = frozenset[str]


def _pairs_of(registry: Registry) -> list[tuple[Pairs, str, str]]:
    return [
        (_pairs(name), estate.id, name)
        for estate in registry.estates.values()
        for name in (estate.name, *estate.aliases)
    ]


def _pairs(name: str) -> Pairs:
    own = core(base(fold(name))) or fold(name)
    return frozenset(own[at : at + 2] for at in range(max(1, len(own) - 1)))


def _like(candidate: str, names: Sequence[tuple[Pairs, str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the estates whose names share most pairs of characters with a candidate's (Dice 1945)."""
    own = _pairs(candidate.removeprefix(CANDIDATE_PREFIX))
    best: dict[str, tuple[float, str]] = {}
    for pairs, estate_id, name in names:
        shared = len(own & pairs)
        if shared and (alike := 2 * shared / (len(own) + len(pairs))) >= _ALIKE_FROM:
            best[estate_id] = max(best.get(estate_id, (0.0, "")), (alike, name))
    ordered = sorted(best, key=lambda estate_id: (-best[estate_id][0], estate_id))
    return tuple((estate_id, best[estate_id][1]) for estate_id in ordered[:_LIKE])
