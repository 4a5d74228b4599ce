"""What can be decided in a review, and who may. Pure.

A decision is about a complaint's estate that is not sure (`tag`), or about a name that messages use for an
estate which the registry lacks (`name`). The last word on each holds; `open` takes it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from deploy.console.people import Person, Role


class Kind(StrEnum):
    """What is decided about."""

    TAG = "tag"
    NAME = "name"


class Verdict(StrEnum):
    """What is decided."""

    RIGHT = "right"
    """Of a tag: it is the estate that the tagger says."""
    OTHER = "other"
    """Of a tag: it is another estate of the registry."""
    ALIAS = "alias"
    """Of a name: it is another name of an estate of the registry."""
    ESTATE = "estate"
    """Of a name: it is an estate that should come into the registry."""
    NONE = "none"
    """It is no estate."""
    OPEN = "open"
    """A decision is taken back."""


class Decision(NamedTuple):
    """One decision, as the table has it; empty where the kind has no such thing."""

    kind: str
    name: str
    source: str
    request_id: str
    event_id: str
    verdict: str
    estate_id: str
    tagged_estate_id: str = ""
    """Of a tag: what the tagger had said, and by which rule and with which probability."""
    tag_rule: str = ""
    tag_confidence: float = 0.0

    @property
    def about(self) -> tuple[str, str, str, str]:
        """What it is about."""
        return self.name, self.source, self.request_id, self.event_id


FITTING: Final[Mapping[Kind, frozenset[Verdict]]] = {
    Kind.TAG: frozenset({Verdict.RIGHT, Verdict.OTHER, Verdict.NONE, Verdict.OPEN}),
    Kind.NAME: frozenset({Verdict.ALIAS, Verdict.ESTATE, Verdict.NONE, Verdict.OPEN}),
}
NAMES_ESTATE: Final = frozenset({Verdict.OTHER, Verdict.ALIAS})
"""Those for which one says which estate."""


def may_decide(person: Person, kind: Kind) -> bool:
    """Return whether a person may decide: names are for administrators, since they change the registry."""
    return person.role.includes(Role.OPERATOR if kind is Kind.TAG else Role.ADMINISTRATOR)


def read_decision(form: Mapping[str, str]) -> Decision:
    """Return the decision of a form; which estate it names is still as it was typed.

    Raises:
        ValueError: it lacks something, or its parts do not fit; the message names which.
    """
    kind, verdict = form.get("kind", ""), form.get("verdict", "")
    if kind not in {*Kind}:
        raise ValueError("kind")
    if verdict not in FITTING[Kind(kind)]:
        raise ValueError("verdict")
    parts = ("name",) if kind == Kind.NAME else ("source", "request_id", "event_id")
    about = {part: form.get(part, "") for part in parts}
    if not all(about.values()):
        raise ValueError(min(part for part, value in about.items() if not value))
    estate = " ".join(form.get("estate", "").split()) if verdict in NAMES_ESTATE else ""
    if verdict in NAMES_ESTATE and not estate:
        raise ValueError("estate")
    name, source, request_id, event_id = (
        about.get(part, "") for part in ("name", "source", "request_id", "event_id")
    )
    return Decision(kind, name, source, request_id, event_id, verdict, estate)
