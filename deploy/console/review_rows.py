"""What the queries about reviews return; see `rows`. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from deploy.console.decisions import Kind, Verdict
from deploy.console.rows import ComplaintRow

PUT_INTO_EFFECT: Final = frozenset(
    {
        (Kind.NAME, Verdict.ALIAS),
        (Kind.NAME, Verdict.ESTATE),
        (Kind.TAG, Verdict.OTHER),
        (Kind.TAG, Verdict.NONE),
    }
)
"""Decisions that change something; the others agree with what is."""


@dataclass(frozen=True, slots=True)
class DoubtfulRow(ComplaintRow):
    """A complaint whose estate is not sure."""

    tag_rule: str


@dataclass(frozen=True, slots=True)
class NameRow:
    """A name that messages use for an estate which the registry lacks."""

    name: str
    complaints: int
    latest: dt.datetime
    titles: list[str]
    confidence: float


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What was decided in a review."""

    kind: str
    name: str
    source: str
    request_id: str
    event_id: str
    verdict: str
    estate_id: str
    tagged_estate_id: str
    tag_rule: str
    tag_confidence: float
    actor: str
    at: dt.datetime
    is_applied: bool
    """Whether `pulse review` has put it into effect."""

    @property
    def about(self) -> tuple[str, str, str, str]:
        """What it is about, as `Decision.about`."""
        return self.name, self.source, self.request_id, self.event_id

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be put into effect."""
        return not self.is_applied and (Kind(self.kind), Verdict(self.verdict)) in PUT_INTO_EFFECT

    @property
    def can_be_taken_back(self) -> bool:
        """Whether it still can: a name that is in the registry is taken out there."""
        return self.kind == Kind.TAG or not self.is_applied
