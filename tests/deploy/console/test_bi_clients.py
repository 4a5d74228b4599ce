"""What BI tools speak with: SQLAlchemy over clickhouse-connect, over HTTP, as the user `bi`.

Superset reads tables, columns and their comments by SQLAlchemy's inspection, and asks with what it builds of
them; analysts ask with text. The examples are those that docs/tables.md points to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, Table, create_engine, func, inspect, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from deploy.local.clickhouse import ClickHouseServer
from sinks.contract import BI_DATABASE, BI_VIEWS
from tests.deploy.console.city import PINGSHAN, City

pytestmark = pytest.mark.stack

EXAMPLES = sorted((Path(__file__).parents[3] / "deploy" / "clickhouse" / "examples").glob("*.sql"))


@pytest.fixture(scope="module")
def district(city: City) -> City:
    """The district with a surge in it."""
    city.surge(city.estates(PINGSHAN)[0], "s-bi")
    return city


@pytest.fixture(scope="module")
def engine(database: ClickHouseServer) -> Iterator[Engine]:
    address = database.address("bi")
    url = URL.create(
        "clickhousedb", address.user, address.password, address.host, address.http_port, BI_DATABASE
    )
    made = create_engine(url)
    yield made
    made.dispose()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.stem)
def test_an_example_has_rows(engine: Engine, district: City, example: Path) -> None:
    del district
    with engine.connect() as connection:
        assert connection.exec_driver_sql(example.read_text()).fetchall()


def test_the_examples_use_most_views_and_nothing_else() -> None:
    named = {
        name for each in EXAMPLES for name in re.findall(r"\b(?:FROM|JOIN) (\S+\.\w+)", each.read_text())
    }
    assert named <= {f"{BI_DATABASE}.{view}" for view in BI_VIEWS}
    assert len(named) > len(BI_VIEWS) / 2


def test_a_tool_finds_the_views_with_their_columns_and_what_they_mean(engine: Engine) -> None:
    inspector = inspect(engine)
    found = {*inspector.get_table_names(BI_DATABASE), *inspector.get_view_names(BI_DATABASE)}
    assert {*BI_VIEWS} <= found
    for view in BI_VIEWS:
        columns = inspector.get_columns(view, BI_DATABASE)
        assert columns
        assert all(column["comment"] for column in columns), view


def test_a_query_that_a_tool_builds_of_them_is_answered(engine: Engine, district: City) -> None:
    complaints = Table("complaints", MetaData(schema=BI_DATABASE), autoload_with=engine)
    about = complaints.c
    asked = (
        select(about.street, about.local_date, func.count().label("complaints"))
        .where(about.kind == "opened", about.street_id == PINGSHAN)
        .group_by(about.street, about.local_date)
        .order_by(about.local_date)
    )
    with engine.connect() as connection:
        rows = connection.execute(asked).fetchall()
    assert {row.street for row in rows} == {district.name(PINGSHAN)}
    opened = {
        (each.source, each.request_id, each.event_id)
        for each in district.facts
        if each.kind == "opened" and each.path.street == PINGSHAN
    }
    assert sum(row.complaints for row in rows) == len(opened)


@pytest.mark.parametrize(
    "way_out",
    [
        "SELECT count() FROM pulse.complaints",
        "INSERT INTO bi.complaints (source) VALUES ('x')",
        "SELECT 1 SETTINGS max_memory_usage = 100000000000",
        "SELECT * FROM url('http://127.0.0.1/', 'LineAsString')",
    ],
)
def test_over_http_a_reader_does_not_get_out_either(engine: Engine, way_out: str) -> None:
    with engine.connect() as connection, pytest.raises(DatabaseError):
        connection.exec_driver_sql(way_out)
