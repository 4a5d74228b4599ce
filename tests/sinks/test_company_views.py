"""What the views of companies, committees and the negative list say of requests whose fate is known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from producers.contract import Kind
from sinks.clickhouse import ClickHouse
from sinks.contract import UNITS
from sinks.requests import RequestKeeper
from sinks.rows import Columns
from sinks.settings import SinksSettings
from sinks.sink import ClickHouseSink
from sinks.units import UNIT_COLUMNS, unit_rows
from streams.contract import Level, Path, Tagged, milliseconds
from streams.estates.registry import Area, Estate, EstateStatus, Governance, Registry
from tests.sinks.made import NOON, fact, store

pytestmark = pytest.mark.stack

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
REGISTRY = Registry(
    [
        Estate("e1", "东苑", "d1", households=400, property_company="甲", status=EstateStatus.DELIVERED,
               governance=Governance(may_elect_committee=True, committee="elected")),
        Estate("e2", "西苑", "d1", households=100, property_company="甲", status=EstateStatus.DELIVERED),
        Estate("e3", "南苑", "d1", households=900, property_company="乙", status=EstateStatus.DELIVERED),
        Estate("e4", "北苑", "d1", households=50, property_company="丙", status=EstateStatus.BUILDING),
    ],
    [Area("city", Level.CITY, "市", ""), Area("d1", Level.DISTRICT, "区", "city")],
)  # fmt: skip


def story(number: int, estate: str, steps: list[tuple[Kind, dt.timedelta]], **fields: Any) -> list[Tagged]:
    """One request's events; each step is its kind and how long after its opening."""
    return [
        fact(
            number * 100 + step,
            NOON + after,
            request_id=f"r{number}",
            event_id=f"{number}/{step}",
            kind=kind,
            path=Path(estate, "", "", "d1", "city"),
            satisfaction=fields.get("satisfaction") if kind is Kind.RATED else None,
            **{name: value for name, value in fields.items() if name != "satisfaction"},
        )
        for step, (kind, after) in enumerate(steps)
    ]


OPENED, CLOSED, AGAIN = (Kind.OPENED, 0 * HOUR), (Kind.CLOSED, 20 * HOUR), (Kind.REOPENED, 4 * DAY)
FACTS = [
    *story(1, "e1", [OPENED, CLOSED, (Kind.RATED, DAY)], satisfaction=0.5),  # all well: 1 point
    *story(2, "e1", [OPENED, (Kind.CLOSED, 3 * DAY), (Kind.RATED, 4 * DAY)], satisfaction=0.25),  # 3
    *story(3, "e2", [OPENED, (Kind.ASSIGNED, HOUR)], due_at=NOON + 5 * DAY),  # overdue: 2
    *story(4, "e2", [OPENED], problem_type="facilities"),  # not the company's: 0
    *story(5, "e1", [OPENED, CLOSED, (Kind.RATED, DAY)], satisfaction=0.0, problem_type="owners_committee"),
    *story(6, "e4", [OPENED]),  # not lived in: nobody's
    *story(7, "e1", [(Kind.PETITIONED, DAY)], channel="集体访"),
    *story(8, "e2", [OPENED, CLOSED, (Kind.REOPENED, 2 * DAY), (Kind.CLOSED, 3 * DAY), AGAIN],
           due_at=NOON + 500 * DAY),  # reopened and still in time: 1
    *story(9, "e3", [(Kind.OPENED, 200 * DAY)], problem_type="traffic"),  # the clock of the data
]  # fmt: skip


@pytest.fixture
def filled(server: ClickHouse, fresh: SinksSettings) -> tuple[ClickHouse, str]:
    """The server with those facts, and the name of its database for readers."""
    units: Columns = list(zip(*unit_rows(REGISTRY, milliseconds(NOON)), strict=True))
    assert not server.insert(UNITS, UNIT_COLUMNS, units)  # no dictionary: none may read these databases
    assert not store(ClickHouseSink(fresh), FACTS)
    RequestKeeper(fresh).keep_all()
    return server, fresh.clickhouse.bi_database


def test_each_request_has_the_outcome_that_it_had(filled: tuple[ClickHouse, str]) -> None:
    server, bi = filled
    rows = server.execute(
        "SELECT request_id, solvable_by, is_company_matter, is_answered, is_solved, is_satisfied, points "
        f"FROM {bi}.request_outcomes ORDER BY request_id"
    )
    assert rows == [
        ("r1", "estate", True, True, True, True, 1),
        ("r2", "estate", True, False, True, False, 3),
        ("r3", "estate", True, True, False, None, 2),
        ("r4", "district", False, False, False, None, 0),
        ("r5", "estate", False, True, True, False, 0),
        ("r8", "estate", True, True, None, None, 1),
        ("r9", "district", False, None, None, None, 0),
    ]


def test_a_past_moment_knows_nothing_of_what_came_later(filled: tuple[ClickHouse, str]) -> None:
    server, bi = filled
    moment = f"{NOON + 21 * HOUR:%Y-%m-%d %H:%M:%S}"
    rows = server.execute(
        "SELECT request_id, is_answered, is_solved, is_satisfied, points "
        f"FROM {bi}.request_outcomes_at(as_of = '{moment}') WHERE is_company_matter ORDER BY request_id"
    )
    assert rows == [
        ("r1", True, True, None, 1),
        ("r2", None, None, None, 1),  # its day is not over yet
        ("r3", True, None, None, 1),
        ("r8", True, True, None, 1),
    ]
    assert server.execute(f"SELECT count() FROM {bi}.negative_list_at(as_of = '{moment}')") == [(0,)]


def test_companies_have_rates_points_and_a_row_without_complaints(filled: tuple[ClickHouse, str]) -> None:
    server, bi = filled
    rows = server.execute(
        "SELECT property_company, year, estates, households, complaints, company_matters, "
        "complaints_per_1000, response_rate, solution_rate, satisfaction_rate, rated, "
        "points, points_squared, points_per_1000 "
        f"FROM {bi}.company_years ORDER BY property_company"
    )
    assert rows == [
        ("乙", 2021, 1, 900, 1, 0, 0, None, None, None, 0, 0, 0, 0),
        ("甲", 2021, 2, 500, 6, 4, 8, 0.75, pytest.approx(2 / 3), 0.5, 2, 7, 15, 14),
    ]


def test_committees_are_rated_by_what_the_estate_can_solve(filled: tuple[ClickHouse, str]) -> None:
    server, bi = filled
    rows = server.execute(f"SELECT estate, year, complaints, rated, satisfied FROM {bi}.committee_years")
    assert rows == [("东苑", 2021, 3, 3, 1)]


def test_the_negative_list_names_requests_and_reasons(filled: tuple[ClickHouse, str]) -> None:
    server, bi = filled
    rows = server.execute(
        "SELECT property_company, estate, reason, request_id, year "
        f"FROM {bi}.negative_list ORDER BY request_id"
    )
    assert rows == [
        ("甲", "西苑", "long_overdue", "r3", 2021),
        ("甲", "东苑", "mass_petition", "r7", 2021),
        ("甲", "西苑", "reopened_twice", "r8", 2021),
    ]
