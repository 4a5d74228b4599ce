"""What the queries of `queries/` return: one class each, its fields in the order of the columns. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from deploy.console.people import EVERYTHING, Scope
from streams.contract import Level, Path

ActionRow = tuple[dt.datetime, str, str, str, str, str, dt.datetime | None]
"""at, action, actor, role, level, reason, until: see table surge_actions"""


class Placed(Protocol):
    """What lies somewhere: it has the units that it counts at, empty where none is known."""

    @property
    def estate_id(self) -> str:
        """The estate."""

    @property
    def community_id(self) -> str:
        """The community."""

    @property
    def street_id(self) -> str:
        """The street."""

    @property
    def district_id(self) -> str:
        """The district."""

    @property
    def city_id(self) -> str:
        """The city."""


def unit_of(row: Placed, level: Level) -> str:
    """Return the id of the unit of a level that a row lies in; empty where none is known."""
    return str(getattr(row, f"{level.value}_id"))


def path_of(row: Placed) -> Path:
    """Return the units that a row lies in."""
    return Path(row.estate_id, row.community_id, row.street_id, row.district_id, row.city_id)


def lies_in(row: Placed, scope: Scope) -> bool:
    """Return whether a row is visible within a scope; the queries say the same as `{in_scope}`."""
    return scope == EVERYTHING or (scope.level is not None and unit_of(row, scope.level) == scope.unit)


@dataclass(frozen=True, slots=True)
class SurgeRow:
    """A surge as lists show it."""

    surge_id: str
    level: str
    unit: str
    name: str
    estate_id: str
    community_id: str
    street_id: str
    district_id: str
    city_id: str
    is_open: bool
    opened_at: dt.datetime
    cleared_at: dt.datetime | None
    updated_at: dt.datetime
    window_start: dt.datetime
    window_end: dt.datetime
    observed: int
    expected: float
    expected_low: float
    expected_high: float
    score: float
    reporters: int
    requests: int
    categories: dict[str, int]
    actions: list[ActionRow]
    """What was done about it, the oldest first."""


@dataclass(frozen=True, slots=True)
class SurgeDetail(SurgeRow):
    """A surge as its page shows it."""

    request_ids: list[str]
    children: list[str]
    detector_version: str


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """A complaint in a list, its text masked and cut."""

    source: str
    request_id: str
    event_id: str
    occurred_at: dt.datetime
    stored_at: dt.datetime
    estate_id: str
    estate: str
    community_id: str
    street_id: str
    district_id: str
    city_id: str
    problem_type: str
    tag_confidence: float
    title: str
    excerpt: str

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes two deliveries the same event."""
        return self.source, self.request_id, self.event_id


@dataclass(frozen=True, slots=True)
class TodayRow:
    """Complaints of an estate: today's, and those of the last hour."""

    estate_id: str
    community_id: str
    street_id: str
    district_id: str
    city_id: str
    today: int
    hour: int


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """Complaints of an estate in the four weeks before today."""

    estate_id: str
    community_id: str
    street_id: str
    district_id: str
    city_id: str
    opened: int


@dataclass(frozen=True, slots=True)
class FirstRow:
    """When the first event of all occurred."""

    first: dt.datetime


@dataclass(frozen=True, slots=True)
class HourRow:
    """Complaints of the four weeks before today in one hour of the day."""

    hour: int
    opened: int


@dataclass(frozen=True, slots=True)
class PartsRow:
    """How far the data are."""

    now: dt.datetime
    behind_seconds: int
    seconds_since_stored: int
    stored_at: dt.datetime


@dataclass(frozen=True, slots=True)
class RejectionsRow:
    """Rejected records that nobody has sent back."""

    last_day: int
    waiting: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit of the registry."""

    level: str
    id: str
    name: str
    parent: str
    estate_id: str
    community_id: str
    street_id: str
    district_id: str
    city_id: str
    aliases: list[str]
    lon: float | None
    lat: float | None
    households: int | None


@dataclass(frozen=True, slots=True)
class CountRow:
    """What happened at a unit in one bucket."""

    bucket: dt.datetime
    opened: int
    closed: int
    petitioned: int
    reporters: int


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """Complaints of one problem type."""

    category: str
    now: int
    before: int


@dataclass(frozen=True, slots=True)
class SpanRow:
    """When a surge went on."""

    surge_id: str
    opened_at: dt.datetime
    cleared_at: dt.datetime | None
    score: float


@dataclass(frozen=True, slots=True)
class RequestsRow:
    """How a unit's requests stand; all but the first two are of the last year."""

    open: int
    overdue: int
    opened: int
    assigned: int
    closed: int
    closed_late: int
    reopened: int
    rated: int
    satisfaction: float
    hours_to_close: float


@dataclass(frozen=True, slots=True)
class KeptRow:
    """Solved surges of estates, and those that did not leave their estate."""

    solved: int
    solved_there: int


@dataclass(frozen=True, slots=True)
class OpenRequestRow:
    """A request that is open."""

    source: str
    request_id: str
    opened_at: dt.datetime | None
    due_at: dt.datetime | None
    is_overdue: bool
    estate_id: str
    estate: str
    department: str
    problem_type: str
    status: str


@dataclass(frozen=True, slots=True)
class EstateRow:
    """What the registry says of an estate."""

    aliases: list[str]
    address: str
    households: int | None
    property_company: str
    developer: str
    status: str
    party_branch_founded_on: dt.date | None
    branch_secretary_is_owner: bool | None
    branch_has_premises: bool | None
    may_elect_committee: bool | None
    committee: str
    committee_party_share: float | None
    chair_is_party_member: bool | None
    chair_is_branch_secretary: bool | None
    company_has_party_branch: bool | None


@dataclass(frozen=True, slots=True)
class AreaRow:
    """What the registry says of an area's estates together."""

    estates: int
    delivered: int
    households: int
    branches: int
    may_elect: int
    elected: int
    companies: int
