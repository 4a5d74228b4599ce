"""What a district's report says, and the sums that it is made of. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from sinks.credit import Account, Rating, rate_companies, rate_shares
from sinks.report.period import Period

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of some requests; what cannot be said yet of one is in neither of two counts."""

    requests: int = 0
    answered: int = 0
    unanswered: int = 0
    solved: int = 0
    unsolved: int = 0
    satisfied: int = 0
    dissatisfied: int = 0
    points: int = 0
    points_squared: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Return the counts of both."""
        return Tally(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def response_rate(self) -> float | None:
        """Share that was answered within a day, 0 to 1; None: it can be said of none."""
        return _share(self.answered, self.unanswered)

    @property
    def solution_rate(self) -> float | None:
        """Share that was solved, of those solved or overdue."""
        return _share(self.solved, self.unsolved)

    @property
    def satisfaction_rate(self) -> float | None:
        """Share of the satisfied, of those who rated."""
        return _share(self.satisfied, self.dissatisfied)


def _share(good: int, bad: int) -> float | None:
    return good / (good + bad) if good + bad else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The requests of one estate and problem type."""

    is_this: bool
    """Of the report's period; else of the year before."""
    estate_id: str
    problem_type: str
    solvable_by: str
    is_company_matter: bool
    tally: Tally


@dataclass(frozen=True, slots=True)
class Home:
    """A delivered estate."""

    estate_id: str
    name: str
    company: str
    households: int
    has_committee: bool


@dataclass(frozen=True, slots=True)
class Month:
    """What was opened and petitioned in a month, as far as it lies in the span."""

    span: str
    """`this`: the report's period; `before`: the year before; empty: neither."""
    month: dt.date
    events: int
    petitions: int
    petitions_housing: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that rests on the registry, with its number in the district's own report."""

    number: int
    key: str
    value: float
    """As rounded by the report; a whole number where it is one."""
    definition: str


@dataclass(frozen=True, slots=True)
class Company:
    """A property-service company in the period."""

    name: str
    estates: int
    households: int
    complaints: int
    """Of all types."""
    matters: Tally
    """Those that it answers for."""
    rating: Rating | None
    """None: it cannot be compared."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that the report of one district and period says."""

    district: str
    period: Period
    before: Period
    clock: dt.datetime
    """Latest arrival that was known: what it is judged by."""
    registry_version: str
    is_past: bool
    """Whether it was asked for as known at a past date."""
    figures: Sequence[Figure]
    homes: Sequence[Home]
    outcomes: Sequence[Outcome]
    months: Sequence[Month]
    ladder: Sequence[tuple[str, int, int]]
    """Level, surges solved, of these never raised."""
    negative: Sequence[tuple[str, str, int]]
    """Company, reason, requests."""

    def events(self, span: str) -> int:
        """Return the requests opened about estates in a span, `this` or `before`."""
        return sum(each.events for each in self.months if each.span == span)

    def petitions(self, span: str | None = None) -> tuple[int, int]:
        """Return the petitions in a span, or all on record, and those of them about housing."""
        chosen = [each for each in self.months if span is None or each.span == span]
        return sum(each.petitions for each in chosen), sum(each.petitions_housing for each in chosen)

    @property
    def growth_percent(self) -> float | None:
        """Growth of events on the year before, in percent; None: it had none."""
        before = self.events("before")
        return 100 * (self.events("this") / before - 1) if before else None

    @property
    def households(self) -> int:
        """Households of the delivered estates, as far as known."""
        return sum(each.households for each in self.homes)

    def total(self, *, is_this: bool = True) -> Tally:
        """Return what became of all requests at delivered estates."""
        return sum((each.tally for each in self.outcomes if each.is_this == is_this), Tally())

    def by_type(self) -> dict[tuple[str, ...], tuple[Tally, Tally]]:
        """Return tallies of this period and of the year before by (solvable_by, problem type)."""
        return self._split(lambda each: (each.solvable_by, each.problem_type))

    def by_level(self) -> dict[tuple[str, ...], tuple[Tally, Tally]]:
        """Return the same by who can solve the problem."""
        return self._split(lambda each: (each.solvable_by,))

    def companies(self) -> list[Company]:
        """Return the property-service companies, best tier first, in a tier by name."""
        company_of = {home.estate_id: home.company for home in self.homes}
        this = [each for each in self.outcomes if each.is_this]
        every = _sum(this, lambda each: company_of[each.estate_id])
        own = _sum((e for e in this if e.is_company_matter), lambda each: company_of[each.estate_id])
        homes: dict[str, list[Home]] = defaultdict(list)
        for home in self.homes:
            homes[home.company].append(home)
        accounts = [
            Account(name, sum(each.households for each in served), own[name].points, own[name].points_squared)
            for name, served in homes.items()
            if name
        ]
        ratings = {each.name: each for each in rate_companies(accounts, self.period.years)}
        companies = [
            Company(
                name=each.name,
                estates=len(homes[each.name]),
                households=each.households,
                complaints=every[each.name].requests,
                matters=own[each.name],
                rating=ratings.get(each.name),
            )
            for each in accounts
        ]
        return sorted(
            companies, key=lambda each: (each.rating.tier if each.rating else len(companies) + 1, each.name)
        )

    def committees(self) -> list[tuple[Rating, Tally]]:
        """Return the estates with an elected committee by satisfaction, best tier first."""
        names = {home.estate_id: home.name for home in self.homes if home.has_committee}
        rated = _sum(
            (e for e in self.outcomes if e.is_this and e.solvable_by == "estate" and e.estate_id in names),
            lambda each: each.estate_id,
        )
        ids = sorted(rated)
        won = [rated[each].satisfied for each in ids]
        asked = [rated[each].satisfied + rated[each].dissatisfied for each in ids]
        return [
            (replace(rating, name=names[rating.name]), rated[rating.name])
            for rating in rate_shares(ids, won, asked)
        ]

    def _split(self, key: Callable[[Outcome], tuple[str, ...]]) -> dict[tuple[str, ...], tuple[Tally, Tally]]:
        this = _sum((each for each in self.outcomes if each.is_this), key)
        before = _sum((each for each in self.outcomes if not each.is_this), key)
        keys = sorted({*this, *before}, key=lambda each: (each[0] != "estate", -this[each].requests, each))
        return {each: (this[each], before[each]) for each in keys}


def _sum(outcomes: Iterable[Outcome], key: Callable[[Outcome], Key]) -> defaultdict[Key, Tally]:
    found: defaultdict[Key, Tally] = defaultdict(Tally)
    for each in outcomes:
        found[key(each)] += each.tally
    return found
