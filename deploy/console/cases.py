"""A surge as a case: what became of its requests, as the view `surge_cases` tells it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class CaseStatus(StrEnum):
    """How a case stands."""

    OPEN = "open"
    SOLVED = "solved"
    RELAPSED = "relapsed"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One row of the view."""

    surge_id: str
    requests: int
    requests_open: int
    requests_reopened: int
    case_status: str
    solved_at: dt.datetime | None
    relapsed_at: dt.datetime | None
    relapse_of: str


@dataclass(frozen=True, slots=True)
class Case:
    """A surge's case, as its page shows it."""

    own: CaseRow
    came_back_as: str
    """The surge that is a relapse of it; empty: none."""


def case_of(surge_id: str, rows: Iterable[CaseRow]) -> Case | None:
    """Return a surge's case; None where it has none, since people called it not a surge.

    Args:
        surge_id: of the surge.
        rows: its own row, and that of the surge which is a relapse of it, in any order.
    """
    found = {row.surge_id: row for row in rows}
    again = (row.surge_id for row in found.values() if row.relapse_of == surge_id)
    own = found.get(surge_id)
    return Case(own, next(again, "")) if own else None
